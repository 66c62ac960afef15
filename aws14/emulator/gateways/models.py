"""Gateways and their tapes, one backend an account and region. Importing this imports moto."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

from aws14.emulator.gateways.records import Counts, Disk, Held, Pending, Share, Tape, Volume

__all__ = [
    "Gateway",
    "StorageGatewayBackend",
    "gateways",
    "storagegateway_backends",
]


@dataclass
class Gateway:
    """A gateway.

    Parameters
    ----------
    id, arn, appliance : str
        The last: host name in the office.
    told : dict
        What the activating call said.
    tags : dict
        Its own.
    disks : list of Disk
        Of the appliance.
    state : str
        ``RUNNING`` or ``SHUTDOWN``.
    settings : dict
        Domain, guest password, rate limits: what was set later.
    cache : dict of (holder, path) to Held
        Least recently used first.
    sums : dict of str to (int, int)
        By holder, empty for all: bytes in the cache, and those that wait for the line.
    queue : list of Pending
        The first is being sent.
    stuck : list of Pending
        What AWS did not take: waits for something to change.
    since, rate, round : float, float, int
        Since when the first is being sent and at how many bytes/s; grows with every start: older events are void.
    journal : dict of str to list of (float, Counts)
        By holder, empty for the whole gateway: how the counts were from a time on.
    """

    id: str
    arn: str
    appliance: str
    told: dict[str, Any]
    tags: dict[str, str]
    disks: list[Disk]
    state: str = "RUNNING"
    settings: dict[str, Any] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)
    cache: dict[tuple[str, str], Held] = field(default_factory=dict)
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)
    queue: list[Pending] = field(default_factory=list)
    stuck: list[Pending] = field(default_factory=list)
    since: float | None = None
    rate: float = 0.0
    round: int = 0
    journal: dict[str, list[tuple[float, Counts]]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``FILE_S3``, ``CACHED``, ``STORED``, ``VTL``."""
        return str(self.told.get("GatewayType") or "STORED")

    def room(self, use: str) -> int:
        """Bytes of the disks that serve a use."""
        return sum(disk.size for disk in self.disks if disk.use == use)


class StorageGatewayBackend(BaseBackend, TaggableResourcesMixin):
    """The gateways and tapes of an account in a region."""

    SERVICE_NAMESPACE = "storagegateway"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.gateways: dict[str, Gateway] = {}
        self.tapes: dict[str, Tape] = {}

    def tagged(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """ARN, word and tags of everything that has tags."""
        for gateway in self.gateways.values():
            yield gateway.arn, "gateway", gateway.tags
            yield from ((share.arn, "share", share.tags) for share in gateway.shares.values())
            yield from ((volume.arn, "volume", volume.tags) for volume in gateway.volumes.values())
        yield from ((tape.arn, "tape", tape.tags) for tape in self.tapes.values())

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """What the tagging API is told."""
        for arn, word, tags in self.tagged():
            yield TaggedResource(arn=arn, tags=tags, resource_type=f"storagegateway:{word}")


storagegateway_backends = BackendDict(StorageGatewayBackend, "storagegateway")


def gateways() -> Iterator[tuple[StorageGatewayBackend, Gateway]]:
    """All gateways, of every account and region."""
    for regions in list(storagegateway_backends.values()):
        for backend in list(regions.values()):
            yield from ((backend, gateway) for gateway in list(backend.gateways.values()))
