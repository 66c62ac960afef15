"""A server that shares a disk: the smallest of network, lane and disk decides what it gives.

Model (Amazon EBS user guide): a volume gives so many operations and so many bytes a second; all volumes of an instance
share its lane to EBS; what clients read goes through its network. Baselines are taken: a month does not live on bursts.

Left out: its processor, its memory as a cache, network and lane bursts of small instances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.volumes import Volume, lane_iops

_MIB, _KIB_PER_MIB = 1024**2, 1024
_BITS = 8
_MEGA = 1e6
_GIGA = 1e9


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a server can give.

    Parameters
    ----------
    mibps : Mapping[str, float]
        Each part's limit, MiB/s.
    """

    mibps: Mapping[str, float]

    @property
    def decides(self) -> str:
        """The part with the smallest limit."""
        return min(self.mibps, key=lambda part: self.mibps[part])

    @property
    def given_mibps(self) -> float:
        """What all of it gives, MiB/s."""
        return self.mibps[self.decides]


def limits(instance_type: str, volume: Volume, *, volume_mibps: float = 0.0, block_kib: float = 64.0) -> Limits:
    """What limits a file server.

    Parameters
    ----------
    instance_type : str
        Of the server.
    volume : Volume
        Its disk.
    volume_mibps : float
        Throughput that a gp3 volume was made with, MiB/s; 0: what every gp3 volume has.
    block_kib : float
        Size of an operation, KiB.

    Raises
    ------
    ScenarioError
        When operations have no size.
    DataError
        When the course has no facts about the type.
    """
    if not block_kib > 0:
        raise ScenarioError(f"operations of {block_kib:g} KiB", allowed="more than 0")
    machine = catalog.instance_type(instance_type)
    # Larger operations are counted as several.
    counted_kib = min(block_kib, catalog.quota("EBS", "largest operation of an SSD volume").value)
    by_the_block = counted_kib / _KIB_PER_MIB
    return Limits(
        mibps={
            "network of the instance": machine.net_baseline_gbps * _GIGA / _BITS / _MIB,
            "lane of the instance, bytes": machine.ebs_baseline_mbps * _MEGA / _BITS / _MIB,
            "lane of the instance, operations": lane_iops(instance_type) * by_the_block,
            "disk, bytes": _throughput_mibps(volume, volume_mibps),
            "disk, operations": volume.baseline_iops * by_the_block,
        }
    )


def _throughput_mibps(volume: Volume, chosen_mibps: float) -> float:
    if volume.kind == "gp3":
        return chosen_mibps or catalog.quota("EBS", "gp3 baseline throughput").value
    if volume.kind == "gp2":
        small = volume.gib <= catalog.quota("EBS", "gp2 small volume up to").value
        return catalog.quota("EBS", "gp2 throughput up to 170 GiB" if small else "gp2 most throughput").value
    return catalog.quota("EBS", "io2 Block Express maximum throughput").value


def limits_of(server: Node, disk: Node, *, volume_mibps: float = 0.0, block_kib: float = 64.0) -> Limits:
    """What limits a server and a volume that were read back.

    Parameters
    ----------
    server, disk : Node
        Of the kinds ``instance`` and ``volume``.
    volume_mibps, block_kib : float
        As `limits`.

    Raises
    ------
    DesignError
        When one does not state what it is limited by.
    DataError, ScenarioError
        As `limits`.
    """
    kind = str(disk.require("volume_type"))
    iops = 0.0 if kind == "gp2" else float(str(disk.require("iops")))
    chosen = volume_mibps or float(str(disk.require("throughput_mibps")))
    volume = Volume(kind=kind, gib=float(str(disk.require("gib"))), iops=iops)
    return limits(str(server.require("instance_type")), volume, volume_mibps=chosen, block_kib=block_kib)
