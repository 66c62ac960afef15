"""What is wrong with an object is told in the words of the real server."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from kubernetes import client

from tests.emulator.kubernetes.api_case import Case, deployment, pod, refused


def told(error: client.ApiException) -> str:
    message: str = json.loads(error.body)["message"]
    return message


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one field set, or left out if the value is None."""
    body = copy.deepcopy(body)
    here: Any = body
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in steps:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return body


#: The official client checks some of it itself: these go past it.
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
CONTAINER = "spec/template/spec/containers/0"


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("spec/selector", None, "spec.selector: Required value"),
        (f"{CONTAINER}/image", None, "spec.template.spec.containers[0].image: Required value"),
        (
            f"{CONTAINER}/name",
            "Web",
            'spec.template.spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123',
        ),
        (
            "spec/template/metadata/labels",
            {"app": "x"},
            'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
        ),
        ("spec/replicas", -1, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            f"{CONTAINER}/resources/requests/cpu",
            "1",
            'containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m',
        ),
        (
            f"{CONTAINER}/resources/requests/cpu",
            "a lot",
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (f"{CONTAINER}/resources/limits/cpu", "-1", "must be greater than or equal to 0"),
        (
            f"{CONTAINER}/readinessProbe",
            {"periodSeconds": 5},
            "readinessProbe: Required value: must specify a handler type",
        ),
        (f"{CONTAINER}/ports/0/containerPort", 70000, "must be between 1 and 65535, inclusive"),
        (
            f"{CONTAINER}/volumeMounts",
            [{"name": "code", "mountPath": "/app"}],
            'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "code"',
        ),
        (
            "spec/template/spec/restartPolicy",
            "Never",
            'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        ),
        ("spec/strategy", {"type": "Rolling"}, 'spec.strategy.type: Unsupported value: "Rolling": supported values: '),
        (
            "spec/strategy",
            {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        ("spec/strategy", {"rollingUpdate": {"maxSurge": "many"}}, "a valid percent string must be a numeric string"),
        ("metadata/name", "My_App", 'metadata.name: Invalid value: "My_App": a lowercase RFC 1123 subdomain must'),
        ("metadata/labels", {"a": "not ok"}, "a valid label must be an empty string or consist of alphanumeric"),
    ],
)
def test_a_deployment_is_refused_for_what_is_wrong_with_it(case: Case, path: str, value: Any, sentence: str) -> None:
    body = deployment()
    body["metadata"].setdefault("labels", {})
    body["spec"]["strategy"] = {}
    body["spec"]["template"]["spec"]["restartPolicy"] = "Always"
    body["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = []
    answer = case.answer("POST", DEPLOYMENTS, json.dumps(changed(body, path, value)).encode())
    message = json.loads(answer.body)["message"]
    assert answer.status == 422
    assert sentence in message
    assert message.startswith("Deployment.apps ")


def test_several_faults_are_told_together(case: Case) -> None:
    body = changed(changed(deployment(), "spec/selector", None), f"{CONTAINER}/image", None)
    fault = json.loads(case.answer("POST", DEPLOYMENTS, json.dumps(body).encode()).body)
    assert fault["message"] == (
        'Deployment.apps "catalog" is invalid: [spec.selector: Required value, '
        "spec.template.spec.containers[0].image: Required value]"
    )
    assert [one["field"] for one in fault["details"]["causes"]] == [
        "spec.selector",
        "spec.template.spec.containers[0].image",
    ]


def test_the_selector_of_a_deployment_never_changes(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    made.spec.selector.match_labels = {"app": "other"}
    made.spec.template.metadata.labels = {"app": "other"}
    error = refused(lambda: case.apps.replace_namespaced_deployment("catalog", "default", made))
    assert (error.status, "field is immutable" in told(error)) == (422, True)


def test_only_the_image_of_a_pod_changes(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod())
    image = {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}}
    assert case.core.patch_namespaced_pod("one", "default", image).spec.containers[0].image == "nginx:2"
    command = {"spec": {"containers": [{"name": "web", "command": ["sh"]}]}}
    error = refused(lambda: case.core.patch_namespaced_pod("one", "default", command))
    assert "pod updates may not change fields other than `spec.containers[*].image`" in told(error)


def test_the_address_of_a_service_never_changes(case: Case) -> None:
    body = {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}
    case.core.create_namespaced_service("default", body)
    error = refused(lambda: case.core.patch_namespaced_service("web", "default", {"spec": {"clusterIP": "172.20.9.9"}}))
    assert (error.status, "may not change once set" in told(error)) == (422, True)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({}, "spec.ports: Required value"),
        ({"ports": [{"port": 80}, {"port": 81}]}, "spec.ports[0].name: Required value"),
        ({"ports": [{"port": 0}]}, "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"),
        ({"type": "Loud", "ports": [{"port": 1}]}, 'spec.type: Unsupported value: "Loud"'),
        ({"type": "NodePort", "ports": [{"port": 1, "nodePort": 80}]}, "The range of valid ports is 30000-32767"),
        ({"clusterIP": "172.20.0.1", "ports": [{"port": 1}]}, "provided IP is already allocated"),
        ({"clusterIP": "10.0.0.1", "ports": [{"port": 1}]}, "The range of valid IPs is 172.20.0.0/16"),
    ],
)
def test_a_service_is_refused_for_what_is_wrong_with_it(case: Case, spec: dict, sentence: str) -> None:
    body = {"metadata": {"name": "web"}, "spec": spec}
    error = refused(lambda: case.core.create_namespaced_service("default", body))
    assert (error.status, sentence in told(error)) == (422, True), told(error)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"maxReplicas": 0}, "spec.maxReplicas: Invalid value: 0: must be greater than 0"),
        ({"maxReplicas": 1, "minReplicas": 2}, "must be greater than or equal to `minReplicas`"),
        ({"maxReplicas": 1, "minReplicas": 0}, "spec.minReplicas: Invalid value: 0"),
        ({"maxReplicas": 1, "scaleTargetRef": {}}, "spec.scaleTargetRef.kind: Required value"),
        ({"maxReplicas": 1, "metrics": [{"type": "Mood"}]}, "spec.metrics[0].type: Unsupported value"),
        (
            {"maxReplicas": 1, "behavior": {"scaleUp": {"stabilizationWindowSeconds": 9999}}},
            "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 9999",
        ),
        (
            {
                "maxReplicas": 1,
                "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 0, "periodSeconds": 15}]}},
            },
            "spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero",
        ),
    ],
)
def test_an_autoscaler_is_refused_for_what_is_wrong_with_it(case: Case, spec: dict, sentence: str) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog"}
    body = {"metadata": {"name": "x"}, "spec": {"scaleTargetRef": target} | spec}
    path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    answer = case.answer("POST", path, json.dumps(body).encode())
    assert answer.status == 422
    assert sentence in json.loads(answer.body)["message"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schedule": "every day"}, "spec.schedule: Invalid value"),
        ({"timeZone": "Asia/Tokio"}, "unknown time zone Asia/Tokio"),
        ({"concurrencyPolicy": "Perhaps"}, "spec.concurrencyPolicy: Unsupported value"),
    ],
)
def test_a_cron_job_is_refused_for_what_is_wrong_with_it(case: Case, change: dict, sentence: str) -> None:
    inside = {"restartPolicy": "OnFailure", "containers": [{"name": "a", "image": "busybox:1"}]}
    spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": inside}}}}
    batch = client.BatchV1Api(case.client())
    made = batch.create_namespaced_cron_job("default", {"metadata": {"name": "good"}, "spec": spec})
    assert (made.spec.concurrency_policy, made.spec.successful_jobs_history_limit) == ("Allow", 3)
    error = refused(
        lambda: batch.create_namespaced_cron_job("default", {"metadata": {"name": "bad"}, "spec": spec | change})
    )
    assert (error.status, sentence in told(error)) == (422, True)


