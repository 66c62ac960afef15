"""Which of several records of one name and type answers: Route 53's routing policies, and health.

A record that has no health check, and is no alias that evaluates its target, is healthy. Where no record is healthy all
are taken for healthy, but of a failover pair the primary answers (developer guide, "How Amazon Route 53 chooses records
when health checking is configured", "Choosing a routing policy").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws14.catalog import rtt_ms
from aws14.emulator.dataplane.records import Location, Record
from aws14.errors import DataError

__all__ = ["TOKYO", "Asker", "Choice", "Judge", "asker_in", "choose"]

#: Going on by this part of a circle again and again never bunches: of any hundred turns 90:10 gets about ninety.
_GOLDEN = 0.6180339887498949
_MOST_VALUES = 8
_CONTINENTS = {"af": "AF", "ap": "AS", "ca": "NA", "eu": "EU", "me": "AS", "sa": "SA", "us": "NA"}
_COUNTRIES = {"ap-northeast-1": "JP", "ap-northeast-3": "JP", "us-east-1": "US", "us-west-2": "US"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Where the asker is: the region next to it, and its place."""

    region: str
    location: Location


def asker_in(region: str) -> Asker:
    """An asker inside a region of AWS."""
    place = Location(continent=_CONTINENTS.get(region[:2], ""), country=_COUNTRIES.get(region, ""))
    return Asker(region, place)


#: Who asks from the Internet.
TOKYO = asker_in("ap-northeast-1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """What decides.

    Parameters
    ----------
    healthy : callable
        From a record to whether it is healthy.
    asker : Asker
        Where the asker is.
    turn : callable
        From the name and type of weighted records to how often they were asked before.
    """

    healthy: Callable[[Record], bool]
    asker: Asker
    turn: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Choice:
    """The records that answer, several of multivalue ones only, and why, in half a sentence; empty for simple ones."""

    records: tuple[Record, ...]
    why: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """All values."""
        return tuple(value for record in self.records for value in record.values)

    @property
    def ttl_s(self) -> int:
        """The smallest."""
        return min(record.ttl_s for record in self.records)


def choose(records: Sequence[Record], judge: Judge) -> Choice:
    """The records that answer.

    Parameters
    ----------
    records : sequence of Record
        All of one name and type, at least one.
    judge : Judge
        What decides.
    """
    first = records[0]
    if first.failover:
        return _failover(records, judge)
    if first.weight is not None:
        return _weighted(records, judge)
    if first.region:
        return _nearest(records, judge)
    if first.location is not None:
        return _located(records, judge)
    return _together(records, judge) if first.multivalue else Choice((first,))


def _failover(records: Sequence[Record], judge: Judge) -> Choice:
    primary = next((each for each in records if each.failover == "PRIMARY"), None)
    secondary = next((each for each in records if each.failover == "SECONDARY"), None)
    if primary is None or secondary is None:
        only = primary or secondary or records[0]
        return Choice((only,), f"the only record of the pair is '{only.set_id}'")
    if judge.healthy(primary):
        return Choice((primary,), f"the primary record '{primary.set_id}' is healthy")
    if judge.healthy(secondary):
        return Choice((secondary,), f"the primary record '{primary.set_id}' is unhealthy, '{secondary.set_id}' answers")
    return Choice((primary,), "both records are unhealthy, so the primary answers")


def _well(records: Sequence[Record], judge: Judge) -> tuple[Sequence[Record], str]:
    """Those that are healthy, or all where none is; and what to say of the others."""
    healthy = [each for each in records if judge.healthy(each)]
    if len(healthy) == len(records):
        return records, ""
    if not healthy:
        return records, ", although no record is healthy"
    left = ", ".join(f"'{each.set_id}'" for each in records if each not in healthy)
    return healthy, f", {left} being unhealthy"


def _weighted(records: Sequence[Record], judge: Judge) -> Choice:
    # Records of weight 0 answer only where no other healthy one is left, and then alike ("Weighted routing").
    heavy = [each for each in records if each.weight]
    usable = [each for each in heavy if judge.healthy(each)] or [
        each for each in records if not each.weight and judge.healthy(each)
    ]
    found: Sequence[Record] = usable or heavy or records
    weights = [each.weight or 0 for each in found]
    weights = weights if sum(weights) else [1] * len(found)
    point = judge.turn(f"{found[0].name} {found[0].type}") * _GOLDEN % 1.0 * sum(weights)
    for record, weight in zip(found, weights, strict=True):
        point -= weight
        if point < 0:
            return Choice((record,), _by_weight(record))
    return Choice((found[-1],), _by_weight(found[-1]))


def _by_weight(record: Record) -> str:
    return f"'{record.set_id}' by its weight {record.weight}" if record.set_id else ""


def _nearest(records: Sequence[Record], judge: Judge) -> Choice:
    found, others = _well(records, judge)
    best = min(found, key=lambda each: _distance_ms(judge.asker.region, each.region))
    return Choice((best,), f"'{best.set_id}' is nearest to {judge.asker.region}{others}")


def _distance_ms(here: str, there: str) -> float:
    if here == there:
        return 0.0
    try:
        return rtt_ms(here, there)
    except DataError:  # a region that the course has not measured
        return math.inf


def _located(records: Sequence[Record], judge: Judge) -> Choice:
    found, others = _well(records, judge)
    here = judge.asker.location
    wishes: tuple[Callable[[Location], bool], ...] = (
        lambda place: bool(place.country) and place.country == here.country,
        lambda place: bool(place.continent) and place.continent == here.continent,
        lambda place: place.country == "*",
    )
    for fits in wishes:
        for each in found:
            if each.location is not None and fits(each.location):
                return Choice((each,), f"'{each.set_id}' is for askers from {here.country or here.continent}{others}")
    return Choice((Record(name=records[0].name, type=records[0].type),), "no record is for askers from there")


def _together(records: Sequence[Record], judge: Judge) -> Choice:
    found, others = _well(records, judge)
    start = judge.turn(f"{found[0].name} {found[0].type}") % len(found)
    turned = (*found[start:], *found[:start])[:_MOST_VALUES]
    return Choice(turned, f"{len(turned)} values{others}")
