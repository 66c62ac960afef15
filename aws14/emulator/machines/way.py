"""The network of this emulator as machines use it: routes, groups and ACLs decide, machines answer.

The world lock is held by whoever asks; nobody is waited for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

from aws14.emulator.machines import metadata
from aws14.emulator.machines.instances import find_instance
from aws14.emulator.machines.outside import Network, Reply, Request
from aws14.emulator.machines.registry import of
from aws14.emulator.machines.shell.errors import UnsupportedError
from aws14.emulator.network_view import account_network
from aws14.errors import ScenarioError
from aws14.sim.reachability import INTERNET, S3, Reach, reach
from aws14.sim.reachability.matching import is_private

__all__ = ["ReachedNetwork", "network", "reaches_instance", "replace_network"]

_HTTPS, _SSH = 443, 22
#: Says from which address a request comes; the one place on the Internet that is in here.
_MIRROR = "checkip.amazonaws.com"
_PRIVATE_NAME = re.compile(r"ip-(\d+-\d+-\d+-\d+)(\.[a-z0-9.-]+)?")


class ReachedNetwork:
    """The network by `aws14.sim.reachability`.

    Attributes
    ----------
    resolve : callable
        From instance id and name to an IPv4 address, or None; the data plane puts its DNS here.
    """

    def __init__(self) -> None:
        self.resolve: Callable[[str, str], str | None] = _resolve

    def has_internet(self, instance_id: str) -> bool:
        """Whether it reaches the Internet on port 443."""
        return _reaches(instance_id, INTERNET, _HTTPS)

    def has_packages(self, instance_id: str) -> bool:
        """Whether it reaches the Internet or, by a gateway endpoint, S3."""
        return self.has_internet(instance_id) or _reaches(instance_id, S3, _HTTPS)

    def metadata(self, instance_id: str, request: Request, now: float) -> Reply:
        """Answer as the metadata service of that instance."""
        return metadata.answer(instance_id, request, now)

    def connects(self, instance_id: str, host: str, port: int) -> str:
        """Return ``""`` if a connection comes about, else why not."""
        address = self._address(instance_id, host)
        if address is None:
            return "unresolved"
        target = _holder(instance_id, address)
        if target is None or not _reaches(instance_id, address, port):
            return "timed out"
        return "" if of(target).listens(port) else "refused"

    def fetch(self, instance_id: str, request: Request) -> Reply:
        """Answer a request that leaves a machine.

        Raises
        ------
        UnsupportedError
            It goes to the Internet outside this cloud, and would get there.
        """
        if request.host == _MIRROR:
            return _mirror(instance_id)
        address = self._address(instance_id, request.host)
        if address is None:
            return _elsewhere(instance_id, request) if _is_elsewhere(instance_id, request.host) else _no("unresolved")
        target = _holder(instance_id, address)
        if target is None:
            return _no("timed out") if is_private(address) else _elsewhere(instance_id, request)
        problem = self.connects(instance_id, address, request.port)
        return _no(problem) if problem else _answered(target, request)

    def _address(self, instance_id: str, host: str) -> str | None:
        try:
            return str(IPv4Address(host))
        except ValueError:
            return self.resolve(instance_id, host)


def _no(problem: str) -> Reply:
    return Reply(0, problem=problem)


def _resolve(_instance: str, name: str) -> str | None:
    """The names that AWS gives to instances in a VPC carry their addresses."""
    found = _PRIVATE_NAME.fullmatch(name)
    return found[1].replace("-", ".") if found else None


def _is_elsewhere(instance_id: str, host: str) -> bool:
    """Whether no zone of this cloud, and not AWS itself, speaks for the name."""
    from moto.core.models import DEFAULT_ACCOUNT_ID

    from aws14.emulator.dataplane import zones  # the data plane is above: it imports the machines

    view = account_network(DEFAULT_ACCOUNT_ID)
    return "." in host and not zones.ask(DEFAULT_ACCOUNT_ID, view, host, zones.vpc_of(view, instance_id)).known


def _elsewhere(instance_id: str, request: Request) -> Reply:
    if not _reaches(instance_id, INTERNET, request.port):
        return _no("timed out")
    raise UnsupportedError(f"{request.scheme}://{request.host}{request.path}: the Internet outside is not in here")


def _holder(instance_id: str, address: str) -> str | None:
    """The instance that has this address: a private one in the asker's own VPC first."""
    asker = find_instance(instance_id)
    enis: list[Any] = list(asker.ec2_backend.enis.values())
    near = [eni for eni in enis if eni.private_ip_address == address and eni.subnet.vpc_id == asker.vpc_id]
    far = [eni for eni in enis if address in (eni.public_ip, eni.private_ip_address)]
    holder = next((eni.instance for eni in [*near, *far] if eni.instance is not None), None)
    return str(holder.id) if holder is not None else None


def _answered(instance_id: str, request: Request) -> Reply:
    machine = of(instance_id)
    if machine.speaks_tls(request.port) != (request.scheme == "https"):
        return _no("reset")
    headers = {**request.headers, "host": request.host}
    try:
        answer = machine.answer(request.method, request.path, headers, request.body, port=request.port)
    except ConnectionError:
        return _no("reset")
    return Reply(*answer)


def _way(source: str, destination: str, port: int) -> Reach | None:
    """The way there; None where there is no asking."""
    anyone = next((each for each in (source, destination) if each.startswith("i-")), "")
    view = account_network(find_instance(anyone).ec2_backend.account_id)
    try:
        return reach(view, source=source, destination=destination, port=port)
    except ScenarioError:
        return None


def _reaches(source: str, destination: str, port: int) -> bool:
    way = _way(source, destination, port)
    return way is not None and way.blocked_by is None


def reaches_instance(source: str, instance_id: str) -> bool:
    """Whether routes, groups and ACLs let SSH from `source` through to an instance.

    Parameters
    ----------
    source : str
        ``internet``, an address, a CIDR block, an instance.
    instance_id : str
        Where to.
    """
    return _reaches(source, instance_id, _SSH)


def _mirror(instance_id: str) -> Reply:
    """Say which address the Internet sees: the instance's own, or that of the NAT gateway on the way."""
    way = _way(instance_id, INTERNET, _HTTPS)
    if way is None or way.blocked_by is not None:
        return _no("timed out")
    instance = find_instance(instance_id)
    passed = {hop.id for hop in way.hops}
    nats = account_network(instance.ec2_backend.account_id).nat_gateways
    seen = next((nat.public_ipv4 for nat in nats if nat.id in passed), instance.public_ip)
    return Reply(200, {"Content-Type": "text/plain"}, f"{seen}\n".encode())


_NETWORK: list[Network] = [ReachedNetwork()]


def network() -> Network:
    """Return the network that machines use."""
    return _NETWORK[0]


def replace_network(new: Network) -> None:
    """Make machines use another network: tests do.

    Parameters
    ----------
    new : Network
        Called under the world lock; it must not wait for anybody.
    """
    _NETWORK[:] = [new]
