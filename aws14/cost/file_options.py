"""File servers beside each other: which meets a brief, and what each costs over years.

Each option is laid out for the brief as somebody would order it (the peak of the month decides what is provisioned),
drawn as nodes, and billed as what is built is billed. Storage grows from year to year; what is ordered grows with it.

Left out: backups, the hardware of an office's gateway, people who keep a server of one's own running, licences of
Windows on EC2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from aws14.catalog import quota
from aws14.cost.billing import bill
from aws14.cost.files_brief import FilesBrief
from aws14.cost.metering import HOURS_PER_MONTH, standing
from aws14.cost.shared_files import Moved, moved_usage
from aws14.errors import ScenarioError
from aws14.model import Node, Topology, Usage
from aws14.model.kinds import ATTRIBUTES, Attribute
from aws14.sim.files.servers import limits
from aws14.sim.files.throughput import Throughput
from aws14.sim.volumes import Volume

_SERVER = "m5.large"
_MONTHS = 12
_HOUR_S = 3600.0
_SERVERS = "servers and directories"
_PARTS: Mapping[str, str] = {
    "GB": "what is moved",
    "GB-month": "storage",
    "IOPS-month": "throughput as ordered",
    "MB/s-month": "throughput as ordered",
    "MBps-month": "throughput as ordered",
    "MiBps-month": "throughput as ordered",
}
"""Unit of a line -> what is paid for; all else by the hour is servers and directories."""

OPTIONS = (
    "EFS bursting", "EFS provisioned", "EFS elastic", "FSx Windows Multi-AZ", "FSx ONTAP Multi-AZ", "EC2 and EBS",
    "S3 File Gateway",
)  # fmt: skip


def _node(kind: str, **stated: Attribute) -> Node:
    nothing: dict[str, Attribute] = dict.fromkeys(ATTRIBUTES[kind], "")
    known = {"state": "available", **stated}
    return Node(id=f"the {kind}", kind=kind, attributes={**nothing, **known})


def _efs(brief: FilesBrief, mode: str) -> tuple[Node, ...]:
    cold = brief.gib * brief.cold_share
    ordered = math.ceil(brief.peak_metered_mibps) if mode == "provisioned" else 0
    return (
        _node(
            "file_system", throughput_mode=mode, provisioned_mibps=ordered, standard_gib=brief.gib - cold, ia_gib=cold,
            archive_gib=0.0, zones=(),
        ),
    )  # fmt: skip


def _share(brief: FilesBrief, kind: str) -> tuple[Node, ...]:
    product = "FSx ONTAP" if kind == "ONTAP" else "FSx Windows"
    least = quota(product, "SSD capacity, least").value
    # ONTAP moves what nobody reads to its capacity pool; Windows keeps all on its disks.
    warm = brief.gib * (1 - brief.cold_share) if kind == "ONTAP" else brief.gib
    ordered = max(quota(product, "throughput, least").value, 2 ** math.ceil(math.log2(max(1.0, brief.peak_mibps))))
    share = _node(
        "windows_share", file_system_type=kind, deployment_type="MULTI_AZ_1", storage_type="SSD",
        gib=max(least, warm), throughput_mibps=ordered, iops=0.0,
    )  # fmt: skip
    directory = _node("directory", directory_type="MicrosoftAD", edition="Standard", state="Active")
    return (share, directory) if brief.protocol == "SMB" else (share,)


def _server(brief: FilesBrief) -> tuple[Node, ...]:
    return (
        _node(
            "instance", instance_type=_SERVER, state="running", root_gib=8, root_volume_type="gp3",
            public_ipv4_kind="none",
        ),
        _node("volume", gib=brief.gib, volume_type="gp3", state="in-use", iops=quota("EBS", "gp3 baseline IOPS").value),
    )  # fmt: skip


def month_of(option: str, brief: FilesBrief) -> tuple[Usage, ...]:
    """A month of an option, as it would be ordered for a brief.

    Parameters
    ----------
    option : str
        One of `OPTIONS`.
    brief : FilesBrief
        What is asked for.

    Raises
    ------
    ScenarioError
        When there is no such option.
    """
    if option not in OPTIONS:
        raise ScenarioError(f"the option {option!r}", allowed=", ".join(OPTIONS))
    nodes: tuple[Node, ...] = ()
    moved: tuple[Usage, ...] = ()
    if option.startswith("EFS"):
        mode = option.removeprefix("EFS ")
        nodes = _efs(brief, mode)
        by_the_gb = Moved(read_gib=brief.read_gib, written_gib=brief.written_gib) if mode == "elastic" else Moved()
        moved = tuple(moved_usage(by_the_gb, brief.region))
    elif option.startswith("FSx"):
        nodes = _share(brief, "ONTAP" if "ONTAP" in option else "WINDOWS")
        moved = _pool(brief) if "ONTAP" in option else ()
    elif option == "EC2 and EBS":
        nodes = _server(brief)
    else:
        moved = _gateway(brief)
    drawn = Topology(
        name=option, origin="drawn", nodes=(Node(id=brief.region, kind="region"), *(_in(n, brief) for n in nodes))
    )
    return (*standing(drawn, hours=HOURS_PER_MONTH), *moved)


def _in(node: Node, brief: FilesBrief) -> Node:
    return replace(node, parent=brief.region)


def _pool(brief: FilesBrief) -> tuple[Usage, ...]:
    return (
        Usage(
            service="FSx", item="ONTAP capacity pool Multi-AZ", unit="GB-month", region=brief.region,
            quantity=brief.gib * brief.cold_share, note="what nobody reads for months",
        ),
    )  # fmt: skip


def _gateway(brief: FilesBrief) -> tuple[Usage, ...]:
    """Objects in Standard, and what passes: a gateway in the office is free as such."""
    return (
        Usage(
            service="S3", item="Standard storage", unit="GB-month", region=brief.region, quantity=brief.gib,
            note="files as objects",
        ),
        Usage(
            service="Storage Gateway", item="Data written to AWS by gateway", unit="GB", region=brief.region,
            quantity=brief.written_gib, note="what the office writes",
        ),
    )  # fmt: skip


def years_of(option: str, brief: FilesBrief, *, years: int = 3) -> Mapping[str, tuple[float, ...]]:
    """What an option costs year by year, USD, by what is paid for; storage grows.

    Parameters
    ----------
    option : str
        One of `OPTIONS`.
    brief : FilesBrief
        Of the first year.
    years : int
        How many.

    Raises
    ------
    ScenarioError
        When there is no such option, or no year.
    DataError
        When the price book lacks a price of the region.
    """
    if years < 1:
        raise ScenarioError(f"{years} years", allowed="at least 1")
    found: dict[str, list[float]] = {}
    for year in range(years):
        grown = replace(brief, gib=brief.gib * (1 + brief.growth) ** year)
        for line in bill(month_of(option, grown), title=option).lines:
            found.setdefault(_PARTS.get(line.usage.unit, _SERVERS), [0.0] * years)[year] += _MONTHS * line.usd
    return {name: tuple(amounts) for name, amounts in found.items()}


def given_mibps(option: str, brief: FilesBrief) -> float:
    """What an option gives without credits of the work that a brief asks for, MiB/s; NaN for a gateway: its line.

    Raises
    ------
    ScenarioError
        When there is no such option.
    """
    if option not in OPTIONS:
        raise ScenarioError(f"the option {option!r}", allowed=", ".join(OPTIONS))
    if option.startswith("FSx"):
        return float(str(_share(brief, "ONTAP" if "ONTAP" in option else "WINDOWS")[0].require("throughput_mibps")))
    if option == "EC2 and EBS":
        iops = quota("EBS", "gp3 baseline IOPS").value
        return limits(_SERVER, Volume(kind="gp3", gib=brief.gib, iops=iops)).given_mibps
    if option == "S3 File Gateway":
        return math.nan
    return _throughput(option, brief).baseline_mibps / brief.metered_share


def _throughput(option: str, brief: FilesBrief) -> Throughput:
    """Of EFS in an option's mode: what nobody reads earns nothing."""
    warm = brief.gib * (1 - brief.cold_share)
    ordered = max(1.0, math.ceil(brief.peak_metered_mibps))
    return Throughput(mode=option.removeprefix("EFS "), standard_gib=warm, provisioned_mibps=ordered)