def test_types_that_cannot_be_read_are_no_internal_error(case: Case) -> None:
    for path, value in (
        ("spec/replicas", "two"),
        (f"{CONTAINER}/ports", {"a": 1}),
        (f"{CONTAINER}/env", "A=B"),
        ("spec/template/spec/containers", {"name": "web"}),
        ("spec/selector", "app=web"),
        ("metadata/labels", ["a"]),
        ("spec", []),
        ("spec/template", "x"),
        (f"{CONTAINER}/resources", ["a"]),
        (f"{CONTAINER}/readinessProbe", "http"),
        ("spec/minReadySeconds", "10"),
        ("spec/strategy", "Recreate"),
    ):
        body = deployment()
        body["metadata"]["labels"] = {}
        answer = case.answer("POST", DEPLOYMENTS, json.dumps(changed(body, path, value)).encode())
        assert answer.status == 400, (path, answer.body)
        assert json.loads(answer.body)["message"].startswith(
            'Deployment in version "v1" cannot be handled as a Deployment'
        )


def test_a_frozen_config_map_stays(case: Case) -> None:
    case.core.create_namespaced_config_map(
        "default", {"metadata": {"name": "c"}, "data": {"a": "1"}, "immutable": True}
    )
    error = refused(lambda: case.core.patch_namespaced_config_map("c", "default", {"data": {"a": "2"}}))
    assert "field is immutable when `immutable` is set" in told(error)


