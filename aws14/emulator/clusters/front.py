"""The endpoint of a cluster as the data plane sees it: a name, an address on the Internet, a door of its own."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.clusters import endpoint
from aws14.emulator.clusters.control_plane import endpoint_name
from aws14.emulator.clusters.records import clusters, find, life_of
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit

__all__ = ["ClusterEndpoint", "register"]

_HTTPS = 443


def register() -> None:
    """Let the data plane find the endpoints."""
    fronts.register("eks", names=_addresses, of_address=_at)


@dataclass(frozen=True, slots=True)
class ClusterEndpoint:
    """Where a cluster answers.

    Parameters
    ----------
    arn, name : str
        Of the cluster.
    """

    arn: str
    name: str

    @property
    def owner(self) -> str:
        """``eks/books``."""
        return f"eks/{self.name}"

    def listens(self, port: int) -> bool:
        """On 443, where access from the Internet is allowed to anybody."""
        cluster = find(self.arn)
        public = cluster is not None and bool(cluster.endpoint) and cluster.resources_vpc_config["endpointPublicAccess"]
        return bool(port == _HTTPS and public)

    def speaks_tls(self, port: int) -> bool:
        """On 443."""
        return port == _HTTPS

    def shown(self, port: int, name: str) -> Shown | None:
        """Its own door shows the certificate of the cluster's authority; this is for those who come by another."""
        del port, name
        return None

    def answer(self, visit: Visit) -> Told:
        """Nothing but at its own door: an answer may be a stream."""
        raise ConnectionResetError(f"{self.name} answers at a door of its own only, not on port {visit.port}")

    def door(self, port: int, source: str) -> int | None:
        """A loopback port of the cluster's endpoint."""
        return endpoint.open(endpoint.Way(self.arn, source)) if port == _HTTPS else None


def _key(identifier: str) -> str:
    return f"eks/{identifier}"


def _addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    del vpc
    if not name.endswith(".eks.amazonaws.com") or ".gr7." not in name:
        return None
    found = next((each for each in clusters() if endpoint_name(each) == name and each.endpoint), None)
    return fronts.edge_addresses(_key(life_of(found).identifier), 2) if found is not None else ()


def _at(address: str) -> ClusterEndpoint | None:
    holder = fronts.edge_holder(address)
    if not holder.startswith("eks/"):
        return None
    found = next((each for each in clusters() if _key(life_of(each).identifier) == holder), None)
    return ClusterEndpoint(found.arn, found.name) if found is not None else None
