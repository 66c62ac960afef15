"""Shared files: what file systems of EFS and FSx, and directories, are charged for, and what passes through them.

Sources: EFS pricing (each class by the GB; provisioned throughput beyond what the data in Standard includes; elastic
throughput, IA and Archive by the GB that is moved), FSx pricing (capacity and throughput as ordered, twice as dear in
two zones; IOPS of SSD beyond three a GiB), Directory Service pricing (by the hour), DataSync pricing (by the GB).

Left out: backups of file systems (in vaults, and EFS's automatic ones: `aws14.cost.kept`), deduplication, a share's
capacity pool as it fills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from aws14.catalog import quota
from aws14.cost.location import region_of
from aws14.cost.managed import GONE, Rates, number
from aws14.errors import DesignError, ScenarioError
from aws14.model import Node, Topology, Trace, Usage

_DIRECTORIES: Mapping[tuple[str, str], str] = {
    ("MicrosoftAD", "Standard"): "Managed Microsoft AD Standard (2 controllers)",
    ("MicrosoftAD", "Enterprise"): "Managed Microsoft AD Enterprise (2 controllers)",
    ("SimpleAD", ""): "Simple AD small (2 controllers)",
}
"""Type and edition of a directory -> its item in the price book."""

_MIB_PER_GIB = 1024.0

_SHARES: Mapping[str, tuple[str, str]] = {"WINDOWS": ("Windows", "MBps-month"), "ONTAP": ("ONTAP", "MiBps-month")}
"""Type of a file system of FSx -> how its items begin, and the unit of its throughput."""


def _file_system(node: Node, region: str) -> Rates:
    if node.require("state") in GONE:
        return
    zones = node.require("zones")
    one_zone = isinstance(zones, tuple) and len(zones) == 1
    for item, gib in (
        ("One Zone storage" if one_zone else "Standard storage", number(node, "standard_gib")),
        ("Infrequent Access storage (elastic)", number(node, "ia_gib")),
        ("Archive storage", number(node, "archive_gib")),
    ):
        if gib:
            yield _efs(item, "GB-month", region, gib)
    if node.require("throughput_mode") == "provisioned":
        comes_with = quota("EFS", "provisioned throughput that comes with a GB stored").value
        included = comes_with * number(node, "standard_gib")
        beyond = max(0.0, number(node, "provisioned_mibps") - included)
        note = f"{included:.1f} MB/s come with what is stored" if included >= 0.1 else "with or without load"
        yield _efs("Provisioned throughput", "MB/s-month", region, beyond, note=note)


def _efs(item: str, unit: str, region: str, quantity: float, *, note: str = "") -> Usage:
    return Usage(service="EFS", item=item, unit=unit, region=region, quantity=quantity, note=note)


def _share(node: Node, region: str) -> Rates:
    if node.require("state") in (*GONE, "DELETING", "FAILED"):
        return
    kind = str(node.require("file_system_type"))
    if kind not in _SHARES:
        raise DesignError(f"the course has no price of FSx for '{kind}'", allowed=", ".join(_SHARES))
    name, unit = _SHARES[kind]
    zones = "Multi-AZ" if str(node.require("deployment_type")).startswith("MULTI_AZ") else "Single-AZ"
    disk, gib = str(node.require("storage_type")), number(node, "gib")
    yield _fsx(f"{name} {disk} {zones}", "GB-month", region, gib, note="as ordered, full or empty")
    yield _fsx(f"{name} throughput {zones}", unit, region, number(node, "throughput_mibps"), note="as ordered")
    included = quota(f"FSx {name}", "SSD IOPS a GiB, automatic").value * gib
    beyond = number(node, "iops") - included
    if disk == "SSD" and beyond > 0:
        yield _fsx("SSD IOPS above 3 a GiB", "IOPS-month", region, beyond, note=f"{included:g} come with the disks")


def _fsx(item: str, unit: str, region: str, quantity: float, *, note: str) -> Usage:
    return Usage(service="FSx", item=item, unit=unit, region=region, quantity=quantity, note=note)


def _directory(node: Node, region: str) -> Rates:
    if node.require("state") in (*GONE, "Deleting", "Deleted", "Failed"):
        return
    kind = (str(node.require("directory_type")), str(node.require("edition")))
    item = _DIRECTORIES.get(kind) or _DIRECTORIES.get((kind[0], ""))
    if item is None:
        known = ", ".join(" ".join(each).strip() for each in _DIRECTORIES)
        raise DesignError(f"the course has no price of a directory {' '.join(kind).strip()!r}", allowed=known)
    yield Usage(
        service="Directory Service", item=item, unit="directory-hour", region=region, quantity=1,
        note="two controllers, in two zones",
    )  # fmt: skip


SHARED_FILES: Mapping[str, Callable[[Node, str], Rates]] = {
    "directory": _directory,
    "file_system": _file_system,
    "windows_share": _share,
}
"""Kind of node -> what it is charged for while it stands. Mount targets, access points and gateways are free."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """GiB of a month that pass through file servers, and are charged for by the GB.

    Parameters
    ----------
    read_gib, written_gib : float
        Through elastic throughput.
    ia_gib, archive_gib : float
        Read from or moved into Infrequent Access and Archive.
    copied_gib : float
        Moved by DataSync.
    between_zones_gib : float
        Between a server and a mount target of another zone.

    Raises
    ------
    ScenarioError
        When one is negative.
    """

    read_gib: float = 0.0
    written_gib: float = 0.0
    ia_gib: float = 0.0
    archive_gib: float = 0.0
    copied_gib: float = 0.0
    between_zones_gib: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not all(getattr(self, each.name) >= 0 for each in fields(self)):
            raise ScenarioError(f"{self} cannot be", allowed="GiB of 0 or more")


def moved_usage(moved: Moved, region: str) -> Iterator[Usage]:
    """What passes through is charged for.

    Parameters
    ----------
    moved : Moved
        GiB of a month.
    region : str
        Where the file system stands.
    """
    for service, item, gib, note in (
        ("EFS", "Elastic throughput reads", moved.read_gib, "what is read, as it comes"),
        ("EFS", "Elastic throughput writes", moved.written_gib, "what is written, as it comes"),
        ("EFS", "Infrequent Access reads", moved.ia_gib, "beside its cheaper storage"),
        ("EFS", "Archive reads", moved.archive_gib, "beside its cheaper storage"),
        ("DataSync", "Data copied", moved.copied_gib, "each copy again"),
        ("Data transfer", "between AZs, each direction", 2 * moved.between_zones_gib, "charged at both ends"),
    ):
        if gib:
            yield Usage(service=service, item=item, unit="GB", region=region, quantity=gib, note=note)


def files_moved(topology: Topology, trace: Trace, scale: float) -> Iterator[Usage]:
    """What a run moved through a file system of EFS; FSx charges nothing by the GB.

    Bytes that were moved for clients who had given up are charged for, too. Reads of cold classes are left out: what
    they hold is what nobody asks for.

    Parameters
    ----------
    topology, trace : Topology, Trace
        What the run went through, and the run.
    scale : float
        Length of the billed time over that of the run.
    """
    record = trace.files
    if record is None:
        return
    files = topology.node(record.node)
    if files.kind != "file_system":
        return
    elastic = record.mode == "elastic"
    moved = Moved(
        read_gib=float(record.read_mib.sum()) * scale / _MIB_PER_GIB if elastic else 0.0,
        written_gib=float(record.written_mib.sum()) * scale / _MIB_PER_GIB if elastic else 0.0,
        between_zones_gib=float(record.between_zones_mib.sum()) * scale / _MIB_PER_GIB,
    )
    for line in moved_usage(moved, region_of(topology, files)):
        yield replace(line, resource=files.id)
