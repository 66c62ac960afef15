"""Outages: when the way to the answer is down, from what breaks during a run and where things stand.

Model. The server that answers and the instances that it declares to use, directly or by way of others, stand in
series: while one of them is down, no request is answered, and what the server holds is lost. The client of a lost
request learns of it half a round trip later. The server gives no sign while it is down: each client gives up after its
time-out. It comes back empty, and cold starts cost nothing.

Left out: clients that try again, answers of a web server that cannot reach its database, machines that die so silently
that their clients wait instead of seeing the connection break.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import AzOutage, DatabaseLoss, Fault, Node, RegionOutage, Scenario, SlowDatabase, Topology

Outage = tuple[float, float]
"""Seconds from the start of the run: down from, up again at."""


def outages(topology: Topology, server: Node, scenario: Scenario) -> tuple[Outage, ...]:
    """When the server cannot answer: ascending, without overlaps, within the run.

    Parameters
    ----------
    topology : Topology
        What was built.
    server : Node
        The instance that answers.
    scenario : Scenario
        What breaks, and the length of the run.

    Raises
    ------
    ScenarioError
        When a fault names what was not built, or one instance of a fleet.
    """
    needed = needed_instances(topology, server)
    merged: list[Outage] = []
    for fault in sorted(scenario.faults, key=lambda fault: fault.starts_s):
        hit = hit_instances(topology, fault)
        if fault.starts_s >= scenario.horizon_s or not hit & needed:
            continue
        starts_s = fault.starts_s
        ends_s = min(starts_s + (math.inf if fault.lasts_s is None else fault.lasts_s), scenario.horizon_s)
        if merged and starts_s <= merged[-1][1]:
            starts_s, ends_s = merged[-1][0], max(merged.pop()[1], ends_s)
        merged.append((starts_s, ends_s))
    return tuple(merged)


def needed_instances(topology: Topology, server: Node) -> frozenset[str]:
    """Ids of the server and of the instances it uses, directly or by way of others."""
    needed, found = set[str](), [server.id]
    while found:
        node = found.pop()
        if node not in needed and topology.node(node).kind == "instance":
            needed.add(node)
            found += [link.target for link in topology.links_of("uses", source=node)]
    return frozenset(needed)


def hit_instances(topology: Topology, fault: Fault) -> frozenset[str]:
    """Ids of the instances that a fault takes down.

    Raises
    ------
    ScenarioError
        When it names what was not built, or one instance of a fleet.
    """
    instances = topology.of_kind("instance")
    if isinstance(fault, AzOutage):
        zones = [node.id for node in topology.of_kind("az")]
        if fault.az not in zones:
            raise ScenarioError(f"nothing was built in the zone '{fault.az}'", allowed=", ".join(zones) or "no zone")
        return frozenset(node.id for node in instances if topology.container(node.id, "az") is topology.node(fault.az))
    if isinstance(fault, RegionOutage):
        regions = [node.id for node in topology.of_kind("region")]
        if fault.region not in regions:
            raise ScenarioError(f"nothing was built in '{fault.region}'", allowed=", ".join(regions) or "no region")
        return frozenset(node.id for node in instances if _stands_in(topology, node, fault.region))
    if isinstance(fault, DatabaseLoss | SlowDatabase):
        return frozenset()  # this engine asks no database
    broken = next((node for node in instances if node.id == fault.node), None)
    if broken is None:
        allowed = ", ".join(node.id for node in instances) or "no instance"
        raise ScenarioError(f"there is no instance '{fault.node}' that could fail", allowed=allowed)
    if broken.count > 1:
        raise ScenarioError(
            f"'{broken.id}' is a fleet of {broken.count} instances",
            allowed="InstanceLoss of a single instance; this engine loses a server as a whole",
        )
    return frozenset((broken.id,))


def _stands_in(topology: Topology, node: Node, region: str) -> bool:
    around = topology.container(node.id, "region")
    return around is not None and around.id == region


def down_s(found: tuple[Outage, ...], *, ticks: int, tick_s: float) -> NDArray[np.float64]:
    """Seconds of each tick in which the way is down. Shape (ticks,)."""
    from_s = np.arange(ticks) * tick_s
    down = np.zeros(ticks)
    for starts_s, ends_s in found:
        down += np.clip(np.minimum(ends_s, from_s + tick_s) - np.maximum(starts_s, from_s), 0, None)
    return down
