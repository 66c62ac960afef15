"""Objects come to be, change and are refused as on a real server; asked by the official client."""

from __future__ import annotations

import json
import pickle

import pytest
from kubernetes import client

from aws14.emulator.kubernetes import clusters
from tests.emulator.kubernetes.api_case import KEY, Case, deployment, pod, refused


def test_a_deployment_gets_the_defaults_of_the_server(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    spec = made.spec
    assert (spec.strategy.rolling_update.max_surge, spec.strategy.rolling_update.max_unavailable) == ("25%", "25%")
    assert (spec.revision_history_limit, spec.progress_deadline_seconds) == (10, 600)
    inside = spec.template.spec
    assert (inside.restart_policy, inside.termination_grace_period_seconds, inside.dns_policy) == (
        "Always",
        30,
        "ClusterFirst",
    )
    container = inside.containers[0]
    assert (container.image_pull_policy, container.ports[0].protocol) == ("IfNotPresent", "TCP")
    probe = container.readiness_probe
    assert (probe.period_seconds, probe.timeout_seconds, probe.success_threshold, probe.failure_threshold) == (
        10,
        1,
        1,
        3,
    )
    assert made.metadata.generation == 1
    assert made.metadata.creation_timestamp.isoformat() == "2027-01-15T08:00:00+00:00"


@pytest.mark.parametrize(
    ("image", "policy"),
    [("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1", "IfNotPresent"), ("host:5000/nginx", "Always"),
     ("nginx@sha256:0", "IfNotPresent")],
)  # fmt: skip
def test_only_the_newest_image_is_always_pulled(case: Case, image: str, policy: str) -> None:
    body = pod(containers=[{"name": "a", "image": image}])
    assert case.core.create_namespaced_pod("default", body).spec.containers[0].image_pull_policy == policy


@pytest.mark.parametrize(
    ("resources", "requests", "quality"),
    [({}, None, "BestEffort"),
     ({"requests": {"cpu": "1"}}, {"cpu": "1"}, "Burstable"),
     ({"limits": {"cpu": "1", "memory": "1Gi"}}, {"cpu": "1", "memory": "1Gi"}, "Guaranteed"),
     ({"limits": {"cpu": "1"}}, {"cpu": "1"}, "Burstable")],
)  # fmt: skip
def test_limits_are_requests_where_none_are_said(
    case: Case, resources: dict, requests: dict | None, quality: str
) -> None:
    body = pod(containers=[{"name": "a", "image": "nginx", "resources": resources}])
    made = case.core.create_namespaced_pod("default", body)
    assert made.spec.containers[0].resources.requests == requests
    assert made.status.qos_class == quality


def test_a_pod_tolerates_a_silent_node_for_five_minutes(case: Case) -> None:
    made = case.core.create_namespaced_pod("default", pod())
    told = {(one.key, one.effect, one.toleration_seconds) for one in made.spec.tolerations}
    assert told == {(f"node.kubernetes.io/{word}", "NoExecute", 300) for word in ("not-ready", "unreachable")}
    assert (made.status.phase, made.spec.service_account_name) == ("Pending", "default")


def test_services_get_addresses_and_node_ports_that_nobody_else_has(case: Case) -> None:
    made = [
        case.core.create_namespaced_service(
            "default", {"metadata": {"name": name}, "spec": {"type": kind, "ports": [{"port": 80}]}}
        )
        for name, kind in (("a", "ClusterIP"), ("b", "LoadBalancer"), ("c", "NodePort"))
    ]
    addresses = {one.spec.cluster_ip for one in made}
    assert len(addresses) == 3
    assert "172.20.0.1" not in addresses
    assert all(address.startswith("172.20.") for address in addresses)
    assert [one.spec.ports[0].node_port is None for one in made] == [True, False, False]
    assert made[1].spec.ports[0].node_port != made[2].spec.ports[0].node_port
    assert made[0].spec.ports[0].target_port == 80


def test_a_service_may_become_a_load_balancer_and_keeps_its_address(case: Case) -> None:
    body = {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80, "targetPort": 8080}], "selector": {"app": "a"}}}
    before = case.core.create_namespaced_service("default", body)
    body["spec"]["type"] = "LoadBalancer"
    after = case.core.replace_namespaced_service("a", "default", body)
    assert after.spec.cluster_ip == before.spec.cluster_ip
    node_port = after.spec.ports[0].node_port
    assert node_port >= 30000
    again = case.core.patch_namespaced_service("a", "default", {"metadata": {"labels": {"x": "y"}}})
    assert again.spec.ports[0].node_port == node_port


