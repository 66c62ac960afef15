"""How objects end: grace, finalizers, what they owned, namespaces, evictions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kubernetes import client

from tests.emulator.kubernetes.api_case import Case, deployment, pod, refused


def owned_by(owner: Any, kind: str, body: dict[str, Any], *, blocks: bool = True) -> dict[str, Any]:
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": owner.metadata.name, "uid": owner.metadata.uid}
    body["metadata"]["ownerReferences"] = [reference | {"controller": True, "blockOwnerDeletion": blocks}]
    return body


def running(case: Case, name: str, **labels: str) -> None:
    """A pod on a node that is ready, as a kubelet would tell."""
    case.core.create_namespaced_pod("default", pod(name, labels=labels, nodeName="n1"))
    ready = {"type": "Ready", "status": "True"}
    case.core.patch_namespaced_pod_status(name, "default", {"status": {"phase": "Running", "conditions": [ready]}})


def pods(case: Case) -> list[str]:
    return [one.metadata.name for one in case.core.list_namespaced_pod("default").items]


def test_a_pod_on_a_node_has_grace(case: Case) -> None:
    running(case, "one")
    ending = case.core.delete_namespaced_pod("one", "default", grace_period_seconds=20)
    assert ending.metadata.deletion_grace_period_seconds == 20
    assert (ending.metadata.deletion_timestamp - ending.metadata.creation_timestamp).total_seconds() == 20
    assert pods(case) == ["one"]
    case.core.delete_namespaced_pod("one", "default", grace_period_seconds=0)
    assert pods(case) == []


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_is_over_has_none(case: Case, phase: str) -> None:
    running(case, "one")
    case.core.patch_namespaced_pod_status("one", "default", {"status": {"phase": phase}})
    case.core.delete_namespaced_pod("one", "default")
    assert pods(case) == []


def test_finalizers_hold_an_object_until_they_are_taken_off(case: Case) -> None:
    body = {"metadata": {"name": "c", "finalizers": ["example.com/hold"]}}
    case.core.create_namespaced_config_map("default", body)
    case.core.delete_namespaced_config_map("c", "default")
    held = case.core.read_namespaced_config_map("c", "default")
    assert held.metadata.deletion_timestamp is not None
    case.core.patch_namespaced_config_map("c", "default", {"metadata": {"finalizers": None}})
    assert refused(lambda: case.core.read_namespaced_config_map("c", "default")).status == 404


def test_what_was_owned_ends_too(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    body = deployment("catalog-1") | {"kind": "ReplicaSet"}
    body["spec"].pop("strategy", None)
    inner = case.apps.create_namespaced_replica_set("default", owned_by(made, "Deployment", body))
    case.core.create_namespaced_pod("default", owned_by(inner, "ReplicaSet", pod("a")))
    case.core.create_namespaced_pod("default", pod("stranger"))
    answer = json.loads(case.answer("DELETE", "/apis/apps/v1/namespaces/default/deployments/catalog").body)
    assert (answer["kind"], answer["status"], answer["details"]["name"]) == ("Status", "Success", "catalog")
    assert case.apps.list_namespaced_replica_set("default").items == []
    assert pods(case) == ["stranger"]


def test_orphans_stay(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    case.core.create_namespaced_pod("default", owned_by(made, "Deployment", pod("a")))
    case.apps.delete_namespaced_deployment("catalog", "default", propagation_policy="Orphan")
    assert case.core.read_namespaced_pod("a", "default").metadata.owner_references is None


def test_in_the_foreground_the_owner_goes_last(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    case.core.create_namespaced_pod("default", owned_by(made, "Deployment", pod("a", nodeName="n1")))
    case.apps.delete_namespaced_deployment("catalog", "default", body={"propagationPolicy": "Foreground"})
    waiting = case.apps.read_namespaced_deployment("catalog", "default")
    assert waiting.metadata.finalizers == ["foregroundDeletion"]
    assert case.core.read_namespaced_pod("a", "default").metadata.deletion_timestamp is not None
    case.core.delete_namespaced_pod("a", "default", grace_period_seconds=0)
    assert refused(lambda: case.apps.read_namespaced_deployment("catalog", "default")).status == 404


def test_the_pods_of_a_job_stay_unless_told_otherwise(case: Case) -> None:
    batch = client.BatchV1Api(case.client())
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "busybox:1"}]}}
    for name, propagation in (("plain", None), ("thorough", "Background")):
        job = batch.create_namespaced_job("default", {"metadata": {"name": name}, "spec": {"template": template}})
        case.core.create_namespaced_pod("default", owned_by(job, "Job", pod(f"{name}-1")))
        options = {"propagation_policy": propagation} if propagation else {}
        batch.delete_namespaced_job(name, "default", **options)
    assert pods(case) == ["plain-1"]


def test_preconditions_are_kept(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod("one"))
    body = {"preconditions": {"uid": "another"}}
    error = refused(lambda: case.core.delete_namespaced_pod("one", "default", body=body))
    assert (error.status, "Precondition failed: UID in precondition: another" in json.loads(error.body)["message"]) == (
        409,
        True,
    )
    assert pods(case) == ["one"]


def test_a_collection_is_deleted_by_its_labels(case: Case) -> None:
    for name, app in (("a", "x"), ("b", "x"), ("c", "y")):
        case.core.create_namespaced_pod("default", pod(name, labels={"app": app}))
    case.core.delete_collection_namespaced_pod("default", label_selector="app=x")
    assert pods(case) == ["c"]


def test_a_namespace_ends_with_its_content(case: Case) -> None:
    case.core.create_namespace({"metadata": {"name": "shop"}})
    case.apps.create_namespaced_deployment("shop", deployment())
    case.core.create_namespaced_pod("shop", pod("slow", nodeName="n1"))
    case.core.delete_namespace("shop")
    assert case.core.read_namespace("shop").status.phase == "Terminating"
    assert case.apps.list_namespaced_deployment("shop").items == []
    error = refused(lambda: case.core.create_namespaced_pod("shop", pod("late")))
    assert json.loads(error.body)["message"] == (
        'pods "late" is forbidden: unable to create new content in namespace shop because it is being terminated'
    )
    case.core.delete_namespaced_pod("slow", "shop", grace_period_seconds=0)
    assert refused(lambda: case.core.read_namespace("shop")).status == 404
    assert refused(lambda: case.core.delete_namespace("default")).status == 403
    assert case.core.create_namespace({"metadata": {"name": "shop"}}).status.phase == "Active"


def test_a_namespace_has_an_account_and_a_root_certificate(case: Case) -> None:
    case.core.create_namespace({"metadata": {"name": "shop"}})
    assert [one.metadata.name for one in case.core.list_namespaced_service_account("shop").items] == ["default"]
    assert [one.metadata.name for one in case.core.list_namespaced_config_map("shop").items] == ["kube-root-ca.crt"]


@pytest.mark.parametrize(
    ("spec", "allowed"),
    [({"minAvailable": 2}, 1), ({"minAvailable": "50%"}, 1), ({"maxUnavailable": 1}, 1), ({"maxUnavailable": "34%"}, 2),
     ({"minAvailable": 3}, 0), ({"minAvailable": "100%"}, 0)],
)  # fmt: skip
def test_budgets_count_what_may_go(case: Case, spec: dict, allowed: int) -> None:
    selector = {"selector": {"matchLabels": {"app": "web"}}}
    policy = client.PolicyV1Api(case.client())
    policy.create_namespaced_pod_disruption_budget("default", {"metadata": {"name": "web"}, "spec": spec | selector})
    for name in "abc":
        running(case, name, app="web")
    assert policy.read_namespaced_pod_disruption_budget("web", "default").status.disruptions_allowed == allowed


def test_an_eviction_respects_the_budget(case: Case) -> None:
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}
    policy = client.PolicyV1Api(case.client())
    policy.create_namespaced_pod_disruption_budget("default", {"metadata": {"name": "web"}, "spec": spec})
    for name in "ab":
        running(case, name, app="web")
    case.core.create_namespaced_pod_eviction("a", "default", {"metadata": {"name": "a"}})
    assert case.core.read_namespaced_pod("a", "default").metadata.deletion_timestamp is not None
    error = refused(lambda: case.core.create_namespaced_pod_eviction("b", "default", {"metadata": {"name": "b"}}))
    told = json.loads(error.body)
    assert (error.status, told["message"]) == (429, "Cannot evict pod as it would violate the pod's disruption budget.")
    assert told["details"]["causes"][0]["message"] == (
        "The disruption budget web needs 1 healthy pods and has 1 currently"
    )
    assert case.core.read_namespaced_pod("b", "default").metadata.deletion_timestamp is None


def test_a_pod_is_bound_once(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod("one"))
    path = "/api/v1/namespaces/default/pods/one/binding"
    assert case.answer("POST", path, b'{"target": {"kind": "Node", "name": "n1"}}').status == 201
    bound = case.core.read_namespaced_pod("one", "default")
    assert (bound.spec.node_name, bound.status.conditions[0].type) == ("n1", "PodScheduled")
    again = case.answer("POST", path, b'{"target": {"kind": "Node", "name": "n2"}}')
    assert (again.status, 'already assigned to node "n1"' in json.loads(again.body)["message"]) == (409, True)


def test_events_are_forgotten_after_an_hour(case: Case) -> None:
    def happens(name: str) -> None:
        about = {"kind": "Pod", "name": "x", "namespace": "default"}
        case.core.create_namespaced_event("default", {"metadata": {"name": name}, "involvedObject": about})

    happens("early")
    case.world.clock.advance(3000)
    happens("later")
    case.world.clock.advance(900)
    happens("last")
    assert [one.metadata.name for one in case.core.list_namespaced_event("default").items] == ["last", "later"]
