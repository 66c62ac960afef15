"""What hangs on a gateway: disks, shares and their files, volumes, tapes, what waits, what is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Counts", "Disk", "Held", "Known", "Pending", "Share", "Tape", "Volume"]


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
