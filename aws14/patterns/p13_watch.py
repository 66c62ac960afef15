"""The bookshop watched live: a request every few seconds, and what Kubernetes says of pods and nodes meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from aws14 import charts
from aws14.charts.watched import Look
from aws14.cloud import Session, request
from aws14.model import Picture, Topology

NAMESPACE, APP = "shop", "app=catalog"
EVERY_S, PATIENCE_S = 3.0, 2.0


def watch(
    _built: Topology,
    session: Session,
    core: Any,
    url: str,
    *,
    seconds: float,
    title: str = "",
    every_s: float = EVERY_S,
) -> Picture:
    """Ask, look, let AWS time go on, again and again.

    Parameters
    ----------
    session : cloud.Session
        On the embedded AWS; its clock goes on.
    core : kubernetes.client.CoreV1Api
        Of the cluster.
    url : str
        Of the catalogue.
    seconds : float
        How long, in AWS time.
    title : str
        Heads the chart.
    every_s : float
        How often.
    """
    looks = tuple(_looks(session, core, url, seconds=seconds, every_s=every_s))
    return charts.watched(looks, title=title or "The catalogue, watched live")


def _looks(session: Session, core: Any, url: str, *, seconds: float, every_s: float) -> Iterator[Look]:
    began = session.now()
    for number in range(int(seconds / every_s) + 1):
        due_s = number * every_s
        if due_s > session.now() - began:
            session.advance(due_s - (session.now() - began))
        answer = request(session, url, timeout_s=PATIENCE_S)
        pods, nodes = core.list_namespaced_pod(NAMESPACE, label_selector=APP).items, core.list_node().items
        named = {each.metadata.name: _version(each) for each in pods}
        ready = Counter(named[each.metadata.name] for each in pods if _is_ready(each) and _stays(each))
        yield Look(
            at_s=due_s,
            answered=_who(answer.body.decode()) if answer.status == 200 else "",
            ready=dict(sorted(ready.items())),
            waiting=sum(not _is_ready(each) and _stays(each) for each in pods),
            nodes=sum(_is_ready(each) for each in nodes if not each.metadata.name.startswith("fargate-")),
        )


def _who(body: str) -> str:
    """``catalog 2 by ...``: version 2."""
    words = body.split()
    return f"version {words[1]}" if words[:1] == ["catalog"] and len(words) > 1 else ""


def _version(pod: Any) -> str:
    """The version that a pod says it is."""
    container = pod.spec.containers[0]
    number = next((each.value for each in container.env or () if each.name == "VERSION"), "?")
    return f"version {number}"


def _is_ready(thing: Any) -> bool:
    return any(each.type == "Ready" and each.status == "True" for each in thing.status.conditions or ())


def _stays(pod: Any) -> bool:
    return pod.metadata.deletion_timestamp is None and pod.status.phase in ("Pending", "Running")
