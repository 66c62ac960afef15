"""Many runs at once, and the same architecture with something changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Literal

from aws14.model import Node, Scenario, Topology, Trace
from aws14.model.kinds import Attribute
from aws14.model.network import Network
from aws14.sim.run import simulate


def sweep(
    runs: Iterable[tuple[Topology, Scenario]],
    *,
    threads: int | None = None,
    keep: Literal["minutes", "requests"] = "minutes",
) -> tuple[Trace, ...]:
    """Simulate many runs on threads; the traces are those of one after the other, in the order given.

    Parameters
    ----------
    runs : iterable of (Topology, Scenario)
        What to run. Those of one seed side by side find their requests already drawn.
    threads : int, optional
        How many at once; the number of processors when left out.
    keep : {'minutes', 'requests'}
        As in `simulate`.

    Raises
    ------
    ScenarioError, DataError, DesignError
        As `simulate`, for the first run that fails.
    """
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count() or 1) as pool:
        return tuple(pool.map(lambda run: simulate(*run, keep=keep), runs))


def what_if(topology: Topology, node_id: str, **attributes: Attribute) -> Topology:
    """A copy of a topology in which one node has other attributes, for "what if" charts.

    Its name says what was changed, so that no chart passes it off as what was built. The network is kept as it is, but
    for the state and the public address of an instance.

    Parameters
    ----------
    topology : Topology
        What was read back.
    node_id : str
        The node to change.
    **attributes
        New values, such as ``instance_type="t3.large"``.

    Raises
    ------
    DesignError
        When there is no such node, or it does not have such an attribute.
    """
    node = topology.node(node_id)
    changed = replace(node, attributes={**node.attributes, **attributes})
    nodes = tuple(changed if other.id == node_id else other for other in topology.nodes)
    change = ", ".join(f"{name}={value}" for name, value in attributes.items())
    network = topology.network and _following(topology.network, node, attributes)
    return replace(topology, name=f"{topology.name} (what if {node_id}: {change})", nodes=nodes, network=network)


def _following(network: Network, node: Node, attributes: Mapping[str, Attribute]) -> Network:
    """A copy of a network in which an instance's interfaces have its new state, and the first its new address."""
    hosts = set(filter(None, node.aws_id.split(",")))
    own = sorted((each for each in network.interfaces if each.instance in hosts), key=lambda each: not each.public_ipv4)
    changed = {each.id: replace(each, state=str(attributes.get("state", each.state))) for each in own}
    if own and "public_ipv4" in attributes:
        first = changed[own[0].id]
        changed[first.id] = replace(first, public_ipv4=str(attributes["public_ipv4"]))
    return replace(network, interfaces=tuple(changed.get(each.id, each) for each in network.interfaces))
