"""A file server of one's own: which part of it decides how fast it is, and for how long files are away with a zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import charts
from aws14.catalog import quota
from aws14.charts.numbers import duration
from aws14.errors import DesignError
from aws14.model import Node, Picture, Topology
from aws14.patterns.p06_day import PEAK_MIBPS, SHARE, SHARED
from aws14.sim.files.losses import zone_lost_min
from aws14.sim.files.servers import limits_of

SERVER, DISK = "own-server", "own-disk"

BLOCK_KIB = 64.0
"""Size of an operation: files of an office are read in pieces."""

LOST_MIN, RESTORED_MIN = 8 * 60.0, 90.0
"""How long the zone is lost; until somebody has noticed, and made a disk of last night's snapshot elsewhere."""

_MINUTE_S = 60.0


def own_server(built: Topology, instance_type: str = "as built", volume_type: str = "as built") -> Picture:
    """What each part of the server of one's own lets through.

    Parameters
    ----------
    built : Topology
        What was read back, with server and disk.
    instance_type, volume_type : str
        Others in their place.

    Raises
    ------
    DesignError
        When no such server stands.
    """
    server, disk = _own(built, SERVER), _own(built, DISK)
    if instance_type != "as built":
        server = replace(server, attributes={**server.attributes, "instance_type": instance_type})
    if volume_type != "as built":
        iops = quota("EBS", "gp3 baseline IOPS").value if volume_type == "gp3" else 0
        disk = replace(disk, attributes={**disk.attributes, "volume_type": volume_type, "iops": iops})
    found = limits_of(server, disk, block_kib=BLOCK_KIB)
    title = f"{found.decides[0].upper()}{found.decides[1:]}: {found.given_mibps:,.0f} MiB/s, whatever the rest can do"
    return charts.bars(
        found.mibps, title=title, xlabel="MiB/s, sustained", limit=(PEAK_MIBPS, "end of the month"), unit="MiB/s"
    )


def zone_lost(built: Topology, restored_min: float = RESTORED_MIN) -> Picture:
    """How long files are away when the zone is lost from which they are served.

    Parameters
    ----------
    built : Topology
        What was read back. Server and disk of one's own are drawn in where they do not stand.
    restored_min : float
        Until somebody has restored the snapshot elsewhere.
    """
    away = away_min(built, restored_min)
    told = {name: duration(minutes * _MINUTE_S) for name, minutes in away.items()}
    best = [name for name, minutes in away.items() if minutes < 1]
    return charts.bars(
        away,
        title=f"A zone is lost for {duration(LOST_MIN * _MINUTE_S)}: {len(best)} of {len(away)} hardly notice",
        xlabel="files are away, minutes",
        told=told,
    )


def away_min(built: Topology, restored_min: float = RESTORED_MIN) -> Mapping[str, float]:
    """Minutes for which each way of serving files is away with its zone; parameters as `zone_lost`."""
    shared, share = built.node(SHARED), built.node(SHARE)
    disk = built.node(DISK) if DISK in built else Node(id=DISK, kind="volume")
    one_zone = replace(shared, attributes={**shared.attributes, "zones": (f"{built.of_kind('region')[0].id}a",)})
    single = replace(share, attributes={**share.attributes, "deployment_type": "SINGLE_AZ_2"})
    cases = {
        "own server, nobody restores": (disk, None),
        "own server, snapshot restored": (disk, restored_min),
        "EFS One Zone": (one_zone, None),
        "FSx Single-AZ": (single, None),
        f"FSx {share.require('deployment_type')}, as built": (share, None),
        "EFS, as built": (shared, None),
    }
    return {
        name: zone_lost_min(node, lasts_min=LOST_MIN, restored_min=restored) for name, (node, restored) in cases.items()
    }


def _own(built: Topology, name: str) -> Node:
    if name not in built:
        raise DesignError(f"there is no '{name}'", cure="run the block's first cell: it builds server and disk")
    return built.node(name)
