"""Why is this box here? Each component of the bookshop is taken away on paper, and a stated property is lost.

What was read back is copied without the component, or without what makes it what it is, and the same hours go through
both. Nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14.charts.numbers import duration, percent
from aws14.model import AzOutage, Fault, InstanceLoss, Report, Rollout, Scenario, Steady, Topology
from aws14.model.network import Network
from aws14.patterns.p13_day import AUTOSCALER, ENTRY, NODES, RELEASE, SPOT_H, WORKLOAD, scenario
from aws14.patterns.walls import Seen, Wall, finding
from aws14.sim import Unreachable, resolve, simulate, what_if
from aws14.sim.changes import without
from aws14.sim.reachability import INTERNET, reach
from aws14.sim.standing import network_of

ALLOWED = 0.01
"""Share of the requests of the hours that may fail or be late beyond patience."""

LATE_S = 1.0
"""95 % of the answers of the evening's rush come within so long."""

_HOUR_S, _QUIET_RPS, _FAILS_AT_S = 3600.0, 20.0, 300.0


def _quiet(fault: Fault | None = None, rollout: Rollout | None = None) -> Scenario:
    """A quiet half-hour in which something breaks, or is released."""
    return replace(
        scenario(), name="half an hour", load=Steady(rate_rps=_QUIET_RPS), horizon_s=_HOUR_S / 2,
        faults=() if fault is None else (fault,), rollouts=() if rollout is None else (rollout,),
    )  # fmt: skip


def _answers(topology: Topology) -> Seen:
    way = resolve(topology, ENTRY, 80)
    return Seen(False, way.detail) if isinstance(way, Unreachable) else Seen(True, "a request finds a pod")


def _survives(fault: Fault, topology: Topology, *, allowed: float) -> Seen:
    share = simulate(topology, _quiet(fault)).failure_ratio
    return Seen(share <= allowed, f"{percent(share)} of the requests of half an hour fail")


def _rush(topology: Topology) -> Seen:
    trace = simulate(topology, scenario(starts_h=SPOT_H - 0.1, horizon_h=0.8))
    p95_s, share = trace.response_time_s(0.95), trace.failure_ratio
    holds = share <= ALLOWED and p95_s <= LATE_S
    return Seen(holds, f"95 % within {duration(p95_s)}, {percent(share)} fail")


def _room(topology: Topology) -> Seen:
    trace = simulate(topology, scenario(starts_h=SPOT_H - 0.1, horizon_h=0.8))
    assert trace.cluster is not None
    waiting = int(trace.cluster.pods_pending[-1])
    return Seen(waiting == 0, f"{waiting} pods wait for room in the middle of the rush")


def _release_served(topology: Topology) -> Seen:
    trace = simulate(topology, _quiet(rollout=Rollout(node=WORKLOAD, version=RELEASE, at_s=_FAILS_AT_S)))
    share = trace.failure_ratio
    return Seen(share <= ALLOWED / 10, f"{percent(share)} fail")


def _fetches_images(topology: Topology) -> Seen:
    network = network_of(topology)
    private = {each.aws_id for each in topology.of_kind("subnet") if each.id.startswith("private")}
    node = next((each for each in network.interfaces if each.instance and each.subnet in private), None)
    if node is None:
        return Seen(False, "no node stands in a private subnet")
    way = reach(network, source=network.title(node.instance), destination=INTERNET, port=443)
    return Seen(way.reachable, "they reach registries" if way.reachable else "they reach no registry")


def _networked(topology: Topology, change: Callable[[Network], Network]) -> Topology:
    return replace(topology, network=change(network_of(topology)))


def without_nat(topology: Topology) -> Topology:
    """A copy without the NAT gateway and the routes to it."""

    def change(network: Network) -> Network:
        gone = {each.id for each in network.nat_gateways}
        tables = tuple(
            replace(each, routes=tuple(route for route in each.routes if route.target not in gone))
            for each in network.route_tables
        )
        return replace(network, route_tables=tables, nat_gateways=())

    return _networked(topology, change)


def one_zone(topology: Topology) -> Topology:
    """A copy in which all nodes stand in the first zone."""
    return what_if(topology, NODES, zones=topology.node(NODES).require("zones")[:1])  # type: ignore[index]


def fixed_pods(topology: Topology) -> Topology:
    """A copy in which nothing changes the number of pods."""
    return without(topology, AUTOSCALER)


def _first_zone(topology: Topology) -> AzOutage:
    return AzOutage(az=str(topology.node(NODES).require("zones")[0]), starts_s=_FAILS_AT_S, lasts_s=_HOUR_S)  # type: ignore[index]


WALLS: tuple[Wall, ...] = (
    Wall(
        component="the workload", property="somebody answers",
        seen=_answers, without=lambda topology: without(topology, WORKLOAD),
    ),
    Wall(
        component="the second pod (one replica, no autoscaler)",
        property="a node that dies costs few requests",
        seen=lambda topology: _survives(InstanceLoss(node=NODES, starts_s=_FAILS_AT_S), topology, allowed=0.03),
        without=lambda topology: what_if(fixed_pods(topology), WORKLOAD, replicas=1),
    ),
    Wall(
        component="the second zone", property="a zone that is out does not end the service",
        seen=lambda topology: _survives(_first_zone(topology), topology, allowed=0.05), without=one_zone,
    ),
    Wall(
        component="the pod autoscaler", property="the rush is answered in time",
        seen=_rush, without=fixed_pods,
    ),
    Wall(
        component="the node autoscaler", property="there is room for the pods of the rush",
        seen=_room, without=lambda topology: without(topology, "cluster-autoscaler"),
    ),
    Wall(
        component="the readiness probe", property="a release costs next to nothing",
        seen=_release_served, without=lambda topology: what_if(topology, WORKLOAD, probes=()),
    ),
    Wall(
        component="the NAT gateway", property="nodes fetch images",
        seen=_fetches_images, without=without_nat,
    ),
)  # fmt: skip


def why(built: Topology) -> Report:
    """Look at each property with and without its component.

    Parameters
    ----------
    built : Topology
        What was read back.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    return Report(
        title="Take it away, and something is lost",
        findings=tuple(
            finding(wall, wall.seen(built), wall.seen(wall.without(built)), check="p13-built") for wall in WALLS
        ),
    )
