"""Autoscalers of pods: every 15 s, on the load that the control API says."""

from __future__ import annotations

from aws14.emulator.kubernetes import usage
from aws14.emulator.kubernetes.controllers import loop
from tests.emulator.kubernetes.pods.conftest import KEY, Lab, deployment, quiet


def load(lab: Lab, cores: float, workload: str = "catalog") -> None:
    seen = loop.sight(KEY)
    assert seen is not None
    usage.declare(seen, "shop", workload, cores=cores, each_mib=None)


def autoscaler(lab: Lab, **spec) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog"}
    resource = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    metrics = [{"type": "Resource", "resource": resource}]
    body = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 10, "metrics": metrics, **spec}
    lab.create("HorizontalPodAutoscaler", "catalog", apiVersion="autoscaling/v2", spec=body)


def replicas(lab: Lab) -> int:
    return int(lab.get("Deployment", "catalog")["spec"]["replicas"])


def test_pods_follow_the_load_up_and_five_minutes_later_down(lab):
    lab.create("Deployment", "catalog", **deployment(quiet(cpu="100m")))
    autoscaler(lab)
    lab.advance(400)
    assert replicas(lab) == 2
    load(lab, 0.38)
    lab.advance(120)
    assert replicas(lab) == 8
    load(lab, 0.0)
    lab.advance(240)
    assert replicas(lab) == 8
    lab.advance(150)
    assert replicas(lab) == 2
    assert any(text.startswith(("New size: 8;", "New size: 4;")) for text in lab.events("SuccessfulRescale"))


def test_without_metrics_server_it_says_so_and_changes_nothing(lab):
    lab.ground.names = ()
    loop.mark(KEY, "machines")
    lab.create("Deployment", "catalog", **deployment(quiet(cpu="100m"), replicas=3))
    autoscaler(lab)
    load(lab, 3.0)
    lab.advance(300)
    assert replicas(lab) == 3
    conditions = {c["type"]: c for c in lab.get("HorizontalPodAutoscaler", "catalog")["status"]["conditions"]}
    assert conditions["ScalingActive"]["reason"] == "FailedGetResourceMetric"
    assert "metrics API" in conditions["ScalingActive"]["message"]


def test_pods_without_a_request_have_no_utilization(lab):
    plain = quiet()
    del plain["resources"]
    lab.create("Deployment", "catalog", **deployment(plain, replicas=2))
    autoscaler(lab)
    load(lab, 3.0)
    lab.advance(300)
    assert replicas(lab) == 2
    said = lab.events("FailedGetResourceMetric")
    assert any("missing request for cpu in container web" in text for text in said)


def memory(lab: Lab, each_mib: float) -> None:
    seen = loop.sight(KEY)
    assert seen is not None
    usage.declare(seen, "shop", "catalog", cores=0.0, each_mib=each_mib)


def test_a_pod_above_its_memory_limit_is_killed_and_started_again(lab):
    limited = quiet()
    limited["resources"]["limits"] = {"memory": "256Mi"}
    lab.create("Deployment", "catalog", **deployment(limited, replicas=1))
    lab.advance(60)
    memory(lab, 300.0)
    lab.advance(60)
    state = lab.pods()[0]["status"]["containerStatuses"][0]
    assert state["restartCount"] >= 1
    ended = state["lastState"].get("terminated") or state["state"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


def test_a_node_without_memory_evicts_who_uses_more_than_it_requested(lab):
    del lab.ground.nodes[1]
    lab.break_machine(0, works=True)
    lab.create("Deployment", "catalog", **deployment(quiet(cpu="50m"), replicas=4))
    lab.create("Deployment", "careful", **deployment(quiet(cpu="50m"), replicas=1, app="careful"))
    lab.advance(60)
    memory(lab, 2000.0)
    lab.advance(30)
    evicted = [pod for pod in lab.pods() if pod["status"].get("reason") == "Evicted"]
    assert evicted
    assert {pod["metadata"]["labels"]["app"] for pod in evicted} == {"catalog"}
    assert {pod["status"]["phase"] for pod in evicted} == {"Failed"}
