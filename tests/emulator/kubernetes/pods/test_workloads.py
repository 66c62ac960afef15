"""Jobs, CronJobs, DaemonSets, nodes that fall silent, Fargate."""

from __future__ import annotations

from aws14.emulator.kubernetes.cluster_view import Profile, Selector
from tests.emulator.kubernetes.pods.conftest import deployment, machine, quiet, web


def job(code: str, **spec):
    container = {"name": "report", "image": "python:3.13-slim", "command": ["python", "-c", code]}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    return {"apiVersion": "batch/v1", "spec": {"template": template, **spec}}


def conditions(thing):
    return {c["type"]: c for c in thing["status"].get("conditions", ()) if c["status"] == "True"}


def test_a_job_runs_its_program_and_is_complete(lab):
    lab.create("Job", "report", **job("print('done')", completions=2))
    lab.advance(60)
    found = lab.get("Job", "report")
    assert found["status"]["succeeded"] == 2
    assert "Complete" in conditions(found)
    assert {pod["status"]["phase"] for pod in lab.pods()} == {"Succeeded"}


def test_a_job_that_fails_too_often_is_given_up(lab):
    lab.create("Job", "report", **job("raise SystemExit(1)", backoffLimit=1))
    lab.advance(120)
    found = lab.get("Job", "report")
    assert conditions(found)["Failed"]["reason"] == "BackoffLimitExceeded"
    assert found["status"]["failed"] == 2


def test_a_cron_job_runs_at_its_minutes_and_keeps_three(lab):
    template = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [quiet()]}}}}
    template["spec"]["template"]["spec"]["containers"][0] |= {"image": "busybox:1.36", "command": ["true"]}
    lab.create("CronJob", "nightly", apiVersion="batch/v1", spec={"schedule": "*/5 * * * *", "jobTemplate": template})
    lab.advance(1800)
    assert len(lab.events("SuccessfulCreate")) >= 6
    assert len(lab.registry.list("Job", "shop")) == 3


def test_a_daemon_set_has_one_pod_on_each_node_and_follows_new_ones(lab):
    labels = {"app": "agent"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [quiet(cpu="50m")]}}
    lab.create(
        "DaemonSet", "agent", apiVersion="apps/v1", spec={"selector": {"matchLabels": labels}, "template": template}
    )
    lab.advance(30)
    assert len(lab.pods(app="agent")) == 2
    lab.ground.nodes.append(machine(3, "a"))
    lab.break_machine(2, works=True)
    lab.advance(30)
    assert len({pod["spec"]["nodeName"] for pod in lab.pods(app="agent")}) == 3
    assert lab.get("DaemonSet", "agent")["status"]["numberReady"] == 3


def test_a_silent_node_is_not_ready_after_50_s_and_its_pods_come_back_elsewhere_after_300_more(lab):
    lab.create("Deployment", "catalog", **deployment(quiet()))
    lab.advance(60)
    name = lab.ground.nodes[0].name
    lab.break_machine(0)
    lab.advance(49)
    assert _ready(lab.get("Node", name, "")) == "True"
    lab.advance(2)
    assert _ready(lab.get("Node", name, "")) == "Unknown"
    assert lab.get("Deployment", "catalog")["status"]["readyReplicas"] == 1
    lab.advance(290)
    assert lab.get("Deployment", "catalog")["status"]["readyReplicas"] == 1
    lab.advance(40)
    assert lab.get("Deployment", "catalog")["status"]["readyReplicas"] == 2
    lab.break_machine(0, works=True)
    lab.advance(60)
    assert _ready(lab.get("Node", name, "")) == "True"
    assert len(lab.pods()) == 2


def _ready(node):
    return next(c["status"] for c in node["status"]["conditions"] if c["type"] == "Ready")


def test_pods_of_a_fargate_profile_get_a_node_of_their_own(lab):
    lab.ground.fargate = (
        Profile("batch", (Selector("shop", (("app", "catalog"),)),), (("subnet-a", "ap-northeast-1a"),)),
    )
    lab.create("Deployment", "catalog", **deployment(quiet()))
    lab.advance(20)
    assert {pod["status"]["phase"] for pod in lab.pods()} == {"Pending"}
    lab.advance(60)
    nodes = {pod["spec"]["nodeName"] for pod in lab.pods()}
    assert len(nodes) == 2
    assert all(name.startswith("fargate-ip-") for name in nodes)
    assert {pod["metadata"]["annotations"]["CapacityProvisioned"] for pod in lab.pods()} == {"0.25vCPU 0.5GB"}
    lab.registry.delete("Deployment", "shop", "catalog")
    lab.advance(60)
    assert not [node for node in lab.registry.list("Node") if node["metadata"]["name"].startswith("fargate")]


def test_two_containers_share_localhost_and_a_folder(lab):
    writes = "import time,os\nopen('/data/menu','w').write('soup')\ntime.sleep(3600)"
    reads = (
        "import urllib.request,time\n"
        "for _ in range(100):\n"
        " try:\n"
        "  print(urllib.request.urlopen('http://localhost:8080/x').status, open('/data/menu').read(), flush=True)\n"
        "  break\n"
        " except OSError: time.sleep(0.05)\n"
        "time.sleep(3600)"
    )
    volume = [{"name": "shared", "mountPath": "/data"}]
    other = {"image": "python:3.13-slim", "volumeMounts": volume}
    containers = [
        web(),
        {"name": "writer", "command": ["python", "-c", writes], **other},
        {"name": "reader", "command": ["python", "-c", reads], **other},
    ]
    lab.create(
        "Pod",
        "lunch",
        apiVersion="v1",
        spec={"containers": containers, "volumes": [{"name": "shared", "emptyDir": {}}]},
    )
    lab.advance(30)
    for _ in range(100):
        lab.advance(0.1)
        lines = [line for _, line in lab.run("lunch").containers["reader"].lines]
        if lines:
            break
    assert lines == ["200 soup"]


def test_a_config_map_that_is_missing_keeps_the_pod_waiting_until_it_is_there(lab):
    container = quiet(volumeMounts=[{"name": "code", "mountPath": "/app"}])
    volumes = [{"name": "code", "configMap": {"name": "catalog-code"}}]
    lab.create("Pod", "p", apiVersion="v1", spec={"containers": [container], "volumes": volumes})
    lab.advance(30)
    assert 'MountVolume.SetUp failed for volume "code" : configmap "catalog-code" not found' in lab.events(
        "FailedMount"
    )
    lab.create("ConfigMap", "catalog-code", apiVersion="v1", data={"server.py": "1"})
    lab.advance(60)
    assert lab.get("Pod", "p")["status"]["phase"] == "Running"
