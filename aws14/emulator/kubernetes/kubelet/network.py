"""The network as a pod sees it: names of services, addresses of services and pods, and all that its node reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.kubernetes.exchange import Key
from aws14.emulator.workers import Way
from aws14.emulator.workers.spec import Outcome
from aws14.emulator.world import world

__all__ = ["PodNetwork", "reach_outside"]

_OUTSIDE: list[tuple[Callable[[str, str], dict[str, Any]], Callable[[str, int, str], dict[str, Any]]]] = []


def reach_outside(
    resolve: Callable[[str, str], dict[str, Any]], connect: Callable[[str, int, str], dict[str, Any]]
) -> None:
    """Let pods reach what is outside of their cluster.

    Parameters
    ----------
    resolve, connect : callable
        `DataPlane.resolve` and `DataPlane.connect`.
    """
    _OUTSIDE[:] = [(resolve, connect)]


class PodNetwork:
    """Names and ways of a pod.

    Parameters
    ----------
    cluster : Key
        Where it is.
    namespace : str
        Of the pod.
    node : str
        Name of its node.
    """

    def __init__(self, cluster: Key, namespace: str, node: str) -> None:
        self._cluster, self._namespace, self._node = cluster, namespace, node

    def resolve(self, name: str) -> tuple[str, ...]:
        """The addresses of a name: of a service, by the search list of the namespace; else as the node sees it."""
        from aws14.emulator.kubernetes.controllers import loop
        from aws14.emulator.kubernetes.services import names

        with world().turn():
            seen = loop.sight(self._cluster)
            found = names.addresses(seen, name, self._namespace) if seen is not None else ()
            source = self._source()
        if found is not None:
            return found
        if not _OUTSIDE or not source:
            return ()
        return tuple(_OUTSIDE[0][0](name, source)["addresses"])

    def connect(self, host: str, port: int) -> Way:
        """What comes of connecting: to a pod, to a ready pod of a service, else by the node's ways."""
        from aws14.emulator.kubernetes.controllers import loop
        from aws14.emulator.kubernetes.services import names

        with world().turn():
            seen = loop.sight(self._cluster)
            inside = names.way(seen, host, port) if seen is not None else None
            source = self._source()
        if inside is not None:
            return inside
        if not _OUTSIDE or not source:
            return Way(outcome="unreachable", explanation=f"{host}:{port} is not reachable from here")
        told = _OUTSIDE[0][1](host, port, source)
        if told["outcome"] == "open":
            return Way(outcome="open", port=int(told["loopback_port"] or 0))
        outcome: Outcome = "unreachable"
        if told["outcome"] in {"timed_out", "refused"}:
            outcome = told["outcome"]
        return Way(outcome=outcome, explanation=told["explanation"])

    def _source(self) -> str:
        """Id of the node's instance; empty for a machine of Fargate."""
        from aws14.emulator.kubernetes.cluster_view import view

        return next((each.id for each in view().machines(self._cluster) if each.name == self._node), "")
