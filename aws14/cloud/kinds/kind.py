"""Kind: what is known of one kind of resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws14.cloud.deletion import Delete
from aws14.cloud.presence import Exists, Narrow, Params


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of resource.

    Parameters
    ----------
    service : str
        boto3 client that knows it.
    order : int
        Place in the order of deletion; what others depend on comes late.
    exists : callable
        ``(client, id, parameters of the creating call) -> bool``.
    delete : callable, optional
        ``(client, id)``; None for what goes with its parent.
    waiter : tuple, optional
        Waiter that says when it is gone, and the name of its parameter.
    singly : bool
        Whether the waiter takes one id at a time.
    lingers : callable, optional
        ``(client, id, parameters) -> bool``: whether it, or what AWS keeps for it, still stands in the way of others
        after its deletion was accepted. For kinds that have no waiter, or for which it says "gone" too early.
    prefix : str
        What its ids begin with, for knowing a kind by an id.
    narrow : callable, optional
        ``(client, parameters) -> parameters``: what a repeated call still has to do when a part of it stands.
    find : callable, optional
        ``(client, parameters) -> ids``: what a call made whose answer was lost, when no tag tells.
    leaves : callable, optional
        From its id to the kinds and ids of what AWS makes for it and keeps when it is deleted.
    """

    service: str
    order: int
    exists: Exists
    delete: Delete | None = None
    waiter: tuple[str, str] | None = None
    singly: bool = False
    lingers: Exists | None = None
    prefix: str = ""
    narrow: Narrow | None = None
    find: Callable[[Any, Params], list[str]] | None = None
    leaves: Callable[[str], tuple[tuple[str, str], ...]] | None = None
