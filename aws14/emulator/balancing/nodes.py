"""The nodes of a load balancer: a network interface in each of its subnets, and the name that leads to them.

moto keeps load balancers; interfaces are found by their description, as on AWS (``ELB app/<name>/<id>``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from aws14.emulator.behaviours.failures import is_down
from aws14.emulator.world import world

__all__ = [
    "add_nodes",
    "addresses",
    "alive",
    "balancers",
    "description",
    "drop_nodes",
    "is_domain",
    "named",
    "nodes_of",
    "of_interface",
]

_DOMAIN = re.compile(r"\.elb(\.[a-z0-9-]+)?\.amazonaws\.com$")
"""Of load balancers; network ones name the region behind ``elb``."""


def balancers() -> Iterator[Any]:
    """Moto's load balancers that have nodes, of all regions: application ones, and network ones of Kubernetes."""
    from moto.elbv2.models import elbv2_backends

    for backend in list(elbv2_backends[DEFAULT_ACCOUNT_ID].values()):
        yield from (each for each in backend.load_balancers.values() if each.type in {"application", "network"})


def description(balancer: Any) -> str:
    """What its interfaces say: ``ELB app/alb/50dc6c495c0c9188``."""
    return f"ELB {balancer.arn.partition(':loadbalancer/')[2]}"


def nodes_of(balancer: Any) -> list[Any]:
    """Moto's interfaces of a load balancer, in the order of its subnets."""
    text = description(balancer)
    found = {eni.subnet.id: eni for eni in _ec2(balancer).enis.values() if eni.description == text}
    return [found[subnet.id] for subnet in balancer.subnets if subnet.id in found]


def alive(balancer: Any) -> list[Any]:
    """Those of its nodes that have not failed."""
    return [eni for eni in nodes_of(balancer) if not is_down(eni.id)]


def of_interface(interface_id: str) -> tuple[Any, Any] | None:
    """The load balancer whose node an interface is, and moto's interface; None for any other."""
    for balancer in balancers():
        for eni in nodes_of(balancer):
            if eni.id == interface_id:
                return balancer, eni
    return None


def add_nodes(balancer: Any) -> None:
    """Give a load balancer a node in each of its subnets that has none, and its security groups to all."""
    backend, text = _ec2(balancer), description(balancer)
    there = {eni.subnet.id for eni in nodes_of(balancer)}
    for subnet in balancer.subnets:
        if subnet.id not in there:
            _add(backend, subnet, text, balancer)
    groups = [backend.get_security_group_from_id(each) for each in balancer.security_groups]
    for eni in nodes_of(balancer):
        eni._group_set = list(groups)  # noqa: SLF001 - moto keeps an interface's groups here


def _add(backend: Any, subnet: Any, text: str, balancer: Any) -> None:
    public = balancer.scheme != "internal"
    address = subnet.get_available_subnet_ip(None)
    eni = backend.create_network_interface(
        subnet, address, group_ids=balancer.security_groups, description=text, public_ip_auto_assign=public
    )
    subnet._subnet_ips[address] = eni  # noqa: SLF001 - moto keeps who has an address here
    eni.requester_managed, eni.requester_id, eni.status = True, "amazon-elb", "in-use"


def drop_nodes(balancer: Any, *, outside: bool = False) -> None:
    """Take a load balancer's nodes away: all, or only those `outside` its subnets."""
    backend, text = _ec2(balancer), description(balancer)
    kept = {subnet.id for subnet in balancer.subnets} if outside else set()
    for eni in [each for each in backend.enis.values() if each.description == text and each.subnet.id not in kept]:
        del backend.enis[eni.id]
        eni.subnet.del_subnet_ip(eni.private_ip_address)


def is_domain(name: str) -> bool:
    """Whether a DNS name (lower case, no last dot) is one that load balancers have."""
    return _DOMAIN.search(name) is not None


def named(name: str) -> Any | None:
    """The load balancer that has a DNS name (lower case, no last dot); None for any other name."""
    name = name.removeprefix("dualstack.")
    return next((each for each in balancers() if each.dns_name.lower() == name), None)


def addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """The addresses of the nodes of a load balancer by its DNS name: another one first each time it is asked.

    A node that has failed is left out, unless all have. The name of an internet-facing load balancer says its public
    addresses inside its VPC, too.
    """
    del vpc
    if not is_domain(name):
        return None
    balancer = named(name)
    if balancer is None or balancer.state != "active":
        return ()
    public = balancer.scheme != "internal"
    working = alive(balancer) or nodes_of(balancer)
    if not working:  # a network load balancer that is a record
        return ()
    found = [str(eni.public_ip if public else eni.private_ip_address) for eni in working]
    turns: dict[str, int] = world().state.setdefault("elb_dns", {})
    turn = turns[balancer.arn] = turns.get(balancer.arn, -1) + 1
    first = turn % len(found)
    return (*found[first:], *found[:first])


def _ec2(balancer: Any) -> Any:
    from moto.ec2.models import ec2_backends

    account, region = balancer.arn.split(":")[4], balancer.arn.split(":")[3]
    return ec2_backends[account][region]
