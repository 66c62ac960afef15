"""Watches of the official client: from a revision, with selectors, resumed, too late; and nobody waits for them."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from kubernetes import client, watch

from aws14.emulator.kubernetes import clusters, storage
from tests.emulator.kubernetes.api_case import KEY, Case, pod


def lines(case: Case, path: str, *, most: int = 50) -> list[dict[str, Any]]:
    """What a watch tells at once."""
    stream = case.answer("GET", path).body
    told = []
    for _ in range(most):
        piece = next(stream, b"")
        if not piece:
            break
        told.append(json.loads(piece))
    stream.close()
    return told


def seen(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["type"], one["object"]["metadata"]["name"]) for one in events]


def label(case: Case, name: str, **labels: str | None) -> None:
    case.core.patch_namespaced_pod(name, "default", {"metadata": {"labels": labels}})


def test_a_watch_without_a_revision_begins_with_what_is_there(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod("one"))
    assert seen(lines(case, "/api/v1/namespaces/default/pods?watch=true")) == [("ADDED", "one")]


def test_a_watch_from_a_revision_tells_all_that_came_after(case: Case) -> None:
    begin = case.core.list_namespaced_pod("default").metadata.resource_version
    case.core.create_namespaced_pod("default", pod("one"))
    label(case, "one", a="b")
    case.core.create_namespaced_config_map("default", {"metadata": {"name": "other"}})
    case.core.delete_namespaced_pod("one", "default")
    told = lines(case, f"/api/v1/pods?watch=true&resourceVersion={begin}")
    assert seen(told) == [("ADDED", "one"), ("MODIFIED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
    revisions = [int(one["object"]["metadata"]["resourceVersion"]) for one in told]
    assert revisions == sorted(set(revisions))


def test_a_watch_is_resumed_where_it_was_left(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod("one"))
    case.core.create_namespaced_pod("default", pod("two"))
    first = watch.Watch()
    for _ in first.stream(case.core.list_namespaced_pod, "default", timeout_seconds=60):
        break
    label(case, "one", a="b")
    second = watch.Watch()
    got = []
    for event in second.stream(
        case.core.list_namespaced_pod, "default", resource_version=first.resource_version, timeout_seconds=60
    ):
        got.append((event["type"], event["object"].metadata.name))
        if len(got) == 2:
            break
    assert got == [("ADDED", "two"), ("MODIFIED", "one")]


def test_an_object_that_begins_to_match_is_added_and_one_that_ceases_is_deleted(case: Case) -> None:
    begin = case.core.list_namespaced_pod("default").metadata.resource_version
    case.core.create_namespaced_pod("default", pod("one"))
    label(case, "one", app="web")
    label(case, "one", tier="front")
    label(case, "one", app=None)
    told = lines(case, f"/api/v1/pods?watch=1&labelSelector=app%3Dweb&resourceVersion={begin}")
    assert seen(told) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
    assert told[-1]["object"]["metadata"]["labels"] == {"app": "web", "tier": "front"}
    by_field = lines(case, f"/api/v1/pods?watch=1&fieldSelector=metadata.name%3Dtwo&resourceVersion={begin}")
    assert by_field == []


def test_too_old_a_revision_is_gone(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_REMEMBERED", 5)
    begin = case.core.list_namespaced_pod("default").metadata.resource_version
    case.core.create_namespaced_pod("default", pod("one"))
    for number in range(10):
        label(case, "one", a=str(number))
    (told,) = lines(case, f"/api/v1/pods?watch=true&resourceVersion={begin}")
    assert (told["type"], told["object"]["code"], told["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert told["object"]["message"].startswith(f"too old resource version: {begin} (")
    events = watch.Watch().stream(case.core.list_namespaced_pod, "default", resource_version=begin, timeout_seconds=1)
    with pytest.raises(client.ApiException) as error:
        next(iter(events))
    assert error.value.status == 410


def test_bookmarks_tell_the_revision(case: Case) -> None:
    stream = case.answer("GET", "/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=1").body
    case.core.create_namespaced_config_map("default", {"metadata": {"name": "other"}})
    case.world.clock.advance(61)
    told = [json.loads(piece) for piece in (next(stream) for _ in range(3)) if piece]
    stream.close()
    assert told[0]["type"] == "BOOKMARK"
    assert told[0]["object"]["kind"] == "Pod"
    assert told[0]["object"]["metadata"]["resourceVersion"] == str(case.cluster.storage.revision)


def test_initial_events_end_with_a_bookmark(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod("one"))
    query = "watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
    told = lines(case, f"/api/v1/namespaces/default/pods?{query}")
    assert [one["type"] for one in told] == ["ADDED", "BOOKMARK"]
    assert told[1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_watch_ends_when_aws_time_has_passed_it(case: Case) -> None:
    stream = case.answer("GET", "/api/v1/pods?watch=true&timeoutSeconds=300").body
    case.world.clock.advance(299)
    assert next(stream) == b""
    case.world.clock.advance(2)
    with pytest.raises(StopIteration):
        next(stream)


def test_a_watch_ends_with_its_cluster(case: Case) -> None:
    stream = case.answer("GET", "/api/v1/pods?watch=true").body
    clusters.close(KEY)
    with pytest.raises(StopIteration):
        next(stream)


def test_nobody_waits_for_a_watch(case: Case) -> None:
    """Changes go on while many watch, and each of them hears of all, in order."""
    heard: list[list[str]] = [[] for _ in range(5)]

    def listen(into: list[str]) -> None:
        for event in watch.Watch().stream(case.core.list_namespaced_pod, "default", timeout_seconds=100):
            into.append(event["object"].metadata.name)
            if len(into) == 20:
                return

    threads = [threading.Thread(target=listen, args=(one,), daemon=True) for one in heard]
    for thread in threads:
        thread.start()
    for number in range(20):
        case.core.create_namespaced_pod("default", pod(f"pod-{number:02}"))
    for thread in threads:
        thread.join(30)
    assert all(sorted(one) == [f"pod-{number:02}" for number in range(20)] for one in heard)


def test_a_change_that_follows_from_another_is_told_after_it(case: Case) -> None:
    """A quota is counted within the request that makes a pod: a watch of pods must not miss the pod for that."""
    hard = {"pods": "5"}
    case.core.create_namespaced_resource_quota("default", {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    stream = case.answer("GET", f"/api/v1/pods?watch=true&resourceVersion={case.cluster.storage.revision}").body
    case.core.create_namespaced_pod("default", pod("one"))
    told = []
    until = time.monotonic() + 10
    while not told and time.monotonic() < until:
        told += [json.loads(piece) for piece in [next(stream)] if piece]
    stream.close()
    assert seen(told) == [("ADDED", "one")]
