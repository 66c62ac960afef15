"""Runs go through what a bookshop on EKS is like now: each change by boto3 or the official client moves the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from kubernetes import client

from aws14.cloud.process import Emulator
from aws14.lab import Lab
from aws14.model import Campaign, Diurnal, Rollout, Scenario, Spike, Steady, Trace

SAVED = "run-follows-kubernetes"
PODS, SCALER, SERVICE, SPACE = "catalog-pods", "catalog-autoscaler", "catalog", "shop"


@dataclass(frozen=True)
class Shop:
    """The bookshop, its lab, the official client, and plain boto3 clients that no course session watches."""

    lab: Lab
    aws: Callable[..., Any]
    api: Any

    def workload(self, **spec: Any) -> None:
        client.AppsV1Api(self.api).patch_namespaced_deployment(PODS, SPACE, {"spec": spec})

    def pod(self, **spec: Any) -> None:
        self.workload(template={"spec": spec})

    def container(self, **spec: Any) -> None:
        self.pod(containers=[{"name": "catalog", **spec}])

    def scaler(self, **spec: Any) -> None:
        autoscaling = client.AutoscalingV2Api(self.api)
        autoscaling.patch_namespaced_horizontal_pod_autoscaler(SCALER, SPACE, {"spec": spec})

    def nodes(self, **sizes: int) -> None:
        self.aws("eks").update_nodegroup_config(clusterName="books", nodegroupName="workers", scalingConfig=sizes)
        self.lab.advance(minutes=5)


@pytest.fixture(scope="module")
def built(emulator: Emulator, emulator_home, aws) -> Iterator[Shop]:
    """Pattern 13, built once from the notebook's cells and saved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p13", say=lambda _: None)
        lab.catch_up()
        lab.save(SAVED)
        yield Shop(lab, aws, lab.kubernetes("books"))


@pytest.fixture
def shop(built: Shop) -> Shop:
    """The shop as it was built, whatever the test before did to it."""
    built.lab.restore(SAVED)
    return built


# --- the workload -------------------------------------------------------------------------------------------------


def resources(shop: Shop, request_m: int, limit_m: int) -> None:
    cpu = {"requests": {"cpu": f"{request_m}m"}, "limits": {"cpu": f"{limit_m}m"}}
    shop.container(resources=cpu)


def request_more(shop: Shop) -> None:
    resources(shop, 500, 500)


def request_too_much(shop: Shop) -> None:
    resources(shop, 1000, 1000)


def limit_less(shop: Shop) -> None:
    resources(shop, 250, 260)


def look_late(shop: Shop) -> None:
    probe = {"httpGet": {"path": "/", "port": 8080}, "initialDelaySeconds": 90, "periodSeconds": 5}
    shop.container(readinessProbe=probe)


def look_not_at_all(shop: Shop) -> None:
    shop.container(readinessProbe=None)


def wait_before_ending(shop: Shop) -> None:
    shop.container(lifecycle={"preStop": {"sleep": {"seconds": 10}}})


def roll(shop: Shop, surge: int | str, unavailable: int | str) -> None:
    shop.workload(strategy={"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}})


def take_all_down_first(shop: Shop) -> None:
    roll(shop, 0, "100%")


def put_all_up_first(shop: Shop) -> None:
    roll(shop, "100%", 0)


def wait_until_they_are_trusted(shop: Shop) -> None:
    shop.workload(minReadySeconds=60)


def ask_for_a_disk_that_no_node_has(shop: Shop) -> None:
    shop.pod(nodeSelector={"disk": "ssd"})


def spread_over_racks_that_no_node_names(shop: Shop) -> None:
    labels = {"matchLabels": {"app": "catalog"}}
    rule = {"maxSkew": 1, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}
    shop.pod(topologySpreadConstraints=[{**rule, "labelSelector": labels}])


def delete_the_autoscaler(shop: Shop) -> None:
    client.AutoscalingV2Api(shop.api).delete_namespaced_horizontal_pod_autoscaler(SCALER, SPACE)


def run_more_of_them(shop: Shop) -> None:
    delete_the_autoscaler(shop)
    shop.workload(replicas=7)


# --- the autoscaler -----------------------------------------------------------------------------------------------


def keep_more(shop: Shop) -> None:
    shop.scaler(minReplicas=9)


def allow_fewer(shop: Shop) -> None:
    shop.scaler(maxReplicas=4)


def aim_lower(shop: Shop) -> None:
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 30}}
    shop.scaler(metrics=[{"type": "Resource", "resource": metric}])


