"""Since when an object lies in its storage class, and what leaving it early costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws14.emulator.buckets.waterfall import charged_days
from aws14.emulator.world import world

__all__ = ["EarlyEnd", "early_ends", "ends", "moves", "since"]

_SINCE = "_aws14_class_since"
_DAY_S = 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyEnd:
    """An object left its storage class before the days for which the class is charged at least.

    Parameters
    ----------
    t : float
        When, in epoch seconds.
    account, bucket, key : str
        Which object.
    storage_class : str
        What it left.
    size_bytes : int
        Its size.
    days : float
        That are charged on top, as storage of its class.
    """

    t: float
    account: str
    bucket: str
    key: str
    storage_class: str
    size_bytes: int
    days: float


def early_ends() -> list[EarlyEnd]:
    """All of this cloud, in the order in which they happened; a live list."""
    kept: list[EarlyEnd] = world().state.setdefault("bucket_early_ends", [])
    return kept


def since(found: Any) -> float:
    """When an object came into its storage class, in epoch seconds."""
    from moto.core.utils import unix_time

    told = vars(found).get(_SINCE)
    return float(told if told is not None else unix_time(found.last_modified))


def moves(found: Any, to: str) -> None:
    """Move an object of moto's into another storage class."""
    ends(found)
    found.set_storage_class(to)
    setattr(found, _SINCE, world().clock.now())


def ends(found: Any) -> None:
    """Note that an object leaves its class, if that is early."""
    now, least = world().clock.now(), charged_days(found.storage_class)
    days = least - (now - since(found)) / _DAY_S
    if least and days > 0:
        one = EarlyEnd(
            t=now,
            account=found.account_id,
            bucket=found.bucket_name or "",
            key=found.name,
            storage_class=found.storage_class,
            size_bytes=found.size,
            days=days,
        )
        early_ends().append(one)
