"""The bookshop end to end: EKS, nodes, pods as processes, a load balancer, a load, through unmodified clients."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes import client as kube

from aws14.cloud import connect, request
from aws14.cloud.kubernetes_clients import api_client
from tests.emulator.kubernetes.pods import shop


@pytest.fixture(scope="module")
def books(emulator: Any) -> Iterator[SimpleNamespace]:
    emulator.reset()
    session = connect()
    net = shop.cluster(session.client)
    api = api_client(session, "books")
    core, apps = kube.CoreV1Api(api), kube.AppsV1Api(api)
    core.create_namespace({"metadata": {"name": "shop"}})
    core.create_namespaced_config_map(
        "shop", {"metadata": {"name": "catalog-code"}, "data": {"server.py": shop.SERVER}}
    )
    apps.create_namespaced_deployment("shop", shop.catalog())
    ports = [{"port": 80, "targetPort": 8080}]
    spec = {"type": "LoadBalancer", "selector": {"app": "catalog"}, "ports": ports}
    core.create_namespaced_service("shop", {"metadata": {"name": "catalog"}, "spec": spec})
    session.advance(240)
    yield SimpleNamespace(session=session, net=net, api=api, core=core, apps=apps, emulator=emulator)
    emulator.reset()


def pods(books: SimpleNamespace, **labels: str) -> list[Any]:
    chosen = ",".join(f"{name}={text}" for name, text in labels.items())
    return list(books.core.list_namespaced_pod("shop", label_selector=chosen).items)


def hostname(books: SimpleNamespace) -> str:
    status = books.core.read_namespaced_service("catalog", "shop").status
    return str(status.load_balancer.ingress[0].hostname)


def test_the_deployment_runs_on_both_nodes(books):
    found = pods(books, app="catalog")
    assert [pod.status.phase for pod in found] == ["Running", "Running"]
    assert len({pod.spec.node_name for pod in found}) == 2
    assert all(pod.status.pod_ip.startswith("10.13.1") for pod in found)


def test_the_load_balancer_hands_requests_to_every_pod(books):
    answers = [request(books.session, f"http://{hostname(books)}/") for _ in range(4)]
    assert [each.status for each in answers] == [200] * 4
    assert {each.body.decode().split()[1] for each in answers} == {
        pod.metadata.name for pod in pods(books, app="catalog")
    }


def test_it_stands_in_describe_calls_with_the_pods_as_targets(books):
    elbv2 = books.session.client("elbv2")
    balancer = next(b for b in elbv2.describe_load_balancers()["LoadBalancers"] if b["DNSName"] == hostname(books))
    assert (balancer["Type"], balancer["Scheme"], balancer["State"]["Code"]) == ("network", "internet-facing", "active")
    group = elbv2.describe_target_groups(LoadBalancerArn=balancer["LoadBalancerArn"])["TargetGroups"][0]
    health = elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
    assert {each["Target"]["Id"] for each in health} == {pod.status.pod_ip for pod in pods(books, app="catalog")}


def test_a_pod_reaches_another_service_by_name(books):
    answer = request(books.session, f"http://{hostname(books)}/ask/catalog.shop.svc.cluster.local")
    assert answer.status == 200
    assert answer.body.decode().startswith("1 catalog-")


def test_logs_are_the_programs_own_lines(books):
    name = pods(books, app="catalog")[0].metadata.name
    assert "/healthz" in books.core.read_namespaced_pod_log(name, "shop")


def test_a_restored_cloud_answers_again(books):
    books.emulator.save("shop")
    books.session.advance(60)
    books.emulator.restore("shop")
    books.session.advance(30)
    assert request(books.session, f"http://{hostname(books)}/").status == 200


def test_a_day_of_load_scales_pods(books):
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
    ]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog"}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 12, "metrics": metrics}
    kube.AutoscalingV2Api(books.api).create_namespaced_horizontal_pod_autoscaler(
        "shop", {"metadata": {"name": "catalog"}, "spec": spec}
    )
    load = {"cluster": "books", "namespace": "shop", "workload": "catalog", "cores": 1.2}
    books.emulator.pod_load(load)
    books.session.advance(300)
    assert books.apps.read_namespaced_deployment("catalog", "shop").spec.replicas == 10
    answers = {request(books.session, f"http://{hostname(books)}/").status for _ in range(12)}
    assert answers == {200}


def test_cluster_autoscaler_brings_nodes_for_pods_without_a_place_and_takes_them_away(books):
    group = books.session.client("eks").describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]
    name = group["resources"]["autoScalingGroups"][0]["name"]
    container = {
        "name": "cluster-autoscaler",
        "image": "registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.0",
        "command": ["./cluster-autoscaler", "--cloud-provider=aws", f"--nodes=2:6:{name}"],
    }
    labels = {"app": "cluster-autoscaler"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    books.apps.create_namespaced_deployment("kube-system", {"metadata": {"name": "cluster-autoscaler"}, "spec": spec})
    quiet = {"name": "web", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": {"cpu": "900m"}}}
    template = {"metadata": {"labels": {"app": "big"}}, "spec": {"containers": [quiet]}}
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "big"}}, "template": template}
    books.apps.create_namespaced_deployment("shop", {"metadata": {"name": "big"}, "spec": spec})
    books.session.advance(300)
    nodes = books.core.list_node().items
    assert len(nodes) >= 3
    assert [pod.status.phase for pod in pods(books, app="big")] == ["Running"] * 3
    events = [event.reason for event in books.core.list_namespaced_event("shop").items]
    assert "TriggeredScaleUp" in events
    books.apps.delete_namespaced_deployment("big", "shop")
    books.emulator.pod_load({"cluster": "books", "namespace": "shop", "workload": "catalog", "cores": 0.0})
    books.session.advance(1800)
    assert len(books.core.list_node().items) == 2


def test_deleting_the_service_deletes_its_load_balancer_and_groups(books):
    books.core.delete_namespaced_service("catalog", "shop")
    books.session.advance(5)
    elbv2 = books.session.client("elbv2")
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
    assert elbv2.describe_target_groups()["TargetGroups"] == []
