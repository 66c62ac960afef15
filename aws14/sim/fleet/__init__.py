"""A fleet behind a load balancer in a run: its servers, its database, its controller, what breaks, what is measured."""

from aws14.sim.fleet.running import FleetRun
from aws14.sim.fleet.through import Passage, fleet_runs, through_fleet

__all__ = ["FleetRun", "Passage", "fleet_runs", "through_fleet"]
