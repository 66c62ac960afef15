"""Who may do what, what a cluster says of itself, logs and usage; and kubectl, where somebody has it."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from kubernetes import client

from aws14.emulator.kubernetes import supplies
from aws14.emulator.kubernetes.columns import duration
from aws14.emulator.kubernetes.exchange import ANONYMOUS, Grant, User
from aws14.emulator.kubernetes.supplies import LogRequest
from tests.emulator.kubernetes.api_case import Case, deployment, pod, refused

PODS, SECRETS, NODES = "/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/secrets", "/api/v1/nodes"
DEPLOYMENTS, ROLES = "/apis/apps/v1/namespaces/shop/deployments", "/apis/rbac.authorization.k8s.io/v1/clusterroles"


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("AmazonEKSClusterAdminPolicy", "read pods,write pods,read secrets,read nodes,read roles,elsewhere"),
        ("AmazonEKSAdminViewPolicy", "read pods,read secrets,read nodes,read roles,elsewhere"),
        ("AmazonEKSAdminPolicy", "read pods,write pods,read secrets,elsewhere"),
        ("AmazonEKSEditPolicy", "read pods,write pods,read secrets,elsewhere"),
        ("AmazonEKSViewPolicy", "read pods,elsewhere"),
        ("", ""),
    ],
)
def test_an_access_policy_allows_what_it_says(case: Case, policy: str, allowed: str) -> None:
    for name in ("shop", "other"):
        case.core.create_namespace({"metadata": {"name": name}})
    case.user = User("mika", ("system:authenticated",), (Grant(policy),) if policy else ())
    asked = {
        "read pods": case.answer("GET", PODS),
        "write pods": case.answer("POST", PODS, json.dumps(pod()).encode()),
        "read secrets": case.answer("GET", SECRETS),
        "read nodes": case.answer("GET", NODES),
        "read roles": case.answer("GET", ROLES),
        "elsewhere": case.answer("GET", "/api/v1/namespaces/other/pods"),
    }
    assert {name for name, answer in asked.items() if answer.status < 300} == set(filter(None, allowed.split(",")))
    assert all(answer.status in (200, 201, 403) for answer in asked.values())


def test_a_policy_may_hold_in_some_namespaces_only(case: Case) -> None:
    for name in ("shop", "shop-test", "other"):
        case.core.create_namespace({"metadata": {"name": name}})
    case.user = User("mika", (), (Grant("AmazonEKSAdminPolicy", ("shop*",)),))
    asked = [case.answer("GET", f"/api/v1/namespaces/{name}/pods").status for name in ("shop", "shop-test", "other")]
    assert asked == [200, 200, 403]
    assert case.answer("GET", "/api/v1/pods").status == 403


def test_a_refusal_names_who_what_and_where(case: Case) -> None:
    case.user = User("arn:aws:iam::123456789012:user/mika")
    error = refused(lambda: case.apps.list_namespaced_deployment("default"))
    assert error.status == 403
    assert json.loads(error.body)["message"] == (
        'deployments.apps is forbidden: User "arn:aws:iam::123456789012:user/mika" cannot list resource "deployments" '
        'in API group "apps" in the namespace "default"'
    )
    error = refused(lambda: case.core.read_node("n1"))
    assert json.loads(error.body)["message"].endswith('resource "nodes" in API group "" at the cluster scope')


def test_roles_that_are_bound_count(case: Case) -> None:
    rbac = client.RbacAuthorizationV1Api(case.client())
    rules = [{"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}]
    rbac.create_namespaced_role("default", {"metadata": {"name": "reader"}, "rules": rules})
    binding = {
        "metadata": {"name": "readers"},
        "subjects": [{"kind": "Group", "name": "readers"}],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
    }
    rbac.create_namespaced_role_binding("default", binding)
    case.user = User("mika", ("readers",))
    assert case.core.list_namespaced_pod("default").items == []
    assert refused(lambda: case.core.create_namespaced_pod("default", pod())).status == 403
    assert refused(lambda: case.core.list_namespaced_pod("kube-system")).status == 403


def test_who_sends_no_token_hears_only_that_the_server_is_well(case: Case) -> None:
    case.user = ANONYMOUS
    assert case.answer("GET", "/readyz").body == b"ok"
    assert case.answer("GET", "/version").status == 200
    error = refused(case.core.list_namespace)
    assert (error.status, json.loads(error.body)["reason"]) == (401, "Unauthorized")


def test_may_i(case: Case) -> None:
    case.user = User("mika", (), (Grant("AmazonEKSViewPolicy"),))
    reviews = client.AuthorizationV1Api(case.client())
    for verb, allowed in (("list", True), ("delete", False)):
        wish = {"spec": {"resourceAttributes": {"verb": verb, "resource": "pods", "namespace": "default"}}}
        assert reviews.create_self_subject_access_review(wish).status.allowed is allowed


def test_a_cluster_says_what_it_has(case: Case) -> None:
    api = case.client()
    assert client.VersionApi(api).get_code().minor == "34"
    groups = {one.name for one in client.ApisApi(api).get_api_versions().groups}
    assert {"apps", "batch", "autoscaling", "policy"} <= groups
    assert "metrics.k8s.io" not in groups
    resources = {one.name: one for one in client.AppsV1Api(api).get_api_resources().resources}
    assert resources["deployments"].short_names == ["deploy"]
    assert "deployments/scale" in resources
    assert case.answer("GET", "/apis/gadgets/v1").status == 404
    assert case.answer("GET", "/nothing").status == 404


def test_logs_are_asked_of_the_one_container_that_is_meant(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[LogRequest] = []

    def source(cluster, told, request: LogRequest) -> bytes:
        asked.append(request)
        return f"{told['metadata']['name']} says hello\n".encode()

    monkeypatch.setattr(supplies, "_LOGS", [source])
    case.core.create_namespaced_pod("default", pod("one"))
    two = [{"name": name, "image": "nginx:1"} for name in ("web", "log")]
    case.core.create_namespaced_pod("default", pod("two", containers=two))
    assert case.core.read_namespaced_pod_log("one", "default", tail_lines=5, previous=True) == "one says hello\n"
    assert asked == [LogRequest("web", previous=True, tail_lines=5)]
    error = refused(lambda: case.core.read_namespaced_pod_log("two", "default"))
    assert json.loads(error.body)["message"] == (
        "a container name must be specified for pod two, choose one of: [web log]"
    )
    assert refused(lambda: case.core.read_namespaced_pod_log("two", "default", container="x")).status == 400
    assert case.core.read_namespaced_pod_log("two", "default", container="log") == "two says hello\n"


def test_usage_is_served_where_somebody_measures(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    custom = client.CustomObjectsApi(case.client())
    wanted = ("metrics.k8s.io", "v1beta1", "default", "pods")
    assert refused(lambda: custom.list_namespaced_custom_object(*wanted)).status == 404
    usage = {
        "metadata": {"name": "one", "namespace": "default"},
        "containers": [{"name": "web", "usage": {"cpu": "5m"}}],
    }
    monkeypatch.setattr(supplies, "_MEASURES", [lambda cluster, kind: [usage] if kind == "PodMetrics" else []])
    told = custom.list_namespaced_custom_object(*wanted)
    assert told["kind"] == "PodMetricsList"
    assert told["items"] == [usage]
    assert custom.get_namespaced_custom_object(*wanted, "one")["containers"][0]["usage"] == {"cpu": "5m"}
    assert "metrics.k8s.io" in {one.name for one in client.ApisApi(case.client()).get_api_versions().groups}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (119, "119s"), (120, "2m"), (192, "3m12s"), (600, "10m"), (10799, "179m"), (10800, "3h"),
     (11000, "3h3m"), (30000, "8h"), (172800, "2d"), (176400, "2d1h"), (800000, "9d")],
)  # fmt: skip
def test_ages_are_written_as_kubectl_writes_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_cluster_that_is_not_there_is_unavailable(case: Case) -> None:
    from aws14.emulator.kubernetes import api
    from aws14.emulator.kubernetes.exchange import Request

    answer = api.answer("arn:aws:eks:x:1:cluster/ghost", case.user, Request("GET", "/api"))
    assert (answer.status, json.loads(answer.body)["reason"]) == (503, "ServiceUnavailable")
    assert dataclasses.asdict(answer)["headers"]["content-type"] == "application/json"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
def test_kubectl_works_with_it(case: Case, tmp_path: Path) -> None:
    manifest = tmp_path / "shop.json"
    manifest.write_text(json.dumps(deployment()), encoding="utf-8")

    def kubectl(*words: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": os.devnull}
        command = ["kubectl", "--server", f"http://127.0.0.1:{case.port}", *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert kubectl("apply", "-f", str(manifest)) == "deployment.apps/catalog created\n"
    assert kubectl("apply", "-f", str(manifest)) == "deployment.apps/catalog unchanged\n"
    assert kubectl("scale", "deploy/catalog", "--replicas=4") == "deployment.apps/catalog scaled\n"
    assert kubectl("set", "image", "deploy/catalog", "web=nginx:2") == "deployment.apps/catalog image updated\n"
    heading, row = kubectl("get", "deploy").splitlines()
    assert heading.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row.split()[:4] == ["catalog", "0/4", "0", "0"]
    assert "25% max unavailable, 25% max surge" in kubectl("describe", "deploy", "catalog")
    assert kubectl("delete", "deploy", "catalog").startswith('deployment.apps "catalog" deleted')
