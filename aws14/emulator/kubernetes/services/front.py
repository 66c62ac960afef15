"""A node of a network load balancer of a service: it hands connections to ready pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws14.emulator.dataplane.answering import Shown, Told, Visit
from aws14.emulator.kubernetes.controllers import loop
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.services import asking, load_balancers, names

__all__ = ["Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """One node.

    Parameters
    ----------
    balancer : moto.elbv2.models.FakeLoadBalancer
        Whose it is.
    """

    balancer: Any

    @property
    def owner(self) -> str:
        """``elb/<name>``."""
        return f"elb/{self.balancer.name}"

    def listens(self, port: int) -> bool:
        """Whether there is a listener on the port, and a pod behind it: without one the connection is reset."""
        found = self._service()
        wanted = _port(found[1], port) if found is not None else None
        return self.balancer.state == "active" and found is not None and wanted is not None

    def speaks_tls(self, port: int) -> bool:
        """Never: bytes are passed on as they are."""
        del port
        return False

    def shown(self, port: int, name: str) -> Shown | None:
        """None."""
        del port, name
        return None

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None

    def answer(self, visit: Visit) -> Told:
        """What a ready pod answers.

        Raises
        ------
        ConnectionError
            There is none, or it hangs up.
        TimeoutError
            The node under the chosen pod is down, and Kubernetes has not noticed yet.
        """
        found = self._service()
        wanted = _port(found[1], visit.port) if found is not None else None
        if found is None or wanted is None:
            raise ConnectionRefusedError(f"{self.balancer.name} has no listener on port {visit.port}")
        chosen = names.pick(found[0], found[1], wanted)
        if chosen is None:
            raise ConnectionResetError(f"{self.balancer.name} has no healthy target")
        if names.is_silent(found[0], chosen[0]):
            raise TimeoutError(f"the node under {chosen[0]['metadata']['name']} is down")
        port = names.real_port(found[0], *chosen)
        if not port:
            raise ConnectionResetError(f"nothing listens on port {chosen[1]} of {chosen[0]['metadata']['name']}")
        return asking.ask(port, visit)

    def _service(self) -> tuple[Sight, Object] | None:
        key, namespace, name = load_balancers.service_of(self.balancer)
        seen = loop.sight(key) if key else None
        service = seen.get("Service", namespace, name) if seen is not None else None
        return (seen, service) if seen is not None and service is not None else None


def _port(service: Object, port: int) -> Object | None:
    return next((each for each in service["spec"].get("ports") or () if int(each["port"]) == port), None)
