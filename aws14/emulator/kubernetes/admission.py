"""What the server itself puts into an object that it lets in, and whom it does not let in.

Source: the admission plug-ins ServiceAccount, Priority, DefaultTolerationSeconds, LimitRanger and ResourceQuota of
``k8s.io/kubernetes/plugin/pkg/admission``, and the allocators of the service registry.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.addresses import give_addresses
from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.defaults.pods import quality_of_service
from aws14.emulator.kubernetes.failure import forbidden
from aws14.emulator.kubernetes.kinds import KINDS, Kind
from aws14.emulator.kubernetes.limits import check_limits, fill_limits
from aws14.emulator.kubernetes.quotas import check_quotas
from aws14.emulator.kubernetes.storage import Object

__all__ = ["admit"]

#: How long pods stay on a node that says nothing (``--default-not-ready-toleration-seconds``).
_TOLERATED_S = 300


def admit(cluster: Contents, kind: Kind, thing: Object) -> None:
    """Complete a new object, or refuse it.

    Raises
    ------
    ApiError
        A limit or quota of its namespace, or a missing account or class, is against it (403).
    """
    if kind.name == "Pod":
        _account(cluster, thing)
        _priority(cluster, thing)
        _tolerations(thing["spec"])
        fill_limits(cluster, thing)
        thing["status"]["qosClass"] = quality_of_service(thing["spec"])
        check_limits(cluster, thing)
    elif kind.name == "Service":
        give_addresses(cluster, thing)
    if kind.namespaced:
        check_quotas(cluster, kind, thing)


def _account(cluster: Contents, pod: Object) -> None:
    metadata, account = pod["metadata"], pod["spec"]["serviceAccountName"]
    if cluster.storage.read("ServiceAccount", (metadata["namespace"], account)) is None:
        why = (
            f'error looking up service account {metadata["namespace"]}/{account}: serviceaccount "{account}" not found'
        )
        raise forbidden(KINDS["Pod"], metadata.get("name", ""), why)


def _priority(cluster: Contents, pod: Object) -> None:
    spec = pod["spec"]
    name = spec.get("priorityClassName")
    if not name:
        usual = [one for one in cluster.storage.all_of("PriorityClass") if one.get("globalDefault")]
        spec["priority"] = usual[0]["value"] if usual else 0
        spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
        return
    found = cluster.storage.read("PriorityClass", ("", name))
    if found is None:
        raise forbidden(KINDS["Pod"], pod["metadata"].get("name", ""), f"no PriorityClass with name {name} was found")
    spec["priority"], spec["preemptionPolicy"] = found["value"], found["preemptionPolicy"]


def _tolerations(spec: dict[str, Any]) -> None:
    held = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(_tolerates(one, key) for one in held):
            held.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _TOLERATED_S})


def _tolerates(toleration: dict[str, Any], key: str) -> bool:
    same_key = toleration.get("key") in (None, "", key)
    return same_key and toleration.get("effect") in (None, "", "NoExecute")
