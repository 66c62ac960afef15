"""Gateways and what hangs on them, one backend an account and region. Importing this imports moto."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

__all__ = [
    "Counts",
    "Disk",
    "Gateway",
    "Held",
    "Known",
    "Pending",
    "Share",
    "StorageGatewayBackend",
    "Tape",
    "Volume",
    "gateways",
    "storagegateway_backends",
]


@dataclass
class Disk:
    """A disk of an appliance.

    Parameters
    ----------
    id, node : str
        Its names.
    size : int
        Bytes.
    use : str
        ``AVAILABLE``, ``CACHE STORAGE``, ``UPLOAD BUFFER``, ``STORED iSCSI VOLUME``.
    holder : str
        ARN's resource of the stored volume on it; empty for none.
    """

    id: str
    node: str
    size: int
    use: str = "AVAILABLE"
    holder: str = ""


@dataclass
class Known:
    """A file of a share, as the gateway knows it.

    Parameters
    ----------
    size : int
        Bytes.
    seen : tuple of int
        Time and size that its copy in the local folder had; empty for none.
    etag : str
        Of its object; empty while it has never been uploaded.
    data : bytes or None
        What waits for the line; None for a file that is in the bucket.
    """

    size: int
    seen: tuple[int, ...] = ()
    etag: str = ""
    data: bytes | None = None


@dataclass
class Share:
    """A file share on a bucket.

    Parameters
    ----------
    id, arn, kind : str
        ``NFS`` or ``SMB``.
    told : dict
        What the creating call said, in the API's names.
    bucket, prefix : str
        Where its objects are.
    folder : str
        Name of its local folder.
    tags : dict
        Its own.
    status : str
        As the API tells it.
    files : dict of str to Known
        By path in the share, without a slash before it.
    refused : list of str
        Files of the folder that found no room in the cache.
    """

    id: str
    arn: str
    kind: str
    told: dict[str, Any]
    bucket: str
    prefix: str
    folder: str
    tags: dict[str, str]
    status: str = "CREATING"
    files: dict[str, Known] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


@dataclass
class Volume:
    """A volume that the office's servers use by iSCSI.

    Parameters
    ----------
    id, arn, kind : str
        ``CACHED`` or ``STORED``.
    told : dict
        What the creating call said.
    size, used : int
        Bytes.
    tags : dict
        Its own.
    created : float
        Epoch seconds.
    status : str
        As the API tells it.
    held : object
        Files of the snapshot it was made of.
    """

    id: str
    arn: str
    kind: str
    told: dict[str, Any]
    size: int
    tags: dict[str, str]
    created: float
    used: int = 0
    status: str = "CREATING"
    held: Any = None


@dataclass
class Tape:
    """A virtual tape.

    Parameters
    ----------
    arn, barcode, pool : str
        ``GLACIER`` or ``DEEP_ARCHIVE``: where it goes when it is ejected.
    size : int
        Bytes.
    tags : dict
        Its own.
    created : float
        Epoch seconds.
    gateway : str
        ARN of the gateway in whose library it is; empty in the archive.
    worm : bool
        Whether it is written once only.
    token : str
        Of the call that made it.
    used : int
        Bytes.
    status : str
        As the API tells it.
    archived : float
        When it came to the archive; 0 for never.
    """

    arn: str
    barcode: str
    pool: str
    size: int
    tags: dict[str, str]
    created: float
    gateway: str
    worm: bool = False
    token: str = ""
    used: int = 0
    status: str = "CREATING"
    archived: float = 0.0


@dataclass
class Held:
    """A part of the cache: a file, or what of a volume or tape is there.

    Parameters
    ----------
    size : int
        Bytes.
    dirty : bool
        Whether it is not in AWS yet: then it stays.
    """

    size: int
    dirty: bool


@dataclass
class Pending:
    """Something that waits for the line.

    Parameters
    ----------
    holder, path : str
        Id of the share or volume, or ARN of the tape; path in the share.
    size : int
        Bytes.
    ready : float
        Not sent before, epoch seconds.
    sent : float
        Bytes that went already.
    kind : str
        ``file``, ``volume``, ``tape``: of the holder.
    what : str
        ``write``, ``delete``, for a tape ``eject``.
    """

    holder: str
    path: str
    size: int
    ready: float
    sent: float = 0.0
    kind: str = "file"
    what: str = "write"


@dataclass(frozen=True)
class Counts:
    """What metrics are made of; bytes and reads are counted since the beginning."""

    dirty: int = 0
    used: int = 0
    uploaded: int = 0
    downloaded: int = 0
    hits: int = 0
    misses: int = 0


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
