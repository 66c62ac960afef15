"""A whole run through a fleet: draw its requests, let each tier have its share, account for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from aws14.model import Scenario, Topology
from aws14.sim.accounting import Fields
from aws14.sim.arrivals import arrivals
from aws14.sim.asked import asked_for
from aws14.sim.controller import Controller
from aws14.sim.entry import ToFleet
from aws14.sim.fleet.accounts import accounts
from aws14.sim.fleet.planning import travel_to
from aws14.sim.fleet.running import FleetRun
from aws14.sim.merging import merged
from aws14.sim.network import Journey
from aws14.sim.path_patterns import first_fit
from aws14.sim.streams import stream
from aws14.sim.visits import all_arriving, arriving, visits

Which = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """How a run gets to a fleet.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Load, users, application, what breaks.
    way : ToFleet
        To the load balancer.
    travel : Journey, optional
        How long requests are on their way, by city; left out: straight from the users.
    which : ndarray of bool, optional
        The requests that come here, in the order of sending; all when left out.
    controller : Controller, optional
        Who decides which servers exist; left out: the Auto Scaling group that was built, or nobody.
    """

    topology: Topology
    scenario: Scenario
    way: ToFleet
    travel: Journey | None = None
    which: Which | None = None
    controller: Controller | None = None


def through_fleet(passage: Passage, *, each: bool) -> Fields:
    """Send requests through a fleet, and account for them; `each`: for each one as well."""
    runs = fleet_runs(passage)
    return merged([accounts(run, each=each) for run in runs])


def fleet_runs(passage: Passage) -> list[FleetRun]:
    """The run of each tier that gets requests, done to the end."""
    scenario, way = passage.scenario, passage.way
    region = passage.topology.container(way.load_balancer.id, "region")
    travel = passage.travel or travel_to(way, scenario, region.id if region else "")
    runs = []
    for tier, which in zip(way.tiers, _shares(passage), strict=True):
        if which is None:
            requests = all_arriving(scenario, travel)
        elif len(way.tiers) == 1 or which.any():
            requests = arriving(visits(scenario), travel, which)
        else:
            continue
        run = FleetRun(passage.topology, scenario, way, tier=tier, requests=requests, controller=passage.controller)
        run.run()
        runs.append(run)
    return runs


def _shares(passage: Passage) -> list[Which | None]:
    """Which requests each tier gets: those of the first rule whose paths fit, by the weight of its target groups."""
    tiers = passage.way.tiers
    if len(tiers) == 1 and not tiers[0].paths:
        return [passage.which]
    scenario = passage.scenario
    size = len(arrivals(scenario.load, scenario.horizon_s, scenario.seed, scenario.replication))
    rules = [list(group) for _, group in groupby(range(len(tiers)), lambda number: tiers[number].paths)]
    asked = asked_for(scenario, size)
    patterns = [(tiers[rule[0]].paths or ("*",)) for rule in rules]
    of_url = [
        next((k for k, some in enumerate(patterns) if first_fit(some, url.path) is not None), -1) for url in asked.urls
    ]
    rule = np.array(of_url)[asked.url]
    luck = stream(scenario.seed, "weights", scenario.replication).random(size)
    shares: list[Which | None] = []
    for number, members in enumerate(rules):
        ends = np.cumsum([tiers[member].share for member in members])
        chosen = np.minimum(np.searchsorted(ends, luck, "right"), len(members) - 1)
        mine = rule == number if passage.which is None else (rule == number) & passage.which
        shares += [mine & (chosen == place) for place in range(len(members))]
    return shares
