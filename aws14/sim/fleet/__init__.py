"""A fleet behind a load balancer in a run: its servers, its database, its controller, what breaks, what is measured."""

from aws14.sim.fleet.running import FleetRun
from aws14.sim.fleet.through import through_fleet

__all__ = ["FleetRun", "through_fleet"]
