"""What the lifecycle rules of a bucket do, and when: all of it at a midnight of UTC.

S3 user guide, "Managing the lifecycle of objects": days are counted from when an object was made, or from when its
successor was; what results is rounded up to the next midnight. Deletion for good goes before a move, a move before a
delete marker.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from aws14 import catalog
from aws14.emulator.buckets import storage
from aws14.emulator.buckets.access import bucket_of
from aws14.emulator.buckets.locks import held_until
from aws14.emulator.buckets.rules import Move, Rule
from aws14.emulator.buckets.waterfall import ARCHIVED, ORDER, may_follow
from aws14.emulator.clock import handles
from aws14.emulator.world import world

__all__ = ["MINIMUM", "RULES", "arm", "midnight", "rules_of"]

RULES, MINIMUM, _ARMED = "_aws14_lifecycle", "_aws14_lifecycle_minimum", "_aws14_lifecycle_armed"
_DAY_S = 86400.0

#: What ends may let something else end on the same day: a version, then the marker that hid it.
_PASSES = 4

#: A time from which on something is due, and what is done then.
Due = tuple[float, Callable[[], None]]


def midnight(t: float) -> float:
    """The first midnight of UTC that is not before an instant, epoch seconds."""
    return math.ceil(t / _DAY_S) * _DAY_S


def rules_of(bucket: Any) -> tuple[Rule, ...]:
    """The rules of a bucket that act."""
    return tuple(rule for rule in vars(bucket).get(RULES, ()) if rule.enabled) if bucket.rules else ()


def arm(bucket: Any) -> None:
    """Look at a bucket at the next midnight, where it has rules: something in it changed."""
    if rules_of(bucket):
        _post(bucket, midnight(world().clock.now() + 1.0))


def _post(bucket: Any, t: float) -> None:
    armed = vars(bucket).get(_ARMED)
    if armed is None or armed > t:
        setattr(bucket, _ARMED, t)
        world().clock.at(t, "bucket_lifecycle.day", (bucket.name, t))


@handles("bucket_lifecycle.day")
def _day(name: str, t: float) -> None:
    bucket = bucket_of(name)
    if bucket is None or vars(bucket).get(_ARMED) != t:
        return
    setattr(bucket, _ARMED, None)
    now, rules = world().clock.now(), rules_of(bucket)
    later: list[float] = []
    for key in list(bucket.keys) if rules else ():
        later += _settle(partial(_of_key, bucket, key, rules), now)
    for upload in list(bucket.multiparts.values()):
        for due, does in _of_upload(bucket, upload, rules):
            if due <= now:
                does()
            else:
                later.append(due)
    if later:
        _post(bucket, min(later))


def _settle(look: Callable[[], list[Due]], now: float) -> list[float]:
    """Do what is due about one key; when the rest of it is."""
    found = look()
    for _ in range(_PASSES):
        ready = [does for due, does in found if due <= now]
        if not ready:
            break
        for does in ready:
            does()
        found = look()
    return [due for due, _ in found if due > now]


def _of_key(bucket: Any, name: str, rules: tuple[Rule, ...]) -> list[Due]:
    versions, found = list(bucket.keys.getlist(name, [])), []
    for place, version in enumerate(versions):
        if place < len(versions) - 1:
            found += _of_old(bucket, version, rules, (versions[place + 1], len(versions) - 2 - place))
        else:
            found += _of_current(bucket, version, rules, alone=place == 0)
    return found


def _of_current(bucket: Any, version: Any, rules: tuple[Rule, ...], *, alone: bool) -> list[Due]:
    made = _t(version)
    fitting = _fitting(version, rules)
    if not _is_object(version):
        # Days of an expiration take away a lonely marker of that age too.
        ends = [midnight(made + max(0, rule.days) * _DAY_S) for rule in fitting if rule.markers or rule.days > 0]
        return [(min(ends), lambda: _delete(bucket, version))] if ends and alone else []
    ends = [_due(made, rule.days, rule.date) for rule in fitting if rule.days >= 0 or rule.date >= 0]
    moves = _moves(bucket, version, [(rule, move) for rule in fitting for move in rule.moves], made)
    if ends and min(ends) <= world().clock.now():
        return [(min(ends), lambda: _expire(bucket, version))]
    return [*moves, *((end, lambda: None) for end in ends)]


def _of_old(bucket: Any, version: Any, rules: tuple[Rule, ...], after: tuple[Any, int]) -> list[Due]:
    successor, newer = after
    since, fitting = _t(successor), _fitting(version, rules)
    ends = [_due(since, rule.old_days, -1.0) for rule in fitting if rule.old_days > 0 and newer >= rule.old_keep]
    if not _is_object(version):
        return [(min(ends), lambda: _delete(bucket, version))] if ends else []
    told = [(rule, move) for rule in fitting for move in rule.old_moves if newer >= move.keep]
    # What is locked is deleted when the lock ends, or not at all while it is held.
    end = max(min(ends), midnight(held_until(version))) if ends else math.inf
    if end <= world().clock.now():
        return [(end, lambda: _delete(bucket, version))]
    moves = _moves(bucket, version, told, since)
    return [*moves, (end, lambda: None)] if end < math.inf else moves


def _moves(bucket: Any, version: Any, told: list[tuple[Rule, Move]], since: float) -> list[Due]:
    """The moves of an object that are still to come; of those that are due, the one that goes furthest."""
    now, found = world().clock.now(), []
    for rule, move in told:
        if may_follow(version.storage_class, move.to) and _is_large_enough(bucket, version, rule, move.to):
            found.append((_due(since, move.days, move.date), move.to))
    ready = [to for due, to in found if due <= now]
    coming: list[Due] = [(due, lambda: None) for due, _ in found if due > now]
    if ready:
        to = max(ready, key=ORDER.index)
        coming.append((now, lambda: storage.moves(version, to)))
    return coming


def _is_large_enough(bucket: Any, version: Any, rule: Rule, to: str) -> bool:
    if rule.larger >= 0 or rule.smaller >= 0:
        return True
    varies = vars(bucket).get(MINIMUM) == "varies_by_storage_class" and to in ARCHIVED
    least = catalog.quota("S3", "smallest object that a lifecycle moves unless told").value * 1024
    return varies or version.size >= least


def _of_upload(bucket: Any, upload: Any, rules: tuple[Rule, ...]) -> Iterator[Due]:
    begun = vars(upload).get("_aws14_begun")
    ends = [
        midnight(begun + rule.abort_days * _DAY_S)
        for rule in rules
        if begun is not None and rule.abort_days > 0 and upload.key_name.startswith(rule.prefix)
    ]
    if ends:
        yield min(ends), lambda: bucket.multiparts.__delitem__(upload.id)


def _due(since: float, days: int, date: float) -> float:
    return midnight(since + days * _DAY_S) if days >= 0 else date


def _fitting(version: Any, rules: tuple[Rule, ...]) -> list[Rule]:
    if not _is_object(version):
        return [rule for rule in rules if not rule.tags and version.name.startswith(rule.prefix)]
    tags: dict[str, str] = {}
    if any(rule.tags for rule in rules):
        tags = _backend(version.account_id, version.partition).tagger.get_tag_dict_for_resource(version.arn)
    return [rule for rule in rules if rule.fits(version.name, tags, version.size)]


def _is_object(version: Any) -> bool:
    from moto.s3.models import FakeKey

    return isinstance(version, FakeKey)


def _t(version: Any) -> float:
    from moto.core.utils import unix_time

    return float(unix_time(version.last_modified))


def _expire(bucket: Any, version: Any) -> None:
    """The end of a current version: gone, or hidden by a marker, which is not copied elsewhere."""
    backend = _backend(bucket.account_id, bucket.partition)
    if bucket.is_versioned:
        backend._set_delete_marker(bucket.name, version.name)  # noqa: SLF001 - deleting would be copied on
    elif bucket.versioning_status:
        backend.delete_object(bucket.name, version.name)
    else:
        bucket.keys.pop(version.name)


def _delete(bucket: Any, version: Any) -> None:
    left = [each for each in bucket.keys.getlist(version.name) if each is not version]
    if left:
        bucket.keys.setlist(version.name, left)
    elif _is_object(version):
        bucket.keys.pop(version.name)
    else:
        # moto's pop disposes of what it takes, and a marker has nothing to dispose of.
        dict.pop(bucket.keys, version.name)


def _backend(account: str, partition: str) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[account][partition]
