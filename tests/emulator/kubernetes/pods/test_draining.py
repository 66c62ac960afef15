"""A node is emptied by the official client: cordon, evict what may go, wait, evict the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from kubernetes import client

from tests.emulator.kubernetes.api_case import ADMIN, Handler
from tests.emulator.kubernetes.pods.conftest import Lab, deployment, quiet


@pytest.fixture
def api(lab: Lab) -> Iterator[client.ApiClient]:
    del lab
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"case": SimpleNamespace(user=ADMIN)}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield client.ApiClient(client.Configuration(host=f"http://127.0.0.1:{server.server_address[1]}"))
    server.shutdown()
    server.server_close()
    thread.join(10)


def on(lab: Lab, node: str) -> list[str]:
    return [
        pod["metadata"]["name"]
        for pod in lab.pods(app="catalog")
        if pod["spec"].get("nodeName") == node and "deletionTimestamp" not in pod["metadata"]
    ]


def evict(api: client.ApiClient, name: str) -> int:
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": "shop"}}
    try:
        client.CoreV1Api(api).create_namespaced_pod_eviction(name, "shop", body)
    except client.ApiException as error:
        return int(error.status)
    return 201


def test_a_node_is_drained_only_as_fast_as_the_budget_allows(lab, api):
    lab.create("Deployment", "catalog", **deployment(quiet(), replicas=4))
    lab.advance(60)
    budget = {"minAvailable": 3, "selector": {"matchLabels": {"app": "catalog"}}}
    client.PolicyV1Api(api).create_namespaced_pod_disruption_budget(
        "shop", {"metadata": {"name": "catalog"}, "spec": budget}
    )
    first, second = (machine.name for machine in lab.ground.nodes)
    client.CoreV1Api(api).patch_node(first, {"spec": {"unschedulable": True}})
    there = on(lab, first)
    assert len(there) == 2
    assert [evict(api, name) for name in there] == [201, 429]
    lab.advance(60)
    assert on(lab, first) == there[1:]
    assert evict(api, there[1]) == 201
    lab.advance(60)
    assert on(lab, first) == []
    assert len(on(lab, second)) == 4
    client.CoreV1Api(api).patch_node(first, {"spec": {"unschedulable": None}})
    client.AppsV1Api(api).patch_namespaced_deployment_scale("catalog", "shop", {"spec": {"replicas": 6}})
    lab.advance(60)
    assert on(lab, first) != []


def test_a_cordoned_node_says_so_and_keeps_its_pods(lab, api):
    lab.create("Deployment", "catalog", **deployment(quiet(), replicas=2))
    lab.advance(60)
    name = lab.ground.nodes[0].name
    kept = on(lab, name)
    node = client.CoreV1Api(api).patch_node(name, {"spec": {"unschedulable": True}})
    assert node.spec.unschedulable
    lab.advance(120)
    taints = client.CoreV1Api(api).read_node(name).spec.taints
    assert [(taint.key, taint.effect) for taint in taints] == [("node.kubernetes.io/unschedulable", "NoSchedule")]
    assert on(lab, name) == kept
