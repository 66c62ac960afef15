"""What is asked of a way in: from where, to which port; and what is passed on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from aws14.errors import ScenarioError
from aws14.model import Node, Topology
from aws14.model.network import Interface, Network
from aws14.sim.reachability import INTERNET, Reach, reach
from aws14.sim.standing import network_of


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request on its way.

    Parameters
    ----------
    topology : Topology
        What was built and read back.
    source : str
        ``internet``, or the AWS id of the instance from which it comes.
    vpc : str
        AWS id of the VPC it comes from; empty for the Internet.
    port : int
        The TCP port that it is sent to.
    host : str
        The name that it asks for; empty while none is known.
    passed : tuple of str
        Ids of the nodes passed so far.
    """

    topology: Topology
    source: str
    vpc: str
    port: int
    host: str = ""
    passed: tuple[str, ...] = ()

    @classmethod
    def begin(cls, topology: Topology, source: str, port: int) -> Self:
        """A request that has just been sent.

        Raises
        ------
        ScenarioError
            When the source is neither the Internet nor an instance that was built.
        """
        if source == INTERNET:
            online = (INTERNET,) if INTERNET in topology else ()
            return cls(topology=topology, source=INTERNET, vpc="", port=port, passed=online)
        node = topology.node(source) if source in topology else None
        if node is None or node.kind != "instance":
            known = ", ".join((INTERNET, *(each.id for each in topology.of_kind("instance"))))
            raise ScenarioError(f"requests cannot come from '{source}'", allowed=known)
        network, key = network_of(topology), node.aws_id.split(",")[0]
        door = next((each for each in network.interfaces if each.instance == key), None)
        if door is None:
            raise ScenarioError(f"'{source}' has no network interface", cure="read the topology back again")
        return cls(topology=topology, source=key, vpc=network.vpc_of(door.subnet), port=port, passed=(source,))

    @property
    def network(self) -> Network:
        """Of the topology."""
        return network_of(self.topology)

    @property
    def outside(self) -> bool:
        """Whether the request comes from the Internet."""
        return self.source == INTERNET

    @property
    def by_name(self) -> bool:
        """Whether a name had to be looked up."""
        return bool(self.host)

    def past(self, *node_ids: str) -> Question:
        """The request after further nodes."""
        return replace(self, passed=tuple(dict.fromkeys((*self.passed, *node_ids))))

    def towards(self, name: str) -> Question:
        """The request once its client asks for this name, which it then sends along."""
        return replace(self, host=self.host or name)

    def reach(self, destination: str) -> Reach:
        """Whether it gets from its source to an interface or an address."""
        return reach(self.network, source=self.source, destination=destination, port=self.port)


def nodes_by_key(topology: Topology) -> dict[str, Node]:
    """AWS id -> node."""
    return {key: node for node in topology.nodes for key in node.aws_id.split(",") if key}


def met(topology: Topology, way: Reach, holder: Interface) -> tuple[str, ...]:
    """Ids of the nodes that a packet meets on its way to an interface, up to where it is stopped."""
    known = nodes_by_key(topology)
    keys = [key for hop in way.hops for key in (hop.instance, hop.id)]
    block = way.blocked_by
    if block is not None:
        # The innermost thing drawn: rules and tables are not, what they guard is.
        host = holder.instance if block.interface == holder.id else ""
        keys += [key for key in (block.id, host, block.subnet, block.vpc) if key in known][:1]
    return _titles(keys, known)


def _titles(keys: Iterable[str], known: dict[str, Node]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(known[key].id for key in keys if key in known))