def test_a_pod_of_an_account_or_class_that_is_not_there_is_refused(case: Case) -> None:
    error = refused(lambda: case.core.create_namespaced_pod("default", pod(serviceAccountName="robot")))
    assert told(error) == (
        'pods "one" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found'
    )
    error = refused(lambda: case.core.create_namespaced_pod("default", pod(priorityClassName="vip")))
    assert told(error) == 'pods "one" is forbidden: no PriorityClass with name vip was found'
    important = case.core.create_namespaced_pod("default", pod(priorityClassName="system-node-critical"))
    assert important.spec.priority == 2000001000


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (
            "spec/replicas",
            "two",
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            f"{CONTAINER}/env/0/value",
            8080,
            "unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
        ),
        ("metadata/labels", {"version": 2}, "field ObjectMeta.metadata.labels of type string"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_as_go_tells_it(case: Case, path: str, value: Any, sentence: str) -> None:
    answer = case.answer("POST", DEPLOYMENTS, json.dumps(changed(deployment(), path, value)).encode())
    assert answer.status == 400
    assert sentence in json.loads(answer.body)["message"]


def test_a_number_is_a_quantity_too(case: Case) -> None:
    body = changed(deployment(), f"{CONTAINER}/resources", {"requests": {"cpu": 1}, "limits": {"cpu": 1.5}})
    answer = case.answer("POST", DEPLOYMENTS, json.dumps(body).encode())
    assert answer.status == 201
    resources = json.loads(answer.body)["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert resources == {"requests": {"cpu": "1"}, "limits": {"cpu": "1.5"}}


def test_an_unknown_field_is_dropped_with_a_warning_or_refused(case: Case) -> None:
    body = json.dumps(changed(deployment(), "spec/replica", 5)).encode()
    strict = case.answer("POST", DEPLOYMENTS + "?fieldValidation=Strict", body)
    assert strict.status == 400
    assert 'strict decoding error: unknown field "spec.replica"' in json.loads(strict.body)["message"]
    answer = case.answer("POST", DEPLOYMENTS, body)
    assert answer.status == 201
    assert answer.headers["warning"] == '299 - "unknown field \\"spec.replica\\""'
    assert "replica" not in json.loads(answer.body)["spec"]
