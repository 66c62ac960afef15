"""Limit ranges: what containers of a namespace request by default, and what they may.

Source: ``k8s.io/kubernetes/plugin/pkg/admission/limitranger/admission.go``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.defaults.pods import containers_of
from aws14.emulator.kubernetes.failure import forbidden
from aws14.emulator.kubernetes.kinds import KINDS
from aws14.emulator.kubernetes.storage import Object
from aws14.model.quantities import amount, is_quantity

__all__ = ["check_limits", "fill_limits"]


def fill_limits(cluster: Contents, pod: Object) -> None:
    """Give the containers of a pod the requests and limits that its namespace gives by default."""
    for item in _items(cluster, pod["metadata"]["namespace"]):
        for container in containers_of(pod["spec"]):
            resources = container["resources"]
            for key, usual in (("limits", item.get("default")), ("requests", item.get("defaultRequest"))):
                if usual:
                    resources[key] = dict(usual) | (resources.get(key) or {})


def check_limits(cluster: Contents, pod: Object) -> None:
    """Refuse a pod whose containers want less or more than its namespace allows.

    Raises
    ------
    ApiError
        One does (403).
    """
    told = [
        sentence
        for item in _items(cluster, pod["metadata"]["namespace"])
        for container in containers_of(pod["spec"])
        for sentence in _beyond(item, container["resources"])
    ]
    if told:
        why = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
        raise forbidden(KINDS["Pod"], pod["metadata"].get("name", ""), why)


def _items(cluster: Contents, namespace: str) -> Iterator[dict[str, Any]]:
    for thing in cluster.storage.all_of("LimitRange"):
        if thing["metadata"]["namespace"] == namespace:
            yield from (item for item in thing["spec"].get("limits") or () if item.get("type") == "Container")


def _beyond(item: dict[str, Any], resources: dict[str, Any]) -> Iterator[str]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, most in (item.get("max") or {}).items():
        wanted = limits.get(name)
        if wanted is None:
            yield f"maximum {name} usage per Container is {most}.  No limit is specified"
        elif is_quantity(wanted) and amount(wanted) > amount(most):
            yield f"maximum {name} usage per Container is {most}, but limit is {wanted}"
    for name, least in (item.get("min") or {}).items():
        wanted = requests.get(name)
        if wanted is None:
            yield f"minimum {name} usage per Container is {least}.  No request is specified"
        elif is_quantity(wanted) and amount(wanted) < amount(least):
            yield f"minimum {name} usage per Container is {least}, but request is {wanted}"
