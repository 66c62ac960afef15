"""Addresses: public ones from the ranges set aside for documentation; private ones in use once in their subnet.

What AWS does
    Gives Elastic IPs, and automatic public addresses of instances, out of its own public ranges. An automatic address
    is given back when the instance stops, and another one comes when it starts; an Elastic IP stays with its
    instance.
What moto leaves out
    Elastic IPs come from 127.0.0.0/8, which is this machine; automatic ones from a random corner of 54.214.0.0/16,
    which is somebody's; neither is unique. A stop takes the Elastic IP off the instance, a termination leaves it
    there, and so does associating it with another one. A private address that nobody asked for by name is random in
    its subnet, that of an interface endpoint anywhere: another interface may have it, or may get it next.
What this adds
    Addresses from 198.51.100.0/24, 192.0.2.0/24 and 203.0.113.128/25 (RFC 5737), handed out in turn, each to one
    holder at a time over all regions. Elastic IPs stay through stop and start, and are free after termination or
    after the deletion of their NAT gateway. Private addresses come from their subnet, whoever asks (instances, NAT
    gateways, endpoints, load balancers, databases, file systems, directories): the lowest that no interface has. An
    Elastic IP needs an internet gateway in the VPC.
What it still does not do
    IPv6, BYOIP, address pools by network border group. At most 636 addresses at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from ipaddress import IPv4Network, ip_address
from itertools import islice
from typing import Any

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.world import world

__all__ = ["RANGES", "free_elastic_ips", "install"]

RANGES = ("198.51.100.0/24", "192.0.2.0/24", "203.0.113.128/25")
"""CIDR blocks that public addresses come from."""

_RESERVED = 3
"""Hosts at the start of a subnet that are AWS's own."""


def install() -> None:
    """Take hold of where moto makes public addresses up, takes them off, and puts them on."""
    from moto.ec2.models import elastic_ip_addresses, elastic_network_interfaces
    from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
    from moto.ec2.models.nat_gateways import NatGatewayBackend
    from moto.ec2.models.subnets import Subnet
    from moto.ec2.responses.elastic_ip_addresses import ElasticIPAddresses

    around(ElasticIPAddresses, "associate_address", _moves_unless_told_not_to)
    replace(elastic_ip_addresses, "random_ip", _next_address)
    replace(elastic_network_interfaces, "random_public_ip", _next_address)
    around(NetworkInterface, "stop", _unless_elastic)
    around(NetworkInterface, "check_auto_public_ip", _unless_elastic)
    around(ElasticAddressBackend, "associate_address", _one_holder)
    before(ElasticAddressBackend, "associate_address", _needs_gateway)
    before(ElasticAddressBackend, "associate_address", _needs_a_living_instance)
    around(NatGatewayBackend, "create_nat_gateway", _nat_address)
    around(Subnet, "get_available_subnet_ip", _nobodys)
    around(NetworkInterfaceBackend, "create_network_interface", _in_its_subnet)
    around(NetworkInterfaceBackend, "delete_network_interface", _given_back)
    around(elastic_network_interfaces, "random_private_ip", _free_in)


@cache
def _pool() -> tuple[str, ...]:
    return tuple(str(host) for each in RANGES for host in IPv4Network(each).hosts())


def _next_address() -> str:
    from moto.ec2.exceptions import EC2ClientError

    pool, used = _pool(), set(_in_use())
    last: str = world().state.get("addresses", pool[-1])
    turn = pool.index(last) + 1
    for address in pool[turn:] + pool[:turn]:
        if address not in used:
            world().state["addresses"] = address
            return address
    raise EC2ClientError("InsufficientAddressCapacity", "Insufficient capacity to allocate the requested address.")


def _in_use() -> Iterator[str]:
    from moto.ec2.models import ec2_backends

    for regions in ec2_backends.values():
        for backend in regions.values():
            yield from (address.public_ip for address in backend.addresses)
            yield from (eni.public_ip for eni in backend.enis.values() if eni.public_ip)


def _nobodys(original: Callable[..., str], subnet: Any, instance: Any) -> str:
    """The next address of a subnet that no interface has."""
    used = _held_in(subnet)
    address = original(subnet, instance=instance)
    while address in used:
        address = original(subnet, instance=instance)
    return address


def _held_in(subnet: Any) -> set[str]:
    mine = (eni for eni in subnet.ec2_backend.enis.values() if eni.subnet.id == subnet.id)
    return {str(each["PrivateIpAddress"]) for eni in mine for each in eni.private_ip_addresses}


