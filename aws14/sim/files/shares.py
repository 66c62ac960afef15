"""What a file system of FSx gives: its file server as ordered, and its disks by their size and kind.

Model (FSx for Windows user guide, "Performance"; numbers in ``data/quotas.csv``): what is found in the file server's
memory needs no disk; the rest is limited by the disks' bytes and operations, which follow from their size. Baselines
are taken, as of `servers`.

Left out: bursts of the network and of HDD, the size of the memory (say what share it finds), deduplication.
"""

from __future__ import annotations

import math

from aws14.catalog import quota
from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.servers import Limits

_TIB_GIB, _KIB_PER_MIB = 1024.0, 1024.0


def share_limits(share: Node, *, found: float = 0.0, block_kib: float = 64.0) -> Limits:
    """What limits a share that was read back.

    Parameters
    ----------
    share : Node
        Of kind ``windows_share``.
    found : float
        Share of what is asked for that the file server has in its memory.
    block_kib : float
        Size of an operation on the disks, KiB.

    Raises
    ------
    DesignError
        When it does not state what it is limited by.
    ScenarioError
        When the share is none, or operations have no size.
    """
    if not (0 <= found <= 1 and block_kib > 0):
        raise ScenarioError(f"{found:g} found, operations of {block_kib:g} KiB", allowed="0 to 1, and above 0 KiB")
    tib = float(str(share.require("gib"))) / _TIB_GIB
    disk = str(share.require("storage_type"))
    if disk == "HDD":
        mibps, iops = (
            tib * quota("FSx Windows", f"HDD baseline {name} of a TiB").value for name in ("throughput", "IOPS")
        )
    else:
        mibps = tib * quota("FSx Windows", "SSD throughput of a TiB").value
        automatic = tib * _TIB_GIB * quota("FSx Windows", "SSD IOPS a GiB, automatic").value
        iops = max(automatic, float(str(share.require("iops") or 0)))
    from_disk = 1 - found
    return Limits(
        mibps={
            "file server, as ordered": float(str(share.require("throughput_mibps"))),
            "disks, bytes": mibps / from_disk if from_disk else math.inf,
            "disks, operations": iops * block_kib / _KIB_PER_MIB / from_disk if from_disk else math.inf,
        }
    )
