"""The four ways to patch; the cases of strategic merge are those of the Kubernetes documentation and its tests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kubernetes import client

from aws14.emulator.kubernetes.failure import ApiError
from aws14.emulator.kubernetes.patches import json_patched, merge_patched
from aws14.emulator.kubernetes.strategic import strategic_patched
from tests.emulator.kubernetes.api_case import Case, deployment, refused


def names(thing: dict[str, Any], key: str = "containers") -> list[str]:
    return [one["name"] for one in thing["spec"][key]]


POD: dict[str, Any] = {
    "metadata": {"finalizers": ["a"], "labels": {"x": "1"}},
    "spec": {
        "containers": [
            {
                "name": "web",
                "image": "nginx:1",
                "args": ["-v", "-x"],
                "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 90}],
                "volumeMounts": [{"name": "data", "mountPath": "/a"}, {"name": "data", "mountPath": "/b"}],
            },
            {"name": "log", "image": "busybox:1"},
        ],
        "tolerations": [{"key": "a"}],
        "volumes": [{"name": "data", "emptyDir": {}}],
    },
}


@pytest.mark.parametrize(
    ("patch", "reads"),
    [
        ({"containers": [{"name": "web", "image": "nginx:2"}]}, lambda s: s["containers"][0]["image"] == "nginx:2"),
        ({"containers": [{"name": "web", "image": "nginx:2"}]}, lambda s: len(s["containers"][0]["env"]) == 2),
        ({"containers": [{"name": "web", "args": ["-q"]}]}, lambda s: s["containers"][0]["args"] == ["-q"]),
        (
            {"containers": [{"name": "web", "env": [{"name": "B", "value": "9"}]}]},
            lambda s: s["containers"][0]["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "9"}],
        ),
        (
            {"containers": [{"name": "web", "env": [{"name": "A", "$patch": "delete"}]}]},
            lambda s: s["containers"][0]["env"] == [{"name": "B", "value": "2"}],
        ),
        (
            {"containers": [{"name": "web", "ports": [{"containerPort": 90, "name": "admin"}]}]},
            lambda s: [one.get("name") for one in s["containers"][0]["ports"]] == ["http", "admin"],
        ),
        (
            {"containers": [{"name": "web", "volumeMounts": [{"name": "other", "mountPath": "/b"}]}]},
            lambda s: [one["name"] for one in s["containers"][0]["volumeMounts"]] == ["data", "other"],
        ),
        ({"containers": [{"$patch": "replace"}, {"name": "only"}]}, lambda s: s["containers"] == [{"name": "only"}]),
        ({"containers": [{"name": "log", "$patch": "delete"}]}, lambda s: len(s["containers"]) == 1),
        ({"volumes": [{"$retainKeys": ["name", "configMap"], "name": "data", "configMap": {"name": "c"}}]},
         lambda s: s["volumes"] == [{"name": "data", "configMap": {"name": "c"}}]),
        ({"tolerations": [{"key": "b"}]}, lambda s: s["tolerations"] == [{"key": "b"}]),
        ({"tolerations": None}, lambda s: "tolerations" not in s),
        (
            {"$setElementOrder/containers": [{"name": "log"}, {"name": "web"}]},
            lambda s: [one["name"] for one in s["containers"]] == ["log", "web"],
        ),
    ],
)  # fmt: skip
def test_lists_with_keys_are_merged_item_by_item(patch: dict, reads: Any) -> None:
    assert reads(strategic_patched(POD, {"spec": patch})["spec"])


def test_a_new_item_stands_where_the_real_server_puts_it() -> None:
    """The documentation of kubectl patch shows the added container before those that were there."""
    patched = strategic_patched(POD, {"spec": {"containers": [{"name": "new", "image": "redis"}]}})
    assert names(patched) == ["new", "web", "log"]


def test_finalizers_are_united_and_taken_off_by_name() -> None:
    more = strategic_patched(POD, {"metadata": {"finalizers": ["b"]}})
    assert more["metadata"]["finalizers"] == ["a", "b"]
    less = strategic_patched(more, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}})
    assert less["metadata"]["finalizers"] == ["b"]


def test_a_patch_does_not_change_what_it_is_given() -> None:
    before = json.dumps(POD)
    strategic_patched(
        POD, {"spec": {"containers": [{"name": "web", "image": "x", "env": [{"name": "A", "value": "7"}]}]}}
    )
    json_patched(POD, [{"op": "remove", "path": "/spec/containers/0"}])
    merge_patched(POD, {"spec": {"containers": None}})
    assert json.dumps(POD) == before


def test_an_item_without_its_key_is_refused() -> None:
    with pytest.raises(ApiError, match="does not contain declared merge key: name"):
        strategic_patched(POD, {"spec": {"containers": [{"image": "x"}]}})


#: Appendix A of RFC 6902, and what it forbids.
@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"foo": "bar", "baz": "qux"}),
        ({"foo": ["a", "c"]}, [{"op": "add", "path": "/foo/1", "value": "b"}], {"foo": ["a", "b", "c"]}),
        ({"foo": ["a"]}, [{"op": "add", "path": "/foo/-", "value": ["b"]}], {"foo": ["a", ["b"]]}),
        ({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}),
        ({"a": 1}, [{"op": "replace", "path": "/a", "value": 3}], {"a": 3}),
        ({"a": {"b": 1}, "c": {}}, [{"op": "move", "from": "/a/b", "path": "/c/d"}], {"a": {}, "c": {"d": 1}}),
        ({"a": [1, 2]}, [{"op": "copy", "from": "/a/0", "path": "/a/-"}], {"a": [1, 2, 1]}),
        ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
        ({"a/b": 1}, [{"op": "replace", "path": "/a~1b", "value": 2}], {"a/b": 2}),
    ],
)
def test_operations_of_a_json_patch(before: dict, patch: list, after: dict) -> None:
    assert json_patched(before, patch) == after


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a", "value": 2},
        {"op": "remove", "path": "/b"},
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "add", "path": "/b/c", "value": 1},
        {"op": "add", "path": "/l/9", "value": 1},
        {"op": "turn", "path": "/a"},
        {"op": "add", "path": "a", "value": 1},
        {"path": "/a"},
    ],
)
def test_operations_that_cannot_be_done_are_refused(operation: dict) -> None:
    with pytest.raises(ApiError) as error:
        json_patched({"a": 1, "l": []}, [operation])
    assert error.value.code == 422


#: Appendix A of RFC 7386.
@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [({"a": "b"}, {"a": "c"}, {"a": "c"}), ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
     ({"a": "b"}, {"a": None}, {}),
     ({"a": ["b"]}, {"a": "c"}, {"a": "c"}), ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
     ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}), (["a"], {"a": 1}, {"a": 1}),
     ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
     ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}})],
)  # fmt: skip
def test_a_merge_patch(before: Any, patch: Any, after: Any) -> None:
    assert merge_patched(before, patch) == after


def test_the_official_client_patches_by_strategic_merge(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    change = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:1"}]}}}}
    after = case.apps.patch_namespaced_deployment("catalog", "default", change)
    container = after.spec.template.spec.containers[0]
    assert (container.image, container.command) == ("nginx:1", ["python", "/app/server.py"])
    assert [one.name for one in container.env] == ["COLOR", "MODE"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json-patch+json", [{"op": "replace", "path": "/spec/replicas", "value": 7}]),
        ("application/merge-patch+json", {"spec": {"replicas": 7}}),
        ("application/strategic-merge-patch+json", {"spec": {"replicas": 7}}),
        ("application/apply-patch+yaml", {"spec": {"replicas": 7}}),
    ],
)
def test_each_content_type_is_its_own_patch(case: Case, content_type: str, body: Any) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    path = "/apis/apps/v1/namespaces/default/deployments/catalog?fieldManager=test"
    answer = case.answer("PATCH", path, json.dumps(body).encode(), content_type=content_type)
    assert answer.status == 200
    assert json.loads(answer.body)["spec"]["replicas"] == 7


def test_server_side_apply_makes_what_is_not_there(case: Case) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: code}\ndata: {server.py: 'print(1)'}\n"
    path = "/api/v1/namespaces/default/configmaps/code"
    refusal = case.answer("PATCH", path, body, content_type="application/apply-patch+yaml")
    assert refusal.status == 422
    answer = case.answer("PATCH", path + "?fieldManager=me", body, content_type="application/apply-patch+yaml")
    assert answer.status == 200
    assert case.core.read_namespaced_config_map("code", "default").data == {"server.py": "print(1)"}


def test_a_patch_with_a_stale_revision_is_refused(case: Case) -> None:
    made = case.apps.create_namespaced_deployment("default", deployment())
    case.apps.patch_namespaced_deployment("catalog", "default", {"spec": {"replicas": 3}})
    stale = {"metadata": {"resourceVersion": made.metadata.resource_version}, "spec": {"replicas": 4}}
    assert refused(lambda: case.apps.patch_namespaced_deployment("catalog", "default", stale)).status == 409


def test_what_cannot_be_read_is_refused(case: Case) -> None:
    path = "/api/v1/namespaces/default/pods"
    assert case.answer("POST", path, b"{", content_type="application/json").status == 400
    assert case.answer("POST", path, b"[]", content_type="application/json").status == 400
    assert case.answer("POST", path, b"\x00", content_type="application/vnd.kubernetes.protobuf").status == 415
    assert case.answer("POST", path, b'{"kind":"Service","apiVersion":"v1"}').status == 400
    assert case.answer("PUT", path, b"{}").status == 405
    assert case.answer("GET", "/api/v1/namespaces/default/gadgets").status == 404


def test_a_client_that_would_rather_have_protobuf_gets_json(case: Case) -> None:
    answer = case.answer("GET", "/api/v1/namespaces", accept="application/vnd.kubernetes.protobuf,application/json")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)["kind"] == "NamespaceList"


def test_undo_as_kubectl_does_it_replaces_the_template(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    template = case.apps.read_namespaced_deployment("catalog", "default").spec.template
    template.spec.containers[0].image = "nginx:0"
    told = client.ApiClient().sanitize_for_serialization(template)
    patch = [{"op": "replace", "path": "/spec/template", "value": told}]
    after = case.apps.patch_namespaced_deployment("catalog", "default", patch)
    assert after.spec.template.spec.containers[0].image == "nginx:0"
