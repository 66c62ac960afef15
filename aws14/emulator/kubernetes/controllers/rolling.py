"""How many replicas each ReplicaSet of a Deployment has next; the steps are decided by `aws14.sim.containers.rollout`.

Source of the shares: kubernetes/pkg/controller/deployment/util/deployment_util.go, GetReplicaSetProportion.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws14.emulator.kubernetes.controllers.sight import Object
from aws14.sim.containers.rollout import Bounds, Version, bounds

__all__ = ["counted", "is_saturated", "limits", "resolved", "shares"]


def limits(owner: Object) -> Bounds:
    """How far a Deployment may go beyond its replicas and below them."""
    strategy = owner["spec"].get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return Bounds(surge=0, unavailable=0)
    how = strategy.get("rollingUpdate") or {}
    wanted = int(owner["spec"].get("replicas", 1))
    return bounds(wanted, surge=how.get("maxSurge", "25%"), unavailable=how.get("maxUnavailable", "25%"))


def resolved(written: str | int, wanted: int, *, up: bool) -> int:
    """A number or a percentage of what is wanted, rounded up or down."""
    found = bounds(wanted, surge=written, unavailable=written)
    return found.surge if up else found.unavailable


def counted(replica_set: Object) -> Version:
    """What a ReplicaSet is to have, and what of it is available."""
    available = int((replica_set.get("status") or {}).get("availableReplicas") or 0)
    return Version(
        name=replica_set["metadata"]["name"], replicas=int(replica_set["spec"].get("replicas", 0)), available=available
    )


def is_saturated(new: Object | None, wanted: int) -> bool:
    """Whether the new ReplicaSet has all it is to have, and all of it is available."""
    if new is None:
        return False
    have = counted(new)
    return have.replicas == wanted == have.available


def shares(sizes: Sequence[int], was: Sequence[int], most: int) -> list[int]:
    """Replicas of each active ReplicaSet when a Deployment is scaled in the middle of a rollout.

    Parameters
    ----------
    sizes : sequence of int
        Replicas each has.
    was : sequence of int
        How many all had been allowed together when each was scaled last.
    most : int
        How many all may have together now.
    """
    to_add = most - sum(sizes)
    left, found = to_add, list(sizes)
    order = sorted(range(len(sizes)), key=lambda index: -sizes[index])
    for index in order:
        part = round(sizes[index] * most / was[index]) - sizes[index]
        part = max(0, min(part, left)) if to_add > 0 else min(0, max(part, left))
        found[index] += part
        left -= part
    found[order[0]] = max(0, found[order[0]] + left)
    return found
