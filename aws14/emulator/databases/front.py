"""The endpoint of a DB instance as the data plane sees it: a name, an address for each host, a port that speaks MySQL.

The name leads to the primary's address and moves with it; the standby refuses connections.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.databases import door, proxy_front
from aws14.emulator.databases.records import find, instances, is_serving, life_of, primary_of
from aws14.emulator.databases.silent import SpeaksNoHttp
from aws14.emulator.dataplane import fronts
from aws14.emulator.durations import typical_s
from aws14.model.network import Interface

__all__ = ["Endpoint", "register"]

_MYSQL = frozenset({"mysql", "mariadb"})


def register() -> None:
    """Let the data plane find the endpoints."""
    ttl_s = int(typical_s("RDS TTL of the endpoint's name"))
    fronts.register("rds", names=_addresses, ttl_s=ttl_s, of_interface=_of_interface)


@dataclass(frozen=True)
class Endpoint(SpeaksNoHttp):
    """One host of a DB instance.

    Parameters
    ----------
    arn : str
        Of the DB instance.
    identifier : str
        Its name.
    interface, address : str
        Id and private address of the host's network interface.
    """

    arn: str
    identifier: str
    interface: str
    address: str

    def listens(self, port: int) -> bool:
        """Whether it is the primary, serves, and has this port."""
        instance = find(self.arn)
        if instance is None or not is_serving(instance):
            return False
        return port == int(instance.port) and primary_of(instance) == self.interface

    def door(self, port: int, source: str) -> int | None:
        """A loopback port that speaks MySQL; None for other engines."""
        instance = find(self.arn)
        if instance is None or instance.engine not in _MYSQL:
            return None
        return door.open(door.Way(self.arn, self.interface, self.address, port, source))


def _of_interface(interface: Interface) -> Endpoint | proxy_front.ProxyEndpoint | None:
    for instance in instances():
        if interface.id in life_of(instance).interfaces.values():
            identifier = instance.db_instance_identifier
            return Endpoint(instance.db_instance_arn, identifier, interface.id, interface.private_ipv4)
    return proxy_front.of_interface(interface)


def _addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    from moto.ec2.models import ec2_backends

    del vpc
    if not name.endswith(".rds.amazonaws.com"):
        return None
    for instance in instances():
        if instance.address == name and primary_of(instance):
            eni = ec2_backends[instance.account_id][instance.region].enis.get(primary_of(instance))
            return (str(eni.private_ip_address),) if eni is not None else ()
    return proxy_front.addresses(name)