def scale_up_slowly(shop: Shop) -> None:
    one = {"type": "Pods", "value": 1, "periodSeconds": 120}
    shop.scaler(behavior={"scaleUp": {"policies": [one]}})


def hesitate_to_scale_up(shop: Shop) -> None:
    shop.scaler(behavior={"scaleUp": {"stabilizationWindowSeconds": 600}})


def scale_down_at_once(shop: Shop) -> None:
    shop.scaler(behavior={"scaleDown": {"stabilizationWindowSeconds": 0}})


def scale_down_slowly(shop: Shop) -> None:
    one = {"type": "Pods", "value": 1, "periodSeconds": 300}
    shop.scaler(behavior={"scaleDown": {"policies": [one]}})


# --- the nodes ----------------------------------------------------------------------------------------------------


def allow_no_more_nodes(shop: Shop) -> None:
    shop.nodes(minSize=2, desiredSize=2, maxSize=2)


def keep_more_nodes(shop: Shop) -> None:
    shop.nodes(minSize=4, desiredSize=4, maxSize=6)


def delete_the_cluster_autoscaler(shop: Shop) -> None:
    client.AppsV1Api(shop.api).delete_namespaced_deployment("cluster-autoscaler", "kube-system")


def take_larger_nodes(shop: Shop) -> None:
    eks = shop.aws("eks")
    known = eks.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]
    eks.delete_nodegroup(clusterName="books", nodegroupName="workers")
    shop.lab.advance(minutes=15)
    eks.create_nodegroup(
        clusterName="books",
        nodegroupName="workers",
        nodeRole=known["nodeRole"],
        subnets=known["subnets"],
        instanceTypes=["m5.xlarge"],
        scalingConfig=known["scalingConfig"],
        tags=known["tags"],
    )
    shop.lab.advance(minutes=5)


# --- what moves, and which way ------------------------------------------------------------------------------------


def failed(trace: Trace) -> float:
    return float(trace.failed_total)


def p95_s(trace: Trace) -> float:
    return float(trace.response_time_s(0.95))


def pod_minutes(trace: Trace) -> float:
    assert trace.fleet is not None
    return float(trace.fleet.in_service.sum())


def waiting(trace: Trace) -> float:
    assert trace.cluster is not None
    return float(trace.cluster.pods_pending.sum())


def node_hours(trace: Trace) -> float:
    assert trace.cluster is not None
    return float(trace.cluster.node_hours)


def requested(trace: Trace) -> float:
    assert trace.cluster is not None
    return float(trace.cluster.cpu_requested_m.mean())


def offered_by_a_node(trace: Trace) -> float:
    assert trace.cluster is not None
    return float(trace.cluster.cpu_allocatable_m[0] / trace.cluster.nodes_ready[0])


def done_s(trace: Trace) -> float:
    return next((event.at_s for event in trace.events if event.what == "rolled_out"), float("inf"))


SCENARIOS: dict[str, dict[str, Any]] = {
    "quiet": {"load": Steady(rate_rps=20.0)},
    "crowd": {
        "load": Campaign(
            rhythm=Diurnal(night_rps=20.0, day_rps=20.0, peak_hour=12.0),
            spots=(Spike(peak_rps=160.0, at_s=120.0, rise_s=60.0, hold_s=240.0, half_life_s=30.0),),
        ),
        "horizon_s": 1500.0,
    },
    "release": {
        "load": Steady(rate_rps=20.0),
        "rollouts": (Rollout(node=PODS, version="v2", at_s=60.0),),
    },
}


def scenario(lab: Lab, name: str) -> Scenario:
    return replace(lab.scenario(), **{"name": name, "horizon_s": 600.0} | SCENARIOS[name])


Change = Callable[[Shop], None]

