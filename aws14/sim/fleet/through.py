"""A whole run through a fleet: draw its requests, run it, account for it."""

from __future__ import annotations

from aws14.model import Scenario, Topology
from aws14.sim.accounting import Fields
from aws14.sim.controller import Controller
from aws14.sim.entry import ToFleet
from aws14.sim.fleet.accounts import accounts
from aws14.sim.fleet.planning import travel_to
from aws14.sim.fleet.running import FleetRun
from aws14.sim.visits import all_arriving


def through_fleet(
    topology: Topology, scenario: Scenario, way: ToFleet, *, controller: Controller | None = None, each: bool = False
) -> Fields:
    """Send requests over the network through a fleet, and account for them.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Load, users, application, what breaks.
    way : ToFleet
        To the load balancer.
    controller : Controller, optional
        Who decides which servers exist; left out: the Auto Scaling group that was built, or nobody.
    each : bool
        Whether each request is wanted.
    """
    region = topology.container(way.load_balancer.id, "region")
    travel = travel_to(way, scenario, region.id if region else "")
    requests = all_arriving(scenario, travel)
    run = FleetRun(topology, scenario, way, tier=way.tiers[0], requests=requests, controller=controller)
    run.run()
    return accounts(run, each=each)