def test_a_job_names_its_pods(case: Case) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "busybox:1"}]}}
    made = client.BatchV1Api(case.client()).create_namespaced_job(
        "default", {"metadata": {"name": "sum"}, "spec": {"template": template}}
    )
    assert (made.spec.backoff_limit, made.spec.completions, made.spec.parallelism) == (6, 1, 1)
    assert made.spec.template.metadata.labels["job-name"] == "sum"
    uid = made.metadata.uid
    assert made.spec.selector.match_labels == {"batch.kubernetes.io/controller-uid": uid}
    assert made.spec.template.metadata.labels["batch.kubernetes.io/controller-uid"] == uid


def test_an_autoscaler_is_the_same_in_both_versions(case: Case) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog"}
    body = {
        "metadata": {"name": "catalog"},
        "spec": {"scaleTargetRef": target, "maxReplicas": 6, "targetCPUUtilizationPercentage": 70},
    }
    client.AutoscalingV1Api(case.client()).create_namespaced_horizontal_pod_autoscaler("default", body)
    newer = client.AutoscalingV2Api(case.client()).read_namespaced_horizontal_pod_autoscaler("catalog", "default")
    assert newer.spec.min_replicas == 1
    assert newer.spec.metrics[0].resource.target.average_utilization == 70
    older = client.AutoscalingV1Api(case.client()).read_namespaced_horizontal_pod_autoscaler("catalog", "default")
    assert older.spec.target_cpu_utilization_percentage == 70


def test_behaviour_of_an_autoscaler_is_completed(case: Case) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog"}
    spec = {"scaleTargetRef": target, "maxReplicas": 6, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}}}
    body = {"metadata": {"name": "catalog"}, "spec": spec}
    made = client.AutoscalingV2Api(case.client()).create_namespaced_horizontal_pod_autoscaler("default", body)
    up, down = made.spec.behavior.scale_up, made.spec.behavior.scale_down
    assert [(one.type, one.value, one.period_seconds) for one in up.policies] == [("Pods", 4, 15), ("Percent", 100, 15)]
    assert [(one.type, one.value, one.period_seconds) for one in down.policies] == [("Percent", 100, 15)]
    assert (up.stabilization_window_seconds, down.stabilization_window_seconds) == (0, 60)
    assert made.spec.metrics[0].resource.target.average_utilization == 80


def test_a_secret_keeps_plain_text_coded(case: Case) -> None:
    case.core.create_namespaced_secret("default", {"metadata": {"name": "s"}, "stringData": {"password": "books"}})
    made = case.core.read_namespaced_secret("s", "default")
    assert (made.data, made.string_data, made.type) == ({"password": "Ym9va3M="}, None, "Opaque")


def test_generated_names_differ(case: Case) -> None:
    body = pod() | {"metadata": {"generateName": "web-"}}
    names = {case.core.create_namespaced_pod("default", body).metadata.name for _ in range(5)}
    assert len(names) == 5
    assert all(name.startswith("web-") and len(name) == 9 for name in names)


def test_a_second_object_of_a_name_is_refused(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    error = refused(lambda: case.apps.create_namespaced_deployment("default", deployment()))
    assert error.status == 409
    assert json.loads(error.body) == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'deployments.apps "catalog" already exists',
        "reason": "AlreadyExists",
        "details": {"name": "catalog", "group": "apps", "kind": "deployments"},
        "code": 409,
    }


def test_what_is_not_there_is_not_found(case: Case) -> None:
    error = refused(lambda: case.core.read_namespaced_pod("ghost", "default"))
    assert (error.status, json.loads(error.body)["message"]) == (404, 'pods "ghost" not found')
    error = refused(lambda: case.core.create_namespaced_pod("nowhere", pod()))
    assert (error.status, json.loads(error.body)["message"]) == (404, 'namespaces "nowhere" not found')


def test_a_stale_update_is_refused(case: Case) -> None:
    mine = case.apps.create_namespaced_deployment("default", deployment())
    case.apps.patch_namespaced_deployment("catalog", "default", {"spec": {"replicas": 3}})
    mine.spec.replicas = 4
    error = refused(lambda: case.apps.replace_namespaced_deployment("catalog", "default", mine))
    told = json.loads(error.body)
    assert (error.status, told["reason"]) == (409, "Conflict")
    assert told["message"] == (
        'Operation cannot be fulfilled on deployments.apps "catalog": the object has been modified; please apply your '
        "changes to the latest version and try again"
    )
    assert case.apps.read_namespaced_deployment("catalog", "default").spec.replicas == 3
    mine.metadata.resource_version = None
    assert case.apps.replace_namespaced_deployment("catalog", "default", mine).spec.replicas == 4


