"""Clusters through a course session: the official client, tokens, what is built twice, read-back, teardown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, watch
from kubernetes.client.exceptions import ApiException

from aws14.cloud import kubeconfig, read_back, tear_down
from aws14.cloud.kubernetes_clients import api_client, loopback_of, token
from aws14.cloud.session import Session
from aws14.errors import CloudError
from tests.emulator.cluster_case import (
    CREATING,
    GROUP_ACTIVE,
    build_network,
    build_role,
    build_roles,
    cluster_call,
    group_call,
)

WEB = {
    "name": "web",
    "image": "public.ecr.aws/docker/library/python:3.13-slim",
    "command": ["python", "-m", "http.server", "8080"],
    "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}},
    "readinessProbe": {"httpGet": {"path": "/", "port": 8080}},
    "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
}
CATALOG = {
    "metadata": {"name": "catalog", "labels": {"aws14/node": "catalog-pods"}},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "catalog"}},
        "template": {"metadata": {"labels": {"app": "catalog"}}, "spec": {"containers": [WEB]}},
    },
}
SERVICE = {
    "metadata": {"name": "catalog"},
    "spec": {"selector": {"app": "catalog"}, "ports": [{"port": 80, "targetPort": 8080}]},
}
SCALER = {
    "metadata": {"name": "catalog"},
    "spec": {
        "minReplicas": 2,
        "maxReplicas": 24,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog"},
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
            }
        ],
    },
}


@pytest.fixture(scope="module")
def cluster_once(emulator) -> dict[str, Any]:
    """The active cluster as the first test builds it; the others restore the saved cloud."""
    del emulator
    return {}


@pytest.fixture
def p13(session: Session, emulator, cluster_once: dict[str, Any]) -> Session:
    """A session of pattern 13 with an active cluster."""
    made = session.for_pattern("p13")
    if not cluster_once:
        cluster_once["net"] = build_network(made.client, emulator)
        cluster_once["roles"] = build_roles(made.client)
        made.client("eks").create_cluster(**cluster_call(cluster_once["net"], cluster_once["roles"]))
        emulator.advance(CREATING + 1)
        cluster_once["ledger"] = made.ledger.path.read_bytes()
        emulator.save("cloud-cluster")
    else:
        made.ledger.path.write_bytes(cluster_once["ledger"])
        emulator.restore("cloud-cluster")
    made.net, made.roles = cluster_once["net"], cluster_once["roles"]
    return made


def add_nodes(p13: Session, emulator) -> None:
    p13.client("eks").create_nodegroup(**group_call(p13.net, p13.roles))
    emulator.advance(GROUP_ACTIVE + 5)


def namespaces(api) -> list[str]:
    return [each.metadata.name for each in client.CoreV1Api(api).list_namespace().items]


def test_the_official_client_works_with_a_token_of_ones_own(p13):
    api = api_client(p13, "books")
    assert api.configuration.host.endswith(".eks.amazonaws.com")
    assert "kube-system" in namespaces(api)
    client.CoreV1Api(api).create_namespace({"metadata": {"name": "shop"}})
    assert "shop" in namespaces(api)


def test_a_watch_resumes_over_tls(p13):
    core = client.CoreV1Api(api_client(p13, "books"))
    since = core.list_namespace().metadata.resource_version
    core.create_namespace({"metadata": {"name": "shop"}})
    events = watch.Watch().stream(core.list_namespace, resource_version=since, timeout_seconds=5)
    first = next(iter(events))
    assert (first["type"], first["object"].metadata.name) == ("ADDED", "shop")


def test_what_is_created_twice_stands_once(p13, said):
    core = client.CoreV1Api(api_client(p13, "books"))
    first = core.create_namespace({"metadata": {"name": "shop"}})
    again = core.create_namespace({"metadata": {"name": "shop"}})
    assert again.metadata.uid == first.metadata.uid
    assert said == ["already built: namespace shop"]
    with pytest.raises(ApiException) as refused:
        core.create_namespace({"metadata": {"name": "shop", "labels": {"other": "1"}}})
    assert refused.value.status == 409


def test_what_was_deleted_is_created_again(p13, said):
    core = client.CoreV1Api(api_client(p13, "books"))
    made = core.create_namespaced_config_map("default", {"metadata": {"name": "code"}, "data": {"a": "1"}})
    core.delete_namespaced_config_map("code", "default")
    again = core.create_namespaced_config_map("default", {"metadata": {"name": "code"}, "data": {"a": "1"}})
    assert again.metadata.uid != made.metadata.uid
    assert said == []


def test_a_cell_of_eks_can_be_run_twice(p13, said, emulator):
    for _ in range(2):
        p13.client("eks").create_cluster(**cluster_call(p13.net, p13.roles))
    assert said == ["already built: cluster books"] * 2
    add_nodes(p13, emulator)
    p13.client("eks").create_nodegroup(**group_call(p13.net, p13.roles))
    assert said[-1] == "already built: node group books to workers"


@pytest.mark.parametrize("kind", ["none", "nonsense", "forged", "other cluster", "old"])
def test_tokens_that_are_no_good_are_refused(p13, kind, monkeypatch):
    given = {
        "none": "",
        "nonsense": "k8s-aws-v1.bm9uc2Vuc2U",
        "forged": token(p13, "books")[:-8] + "AAAAAAAA",
        "other cluster": token(p13, "papers"),
    }
    if kind == "old":
        from botocore import auth

        past = auth.get_current_datetime() - timedelta(minutes=16)
        monkeypatch.setattr(auth, "get_current_datetime", lambda *_, **__: past)
        given["old"] = token(p13, "books")
        monkeypatch.undo()
    api = api_client(p13, "books")
    api.configuration.refresh_api_key_hook = None
    api.configuration.api_key = {"BearerToken": given[kind]} if given[kind] else {}
    with pytest.raises(ApiException) as refused:
        namespaces(api)
    assert refused.value.status == 401
    assert json.loads(refused.value.body)["kind"] == "Status"


def test_a_token_ends_after_a_quarter_of_an_hour_of_aws_time(p13, emulator):
    api = api_client(p13, "books")
    hook, api.configuration.refresh_api_key_hook = api.configuration.refresh_api_key_hook, None
    assert namespaces(api)
    emulator.advance(16 * 60)
    with pytest.raises(ApiException) as refused:
        namespaces(api)
    assert refused.value.status == 401
    api.configuration.refresh_api_key_hook = hook
    assert namespaces(api)


def test_who_has_no_entry_is_unknown_and_who_only_views_may_not_change(p13, emulator):
    eks, viewer = p13.client("eks"), build_role(p13.client, "viewer", "ec2.amazonaws.com")
    keys = p13.client("sts").assume_role(RoleArn=viewer, RoleSessionName="me")["Credentials"]
    assumed = replace(p13.place, access_key=keys["AccessKeyId"], secret_key=keys["SecretAccessKey"])
    api = api_client(p13, "books")
    stranger = Session(assumed, ledger=p13.ledger, say=print)
    core = client.CoreV1Api(api)
    api.configuration.refresh_api_key_hook = None
    api.configuration.api_key["BearerToken"] = token(stranger, "books")
    with pytest.raises(ApiException) as unknown:
        core.list_namespace()
    assert unknown.value.status == 401
    eks.create_access_entry(clusterName="books", principalArn=viewer)
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    eks.associate_access_policy(
        clusterName="books", principalArn=viewer, policyArn=policy, accessScope={"type": "cluster"}
    )
    assert core.list_namespaced_config_map("default").items is not None
    with pytest.raises(ApiException) as forbidden:
        core.create_namespaced_config_map("default", {"metadata": {"name": "code"}})
    assert forbidden.value.status == 403


def test_an_endpoint_that_is_closed_to_the_internet_does_not_answer(p13, emulator):
    api = api_client(p13, "books")
    assert namespaces(api)
    closed = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
    p13.client("eks").update_cluster_config(name="books", resourcesVpcConfig=closed)
    emulator.advance(3600)
    with pytest.raises(CloudError, match="does not answer"):
        namespaces(api)


def test_a_cluster_that_is_not_there_is_named(p13):
    with pytest.raises(CloudError, match="no EKS cluster 'papers'") as error:
        api_client(p13, "papers")
    assert error.value.allowed == "books"


def test_no_cluster_at_all_leads_to_the_cell_that_makes_one(p13):
    with pytest.raises(CloudError, match=r"no cluster is built yet in us-east-1\. Try: run the cell that creates it"):
        api_client(p13, "books", region="us-east-1")


def aws_cli(emulator, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("aws")
    keys = {"AWS_ACCESS_KEY_ID": emulator.access_key, "AWS_SECRET_ACCESS_KEY": emulator.secret_key}
    where = {"AWS_ENDPOINT_URL": emulator.endpoint, "AWS_DEFAULT_REGION": "ap-northeast-1", "HOME": str(home)}
    return subprocess.run(
        [sys.executable, str(program), *words],
        env={**os.environ, **keys, **where},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_the_real_aws_command_gets_a_token_and_writes_a_kubeconfig(p13, emulator, tmp_path):
    done = aws_cli(emulator, tmp_path, "eks", "get-token", "--cluster-name", "books")
    api = api_client(p13, "books")
    api.configuration.refresh_api_key_hook = None
    api.configuration.api_key["BearerToken"] = json.loads(done.stdout)["status"]["token"]
    assert "default" in namespaces(api)
    file = tmp_path / "kubeconfig"
    aws_cli(emulator, tmp_path, "eks", "update-kubeconfig", "--name", "books", "--kubeconfig", str(file))
    assert api.configuration.host in file.read_text()


def exec_plugin(file: Path, shell: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run what the kubeconfig says makes a token, as kubectl does: its variables on top of the shell's."""
    plugin = json.loads(file.read_text())["users"][0]["user"]["exec"]
    added = {each["name"]: each["value"] for each in plugin["env"]}
    program = Path(sys.executable).with_name(plugin["command"])
    return subprocess.run(
        [sys.executable, str(program), *plugin["args"]],
        env={"PATH": os.environ["PATH"], **shell, **added},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "shell",
    [
        {},
        {"AWS_PROFILE": "work", "AWS_DEFAULT_PROFILE": "home", "AWS_SESSION_TOKEN": "x", "AWS_ACCESS_KEY_ID": "AKIA1"},
        {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
    ids=["no variables", "another account's", "another endpoint"],
)
def test_the_kubeconfig_of_the_home_is_enough_for_a_token(p13, emulator, emulator_home, shell):
    file = kubeconfig.write(emulator, emulator_home)
    done = exec_plugin(file, shell)
    assert done.returncode == 0, done.stderr
    api = api_client(p13, "books")
    api.configuration.refresh_api_key_hook = None
    api.configuration.api_key["BearerToken"] = json.loads(done.stdout)["status"]["token"]
    assert "default" in namespaces(api)


def test_the_kubeconfig_is_its_owner_s_only(p13, emulator, emulator_home):
    (emulator_home / "kubeconfig").touch()
    (emulator_home / "kubeconfig").chmod(0o644)
    assert kubeconfig.write(emulator, emulator_home).stat().st_mode & 0o077 == 0


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is an optional program")
def test_kubectl_works_with_the_kubeconfig_of_the_home(p13, emulator, emulator_home, tmp_path):
    file = kubeconfig.write(emulator, emulator_home)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    where = {"HOME": str(tmp_path), "PATH": path, "KUBECONFIG": str(file)}
    done = subprocess.run(
        ["kubectl", "get", "namespaces", "-o", "name"],
        env={**os.environ, **where},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "namespace/kube-system" in done.stdout.split(), done.stderr


def test_requests_stay_on_loopback_without_a_resolver(p13):
    endpoint = p13.client("eks").describe_cluster(name="books")["cluster"]["endpoint"]
    assert loopback_of(p13, endpoint).startswith("https://127.0.0.1:")


def build_shop(p13: Session, emulator) -> None:
    add_nodes(p13, emulator)
    api = api_client(p13, "books")
    client.CoreV1Api(api).create_namespace({"metadata": {"name": "shop"}})
    client.AppsV1Api(api).create_namespaced_deployment("shop", CATALOG)
    client.CoreV1Api(api).create_namespaced_service("shop", SERVICE)
    client.AutoscalingV2Api(api).create_namespaced_horizontal_pod_autoscaler("shop", SCALER)
    for _ in range(20):  # real processes answer the probes
        emulator.advance(15)
        told = client.AppsV1Api(api).read_namespaced_deployment("catalog", "shop")
        if told.status.ready_replicas == 2:
            return
        time.sleep(0.2)


def test_a_shop_is_read_back_with_what_it_runs_on(p13, emulator):
    build_shop(p13, emulator)
    p13.client("ecr").create_repository(repositoryName="shop/catalog", imageTagMutability="IMMUTABLE")
    built = read_back(p13)
    nodes = {node.kind: node for node in built.nodes}
    assert nodes["cluster"].require("version") == "1.34"
    assert (nodes["node_group"].count, nodes["node_group"].require("desired")) == (2, 2)
    pods = nodes["workload"]
    assert (pods.id, pods.count, pods.require("replicas")) == ("catalog-pods", 2, 2)
    assert pods.require("containers") == ("web python:3.13-slim 250 256 500 512",)
    assert pods.require("probes") == (
        "web readiness / 8080 delay=0 period=10 failures=3",
        "web preStop sleep=5",
    )
    assert (nodes["pod_service"].id, len(nodes["pod_service"].require("endpoints"))) == ("catalog", 2)
    assert nodes["pod_autoscaler"].id == "catalog (pod autoscaler)"
    assert nodes["pod_autoscaler"].require("target") == 60
    assert nodes["repository"].require("immutable_tags") is True
    links = {(link.source, link.target, link.label) for link in built.links}
    assert links >= {
        ("workers", "books", "joins"),
        ("catalog", "catalog-pods", "TCP:80"),
        ("catalog (pod autoscaler)", "catalog-pods", "scales"),
        ("catalog-pods", "workers", "runs on"),
    }


def test_a_shop_is_torn_down_to_nothing(p13, emulator):
    build_shop(p13, emulator)
    report = tear_down(p13)
    assert [each.detail for each in report.findings if each.status == "not_yet"] == []
    assert p13.client("eks").list_clusters()["clusters"] == []
    assert p13.client("ec2").describe_instances(
        Filters=[{"Name": "instance-state-name", "Values": ["running", "pending"]}]
    )["Reservations"] == []  # fmt: skip


def test_a_cluster_takes_along_what_the_ledger_does_not_know(p13, emulator):
    stranger = p13.for_pattern("")
    stranger.client("eks").create_nodegroup(**group_call(p13.net, p13.roles, nodegroupName="others"))
    emulator.advance(GROUP_ACTIVE)
    report = tear_down(p13)
    assert [each.detail for each in report.findings if each.status == "not_yet"] == []
