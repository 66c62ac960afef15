"""Lists: selectors of labels and fields, pages of one moment."""

from __future__ import annotations

import json

import pytest

from aws14.emulator.kubernetes import storage
from aws14.emulator.kubernetes.selectors import fits, parsed
from tests.emulator.kubernetes.api_case import Case, deployment, pod, refused

SHELF = {
    "a": {"app": "web", "tier": "front", "n": "5"},
    "b": {"app": "web", "tier": "back"},
    "c": {"app": "db"},
    "d": {},
}


@pytest.fixture
def shelf(case: Case) -> Case:
    for name, labels in SHELF.items():
        case.core.create_namespaced_pod("default", pod(name, labels=labels))
    return case


@pytest.mark.parametrize(
    ("selector", "found"),
    [("app=web", "ab"), ("app==web,tier=back", "b"), ("app!=web", "cd"), ("app in (web, db)", "abc"),
     ("app notin (web)", "cd"), ("tier", "ab"), ("!tier", "cd"), ("tier notin (front),app", "bc"), ("n>4", "a"),
     ("n<4", ""), ("", "abcd"), ("app=", "")],
)  # fmt: skip
def test_labels_select(shelf: Case, selector: str, found: str) -> None:
    items = shelf.core.list_namespaced_pod("default", label_selector=selector).items
    assert "".join(one.metadata.name for one in items) == found


@pytest.mark.parametrize("selector", ["app in web", "=web", "a b", "app=(x"])
def test_what_is_no_selector_is_refused(shelf: Case, selector: str) -> None:
    assert refused(lambda: shelf.core.list_namespaced_pod("default", label_selector=selector)).status == 400


def test_the_selector_of_an_object_asks_for_all_it_says() -> None:
    selector = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["back"]}],
    }
    assert [name for name, labels in SHELF.items() if fits(selector, labels)] == ["a"]
    assert fits({}, {})
    assert parsed("a in (x,y)")[0].values == ("x", "y")


@pytest.mark.parametrize(
    ("selector", "found"),
    [("metadata.name=b", "b"), ("metadata.name!=b", "acd"), ("status.phase=Pending", "abd"), ("spec.nodeName=n1", "c"),
     ("spec.nodeName=", "abd"), ("status.phase=Running,metadata.namespace=default", "c")],
)  # fmt: skip
def test_fields_select(shelf: Case, selector: str, found: str) -> None:
    shelf.answer("POST", "/api/v1/namespaces/default/pods/c/binding", b'{"target": {"name": "n1"}}')
    shelf.core.patch_namespaced_pod_status("c", "default", {"status": {"phase": "Running"}})
    items = shelf.core.list_namespaced_pod("default", field_selector=selector).items
    assert "".join(one.metadata.name for one in items) == found


def test_a_field_that_does_not_select_is_refused(shelf: Case) -> None:
    error = refused(lambda: shelf.core.list_namespaced_pod("default", field_selector="spec.color=red"))
    assert (error.status, json.loads(error.body)["message"]) == (400, "field label not supported: spec.color")


def test_events_are_found_by_what_they_are_about(case: Case) -> None:
    for name, about in (("x.1", "x"), ("y.1", "y")):
        body = {
            "metadata": {"name": name},
            "involvedObject": {"kind": "Pod", "name": about, "namespace": "default"},
            "reason": "Scheduled",
        }
        case.core.create_namespaced_event("default", body)
    items = case.core.list_namespaced_event(
        "default", field_selector="involvedObject.name=y,involvedObject.kind=Pod"
    ).items
    assert [one.metadata.name for one in items] == ["y.1"]


def test_pages_show_one_moment(shelf: Case) -> None:
    first = shelf.core.list_namespaced_pod("default", limit=2)
    assert [one.metadata.name for one in first.items] == ["a", "b"]
    assert first.metadata.remaining_item_count == 2
    shelf.core.create_namespaced_pod("default", pod("bb"))
    shelf.core.delete_namespaced_pod("c", "default")
    shelf.core.patch_namespaced_pod("d", "default", {"metadata": {"labels": {"late": "yes"}}})
    second = shelf.core.list_namespaced_pod("default", limit=2, _continue=first.metadata._continue)
    assert [one.metadata.name for one in second.items] == ["c", "d"]
    assert second.items[1].metadata.labels is None
    assert second.metadata._continue is None
    assert second.metadata.resource_version == first.metadata.resource_version
    assert [one.metadata.name for one in shelf.core.list_namespaced_pod("default").items] == ["a", "b", "bb", "d"]


def test_a_page_of_long_ago_is_gone(shelf: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_REMEMBERED", 3)
    first = shelf.core.list_namespaced_pod("default", limit=2)
    for number in range(6):
        shelf.core.patch_namespaced_pod("d", "default", {"metadata": {"labels": {"n": str(number)}}})
    error = refused(lambda: shelf.core.list_namespaced_pod("default", limit=2, _continue=first.metadata._continue))
    assert (error.status, json.loads(error.body)["reason"]) == (410, "Expired")
    assert refused(lambda: shelf.core.list_namespaced_pod("default", _continue="x")).status == 400


def test_a_list_of_an_exact_revision(shelf: Case) -> None:
    then = shelf.core.list_namespaced_pod("default").metadata.resource_version
    shelf.core.delete_namespaced_pod("a", "default")
    past = shelf.core.list_namespaced_pod("default", resource_version=then, resource_version_match="Exact")
    assert [one.metadata.name for one in past.items] == ["a", "b", "c", "d"]
    assert refused(lambda: shelf.core.list_namespaced_pod("default", resource_version="99999")).status == 504
    assert refused(lambda: shelf.core.list_namespaced_pod("default", resource_version_match="Exact")).status == 422


def test_all_namespaces_are_listed_together(case: Case) -> None:
    case.core.create_namespace({"metadata": {"name": "shop"}})
    case.apps.create_namespaced_deployment("shop", deployment("a"))
    case.apps.create_namespaced_deployment("default", deployment("b"))
    everywhere = case.apps.list_deployment_for_all_namespaces().items
    assert [(one.metadata.namespace, one.metadata.name) for one in everywhere] == [("default", "b"), ("shop", "a")]
    assert [one.metadata.name for one in case.apps.list_namespaced_deployment("shop").items] == ["a"]
