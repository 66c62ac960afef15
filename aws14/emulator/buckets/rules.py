"""Lifecycle rules of a bucket, as the API gives them, and what S3 refuses of them.

Texts and codes of refusals: S3 API reference and its user guide, "Examples of S3 Lifecycle configurations"; where
AWS's wording is not written down, from memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from aws14 import catalog
from aws14.emulator.buckets.waterfall import ORDER, needs_days_before

__all__ = ["Move", "Rule", "check", "many", "read"]

Told = Mapping[str, Any]
_DAY_S = 86400


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A transition to a storage class.

    Parameters
    ----------
    to : str
        The storage class.
    days : int
        After an object was made, or stopped to be the current version; -1 where a date is given.
    date : float
        Epoch seconds of the midnight from which on it is due; -1.0 where days are given.
    keep : int
        How many newer noncurrent versions stay as they are.
    """

    to: str
    days: int = -1
    date: float = -1.0
    keep: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule.

    Parameters
    ----------
    id : str
        Its name.
    enabled : bool
        Whether it acts.
    prefix : str
        Of the keys it is for.
    tags : tuple of (str, str)
        That an object has to have.
    larger, smaller : int
        Bytes that an object has to exceed, or stay below; -1 for no such condition.
    moves, old_moves : tuple of Move
        Transitions of current and of noncurrent versions.
    days, date : int, float
        When current versions end, as in `Move`.
    markers : bool
        Whether delete markers go that hide nothing any more.
    old_days, old_keep : int
        When noncurrent versions are deleted, and how many of the newest are not; -1 for never.
    abort_days : int
        When uploads in parts are given up; -1 for never.
    """

    id: str
    enabled: bool
    prefix: str
    tags: tuple[tuple[str, str], ...] = ()
    larger: int = -1
    smaller: int = -1
    moves: tuple[Move, ...] = ()
    old_moves: tuple[Move, ...] = ()
    days: int = -1
    date: float = -1.0
    markers: bool = False
    old_days: int = -1
    old_keep: int = 0
    abort_days: int = -1

    def fits(self, key: str, tags: Mapping[str, str], size_bytes: int) -> bool:
        """Whether the rule is for an object."""
        return (
            key.startswith(self.prefix)
            and all(tags.get(name) == value for name, value in self.tags)
            and size_bytes > self.larger
            and (self.smaller < 0 or size_bytes < self.smaller)
        )


def read(told: Told) -> Rule:
    """Understand a rule of a request, as xmltodict gives it.

    Parameters
    ----------
    told : Mapping
        ``{"ID": ..., "Status": "Enabled", "Filter": {...}, "Transition": [...], ...}``.
    """
    given = told.get("Filter") or {}
    both = given.get("And") or given
    ends, old = told.get("Expiration") or {}, told.get("NoncurrentVersionExpiration") or {}
    abort = told.get("AbortIncompleteMultipartUpload") or {}
    return Rule(
        id=told.get("ID") or "",
        enabled=told["Status"] == "Enabled",
        prefix=both.get("Prefix") or told.get("Prefix") or "",
        tags=tuple((tag["Key"], tag.get("Value") or "") for tag in many(both.get("Tag"))),
        larger=int(both.get("ObjectSizeGreaterThan", -1)),
        smaller=int(both.get("ObjectSizeLessThan", -1)),
        moves=tuple(_move(each, "Days") for each in many(told.get("Transition"))),
        old_moves=tuple(_move(each, "NoncurrentDays") for each in many(told.get("NoncurrentVersionTransition"))),
        days=int(ends.get("Days", -1)),
        date=_epoch(ends.get("Date")),
        markers=ends.get("ExpiredObjectDeleteMarker") == "true",
        old_days=int(old.get("NoncurrentDays", -1)),
        old_keep=int(old.get("NewerNoncurrentVersions", 0)),
        abort_days=int(abort.get("DaysAfterInitiation", -1)),
    )


def many(value: Any) -> list[Any]:
    """What XML gives as nothing, as one or as several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _move(told: Told, days: str) -> Move:
    return Move(
        to=told["StorageClass"],
        days=int(told.get(days, -1)),
        date=_epoch(told.get("Date")),
        keep=int(told.get("NewerNoncurrentVersions", 0)),
    )


def _epoch(text: str | None) -> float:
    if not text:
        return -1.0
    told = datetime.fromisoformat(text)
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()


def check(rules: Sequence[Rule]) -> tuple[str, str] | None:
    """Return S3's code and message of the first thing it refuses about rules; None where they are good."""
    return next((problem for problem in _problems(rules)), None)


def _problems(rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    ids = [rule.id for rule in rules if rule.id]
    if len(set(ids)) < len(ids):
        yield "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule"
    for rule in rules:
        yield from _of_actions(rule)
        yield from _of_days(rule)
        yield from _of_order(rule, rule.moves, "Transition")
        yield from _of_order(rule, rule.old_moves, "NoncurrentVersionTransition")


def _of_actions(rule: Rule) -> Iterator[tuple[str, str]]:
    ends = rule.days >= 0 or rule.date >= 0 or rule.old_days >= 0 or rule.markers or rule.abort_days >= 0
    if not (ends or rule.moves or rule.old_moves):
        yield "InvalidRequest", "At least one action needs to be specified in a rule"
    if rule.tags and rule.abort_days >= 0:
        yield "InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags."
    if rule.tags and rule.markers:
        yield "InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags."


def _of_days(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.days == 0:
        yield "InvalidArgument", "'Days' for Expiration action must be a positive integer"
    if rule.old_days == 0:
        yield "InvalidArgument", "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer"
    if any(date >= 0 and date % _DAY_S for date in (rule.date, *(move.date for move in rule.moves))):
        yield "InvalidArgument", "'Date' must be at midnight GMT"
    latest = max((move.days for move in rule.moves), default=-1)
    if 0 <= rule.days <= latest:
        text = f"'Days' in the Expiration action for filter '(prefix={rule.prefix})' must be greater than 'Days' in the"
        yield "InvalidArgument", f"{text} Transition action"
    latest = max((move.days for move in rule.old_moves), default=-1)
    if 0 <= rule.old_days <= latest:
        text = f"'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '(prefix={rule.prefix})' must"
        yield "InvalidArgument", f"{text} be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action"


def _of_order(rule: Rule, moves: Sequence[Move], action: str) -> Iterator[tuple[str, str]]:
    days = "Days" if action == "Transition" else "NoncurrentDays"
    unknown = [move.to for move in moves if move.to not in ORDER or move.to == ORDER[0]]
    if unknown:
        yield (
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
        return
    for move in moves:
        least = needs_days_before(move.to)
        if 0 <= move.days < least:
            text = f"'{days}' in {action} action must be greater than or equal to {least:g} for storageClass"
            yield "InvalidArgument", f"{text} '{move.to}'"
    dated = sorted((move for move in moves if move.days >= 0), key=lambda move: ORDER.index(move.to))
    gap = catalog.quota("S3", "Standard-IA / One Zone-IA minimum duration").value
    for first, second in pairwise(dated):
        least = gap if first.to in ("STANDARD_IA", "ONEZONE_IA") else 1.0
        if second.days < first.days + least:
            text = f"'{days}' in the '{second.to}' {action} action for filter '(prefix={rule.prefix})' must be at least"
            yield "InvalidArgument", f"{text} {least:g} days more than '{days}' in the '{first.to}' {action} action"
