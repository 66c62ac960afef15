"""One step of a Deployment's rollout: how many pods each version may have, given how many are available.

By the sources of kube-controller-manager (``pkg/controller/deployment/rolling.go``): the new ReplicaSet grows within
maxSurge, the old ones shrink within maxUnavailable, their pods that are not available first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aws14.errors import DesignError

__all__ = ["Bounds", "Version", "bounds", "recreate", "step"]

_PERCENT = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How far a rollout may go: pods beyond the desired number, and pods that may be missing from it."""

    surge: int
    unavailable: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A ReplicaSet of a Deployment.

    Parameters
    ----------
    name : str
        Who it is.
    replicas : int
        Pods that it is to have.
    available : int
        Pods of it that have been ready for ``minReadySeconds``.
    """

    name: str
    replicas: int
    available: int


def bounds(desired: int, *, surge: str | int = "25%", unavailable: str | int = "25%") -> Bounds:
    """Resolve maxSurge (rounded up) and maxUnavailable (rounded down) as Kubernetes does.

    Parameters
    ----------
    desired : int
        Replicas of the Deployment.
    surge, unavailable : str or int
        As written: ``25%`` or a number. Were both 0 by rounding, one pod may be unavailable.

    Raises
    ------
    DesignError
        When one is neither.
    """
    up = _resolved(desired, surge, "surge", upward=True)
    down = _resolved(desired, unavailable, "unavailable", upward=False)
    return Bounds(surge=up, unavailable=1 if up == 0 and down == 0 else min(down, desired) if desired else down)


def _resolved(desired: int, written: str | int, name: str, *, upward: bool) -> int:
    text = str(written).strip()
    if not text.removesuffix("%").isdecimal():
        raise DesignError(f"{name} is {written!r}", allowed="a whole number, or a percentage as 25%")
    if not text.endswith("%"):
        return int(text)
    share = desired * int(text[:-1]) / _PERCENT
    return math.ceil(share) if upward else math.floor(share)


def step(desired: int, limits: Bounds, new: Version, old: Sequence[Version]) -> dict[str, int]:
    """One look of the controller.

    Parameters
    ----------
    desired : int
        Replicas of the Deployment.
    limits : Bounds
        From `bounds`.
    new : Version
        The version that is to be.
    old : sequence of Version
        Those before, the oldest first.

    Returns
    -------
    dict of str to int
        Name of each version -> pods it is to have now. Either the new one changes or the old ones do, never both.
    """
    wanted = {each.name: each.replicas for each in (new, *old)}
    grown = _grown(desired, limits, new, sum(wanted.values()))
    if grown != new.replicas:
        return wanted | {new.name: grown}
    return wanted | _shrunk(desired, limits, new, old)


def _grown(desired: int, limits: Bounds, new: Version, total: int) -> int:
    if new.replicas >= desired:
        return desired
    return new.replicas + max(0, min(desired + limits.surge - total, desired - new.replicas))


def _shrunk(desired: int, limits: Bounds, new: Version, old: Sequence[Version]) -> dict[str, int]:
    least = desired - limits.unavailable
    spare = new.replicas + sum(each.replicas for each in old) - least - (new.replicas - new.available)
    kept = {each.name: each.replicas for each in old}
    for each in old:
        ill = max(0, min(spare, each.replicas - each.available))
        kept[each.name] -= ill
        spare -= ill
    going = min(spare, new.available + sum(min(each.available, kept[each.name]) for each in old) - least)
    for each in old:
        some = max(0, min(going, kept[each.name]))
        kept[each.name] -= some
        going -= some
    return kept


def recreate(desired: int, new: Version, old: Sequence[Version], *, old_pods: int) -> dict[str, int]:
    """One look of the controller with the strategy Recreate: the new version begins when no old pod is left.

    Parameters
    ----------
    desired, new, old
        As of `step`.
    old_pods : int
        Pods of the old versions that still exist, ending ones included.
    """
    gone = not old_pods and not any(each.replicas for each in old)
    return {each.name: 0 for each in old} | {new.name: desired if gone else new.replicas}