def _in_its_subnet(
    original: Callable[..., Any], backend: Any, subnet: Any, private_ip_address: Any = None, *args: Any, **kwargs: Any
) -> Any:
    """An interface whose address is of its subnet; moto makes up those of endpoints."""
    place = backend.get_subnet(subnet) if isinstance(subnet, str) else subnet
    address = private_ip_address
    if isinstance(address, str) and address and ip_address(address) not in place.cidr:
        address = place.get_available_subnet_ip(instance=None)
    return original(backend, subnet, address, *args, **kwargs)


def _free_in(original: Callable[..., str], cidr: str | None = None, ipv6: bool = False) -> str:
    """An address that is free in every subnet of that range."""
    if ipv6 or cidr is None:
        return original(cidr, ipv6)
    subnets = [each for each in _subnets() if each.cidr_block == cidr]
    used = {address for each in subnets for address in (*each._subnet_ips, *_held_in(each))}  # noqa: SLF001 - moto's
    hosts = islice(IPv4Network(cidr).hosts(), _RESERVED, None)
    found = next(str(host) for host in hosts if str(host) not in used)
    for each in subnets:
        each._subnet_ips[found] = None  # noqa: SLF001 - two may be asked for before either has an interface
    return found


def _given_back(original: Callable[[Any, str], None], backend: Any, eni_id: str) -> None:
    eni = backend.enis.get(eni_id)
    original(backend, eni_id)
    for each in eni.private_ip_addresses:
        eni.subnet.del_subnet_ip(each["PrivateIpAddress"])


def _subnets() -> Iterator[Any]:
    from moto.ec2.models import ec2_backends

    for regions in ec2_backends.values():
        for backend in regions.values():
            for zone in backend.subnets.values():
                yield from zone.values()


def _unless_elastic(original: Callable[[Any], None], eni: Any) -> None:
    # An interface is asked this while it is being made, before anything can be associated with it.
    if not any(address.eni is eni for address in eni.ec2_backend.addresses):
        original(eni)


def _one_holder(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    address = original(backend, *args, **kwargs)
    for eni in backend.enis.values():
        if eni is not address.eni and eni.public_ip == address.public_ip:
            eni.public_ip = None
    return address


def _moves_unless_told_not_to(original: Callable[[Any], Any], response: Any) -> Any:
    # EC2's own default (API reference, AssociateAddress): an address in use moves to whom it is associated with next.
    response.params = {"AllowReassociation": True, **response.params}
    return original(response)


def _needs_a_living_instance(_: Any, instance: Any = None, **__: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    if instance is not None and instance.state in ("shutting-down", "terminated"):
        told = f"The {instance.state} instance '{instance.id}' is not in a valid state for this operation."
        raise EC2ClientError("InvalidInstanceID", told)


def _needs_gateway(backend: Any, instance: Any = None, eni: Any = None, **_: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    interface = eni or (instance.nics[0] if instance else None)
    if interface is None:
        return
    vpc = interface.subnet.vpc_id
    if not any(gateway.vpc and gateway.vpc.id == vpc for gateway in backend.internet_gateways.values()):
        raise EC2ClientError("Gateway.NotAttached", f"Network {vpc} is not attached to any internet gateway")


def _nat_address(original: Callable[..., Any], backend: Any, subnet_id: str, *args: Any, **kwargs: Any) -> Any:
    gateway = original(backend, subnet_id, *args, **kwargs)
    eni = gateway._eni  # noqa: SLF001 - moto keeps the gateway's interface here
    address = backend.get_subnet(subnet_id).get_available_subnet_ip(instance=eni)
    gateway.private_ip = eni.private_ip_address = address
    eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    eni.description, eni.interface_type = f"Interface for NAT Gateway {gateway.id}", "nat_gateway"
    for item in gateway.address_set:
        item["privateIp"] = address
    return gateway


def free_elastic_ips(backend: Any, interfaces: list[Any]) -> None:
    """Take the Elastic IPs off these interfaces; they stay allocated.

    Parameters
    ----------
    backend : moto.ec2.models.EC2Backend
        Whose Elastic IPs.
    interfaces : list of moto.ec2.models.elastic_network_interfaces.NetworkInterface
        Which lose theirs.
    """
    for address in backend.addresses:
        if any(address.eni is eni for eni in interfaces):
            address.eni.public_ip = None
            address.eni = address.instance = address.association_id = None
