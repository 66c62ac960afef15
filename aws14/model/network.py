"""Network: what decides where packets go, as AWS configures it; built from the embedded AWS or from describe calls.

Ids are AWS ids. Protocols are ``tcp``, ``udp``, ``icmp``, ``all``, or a number as text; ports are whole ranges
``(low, high)``. IPv4 only, and of an interface its primary address only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol, TypeVar

ALL_PORTS = (0, 65_535)

Ports = tuple[int, int]

_PROTOCOLS: Mapping[str, str] = {"-1": "all", "1": "icmp", "6": "tcp", "17": "udp"}
"""Protocol numbers (IANA) that have a name here; -1 is EC2's own word for all."""


_OWNED = re.compile(
    r"(?:ELB (?:app|net)/(?P<elb>[^/]+)/.+|RDSNetworkInterface (?P<rds>\S+)|EFS mount target for (?P<efs>\S+) \(.+\)"
    r"|AWS created network interface for (?:(?P<fsx>fs-\S+)|(?P<ds>d-\S+)))"
)
"""Descriptions that AWS gives to interfaces of its own; RDS's ends with the identifier in the embedded AWS only."""


def owner_of(description: str) -> str:
    """What of AWS a network interface belongs to, by its description.

    Such as ``elb/<name>``, ``rds/<identifier>``, ``efs/<id>``, ``fsx/<id>``, ``ds/<id>``; empty for the customer's own.
    """
    found = _OWNED.fullmatch(description)
    return f"{found.lastgroup}/{found[str(found.lastgroup)]}" if found else ""


def protocol_name(given: str | int) -> str:
    """``tcp`` for ``6``, ``"6"`` or ``"TCP"``; ``all`` for ``-1``; a number without a name as text."""
    text = str(given).lower()
    return _PROTOCOLS.get(text, text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vpc:
    """A VPC: its CIDR blocks."""

    id: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subnet:
    """A subnet: its VPC and CIDR block."""

    id: str
    vpc: str
    cidr: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Interface:
    """A network interface that sends and receives; those of NAT gateways belong to their `NatGateway`.

    Parameters
    ----------
    id, subnet : str
        AWS ids.
    private_ipv4, public_ipv4 : str
        Primary address, and the public one paired with it (empty for none).
    groups : tuple of str
        Ids of its security groups.
    instance : str
        Id of the instance it is attached to; empty for none.
    state : str
        The instance's state; without an instance the interface's own, ``in-use`` or ``available``.
    owner : str
        What of AWS it belongs to where that is no instance: ``elb/<name of the load balancer>``,
        ``rds/<identifier of the database>``; empty for the customer's own.
    """

    id: str
    subnet: str
    private_ipv4: str
    public_ipv4: str = ""
    groups: tuple[str, ...] = ()
    instance: str = ""
    state: str = "running"
    owner: str = ""

    @property
    def host(self) -> str:
        """The instance, or the interface itself where there is none."""
        return self.instance or self.id

    @property
    def answers(self) -> bool:
        """Whether something that runs is behind it."""
        return self.state in ("running", "in-use")


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route: `destination` is a CIDR block or a prefix list's id; `target` is ``local`` or the id of a gateway."""

    destination: str
    target: str
    state: Literal["active", "blackhole"] = "active"


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTable:
    """A route table; `subnets` are the explicit associations, `main` serves the VPC's other subnets."""

    id: str
    vpc: str
    main: bool = False
    subnets: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AclEntry:
    """A numbered rule of a network ACL; `cidr` is the remote side."""

    number: int
    egress: bool
    allow: bool
    cidr: str
    protocol: str = "all"
    ports: Ports = ALL_PORTS


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkAcl:
    """A network ACL, the subnets it guards, and its entries, the final denial (32767) included or not."""

    id: str
    vpc: str
    subnets: tuple[str, ...] = ()
    entries: tuple[AclEntry, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRule:
    """A rule of a security group; `peer` is a CIDR block, a prefix list's id (``pl-...``) or a group's id."""

    egress: bool
    peer: str
    protocol: str = "all"
    ports: Ports = ALL_PORTS


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityGroup:
    """A security group and its rules."""

    id: str
    vpc: str
    rules: tuple[GroupRule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class InternetGateway:
    """An Internet gateway; `vpc` is empty while it is detached."""

    id: str
    vpc: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NatGateway:
    """A NAT gateway; `state` as EC2 says it, `public_ipv4` is empty for a private one."""

    id: str
    subnet: str
    private_ipv4: str
    public_ipv4: str = ""
    state: str = "available"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peering:
    """A VPC peering connection; only ``active`` ones carry packets."""

    id: str
    requester: str
    accepter: str
    state: str = "active"


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayEndpoint:
    """A gateway endpoint, of S3 or DynamoDB; its routes name a prefix list."""

    id: str
    vpc: str
    service: str
    state: str = "available"


@dataclass(frozen=True, kw_only=True, slots=True)
class PrefixList:
    """A named list of CIDR blocks, the customer's or AWS's own (``com.amazonaws.<region>.s3``)."""

    id: str
    name: str
    cidrs: tuple[str, ...] = ()


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_Noun = TypeVar("_Noun", bound=_Identified)


def _by_id(nouns: tuple[_Noun, ...]) -> dict[str, _Noun]:
    return {noun.id: noun for noun in nouns}


@dataclass(frozen=True, kw_only=True)
class Network:
    """Everything that decides where packets go.

    Parameters
    ----------
    vpcs, subnets, interfaces, route_tables, acls, groups, internet_gateways, nat_gateways, peerings, endpoints, prefix_lists : tuple
        The nouns of this module.
    names : Mapping[str, str]
        AWS id -> the name a learner gave, for sentences and for asking by name. An instance's name stands under its id.
    """  # noqa: E501 - numpydoc wants the names of one kind on one line

    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    route_tables: tuple[RouteTable, ...] = ()
    acls: tuple[NetworkAcl, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    internet_gateways: tuple[InternetGateway, ...] = ()
    nat_gateways: tuple[NatGateway, ...] = ()
    peerings: tuple[Peering, ...] = ()
    endpoints: tuple[GatewayEndpoint, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def title(self, key: str) -> str:
        """The name of a thing, or its id when it has none."""
        return self.names.get(key) or key

    def vpc_of(self, subnet: str) -> str:
        """The VPC of a subnet, by ids."""
        return self.subnet[subnet].vpc

    @cached_property
    def vpc(self) -> Mapping[str, Vpc]:
        """VPCs by id."""
        return _by_id(self.vpcs)

    @cached_property
    def subnet(self) -> Mapping[str, Subnet]:
        """Subnets by id."""
        return _by_id(self.subnets)

    @cached_property
    def group(self) -> Mapping[str, SecurityGroup]:
        """Security groups by id."""
        return _by_id(self.groups)

    @cached_property
    def internet_gateway(self) -> Mapping[str, InternetGateway]:
        """Internet gateways by id."""
        return _by_id(self.internet_gateways)

    @cached_property
    def nat_gateway(self) -> Mapping[str, NatGateway]:
        """NAT gateways by id."""
        return _by_id(self.nat_gateways)

    @cached_property
    def peering(self) -> Mapping[str, Peering]:
        """Peering connections by id."""
        return _by_id(self.peerings)

    @cached_property
    def endpoint(self) -> Mapping[str, GatewayEndpoint]:
        """Gateway endpoints by id."""
        return _by_id(self.endpoints)

    @cached_property
    def prefix_list(self) -> Mapping[str, PrefixList]:
        """Prefix lists by id."""
        return _by_id(self.prefix_lists)
