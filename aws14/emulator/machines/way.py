"""The network of this emulator as machines use it: routes, groups and ACLs decide, machines answer.

The world lock is held by whoever asks; nobody is waited for.
"""

from __future__ import annotations

import re
from typing import Any

from aws14.emulator.machines import metadata
from aws14.emulator.machines.instances import find_instance
from aws14.emulator.machines.outside import Network, Reply, Request
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
    """The network by `aws14.sim.reachability`, with the names and fronts of the data plane."""

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
        return _problem(_called(instance_id, host, port))

    def fetch(self, instance_id: str, request: Request) -> Reply:
        """Answer a request that leaves a machine.

        Raises
        ------
        UnsupportedError
            It goes to the Internet outside this cloud, and would get there.
        """
        if request.host == _MIRROR:
            return _mirror(instance_id)
        found = _called(instance_id, request.host, request.port)
        if found.outcome == "name_not_found":
            return _elsewhere(instance_id, request) if _is_elsewhere(instance_id, request.host) else _no("unresolved")
        if found.outcome in ("open", "unreachable") and found.front is None and not is_private(found.address):
            return _elsewhere(instance_id, request)
        problem = _problem(found)
        return _no(problem) if problem else _answered(found, request)


def _no(problem: str) -> Reply:
    return Reply(0, problem=problem)


def _called(instance_id: str, host: str, port: int) -> Any:
    """What comes of a call, by the data plane."""
    from aws14.emulator.dataplane import Ask, connect, inside  # the data plane is above: it imports the machines

    short = _PRIVATE_NAME.fullmatch(host)
    return connect(Ask(host=short[1].replace("-", ".") if short else host, port=port, source=instance_id), inside)


def _problem(found: Any) -> str:
    if found.outcome == "open":
        return "" if found.front is not None else "timed out"
    return {"name_not_found": "unresolved", "refused": "refused"}.get(found.outcome, "timed out")


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


def _answered(found: Any, request: Request) -> Reply:
    from aws14.emulator.dataplane.answering import Visit

    if found.front.speaks_tls(request.port) != (request.scheme == "https"):
        return _no("reset")
    visit = Visit(
        method=request.method,
        path=request.path,
        headers={**request.headers, "host": request.host},
        body=request.body,
        port=request.port,
        source=found.source,
        called=found.address,
    )
    try:
        return Reply(*found.front.answer(visit))
    except ConnectionError:
        return _no("reset")


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
