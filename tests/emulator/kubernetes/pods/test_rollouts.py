"""Deployments, ReplicaSets, pods as processes: what a rollout does, step by step."""

from __future__ import annotations

from tests.emulator.kubernetes.pods.conftest import Lab, deployment, quiet, web


def ready(lab: Lab, name: str = "catalog") -> int:
    return int(lab.get("Deployment", name)["status"].get("readyReplicas") or 0)


def image(name: str):
    def edit(thing):
        thing["spec"]["template"]["spec"]["containers"][0]["image"] = name

    return edit


def test_a_deployment_becomes_pods_on_both_nodes_that_answer(lab):
    lab.create("Deployment", "catalog", **deployment(web()))
    lab.advance(60)
    assert ready(lab) == 2, [p["status"] for p in lab.pods()]
    assert len({pod["spec"]["nodeName"] for pod in lab.pods()}) == 2
    assert all(pod["status"]["phase"] == "Running" for pod in lab.pods())


def test_a_rollout_never_has_fewer_ready_than_allowed_and_ends_with_the_new_image_alone(lab):
    lab.create("Deployment", "catalog", **deployment(quiet(), replicas=4))
    lab.advance(60)
    lab.edit("Deployment", "catalog", image("registry.k8s.io/pause:3.9"))
    seen = []
    for _ in range(120):
        lab.advance(1)
        seen.append((ready(lab), len([p for p in lab.pods() if "deletionTimestamp" not in p["metadata"]])))
    assert min(count for count, _ in seen) >= 3
    assert max(total for _, total in seen) <= 5
    assert {p["spec"]["containers"][0]["image"] for p in lab.pods()} == {"registry.k8s.io/pause:3.9"}
    conditions = {c["type"]: c for c in lab.get("Deployment", "catalog")["status"]["conditions"]}
    assert conditions["Progressing"]["reason"] == "NewReplicaSetAvailable"
    assert conditions["Available"]["status"] == "True"
    assert lab.get("Deployment", "catalog")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"


def test_a_tag_that_does_not_exist_is_stopped_by_max_unavailable_and_told_after_the_deadline(lab):
    lab.create("Deployment", "catalog", **deployment(quiet(), replicas=4, progressDeadlineSeconds=120))
    lab.advance(60)
    lab.edit("Deployment", "catalog", image("python:3.99-slim"))
    lab.advance(100)
    assert ready(lab) == 3
    reasons = [
        c["state"].get("waiting", {}).get("reason") for p in lab.pods() for c in p["status"]["containerStatuses"]
    ]
    assert "ImagePullBackOff" in reasons or "ErrImagePull" in reasons
    assert any("docker.io/library/python:3.99-slim: not found" in text for text in lab.events("Failed"))
    lab.advance(120)
    progressing = next(
        c for c in lab.get("Deployment", "catalog")["status"]["conditions"] if c["type"] == "Progressing"
    )
    assert (progressing["status"], progressing["reason"]) == ("False", "ProgressDeadlineExceeded")
    lab.edit("Deployment", "catalog", image("registry.k8s.io/pause:3.10"))
    lab.advance(90)
    assert ready(lab) == 4
    assert lab.get("Deployment", "catalog")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert len(lab.registry.list("ReplicaSet", "shop")) == 2


def test_a_deleted_pod_is_replaced(lab):
    lab.create("Deployment", "catalog", **deployment(quiet()))
    lab.advance(60)
    gone = lab.pods()[0]["metadata"]["name"]
    lab.registry.delete("Pod", "shop", gone)
    lab.advance(60)
    assert ready(lab) == 2
    assert gone not in {pod["metadata"]["name"] for pod in lab.pods()}


def test_a_program_that_crashes_backs_off_longer_and_longer(lab):
    bad = web(command=["python", "-c", "print('no database'); raise SystemExit(3)"])
    lab.create("Deployment", "catalog", **deployment(bad, replicas=1))
    lab.advance(120)
    state = lab.pods()[0]["status"]["containerStatuses"][0]
    assert state["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert state["restartCount"] in {3, 4}
    assert state["lastState"]["terminated"]["exitCode"] == 3


def test_requests_that_no_node_has_stay_pending_with_the_schedulers_sentence(lab):
    lab.create("Deployment", "catalog", **deployment(quiet(cpu="1500m"), replicas=3))
    lab.advance(60)
    assert ready(lab) == 2
    said = next(text for text in lab.events("FailedScheduling"))
    assert said.startswith("0/2 nodes are available: 2 Insufficient cpu.")
