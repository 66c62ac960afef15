"""Updates of a cluster and its parts: in progress, then successful, each on the clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.clusters.records import Update, find, life_of, moment
from aws14.emulator.world import world

__all__ = ["begin", "does", "end"]

_ACTS: dict[str, Callable[..., None]] = {}


def does(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what an update of this kind does at its end: called with the cluster, the update, what was given."""

    def register(act: Callable[..., None]) -> Callable[..., None]:
        _ACTS[name] = act
        return act

    return register


def begin(
    cluster: Any,
    kind: str,
    params: Mapping[str, Any],
    *,
    takes_s: float | None = None,
    act: str = "",
    given: tuple[Any, ...] = (),
    of: str = "",
) -> Update:
    """Begin an update.

    Parameters
    ----------
    cluster : moto.eks.models.Cluster
        Whose.
    kind : str
        ``VersionUpdate``...
    params : Mapping
        What is changed, by the names of the API.
    takes_s : float, optional
        AWS time until it ends; left out: somebody calls `end`.
    act : str, optional
        What it does then: a name registered with `does`.
    given : tuple, optional
        Picklable, for `act`.
    of : str, optional
        Name of the node group it is about.
    """
    from moto.moto_api._internal import mock_random

    told = [{"type": name, "value": value if isinstance(value, str) else json.dumps(value)}
            for name, value in params.items()]  # fmt: skip
    made = Update(id=str(mock_random.uuid4()), type=kind, created_at=moment(), params=told, nodegroup_name=of or None)
    life_of(cluster).updates[made.id] = made
    if takes_s is not None:
        world().clock.after(takes_s, "eks.update_ends", (cluster.arn, made.id, act, given))
    return made


def end(update: Update, *, error: str = "", code: str = "Unknown") -> None:
    """End an update, well or not."""
    update.status = "Failed" if error else "Successful"
    if error:
        update.errors = [{"errorCode": code, "errorMessage": error, "resourceIds": []}]


@handles("eks.update_ends")
def _ends(arn: str, key: str, act: str, given: tuple[Any, ...]) -> None:
    cluster = find(arn)
    update = life_of(cluster).updates.get(key) if cluster is not None else None
    if update is None or update.status != "InProgress":
        return
    end(update)
    if act:
        _ACTS[act](cluster, update, *given)
