"""How evenly a load balancer spreads its requests: how many each of its servers was sent in each minute of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import Scenario, Topology
from aws14.sim.accounting import TICK_S
from aws14.sim.entry import ToFleet, resolve
from aws14.sim.fleet.planning import travel_to
from aws14.sim.fleet.running import FleetRun
from aws14.sim.visits import all_arriving

Counts = NDArray[np.int64]


def served_by_minute(topology: Topology, scenario: Scenario) -> Mapping[str, Counts]:
    """Run a scenario and note each minute how many requests each server has answered.

    Parameters
    ----------
    topology : Topology
        What was built: a load balancer with one target group, whose servers stay the same.
    scenario : Scenario
        As for a run.

    Returns
    -------
    Mapping[str, ndarray of int64, shape (ticks,)]
        Server -> requests that it has begun to answer in each minute.

    Raises
    ------
    ScenarioError
        When the entry does not lead to one such fleet.
    """
    way = resolve(topology, scenario.entry, scenario.application.port, scenario.source)
    if not isinstance(way, ToFleet) or len(way.tiers) != 1 or way.tiers[0].group is not None:
        raise ScenarioError(
            f"{scenario.entry} does not lead to one target group of fixed servers",
            cure="build a load balancer whose listener forwards everything to one target group",
        )
    region = topology.container(way.load_balancer.id, "region")
    travel = travel_to(way, scenario, region.id if region else "")
    run = FleetRun(topology, scenario, way, tier=way.tiers[0], requests=all_arriving(scenario, travel))
    ends = np.arange(1, math.ceil(scenario.horizon_s / TICK_S)) * TICK_S
    noted: list[dict[str, int]] = []
    for end_s in ends.tolist():
        run.agenda.write(end_s, lambda _: noted.append(_so_far(run)))
    run.run()
    noted.append(_so_far(run))
    return {name: np.diff([each[name] for each in noted], prepend=0) for name in noted[0]}


def _so_far(run: FleetRun) -> dict[str, int]:
    from aws14.kernels import tier_state as at

    target = run.web.state.target
    return {server.id: int(target[server.row, at.SERVED_COUNT]) for server in run.roster.servers.values()}
