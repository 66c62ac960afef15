"""The names that EC2 gives to addresses, and what they say from inside and from outside.

A public name (``ec2-198-51-100-1.ap-northeast-1.compute.amazonaws.com``) is the public address for everybody, except
in the VPC of whoever has it, where it is the private one. A private name
(``ip-10-0-0-4.ap-northeast-1.compute.internal``) says its address inside the VPC and is nothing outside. Source: Amazon
VPC user guide, "DNS attributes for your VPC".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from aws14.model.network import Network

__all__ = ["Dns", "InstanceNames"]

_ADDRESS = r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})"
_PUBLIC = re.compile(rf"ec2-{_ADDRESS}\.(?:compute-1|([a-z]+(?:-[a-z]+)+-\d)\.compute)\.amazonaws\.com")
_PRIVATE = re.compile(rf"ip-{_ADDRESS}\.(?:ec2|([a-z]+(?:-[a-z]+)+-\d)\.compute)\.internal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dns:
    """What a VPC says of DNS.

    Parameters
    ----------
    region : str
        Where the VPC is.
    support : bool
        Whether it has a resolver (``enableDnsSupport``).
    hostnames : bool
        Whether its instances get public names (``enableDnsHostnames``).
    """

    region: str
    support: bool = True
    hostnames: bool = False

    @property
    def private_zones(self) -> bool:
        """Whether private hosted zones are seen inside: they need both."""
        return self.support and self.hostnames


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceNames:
    """The names of EC2, as one asker sees them.

    Parameters
    ----------
    network : Network
        Who has which address.
    dns : Mapping
        What each VPC says of DNS, by id.
    pools : tuple of str
        CIDR blocks of the public addresses that this cloud gives out.
    vpc : str
        Where the asker is; empty outside.
    """

    network: Network
    dns: Mapping[str, Dns] = field(default_factory=dict)
    pools: tuple[str, ...] = ()
    vpc: str = ""

    def __call__(self, name: str) -> tuple[str, ...] | None:
        """The addresses of a name: none for a name of EC2's that says nothing here, None for any other name."""
        if match := _PUBLIC.fullmatch(name):
            return self._public(_address(match), match[5] or "us-east-1")
        if match := _PRIVATE.fullmatch(name):
            return self._private(_address(match), match[5] or "us-east-1")
        return None

    def _public(self, address: str, region: str) -> tuple[str, ...] | None:
        if not address or not any(IPv4Address(address) in IPv4Network(pool) for pool in self.pools):
            return None  # perhaps somebody's real one: not ours to answer
        owner = next((each for each in self.network.interfaces if each.public_ipv4 == address), None)
        if owner is None:
            return (address,)
        home = self.network.vpc_of(owner.subnet)
        settings = self.dns.get(home)
        if settings is not None and settings.region != region:
            return ()
        if home == self.vpc and settings is not None and settings.hostnames:
            return (owner.private_ipv4,)
        return (address,)

    def _private(self, address: str, region: str) -> tuple[str, ...]:
        inside = self.network.vpc.get(self.vpc)
        if not address or inside is None or self.dns[self.vpc].region != region:
            return ()
        return (address,) if any(IPv4Address(address) in IPv4Network(cidr) for cidr in inside.cidrs) else ()


def _address(match: re.Match[str]) -> str:
    text = ".".join(match.group(1, 2, 3, 4))
    try:
        return str(IPv4Address(text))
    except ValueError:
        return ""
