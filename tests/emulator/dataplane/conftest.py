"""A campaign site as plain nouns, and machines that say what a test tells them to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from aws14.emulator.dataplane.connecting import Surroundings
from aws14.emulator.dataplane.names import Answer, Record, View, Zone, answer
from aws14.model.network import (
    AclEntry,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

WEB_IP, NAT_IP, POOL = "198.51.100.1", "198.51.100.2", "198.51.100.0/24"
NAME = "www.example.co.jp"
_EVERYTHING = tuple(AclEntry(number=100, egress=egress, allow=True, cidr="0.0.0.0/0") for egress in (False, True))
_OUT = GroupRule(egress=True, peer="0.0.0.0/0")


@dataclass
class Inside:
    """A machine: where it listens, where with TLS, what it says; what it was asked."""

    ports: tuple[int, ...] = (80,)
    tls: tuple[int, ...] = ()
    page: bytes = b"<h1>Campaign</h1>"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    asked: list[tuple[str, str, dict[str, str], bytes, int]] = field(default_factory=list)

    def listens(self, port: int) -> bool:
        return port in self.ports

    def speaks_tls(self, port: int) -> bool:
        return port in self.tls

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, port: int = 80
    ) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((method, path, headers, body, port))
        return self.status, dict(self.headers), self.page


def campaign_network(**changed: Any) -> Network:
    """Pattern 1: web with a public address, db behind a NAT gateway; nouns can be replaced by name."""
    nouns: dict[str, Any] = {
        "vpcs": (Vpc(id="vpc-1", cidrs=("10.0.0.0/16",)),),
        "subnets": (
            Subnet(id="subnet-a", vpc="vpc-1", cidr="10.0.0.0/24"),
            Subnet(id="subnet-b", vpc="vpc-1", cidr="10.0.1.0/24"),
        ),
        "interfaces": (
            Interface(
                id="eni-web",
                subnet="subnet-a",
                private_ipv4="10.0.0.4",
                public_ipv4=WEB_IP,
                groups=("sg-web",),
                instance="i-web",
            ),
            Interface(id="eni-db", subnet="subnet-b", private_ipv4="10.0.1.4", groups=("sg-db",), instance="i-db"),
        ),
        "route_tables": (
            RouteTable(
                id="rtb-a",
                vpc="vpc-1",
                main=True,
                subnets=("subnet-a",),
                routes=(
                    Route(destination="10.0.0.0/16", target="local"),
                    Route(destination="0.0.0.0/0", target="igw-1"),
                ),
            ),
            RouteTable(
                id="rtb-b",
                vpc="vpc-1",
                subnets=("subnet-b",),
                routes=(
                    Route(destination="10.0.0.0/16", target="local"),
                    Route(destination="0.0.0.0/0", target="nat-1"),
                ),
            ),
        ),
        "acls": (NetworkAcl(id="acl-1", vpc="vpc-1", subnets=("subnet-a", "subnet-b"), entries=_EVERYTHING),),
        "groups": (
            SecurityGroup(
                id="sg-web",
                vpc="vpc-1",
                rules=(
                    GroupRule(egress=False, peer="0.0.0.0/0", protocol="tcp", ports=(80, 80)),
                    GroupRule(egress=False, peer="203.0.113.0/25", protocol="tcp", ports=(22, 22)),
                    _OUT,
                ),
            ),
            SecurityGroup(
                id="sg-db",
                vpc="vpc-1",
                rules=(GroupRule(egress=False, peer="sg-web", protocol="tcp", ports=(3306, 3306)), _OUT),
            ),
        ),
        "internet_gateways": (InternetGateway(id="igw-1", vpc="vpc-1"),),
        "nat_gateways": (NatGateway(id="nat-1", subnet="subnet-a", private_ipv4="10.0.0.9", public_ipv4=NAT_IP),),
        "names": {"i-web": "web", "i-db": "db", "acl-1": "walls", "igw-1": "igw", "rtb-a": "public"},
    }
    return Network(**(nouns | changed))


@pytest.fixture
def network() -> Network:
    return campaign_network()


@pytest.fixture
def campaign() -> Callable[..., Network]:
    """Pattern 1 with some nouns replaced."""
    return campaign_network


@pytest.fixture
def insides() -> dict[str, Inside]:
    return {"i-web": Inside(), "i-db": Inside(ports=(3306,))}


@pytest.fixture
def around(network: Network, insides: dict[str, Inside]) -> Surroundings:
    """Pattern 1 with its name."""
    record = Record(name=NAME, type="A", ttl_s=300, values=(WEB_IP,))
    zones = View(zones=(Zone(id="Z1", name="example.co.jp", records=(record,)),))

    def resolve(name: str) -> Answer:
        return answer(zones, name)

    return Surroundings(network=network, resolve=resolve, inside=insides.get, pools=(POOL,))


@pytest.fixture
def within(around: Surroundings) -> Callable[..., Surroundings]:
    """The surroundings with another network."""
    return lambda network: replace(around, network=network)
