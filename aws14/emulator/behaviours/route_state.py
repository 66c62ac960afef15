"""Routes that lead nowhere say so: they become blackholes.

What AWS does
    A route whose target is deleted, detached or (a peering) not accepted stays in its table with the state "blackhole";
    it goes on matching, and what it matches is dropped. It is active again when the target is.
What moto leaves out
    Every route is active for ever.
What this adds
    The state follows the target: Internet gateways attached to the VPC, NAT gateways not deleted, peerings active,
    endpoints, instances and interfaces that exist.
What it still does not do
    Transit, virtual private and carrier gateways: routes to them stay active.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.behaviours.hooks import replace

__all__ = ["install"]


def install() -> None:
    """Take hold of the state that moto's routes say."""
    from moto.ec2.models.route_tables import Route

    replace(Route, "state", property(_state))


def _state(route: Any) -> str:
    return "active" if _leads_somewhere(route) else "blackhole"


def _leads_somewhere(route: Any) -> bool:
    backend = route.route_table.ec2_backend
    target = route.gateway_id or ""
    if target.startswith("igw-"):
        gateway = backend.internet_gateways.get(target)
        return gateway is not None and gateway.vpc is not None and gateway.vpc.id == route.route_table.vpc_id
    if target.startswith("vpce-"):
        return target in backend.vpc_end_points and backend.vpc_end_points[target].state != "deleted"
    if route.nat_gateway is not None:
        return bool(route.nat_gateway.state != "deleted")
    if route.vpc_pcx is not None:
        return bool(route.vpc_pcx.status["Code"] == "active")
    if route.instance is not None:
        return bool(route.instance.state != "terminated")
    return route.interface is None or route.interface.id in backend.enis
