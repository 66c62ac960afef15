"""A run to one of several places by the same name: who is sent where, and how that changes when a place fails.

Model. Each client remembers an answer of DNS for up to its time to live, and asks again; answers are as old as a
uniform draw says. What Route 53 answers is decided by the places' health: of a load balancer whether a target is
healthy, of a single server whether it is up, each as it is when nobody else takes its load. With a health check the
verdict comes later by the check's time (`aws14.sim.health_check`). When no place is well, all are named as before.

Left out: a second place that cannot bear the load of the first and fails, too, before DNS names it no longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import Event, Node, Scenario, Topology
from aws14.sim.accounting import Fields, turned_away
from aws14.sim.arrivals import arrivals
from aws14.sim.controller import Controller
from aws14.sim.entry import Path, Place, ToFleet, ToFunction, ToPlaces, Unreachable
from aws14.sim.fleet import Passage, fleet_runs, through_fleet
from aws14.sim.functions import Calling, through_function
from aws14.sim.health_check import HealthCheck
from aws14.sim.merging import merged
from aws14.sim.outages import outages
from aws14.sim.single import Crossing, through_server
from aws14.sim.standing import region_of
from aws14.sim.streams import stream

Span = tuple[float, float]
Floats = NDArray[np.float64]
Which = NDArray[np.bool_]


def through_places(
    topology: Topology, scenario: Scenario, way: ToPlaces, *, controller: Controller | None, each: bool
) -> Fields:
    """Send requests to the places that a name leads to, and account for them.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Load, users, application, what breaks.
    way : ToPlaces
        To the places.
    controller : Controller, optional
        Who decides which servers of the fleets there exist.
    each : bool
        Whether each request is wanted.
    """
    down = [_ill(topology, scenario, place) for place in way.places]
    sent_s = arrivals(scenario.load, scenario.horizon_s, scenario.seed, scenario.replication)
    random = stream(scenario.seed, "remembered", scenario.replication)
    asked_s = sent_s - way.ttl_s * random.random(len(sent_s))
    number = _named(way, down, asked_s, stream(scenario.seed, "weights", scenario.replication).random(len(sent_s)))
    parts = []
    for k, place in enumerate(way.places):
        which = number == k
        if which.any():
            parts.append(_at(topology, scenario, place, which, controller=controller, each=each))
    fields = merged(parts)
    events = (*fields.get("events", ()), *_moves(way, down, scenario.horizon_s))
    fields["events"] = tuple(sorted(events, key=lambda event: event.at_s))
    return fields


def _ill(topology: Topology, scenario: Scenario, place: Place) -> list[Span]:
    """When Route 53 holds a place for ill, in seconds of the run."""
    if not place.follows_health:
        return []
    later_s = _verdict_s(place.health_check)
    return [(from_s + later_s, to_s + later_s) for from_s, to_s in _failing(topology, scenario, place)]


def _failing(topology: Topology, scenario: Scenario, place: Place) -> Sequence[Span]:
    way = place.way
    if isinstance(way, ToFleet):
        size = len(arrivals(scenario.load, scenario.horizon_s, scenario.seed, scenario.replication))
        luck = stream(scenario.seed, "weights", scenario.replication).random(size)
        runs = fleet_runs(Passage(topology=topology, scenario=scenario, way=way, which=luck < place.weight))
        return runs[0].ill if runs else []
    if isinstance(way, Path):
        return outages(topology, way.instance, scenario)
    return [(0.0, math.inf)] if isinstance(way, Unreachable) else []


def _verdict_s(check: Node | None) -> float:
    """How long after a change Route 53 knows; an alias that evaluates the health of its target knows at once."""
    if check is None:
        return 0.0
    interval_s, threshold = check.require("interval_s"), check.require("failure_threshold")
    return HealthCheck.route_53(interval_s=float(str(interval_s)), threshold=int(str(threshold))).mean_s


def _named(way: ToPlaces, down: Sequence[Sequence[Span]], asked_s: Floats, luck: Floats) -> NDArray[np.int64]:
    """Number of the place that DNS named to each client. Shape (n,)."""
    well = np.array([~_within(spans, asked_s) for spans in down])
    well[:, ~well.any(axis=0)] = True
    if way.routing == "failover":
        first: NDArray[np.int64] = well.argmax(axis=0)
        return first
    weights = np.array([place.weight for place in way.places])[:, None] * well
    none = weights.sum(axis=0) == 0
    weights[:, none] = well[:, none]
    ends = np.cumsum(weights / weights.sum(axis=0), axis=0)
    drawn: NDArray[np.int64] = np.minimum((luck >= ends).sum(axis=0), len(way.places) - 1)
    return drawn


def _within(spans: Sequence[Span], at_s: Floats) -> Which:
    inside = np.zeros(len(at_s), np.bool_)
    for from_s, to_s in spans:
        inside |= (at_s >= from_s) & (at_s < to_s)
    return inside


def _at(
    topology: Topology, scenario: Scenario, place: Place, which: Which, *, controller: Controller | None, each: bool
) -> Fields:
    """The accounts of the requests that come to a place."""
    way = place.way
    if isinstance(way, ToFleet):
        passage = Passage(topology=topology, scenario=scenario, way=way, which=which, controller=controller)
        return through_fleet(passage, each=each)
    if isinstance(way, Path):
        region = region_of(topology, way.instance)
        return through_server(
            Crossing(topology=topology, scenario=scenario, way=way, region=region, which=which), each=each
        )
    if isinstance(way, ToFunction):
        region = region_of(topology, way.function)
        calling = Calling(topology=topology, scenario=scenario, way=way, region=region, which=which)
        return through_function(calling, each=each)
    if isinstance(way, Unreachable):
        return turned_away(scenario, way.reason, each=each, which=which)
    raise ScenarioError(
        f"the record {place.record.id} leads to the distribution {way.distribution.id}, one of several places",
        allowed="places that are load balancers, functions or instances",
    )


def _moves(way: ToPlaces, down: Sequence[Sequence[Span]], horizon_s: float) -> list[Event]:
    """When the name began to lead elsewhere, and when back."""
    events = []
    for place, spans in zip(way.places, down, strict=True):
        name = place.record.require("name")
        for from_s, to_s in spans:
            for at_s, text in ((from_s, "away from"), (to_s, "back to")):
                if 0 < at_s < horizon_s and place.weight > 0:
                    what = f"{name} leads {text} {place.record.id}."
                    events.append(Event(at_s=at_s, node=place.record.id, what="dns_failover", text=what))
    return events


def region_of_first(topology: Topology, way: ToPlaces) -> str:
    """Region of the first place that stands in one; empty when none does."""
    ends = (
        place.way.load_balancer if isinstance(place.way, ToFleet) else place.way.instance
        for place in way.places
        if isinstance(place.way, ToFleet | Path)
    )
    return next((region_of(topology, node) for node in ends), "")
