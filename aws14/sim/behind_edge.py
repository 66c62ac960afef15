"""A run through a content delivery network: what the edge answers, and what the origins behind it have to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aws14.kernels.bins import BINS
from aws14.model import Node, Requests, Scenario, Topology
from aws14.sim.accounting import TICK_S, Fields, ticks
from aws14.sim.controller import Controller
from aws14.sim.edge import EDGE_REASONS, AtEdge, edge
from aws14.sim.entry import Path, ToEdge, ToFleet, ToFunction
from aws14.sim.fleet.through import Passage, through_fleet
from aws14.sim.functions import Calling, through_function
from aws14.sim.merging import merged
from aws14.sim.network import Journey
from aws14.sim.single import Crossing, through_server
from aws14.sim.standing import region_of


def through_edge(
    topology: Topology, scenario: Scenario, way: ToEdge, *, controller: Controller | None, each: bool
) -> Fields:
    """Send requests through a distribution, and account for them.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Load, users, application, what breaks.
    way : ToEdge
        To the distribution.
    controller : Controller, optional
        Who decides which servers of a fleet behind it exist.
    each : bool
        Whether each request is wanted.
    """
    found = edge(scenario, way)
    parts = [_at_the_edge(scenario, found, each=each)]
    for numbers, onward in _origins(way):
        which = np.isin(found.onward, numbers)
        if which.any():
            journey = found.journeys[numbers[0]]
            parts.append(_behind(topology, scenario, onward, (journey, which), controller=controller, each=each))
    return merged(parts) | {"edge": found.record}


def _origins(way: ToEdge) -> list[tuple[list[int], Path | ToFleet | ToFunction]]:
    """The servers behind a distribution, each with the numbers of the behaviours that ask it."""
    found: dict[str, tuple[list[int], Path | ToFleet | ToFunction]] = {}
    for number, behaviour in enumerate(way.behaviours):
        onward = behaviour.way
        if isinstance(onward, Path | ToFleet | ToFunction):
            name = _answering(onward).id
            found.setdefault(name, ([], onward))[0].append(number)
    return list(found.values())


def _answering(onward: Path | ToFleet | ToFunction) -> Node:
    if isinstance(onward, Path):
        return onward.instance
    return onward.load_balancer if isinstance(onward, ToFleet) else onward.function


def _behind(
    topology: Topology,
    scenario: Scenario,
    onward: Path | ToFleet | ToFunction,
    coming: tuple[Journey | None, NDArray[np.bool_]],
    *,
    controller: Controller | None,
    each: bool,
) -> Fields:
    """What an origin makes of the requests that the edge passes on; nothing of it goes straight to the Internet."""
    travel, which = coming
    if isinstance(onward, ToFleet):
        passage = Passage(
            topology=topology, scenario=scenario, way=onward, travel=travel, which=which, controller=controller
        )
        fields = through_fleet(passage, each=each)
    elif isinstance(onward, ToFunction):
        region = region_of(topology, onward.function)
        calling = Calling(topology=topology, scenario=scenario, way=onward, region=region, travel=travel, which=which)
        fields = through_function(calling, each=each)
    else:
        region = region_of(topology, onward.instance)
        crossing = Crossing(topology=topology, scenario=scenario, way=onward, region=region, travel=travel, which=which)
        fields = through_server(crossing, each=each)
    none = np.zeros(ticks(scenario))
    return {**fields, "bytes_in": none, "bytes_out": none}


def _at_the_edge(scenario: Scenario, found: AtEdge, *, each: bool) -> Fields:
    """The accounts of what ends at the edge."""
    from aws14.kernels import histogram

    here, minutes = ~found.goes_on, ticks(scenario)
    sent_s, outcome, response_s = found.sent_s[here], found.outcome[here], found.response_time_s[here]
    tick = np.minimum((sent_s / TICK_S).astype(np.int32), minutes - 1)
    count = np.zeros((minutes, 2 + len(EDGE_REASONS)), np.int64)
    np.add.at(count, (tick, outcome + 1), 1)
    times = np.zeros((minutes, BINS), np.uint32)
    served = outcome == 0
    histogram.record(response_s, np.where(served, tick, np.int32(-1)), times)
    none = np.zeros(minutes)
    fields: Fields = {
        "tick_s": TICK_S,
        "offered": count.sum(axis=1),
        "in_flight": count[:, 0].copy(),
        "served": count[:, 1].copy(),
        "failed": {reason: count[:, 2 + k].copy() for k, reason in enumerate(EDGE_REASONS)},
        "workers": np.zeros(minutes, np.int64),
        "response_time_sum_s": np.bincount(tick[served], response_s[served], minlength=minutes),
        "histogram": times,
        **dict.fromkeys(("busy_s", "wasted_s", "bytes_in", "bytes_out"), none),
    }
    if each:
        wait_s = np.full(len(sent_s), np.nan)
        fields["requests"] = Requests(arrival_s=sent_s, wait_s=wait_s, response_time_s=response_s, outcome=outcome)
    return fields