CHANGES: dict[Change, tuple[str, Callable[[Trace], float], int]] = {
    request_more: ("quiet", requested, +1),
    request_too_much: ("crowd", node_hours, +1),
    limit_less: ("quiet", p95_s, +1),
    look_late: ("release", done_s, +1),
    look_not_at_all: ("release", failed, +1),
    wait_before_ending: ("release", failed, -1),
    take_all_down_first: ("release", failed, +1),
    put_all_up_first: ("release", done_s, -1),
    wait_until_they_are_trusted: ("release", done_s, +1),
    ask_for_a_disk_that_no_node_has: ("quiet", waiting, +1),
    spread_over_racks_that_no_node_names: ("quiet", waiting, +1),
    delete_the_autoscaler: ("crowd", failed, +1),
    run_more_of_them: ("quiet", pod_minutes, +1),
    keep_more: ("quiet", pod_minutes, +1),
    allow_fewer: ("crowd", failed, +1),
    aim_lower: ("crowd", pod_minutes, +1),
    scale_up_slowly: ("crowd", failed, +1),
    hesitate_to_scale_up: ("crowd", failed, +1),
    scale_down_at_once: ("crowd", pod_minutes, -1),
    scale_down_slowly: ("crowd", pod_minutes, +1),
    allow_no_more_nodes: ("crowd", waiting, +1),
    keep_more_nodes: ("quiet", node_hours, +1),
    delete_the_cluster_autoscaler: ("crowd", waiting, +1),
    take_larger_nodes: ("quiet", offered_by_a_node, +1),
}
"""What is done -> under which load, and what of the trace becomes more (+1) or less (-1)."""


@pytest.fixture(scope="module")
def before(built: Shop) -> dict[str, Trace]:
    """The runs on the shop as built."""
    built.lab.restore(SAVED)
    return {name: built.lab.run(scenario(built.lab, name)) for name in SCENARIOS}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_by_plain_clients_moves_the_run(shop: Shop, before: dict[str, Trace], change: Change) -> None:
    under, look, way = CHANGES[change]
    change(shop)
    after = shop.lab.run(scenario(shop.lab, under))
    assert after.offered.sum() == before[under].offered.sum(), "the same readers come"
    assert way * (look(after) - look(before[under])) > 0, (look(before[under]), look(after))


def serve(shop: Shop, **spec: Any) -> None:
    client.CoreV1Api(shop.api).patch_namespaced_service(SERVICE, SPACE, {"spec": spec})


def hide_the_service(shop: Shop) -> None:
    serve(shop, type="ClusterIP")


def move_the_service(shop: Shop) -> None:
    serve(shop, ports=[{"port": 8000, "targetPort": 8080}, {"port": 80, "$patch": "delete"}])


def select_nobody(shop: Shop) -> None:
    serve(shop, selector={"app": "nobody"})


SHUT: dict[Change, str] = {
    hide_the_service: "no_such_address",
    move_the_service: "refused",
    select_nobody: "no_pods",
}
"""What is done -> why nobody is served any more."""


@pytest.mark.parametrize("change", SHUT, ids=lambda change: change.__name__)
def test_a_service_that_is_changed_keeps_every_reader_out(shop: Shop, change: Change) -> None:
    change(shop)
    after = shop.lab.run(scenario(shop.lab, "quiet"))
    assert list(after.failed) == [SHUT[change]]
    assert after.served.sum() == 0


def test_pods_that_a_fargate_profile_selects_get_machines_of_their_own(shop: Shop, before: dict[str, Trace]) -> None:
    eks = shop.aws("eks")
    known = eks.describe_fargate_profile(clusterName="books", fargateProfileName="batch")["fargateProfile"]
    eks.create_fargate_profile(
        clusterName="books",
        fargateProfileName="shop",
        podExecutionRoleArn=known["podExecutionRoleArn"],
        subnets=known["subnets"],
        selectors=[{"namespace": SPACE, "labels": {"app": "catalog"}}],
        tags={"Name": "shop-profile", "aws14:pattern": "p13"},
    )
    shop.lab.advance(minutes=5)
    client.CoreV1Api(shop.api).delete_collection_namespaced_pod(SPACE, label_selector="app=catalog")
    shop.lab.advance(minutes=5)
    after = shop.lab.run(scenario(shop.lab, "quiet"))
    assert after.nodes[-1] == "shop-profile"
    assert before["quiet"].nodes[-1] == "workers"
    assert after.cluster is not None
    assert (after.cluster.nodes == pods_of(after)).all()


def pods_of(trace: Trace) -> Any:
    assert trace.fleet is not None
    return trace.fleet.in_service
