"""Small files over a long line: round trips count, not bytes; and folders that are renamed where there are none.

Model: a small file is opened, read or written, and closed; each takes round trips (``data/quotas.csv``, after the
protocols' usual exchanges), one after the other, and its bytes take the line. A cache in the office answers its share
at the office's own round trip. S3 has no folders: a gateway that renames one copies each object and deletes the old.

Left out: compounding and leases that save round trips, windows of TCP, antivirus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import ScenarioError

PROTOCOLS = ("SMB", "NFS")

_KIB_BITS, _MEGA, _MS = 1024 * 8, 1e6, 1e3
_STEPS = ("open a small file", "read or write a small file", "close a small file")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The way from a desk to the files.

    Parameters
    ----------
    rtt_ms : float
        Round trip, ms.
    mbps : float
        Mbit/s.

    Raises
    ------
    ScenarioError
        When one cannot be.
    """

    rtt_ms: float
    mbps: float

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (self.rtt_ms >= 0 and self.mbps > 0):
            raise ScenarioError(
                f"a line of {self.rtt_ms:g} ms and {self.mbps:g} Mbit/s", allowed="0 ms, above 0 Mbit/s"
            )


def round_trips(protocol: str) -> float:
    """Round trips of one small file, opened, read and closed.

    Raises
    ------
    ScenarioError
        When the course does not know the protocol.
    """
    if protocol not in PROTOCOLS:
        raise ScenarioError(f"the protocol {protocol!r}", allowed=" or ".join(PROTOCOLS))
    return sum(catalog.quota(protocol, f"round trips to {step}").value for step in _STEPS)


def file_s(protocol: str, line: Line, *, kib: float) -> float:
    """Seconds that one small file takes.

    Parameters
    ----------
    protocol : {'SMB', 'NFS'}
        How it is asked for.
    line : Line
        Between the desk and the files.
    kib : float
        Its size.
    """
    return round_trips(protocol) * line.rtt_ms / _MS + kib * _KIB_BITS / (line.mbps * _MEGA)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """A tree of small files.

    Parameters
    ----------
    files : int
        How many.
    kib : float
        Size of each.

    Raises
    ------
    ScenarioError
        When there is none, or a size is negative.
    """

    files: int
    kib: float

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (self.files >= 1 and self.kib >= 0):
            raise ScenarioError(f"{self.files} files of {self.kib:g} KiB", allowed="at least 1 file of 0 KiB or more")


def tree_s(
    tree: Tree, protocol: str, line: Line, *, office: Line | None = None, found: float = 0.0, at_once: int = 1
) -> float:
    """Seconds until a tree of small files is read.

    Parameters
    ----------
    tree : Tree
        What is read.
    protocol : {'SMB', 'NFS'}
        How.
    line : Line
        To where the files are.
    office : Line, optional
        To a cache in the office; None: there is none.
    found : float
        Share of the files that the cache has.
    at_once : int
        Files that a client asks for at the same time; the line's bytes are shared all the same.

    Raises
    ------
    ScenarioError
        When the share is none, or nothing is asked for.
    """
    if not (0 <= found <= 1 and at_once >= 1) or (found and office is None):
        raise ScenarioError(f"{found:g} of the files found, {at_once} at once", allowed="0 to 1 in a cache, 1 or more")
    near = 0.0 if office is None else found * _seconds(tree, protocol, office, at_once)
    return near + (1 - found) * _seconds(tree, protocol, line, at_once)


def _seconds(tree: Tree, protocol: str, line: Line, at_once: int) -> float:
    waiting = round_trips(protocol) * line.rtt_ms / _MS / at_once
    return tree.files * max(waiting + tree.kib * _KIB_BITS / (line.mbps * _MEGA), 0.0)


def rename_s(files: int, *, on_s3: bool, line: Line, at_once: int = 10) -> float:
    """Seconds until a renamed folder is there under its new name for everybody.

    Parameters
    ----------
    files : int
        In the folder.
    on_s3 : bool
        Whether it lies on S3, behind a gateway; else a file system renames it by one operation.
    line : Line
        From the desk to the files, or from the gateway to S3.
    at_once : int
        Objects that the gateway copies at the same time.

    Raises
    ------
    ScenarioError
        When there are less than no files, or nothing is copied at once.
    """
    if files < 0 or at_once < 1:
        raise ScenarioError(f"{files} files, {at_once} at once", allowed="0 or more files, 1 or more at once")
    trip_s = line.rtt_ms / _MS
    if not on_s3:
        return trip_s + catalog.durations()["EFS operation on a file"].typical_s
    copy_s = catalog.durations()["S3 object copied within the region"].typical_s
    # A copy and a deletion are a call each.
    return math.ceil(files / at_once) * (2 * trip_s + copy_s)
