"""The endpoint of an RDS Proxy as the data plane sees it, and its network interfaces, one a subnet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws14.emulator.databases import door
from aws14.emulator.databases.pools import find_proxy, proxies, target_of
from aws14.emulator.databases.silent import SpeaksNoHttp
from aws14.model.network import Interface

__all__ = ["ProxyEndpoint", "addresses", "of_interface", "place", "remove"]

_PORT = 3306


@dataclass(frozen=True)
class ProxyEndpoint(SpeaksNoHttp):
    """One address of a proxy.

    Parameters
    ----------
    arn : str
        Of the proxy.
    identifier : str
        Its name.
    interface, address : str
        Id and private address of the network interface.
    """

    arn: str
    identifier: str
    interface: str
    address: str

    def listens(self, port: int) -> bool:
        """Whether the proxy is available and has a database behind it."""
        proxy = find_proxy(self.arn)
        return port == _PORT and proxy is not None and proxy.status == "available" and target_of(proxy) is not None

    def door(self, port: int, source: str) -> int | None:
        """A loopback port that speaks MySQL; None for other engines."""
        proxy = find_proxy(self.arn)
        if proxy is None or proxy.engine_family != "MYSQL":
            return None
        return door.open(door.Way(self.arn, self.interface, self.address, port, source))


def of_interface(interface: Interface) -> ProxyEndpoint | None:
    """The proxy behind a network interface."""
    for proxy in proxies():
        if interface.id in _kept(proxy):
            return ProxyEndpoint(proxy.arn, proxy.db_proxy_name, interface.id, interface.private_ipv4)
    return None


def addresses(name: str) -> tuple[str, ...]:
    """The addresses of a proxy's endpoint; none for any other name."""
    for proxy in proxies():
        if proxy.endpoint == name:
            found = (_ec2(proxy).enis.get(key) for key in _kept(proxy))
            return tuple(str(eni.private_ip_address) for eni in found if eni is not None)
    return ()


def place(proxy: Any) -> None:
    """Give a proxy its interfaces."""
    ec2 = _ec2(proxy)
    made = []
    for key in proxy.vpc_subnet_ids:
        subnet = ec2.get_subnet(key)
        eni = ec2.create_network_interface(
            subnet,
            subnet.get_available_subnet_ip(instance=None),
            group_ids=list(proxy.vpc_security_group_ids),
            description=f"RDSNetworkInterface {proxy.db_proxy_name}",
            tags={"Name": proxy.db_proxy_name},
        )
        eni.requester_managed, eni.requester_id, eni.status = True, "amazon-rds", "in-use"
        made.append(str(eni.id))
    vars(proxy)["_aws14_interfaces"] = made


def remove(proxy: Any) -> None:
    """Take its interfaces away."""
    for key in _kept(proxy):
        eni = _ec2(proxy).enis.get(key)
        if eni is not None:
            eni.status = "available"  # what is in use is refused to whoever asks
            eni.delete()
    vars(proxy)["_aws14_interfaces"] = []


def first_interface(proxy: Any) -> str:
    """Id of the interface that it asks its database from; empty for none."""
    return next(iter(_kept(proxy)), "")


def _kept(proxy: Any) -> list[str]:
    kept: list[str] = vars(proxy).get("_aws14_interfaces", [])
    return kept


def _ec2(proxy: Any) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[proxy.account_id][proxy.region]