def credits_h(brief: FilesBrief) -> float:
    """How long full credits of EFS bursting carry the peak, hours; 0 where they do not fill again within a month.

    Parameters
    ----------
    brief : FilesBrief
        What is asked for.
    """
    made = _throughput("EFS bursting", brief)
    spent_mibps = brief.peak_metered_mibps - made.baseline_mibps
    if spent_mibps <= 0:
        return math.inf
    if brief.peak_metered_mibps > made.burst_mibps or brief.mean_metered_mibps > made.baseline_mibps:
        return 0.0
    return made.credits_mib / spent_mibps / _HOUR_S


def misses(option: str, brief: FilesBrief) -> tuple[str, ...]:
    """What of a brief an option does not meet, in words; empty: it meets all of it.

    Raises
    ------
    ScenarioError
        When there is no such option.
    """
    given = given_mibps(option, brief)
    told = []
    if brief.protocol == "SMB" and option.startswith("EFS"):
        told.append("speaks NFS only")
    if brief.protocol == "NFS" and option == "FSx Windows Multi-AZ":
        told.append("speaks SMB only")
    if brief.two_zones and option in ("EC2 and EBS", "S3 File Gateway"):
        told.append("stands in one zone" if option == "EC2 and EBS" else "one gateway: no other takes over")
    if given < brief.peak_mibps and not (option == "EFS bursting" and brief.peak_h <= credits_h(brief)):
        told.append(f"gives {given:,.0f} MiB/s sustained, {brief.peak_mibps:,.0f} are wanted at the peak")
    return tuple(told)
