"""By an address, to the instance that has it."""

from __future__ import annotations

from aws14.model import Node, Topology
from aws14.model.network import Interface
from aws14.sim.entry.question import Question, met, nodes_by_key
from aws14.sim.entry.ways import Path, Unreachable
from aws14.sim.stopped import failure_reason


def to_instance(question: Question, instance: Node) -> Path | Unreachable:
    """To an instance by the address that its clients would use: the public one from outside, else the private one."""
    address = str(instance.require("public_ipv4" if question.outside else "private_ipv4"))
    return to_address(question, address)


def to_address(question: Question, address: str) -> Path | Unreachable:
    """To whatever has this address, which should be an instance."""
    topology, known = question.topology, nodes_by_key(question.topology)
    holder = _holder(question, address)
    if holder is None or holder.instance not in known:
        detail = _nobody(topology, address)
        return Unreachable(reason="no_such_address", nodes=question.passed, detail=detail)
    way = question.reach(address)
    passed = question.past(*met(topology, way, holder)).passed
    if way.blocked_by is not None:
        return Unreachable(reason=failure_reason(way.blocked_by), nodes=passed, detail=way.blocked_by.detail)
    instance = known[holder.instance]
    if (state := instance.require("state")) != "running":
        return Unreachable(reason="instance_not_running", nodes=passed, detail=f"{instance.id} is {state}")
    return Path(instance=instance, nodes=passed, by_name=question.by_name)


def _holder(question: Question, address: str) -> Interface | None:
    """Whose address it is: from outside a public one, from inside also a private one, in the own VPC first."""
    network = question.network
    public = (each for each in network.interfaces if address and each.public_ipv4 == address)
    private = [each for each in network.interfaces if address and each.private_ipv4 == address]
    private.sort(key=lambda each: network.vpc_of(each.subnet) != question.vpc)
    return next(public, None) or next(iter(() if question.outside else private), None)


def _nobody(topology: Topology, address: str) -> str:
    if not address:
        return "the instance has no public address"
    for node in topology.of_kind("nat_gateway", "elastic_ip"):
        if node.require("public_ipv4") == address:
            return f"{address} belongs to the {node.kind} {node.id}, which answers no requests"
    return f"nothing has the address {address}"
