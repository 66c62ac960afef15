"""The network as a function sees it: names and ways from where it is placed.

Without a VPC a function is on the Internet: it reaches what anybody reaches, and nothing private. In a VPC it is behind
a network interface in one of its subnets, without a public address: security groups and routes decide, also whether it
finds the API of AWS (by a NAT gateway, or a gateway endpoint).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

from aws14.emulator.workers import Loopback, Outcome, Way
from aws14.emulator.world import world
from aws14.errors import ScenarioError
from aws14.sim.reachability import INTERNET, anyone, reach

__all__ = ["FunctionLoopback", "FunctionNetwork", "Plane", "api_port", "ca_file", "use"]

_HTTPS = 443
_OUTCOMES: Mapping[str, Outcome] = {"refused": "refused", "timed_out": "timed_out"}


class Plane(Protocol):
    """What the data plane answers."""

    def connect(self, host: str, port: int, source: str) -> dict[str, Any]:
        """What comes of a connection."""

    def resolve(self, name: str, source: str) -> dict[str, Any]:
        """What DNS says."""

    def status(self) -> dict[str, Any]:
        """The shared ports, and the file of the authority's certificate."""


_PLANE: list[Plane] = []


def use(plane: Plane) -> None:
    """Let functions ask this data plane."""
    _PLANE[:] = [plane]


def api_port() -> int:
    """The loopback port of AWS's API in this process."""
    return int(os.environ["MOTO_PORT"])


def ca_file() -> str:
    """The certificate of this home's authority; empty without a data plane."""
    return str(_PLANE[0].status()["ca_file"]) if _PLANE else ""


class FunctionNetwork:
    """Where an environment is.

    Parameters
    ----------
    source : str
        ``internet``, or the id of its network interface.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    def resolve(self, name: str) -> tuple[str, ...]:
        """The addresses of a name of this cloud."""
        return tuple(_PLANE[0].resolve(name, self._source)["addresses"])

    def connect(self, host: str, port: int) -> Way:
        """What comes of connecting."""
        try:
            found = _PLANE[0].connect(host, port, self._source)
        except ScenarioError as error:
            return Way(outcome="timed_out", explanation=error.problem)
        if found["outcome"] == "open" and found["loopback_port"]:
            return Way(outcome="open", port=found["loopback_port"])
        return Way(outcome=_OUTCOMES.get(found["outcome"], "unreachable"), explanation=found["explanation"])

    def finds_the_internet(self) -> bool:
        """Whether there is a way out, as to the API of AWS."""
        if self._source == INTERNET:
            return True
        from moto.core.models import DEFAULT_ACCOUNT_ID

        from aws14.emulator.network_view import account_network

        with world().turn():
            network = account_network(DEFAULT_ACCOUNT_ID)
        try:
            way = reach(network, source=self._source, destination=anyone(network), port=_HTTPS)
        except ScenarioError:  # the interface has gone
            return False
        return way.blocked_by is None


class FunctionLoopback(Loopback):
    """An environment's localhost, where AWS's API is found for as long as there is a way to the Internet.

    Parameters
    ----------
    network : FunctionNetwork
        Decides.
    """

    def __init__(self, network: FunctionNetwork) -> None:
        super().__init__()
        self._network = network

    def connect(self, port: int) -> Way:
        """What comes of connecting to a port in here."""
        if port != api_port():
            return super().connect(port)
        if self._network.finds_the_internet():
            return Way(outcome="open", port=port)
        return Way(outcome="timed_out", explanation="no way to the Internet from the function's subnet")
