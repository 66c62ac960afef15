"""Read-back of clusters and what runs in them: every attribute as born, or changed by boto3 and the official client."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

from kubernetes import client

from aws14.cloud import read_back
from aws14.cloud.kubernetes_clients import api_client
from aws14.cloud.session import Session
from aws14.model import Topology
from aws14.model.kinds import ATTRIBUTES
from tests.cloud.test_readback_services import Ends
from tests.emulator.cluster_case import CREATING, GROUP_ACTIVE, ZONES, build_network, build_roles, cluster_call

ZONE = "topology.kubernetes.io/zone"
IMAGE = "public.ecr.aws/docker/library/python:3.13-slim"
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"digest": f"sha256:{1:064d}", "size": 1},
    "layers": [],
}
LABELS = {"app": "catalog"}


def build(session: Session) -> SimpleNamespace:
    """A cluster that is about to come, and what EKS lets be made before it is there."""
    emulator = session.place.control
    site = SimpleNamespace(net=build_network(session.client, emulator), roles=build_roles(session.client))
    session.client("eks").create_cluster(**cluster_call(site.net, site.roles))
    session.client("ecr").create_repository(repositoryName="catalog-image")
    site.coming = read_back(session)
    session.advance(CREATING + 1)
    _ground(session, site)
    site.making = read_back(session)
    session.advance(GROUP_ACTIVE + 5)
    site.api = api_client(session, "books")
    _inside(site.api)
    return site


def _ground(session: Session, site: SimpleNamespace) -> None:
    eks = session.client("eks")
    eks.create_nodegroup(
        clusterName="books",
        nodegroupName="workers",
        nodeRole=site.roles.nodes,
        subnets=site.net.private[:1],
        instanceTypes=["t3.medium"],
        capacityType="SPOT",
        diskSize=33,
        scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 3},
    )
    eks.create_fargate_profile(
        clusterName="books",
        fargateProfileName="reports",
        podExecutionRoleArn=site.roles.pods,
        subnets=site.net.private,
        selectors=[{"namespace": "batch", "labels": {"app": "report"}}],
    )


def _inside(api: Any) -> None:
    core, apps = client.CoreV1Api(api), client.AppsV1Api(api)
    core.create_namespace({"metadata": {"name": "shop"}})
    container = {"name": "web", "image": IMAGE, "command": ["python", "-m", "http.server", "8080"]}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": LABELS}, "template": template}
    apps.create_namespaced_deployment("shop", {"metadata": {"name": "catalog-pods"}, "spec": spec})
    ports = [{"port": 80, "targetPort": 8080}]
    core.create_namespaced_service(
        "shop", {"metadata": {"name": "catalog"}, "spec": {"selector": LABELS, "ports": ports}}
    )
    client.AutoscalingV2Api(api).create_namespaced_horizontal_pod_autoscaler("shop", scaler(60, 1, 3))
    job = {"template": {"spec": {"restartPolicy": "Never", "containers": [container]}}}
    once = {"schedule": "0 3 * * *", "jobTemplate": {"spec": job}}
    client.BatchV1Api(api).create_namespaced_cron_job("shop", {"metadata": {"name": "report"}, "spec": once})


def scaler(target: int, least: int, most: int, *, metric: str = "cpu", **behaviour: Any) -> dict[str, Any]:
    aim = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog-pods"}
    wanted = {"name": metric, "target": {"type": "Utilization", "averageUtilization": target}}
    spec = {
        "minReplicas": least,
        "maxReplicas": most,
        "scaleTargetRef": aim,
        "metrics": [{"type": "Resource", "resource": wanted}],
    }
    return {"metadata": {"name": "catalog-scaler"}, "spec": spec | ({"behavior": behaviour} if behaviour else {})}


BORN: dict[str, dict[str, Any]] = {
    "books": {"endpoint": Ends(".eks.amazonaws.com"), "zones": ZONES, "state": "ACTIVE"},
    "workers": {
        "instance_type": "t3.medium",
        "capacity_type": "SPOT",
        "disk_gib": 33,
        "zones": ZONES[:1],
        "autoscaling_group": Ends(""),
    },
    "reports": {"selectors": ("batch app=report",), "zones": ZONES},
    "catalog-pods": {"workload_kind": "Deployment", "namespace": "shop"},
    "report": {"workload_kind": "CronJob", "namespace": "shop"},
    "catalog": {"namespace": "shop"},
    "catalog-scaler": {"namespace": "shop"},
}
"""Node -> attributes that nobody can change, or that are shown as they were made."""


def _cluster(session: Session, site: SimpleNamespace) -> None:
    eks = session.client("eks")
    eks.create_addon(clusterName="books", addonName="metrics-server")
    eks.update_nodegroup_config(
        clusterName="books", nodegroupName="workers", scalingConfig={"minSize": 2, "desiredSize": 2, "maxSize": 4}
    )
    session.advance(GROUP_ACTIVE + 60)
    eks.update_cluster_version(name="books", version="1.35")
    session.advance(3600)


def _repository(session: Session, site: SimpleNamespace) -> None:
    del site
    ecr = session.client("ecr")
    ecr.put_image(repositoryName="catalog-image", imageManifest=json.dumps(MANIFEST), imageTag="v1")
    ecr.put_image_scanning_configuration(
        repositoryName="catalog-image", imageScanningConfiguration={"scanOnPush": True}
    )
    ecr.put_image_tag_mutability(repositoryName="catalog-image", imageTagMutability="IMMUTABLE")


def _workload(session: Session, site: SimpleNamespace) -> None:
    del session
    container = {
        "name": "web",
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}},
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 2},
        "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
    }
    over = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "ScheduleAnyway"}
    pod = {
        "containers": [container],
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "topologySpreadConstraints": [{**over, "labelSelector": {"matchLabels": LABELS}}],
    }
    spec = {
        "replicas": 1,
        "minReadySeconds": 1,
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {"spec": pod},
    }
    client.AppsV1Api(site.api).patch_namespaced_deployment("catalog-pods", "shop", {"spec": spec})
    client.BatchV1Api(site.api).patch_namespaced_cron_job("report", "shop", {"spec": {"schedule": "0 4 * * *"}})


def _ways_in(session: Session, site: SimpleNamespace) -> None:
    del session
    spec = {"type": "LoadBalancer", "ports": [{"port": 8000, "targetPort": 8081}, {"port": 80, "$patch": "delete"}]}
    client.CoreV1Api(site.api).patch_namespaced_service("catalog", "shop", {"spec": spec})


def _scaler(session: Session, site: SimpleNamespace) -> None:
    del session
    behaviour = {
        "scaleUp": {"stabilizationWindowSeconds": 30, "policies": [{"type": "Pods", "value": 2, "periodSeconds": 15}]},
        "scaleDown": {
            "stabilizationWindowSeconds": 60,
            "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}],
        },
    }
    changed = scaler(70, 2, 5, metric="memory", **behaviour)
    client.AutoscalingV2Api(site.api).patch_namespaced_horizontal_pod_autoscaler("catalog-scaler", "shop", changed)


STEPS = (_cluster, _repository, _workload, _ways_in, _scaler)

CHANGED: dict[str, dict[str, Any]] = {
    "books": {"version": "1.35", "add_ons": ("metrics-server",)},
    "workers": {"min_size": 2, "max_size": 4, "desired": 2},
    "catalog-image": {"images": ("v1",), "scan_on_push": True, "immutable_tags": True},
    "catalog-pods": {
        "replicas": 2,
        "containers": ("web python:3.13-slim 250 256 500 512",),
        "probes": ("web readiness / 8080 delay=0 period=2 failures=3", "web preStop sleep=3"),
        "surge": "1",
        "unavailable": "0",
        "min_ready_s": 1,
        "spread": (f"{ZONE} 1 ScheduleAnyway",),
        "node_selector": ("kubernetes.io/os=linux",),
    },
    "report": {"schedule": "0 4 * * *"},
    "catalog": {
        "service_type": "LoadBalancer",
        "port": 8000,
        "target_port": 8081,
        "hostname": Ends(".elb.ap-northeast-1.amazonaws.com"),
    },
    "catalog-scaler": {
        "min_replicas": 2,
        "max_replicas": 5,
        "metric": "memory",
        "target": 70,
        "scale_up_window_s": 30,
        "scale_down_window_s": 60,
        "behavior": ("up Pods 2/15", "down Percent 50/60"),
        "desired": 2,
    },
}
"""Node -> attributes as they read after the steps; each read otherwise before."""

COVERED = {
    "books": "cluster",
    "workers": "node_group",
    "reports": "fargate_profile",
    "catalog-image": "repository",
    "catalog-pods": "workload",
    "report": "workload",
    "catalog": "pod_service",
    "catalog-scaler": "pod_autoscaler",
}
"""Node -> its kind."""

TOLD_ALONE = {
    ("cluster", "public_access"),
    ("node_group", "state"),
    ("fargate_profile", "state"),
    ("workload", "pods"),
    ("pod_service", "endpoints"),
    ("pod_autoscaler", "current"),
}
"""What the test says in lines of its own."""


def covered() -> set[tuple[str, str]]:
    """(kind, attribute) of everything that this module asks for."""
    told = {(COVERED[node], name) for table in (BORN, CHANGED) for node, names in table.items() for name in names}
    return told | TOLD_ALONE


def settle(session: Session) -> Topology:
    """What is read back once the pods answer and are measured: they are real processes."""
    for _ in range(20):
        session.advance(30)
        built = read_back(session)
        if built.node("catalog-pods").count == 2 and built.node("catalog-scaler").require("current"):
            return built
        time.sleep(0.2)
    return built


def test_a_cluster_is_read_back_as_made_and_as_changed(session: Session) -> None:
    site = build(session)
    before = read_back(session)
    for name, kind in COVERED.items():
        node = before.node(name)
        assert (node.kind, set(node.attributes)) == (kind, set(ATTRIBUTES[kind])), name
    for name, expected in BORN.items():
        assert {key: before.node(name).attributes[key] for key in expected} == expected, name
    for step in STEPS:
        step(session, site)
    after = settle(session)
    for name, changes in CHANGED.items():
        for attribute, expected in changes.items():
            was, now = before.node(name).attributes[attribute], after.node(name).attributes[attribute]
            assert was != now, f"{name}.{attribute} proves nothing"
            assert now == expected, f"{name}.{attribute}"
    _states(site, after)
    _pods(before, after)
    _closed(session, after)


def _states(site: SimpleNamespace, after: Topology) -> None:
    assert (site.coming.node("books").require("state"), after.node("books").require("state")) == ("CREATING", "ACTIVE")
    for name in ("workers", "reports"):
        assert (site.making.node(name).require("state"), after.node(name).require("state")) == ("CREATING", "ACTIVE")


def _pods(before: Topology, after: Topology) -> None:
    pods = after.node("catalog-pods").require("pods")
    assert before.node("catalog-pods").require("pods") == ()
    assert isinstance(pods, tuple)
    assert [each.split()[2:] for each in pods] == [[ZONES[0], "Running"]] * 2
    assert before.node("catalog").require("endpoints") == ()
    endpoints = after.node("catalog").require("endpoints")
    assert isinstance(endpoints, tuple)
    assert [each.startswith("10.13.10.") for each in endpoints] == [True, True]
    assert before.node("catalog-scaler").require("current") == 0
    assert 0 < int(str(after.node("catalog-scaler").require("current"))) < 100


def _closed(session: Session, before: Topology) -> None:
    closed = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
    session.client("eks").update_cluster_config(name="books", resourcesVpcConfig=closed)
    session.advance(3600)
    assert before.node("books").require("public_access") is True
    assert read_back(session).node("books").require("public_access") is False
