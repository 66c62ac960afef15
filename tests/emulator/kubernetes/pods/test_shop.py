"""The bookshop end to end: EKS, nodes, pods as processes, a load balancer, a load, through unmodified clients."""

from __future__ import annotations

import json
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
    # name-id.elb.region.amazonaws.com: User Guide for Network Load Balancers.
    number = balancer["LoadBalancerArn"].rpartition("/")[2]
    assert balancer["DNSName"] == f"{balancer['LoadBalancerName']}-{number}.elb.ap-northeast-1.amazonaws.com"
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


def scaler_log(books: SimpleNamespace) -> str:
    found = books.core.list_namespaced_pod("kube-system", label_selector="app=cluster-autoscaler").items
    return "".join(books.core.read_namespaced_pod_log(each.metadata.name, "kube-system") for each in found)


def allow_scaling(books: SimpleNamespace) -> None:
    actions = ["autoscaling:Describe*", "autoscaling:SetDesiredCapacity"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    books.session.client("iam").put_role_policy(
        RoleName="books-nodes", PolicyName="scale-nodes", PolicyDocument=json.dumps(document)
    )


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
    spec = {"selector": {"matchLabels": labels}, "template": template, "strategy": {"type": "Recreate"}}
    books.apps.create_namespaced_deployment("kube-system", {"metadata": {"name": "cluster-autoscaler"}, "spec": spec})
    quiet = {"name": "web", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": {"cpu": "900m"}}}
    template = {"metadata": {"labels": {"app": "big"}}, "spec": {"containers": [quiet]}}
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "big"}}, "template": template}
    books.apps.create_namespaced_deployment("shop", {"metadata": {"name": "big"}, "spec": spec})
    books.session.advance(60)
    assert "no EC2 IMDS role found" in scaler_log(books)  # nodes of AL2023 have a hop limit of 1
    options = [
        each["MetadataOptions"]["HttpPutResponseHopLimit"]
        for one in books.session.client("ec2").describe_instances()["Reservations"]
        for each in one["Instances"]
    ]
    assert set(options) == {1}
    on_host = {"spec": {"template": {"spec": {"hostNetwork": True}}}}
    books.apps.patch_namespaced_deployment("cluster-autoscaler", "kube-system", on_host)
    books.session.advance(120)
    assert "AccessDenied" in scaler_log(books)
    assert "autoscaling:DescribeAutoScalingGroups" in scaler_log(books)
    assert len(books.core.list_node().items) == 2
    allow_scaling(books)
    books.session.advance(300)
    nodes = books.core.list_node().items
    assert len(nodes) >= 3
    assert [pod.status.phase for pod in pods(books, app="big")] == ["Running"] * 3
    events = [event.reason for event in books.core.list_namespaced_event("shop").items]
    assert "TriggeredScaleUp" in events
    greedy = {"name": "greedy", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": {"cpu": "4"}}}
    books.core.create_namespaced_pod("shop", {"metadata": {"name": "greedy"}, "spec": {"containers": [greedy]}})
    books.session.advance(60)
    told = books.core.list_namespaced_event("shop", field_selector="involvedObject.name=greedy").items
    assert any(
        each.reason == "NotTriggerScaleUp" and each.message == "pod didn't trigger scale-up: 1 Insufficient cpu"
        for each in told
    )
    assert len(books.core.list_node().items) == len(nodes)
    books.core.delete_namespaced_pod("greedy", "shop")
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
