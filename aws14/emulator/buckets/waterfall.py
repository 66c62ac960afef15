"""The storage classes of S3 in the order in which a lifecycle may move objects, and the days that each is charged for.

S3 user guide, "Transitioning objects using Amazon S3 Lifecycle"; days from ``data/quotas.csv``.
"""

from __future__ import annotations

from functools import cache

from aws14 import catalog

__all__ = ["ARCHIVED", "ORDER", "charged_days", "may_follow", "needs_days_before"]

ORDER = (
    "STANDARD",
    "STANDARD_IA",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "GLACIER_IR",
    "GLACIER",
    "DEEP_ARCHIVE",
)
"""Objects go down this list, never up."""

ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Classes from which an object has to be restored before it is read."""

_INFREQUENT = "Standard-IA / One Zone-IA minimum duration"
_GLACIER = "Glacier IR / Flexible minimum duration"
_LEAST = {
    "STANDARD_IA": _INFREQUENT,
    "ONEZONE_IA": _INFREQUENT,
    "GLACIER_IR": _GLACIER,
    "GLACIER": _GLACIER,
    "DEEP_ARCHIVE": "Deep Archive minimum duration",
}


@cache
def charged_days(storage_class: str) -> float:
    """Days for which an object in a class is charged at least; 0.0 where there is no such minimum."""
    limit = _LEAST.get(storage_class)
    return catalog.quota("S3", limit).value if limit else 0.0


def needs_days_before(storage_class: str) -> float:
    """Days that an object has to be old before a lifecycle moves it into a class."""
    return charged_days(storage_class) if storage_class in ("STANDARD_IA", "ONEZONE_IA") else 0.0


def may_follow(now: str, then: str) -> bool:
    """Whether a lifecycle moves an object from one class into another: only down."""
    start = ORDER.index(now) if now in ORDER else 0
    # One Zone-IA holds a single copy: nothing is kept in three zones from it but archives of Glacier.
    if now == "ONEZONE_IA" and then == "GLACIER_IR":
        return False
    return ORDER.index(then) > start
