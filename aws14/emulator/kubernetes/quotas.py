"""Resource quotas: what a namespace may hold in all.

Source: ``k8s.io/apiserver/pkg/admission/plugin/resourcequota``,
``k8s.io/kubernetes/pkg/quota/v1/evaluator/core/pods.go``.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.failure import forbidden
from aws14.emulator.kubernetes.kinds import KINDS, Kind
from aws14.emulator.kubernetes.storage import Change, Object, copied
from aws14.model.quantities import amount, written_bytes, written_cores

__all__ = ["check_quotas", "follow", "used_by"]

_PLAIN = ("cpu", "memory")


def used_by(kind: str, thing: Object) -> Counter[str]:
    """Return what one object takes of a quota: name of a resource -> amount."""
    used: Counter[str] = Counter({f"count/{KINDS[kind].resource}": 1, KINDS[kind].plural: 1})
    if kind == "Pod":
        if thing["status"].get("phase") in ("Succeeded", "Failed"):
            return Counter()
        for container in thing["spec"].get("containers") or ():
            for key in ("requests", "limits"):
                for name, quantity in ((container.get("resources") or {}).get(key) or {}).items():
                    used[f"{key}.{name}"] += amount(quantity)  # type: ignore[assignment]
        for name in _PLAIN:
            used[name] = used[f"requests.{name}"]
    if kind == "Service" and thing["spec"].get("type") == "LoadBalancer":
        used["services.loadbalancers"] = 1
    return used


def check_quotas(cluster: Contents, kind: Kind, thing: Object) -> None:
    """Refuse an object that a quota of its namespace has no room for, or that does not say how much it takes.

    Raises
    ------
    ApiError
        It is so (403).
    """
    wanted = used_by(kind.name, thing) if kind.name != "ResourceQuota" else Counter[str]()
    name = thing["metadata"].get("name", "")
    for quota in _quotas(cluster, thing["metadata"]["namespace"]):
        hard = quota["spec"].get("hard") or {}
        silent = [key for key in hard if kind.name == "Pod" and _is_compute(key) and not _all_say(thing, key)]
        if silent:
            why = f"failed quota: {quota['metadata']['name']}: must specify {','.join(sorted(silent))}"
            raise forbidden(kind, name, why)
        used = _used(cluster, thing["metadata"]["namespace"])
        over = [key for key in sorted(hard) if wanted[key] and used[key] + wanted[key] > amount(hard[key])]
        if over:
            raise forbidden(kind, name, _exceeded(quota, over, (wanted, used)))


def follow(cluster: Contents, change: Change) -> None:
    """Write into the quotas of a namespace what is used of them, after a change of something in it."""
    namespace = change.new["metadata"].get("namespace", "")
    quotas = _quotas(cluster, namespace)
    used = _used(cluster, namespace) if quotas else Counter[str]()
    for quota in quotas:
        hard = quota["spec"].get("hard") or {}
        changed = copied(quota)
        changed["status"] = {"hard": dict(hard), "used": {key: _written(key, used[key]) for key in hard}}
        if changed != quota:
            cluster.keep("ResourceQuota", changed)


def _quotas(cluster: Contents, namespace: str) -> list[Object]:
    return [one for one in cluster.storage.all_of("ResourceQuota") if one["metadata"]["namespace"] == namespace]


def _used(cluster: Contents, namespace: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for kind, thing in cluster.storage.everything():
        if thing["metadata"].get("namespace") == namespace:
            total.update(used_by(kind, thing))
    return total


def _is_compute(key: str) -> bool:
    return key in _PLAIN or key.startswith(("requests.", "limits."))


def _all_say(pod: Object, key: str) -> bool:
    where, _, name = key.rpartition(".")
    said = [(one.get("resources") or {}).get(where or "requests") or {} for one in pod["spec"].get("containers") or ()]
    return all(name in one for one in said)


def _exceeded(quota: Object, over: list[str], amounts: tuple[Counter[str], Counter[str]]) -> str:
    asked, used = (",".join(f"{key}={_written(key, one[key])}" for key in over) for one in amounts)
    limited = ",".join(f"{key}={quota['spec']['hard'][key]}" for key in over)
    name = quota["metadata"]["name"]
    return f"exceeded quota: {name}, requested: {asked}, used: {used}, limited: {limited}"


def _written(key: str, value: Any) -> str:
    exact = Decimal(value)
    if key.endswith("cpu"):
        return written_cores(int(exact * 1000))
    return written_bytes(int(exact)) if key.endswith("memory") else str(int(exact))
