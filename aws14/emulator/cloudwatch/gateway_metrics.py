"""The metrics of storage gateways: made from their journals for those who ask, kept nowhere else."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from aws14.emulator.cloudwatch.store import Key, Place, Sample
from aws14.emulator.world import world

__all__ = ["changed_at", "find", "keys"]

NAMESPACE = "AWS/StorageGateway"
_DAY_S = 86_400.0
#: Every five minutes; hourly for what is old.
_APART_S, _OLD_DAYS, _OLD_APART_S = 300.0, 63.0, 3600.0
_UNITS = {
    "CachePercentDirty": "Percent",
    "CachePercentUsed": "Percent",
    "CacheHitPercent": "Percent",
    "CloudBytesUploaded": "Bytes",
    "CloudBytesDownloaded": "Bytes",
}
Journal = list[tuple[float, Any]]


def keys(place: Place) -> Iterator[Key]:
    """The metrics of an account and region."""
    for dimensions, _, _ in _journals(place):
        for name in _UNITS:
            yield Key(NAMESPACE, name, dimensions)


def find(place: Place, key: Key, start: float, end: float) -> list[Sample]:
    """The samples of a metric from a time on, before another; none before the gateway was used."""
    if key.namespace != NAMESPACE or key.name not in _UNITS:
        return []
    found = next(((whole, told) for dimensions, whole, told in _journals(place) if dimensions == key.dimensions), None)
    return [] if found is None else list(_samples(key.name, found, start, end))


def changed_at(place: Place, key: Key) -> float | None:
    """When the journal behind a metric was last written, epoch seconds; None where the metric is of no gateway."""
    if key.namespace != NAMESPACE:
        return None
    return next((told[-1][0] for dimensions, _, told in _journals(place) if dimensions == key.dimensions), None)


def _journals(place: Place) -> Iterator[tuple[tuple[tuple[str, str], ...], int, Journal]]:
    """Dimensions, bytes of the cache, journal: of each gateway and each share."""
    models = sys.modules.get("moto.storagegateway.models")
    if models is None:
        return
    account, region = place
    for gateway in models.storagegateway_backends[account][region].gateways.values():
        whole = gateway.room("CACHE STORAGE")
        for holder, journal in gateway.journal.items():
            if not holder:
                yield (("GatewayId", gateway.id), ("GatewayName", gateway.told["GatewayName"])), whole, journal
            elif holder.startswith("share-"):
                yield (("ShareId", holder),), whole, journal


def _samples(name: str, of: tuple[int, Journal], start: float, end: float) -> Iterator[Sample]:
    whole, journal = of
    now = world().clock.now()
    apart = _APART_S if (now - start) / _DAY_S <= _OLD_DAYS else _OLD_APART_S
    first = journal[0][0]
    t = max(start, first) // apart * apart
    while t < min(end, now):
        if t >= start:
            value = _value(name, whole, _at(journal, t), _at(journal, min(t + apart, now)))
            if value is not None:
                yield Sample(t, value, value, value, 1.0, ((value, 1.0),), _UNITS[name])
        t += apart


def _at(journal: Journal, t: float) -> Any:
    """The counts at a time; None before the first."""
    index = bisect_right(journal, t, key=lambda mark: mark[0])
    return journal[index - 1][1] if index else None


def _value(name: str, whole: int, before: Any, after: Any) -> float | None:
    """What a metric says of a time, from the counts at its begin and end; None for nothing."""
    if after is None:
        return None
    gone = {each: getattr(before, each) if before is not None else 0 for each in ("hits", "misses")}
    if name == "CacheHitPercent":
        hits, misses = after.hits - gone["hits"], after.misses - gone["misses"]
        return 100 * hits / (hits + misses) if hits + misses else None
    if name.startswith("Cloud"):
        word = name.removeprefix("CloudBytes").lower()
        return float(getattr(after, word) - (getattr(before, word) if before is not None else 0))
    part = after.dirty if name == "CachePercentDirty" else after.used
    return 100 * part / whole if whole else 0.0