def test_generations_count_changes_of_the_spec_alone(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    labelled = case.apps.patch_namespaced_deployment("catalog", "default", {"metadata": {"labels": {"team": "a"}}})
    assert labelled.metadata.generation == 1
    scaled = case.apps.patch_namespaced_deployment("catalog", "default", {"spec": {"replicas": 5}})
    assert scaled.metadata.generation == 2
    told = case.apps.patch_namespaced_deployment_status("catalog", "default", {"status": {"replicas": 5}})
    assert (told.metadata.generation, told.status.replicas) == (2, 5)
    assert told.metadata.resource_version > scaled.metadata.resource_version


def test_a_change_of_nothing_keeps_the_revision(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    same = case.apps.patch_namespaced_deployment("catalog", "default", {"spec": {"replicas": 2}})
    assert same.metadata.resource_version == made.metadata.resource_version


def test_status_and_spec_do_not_write_each_other(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    case.apps.patch_namespaced_deployment_status(
        "catalog", "default", {"status": {"replicas": 7}, "spec": {"replicas": 9}}
    )
    case.apps.patch_namespaced_deployment("catalog", "default", {"status": {"replicas": 1}})
    now = case.apps.read_namespaced_deployment("catalog", "default")
    assert (now.spec.replicas, now.status.replicas) == (2, 7)


def test_scale_is_read_and_written(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    scale = case.apps.read_namespaced_deployment_scale("catalog", "default")
    assert (scale.spec.replicas, scale.status.selector) == (2, "app=catalog")
    case.apps.patch_namespaced_deployment_scale("catalog", "default", {"spec": {"replicas": 4}})
    assert case.apps.read_namespaced_deployment("catalog", "default").spec.replicas == 4
    error = refused(lambda: case.apps.replace_namespaced_deployment_scale("catalog", "default", scale))
    assert error.status == 409
    error = refused(
        lambda: case.apps.patch_namespaced_deployment_scale("catalog", "default", {"spec": {"replicas": -1}})
    )
    assert error.status == 422


def test_a_dry_run_leaves_no_trace(case: Case) -> None:
    before = case.cluster.storage.revision
    made = case.apps.create_namespaced_deployment("default", deployment(), dry_run="All")
    assert made.spec.revision_history_limit == 10
    assert case.cluster.storage.revision == before
    assert case.apps.list_namespaced_deployment("default").items == []


def test_a_cluster_is_saved_with_the_cloud(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    kept = pickle.loads(pickle.dumps(case.world.state))
    case.apps.delete_namespaced_deployment("catalog", "default")
    case.world.state = kept
    again = clusters.find(KEY)
    assert again is not None
    assert case.apps.read_namespaced_deployment("catalog", "default").spec.replicas == 2
    assert case.apps.patch_namespaced_deployment("catalog", "default", {"spec": {"replicas": 3}}).spec.replicas == 3


def test_quotas_hold_and_count(case: Case) -> None:
    hard = {"pods": "2", "requests.cpu": "1"}
    case.core.create_namespaced_resource_quota("default", {"metadata": {"name": "small"}, "spec": {"hard": hard}})
    error = refused(lambda: case.core.create_namespaced_pod("default", pod("silent")))
    assert (
        json.loads(error.body)["message"]
        == 'pods "silent" is forbidden: failed quota: small: must specify requests.cpu'
    )
    body = {"name": "a", "image": "nginx", "resources": {"requests": {"cpu": "600m"}}}
    case.core.create_namespaced_pod("default", pod("first", containers=[body]))
    error = refused(lambda: case.core.create_namespaced_pod("default", pod("second", containers=[body])))
    assert error.status == 403
    assert json.loads(error.body)["message"] == (
        'pods "second" is forbidden: exceeded quota: small, requested: requests.cpu=600m, used: requests.cpu=600m, '
        "limited: requests.cpu=1"
    )
    used = case.core.read_namespaced_resource_quota("small", "default").status.used
    assert used == {"pods": "1", "requests.cpu": "600m"}
    case.core.delete_namespaced_pod("first", "default")
    assert case.core.read_namespaced_resource_quota("small", "default").status.used["pods"] == "0"


def test_limit_ranges_fill_in_and_refuse(case: Case) -> None:
    item = {"type": "Container", "default": {"cpu": "500m"}, "defaultRequest": {"cpu": "250m"}, "max": {"cpu": "1"}}
    case.core.create_namespaced_limit_range("default", {"metadata": {"name": "l"}, "spec": {"limits": [item]}})
    made = case.core.create_namespaced_pod("default", pod())
    assert made.spec.containers[0].resources.requests == {"cpu": "250m"}
    assert made.spec.containers[0].resources.limits == {"cpu": "500m"}
    big = {"name": "a", "image": "nginx", "resources": {"limits": {"cpu": "2"}}}
    error = refused(lambda: case.core.create_namespaced_pod("default", pod("big", containers=[big])))
    assert "maximum cpu usage per Container is 1, but limit is 2" in json.loads(error.body)["message"]
