"""Files that nobody reads: what they cost where they lie, and what it costs when somebody reads them after all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aws14 import charts
from aws14.cost.billing import bill
from aws14.cost.metering import HOURS_PER_MONTH, standing
from aws14.cost.shared_files import Moved, moved_usage
from aws14.errors import DesignError
from aws14.model import Node, Picture, Topology
from aws14.sim import what_if

Floats = NDArray[np.float64]

PAST = "past-years"
"""The file system of the block."""


def cold_files(built: Topology, most_gib: int = 4096) -> Picture:
    """A month's bill of the file system over what is read of its cold files.

    Parameters
    ----------
    built : Topology
        What was read back: its file system says what lies where.
    most_gib : int
        Read at most, GiB in the month.

    Raises
    ------
    DesignError
        When the file system does not stand, or nothing in it is cold yet.
    """
    read = np.linspace(0.0, float(most_gib), 41)
    lines = months_usd(built, read)
    node = built.node(PAST)
    warm, cold = _gib(node, "standard_gib"), _gib(node, "ia_gib") + _gib(node, "archive_gib")
    return charts.curves(
        read,
        lines,
        title=f"{cold:,.0f} of {cold + warm:,.0f} GiB lie where it is cheap",
        xlabel="read of the cold files in a month, GiB",
        ylabel="USD a month",
    )


def months_usd(built: Topology, read: Floats) -> Mapping[str, Floats]:
    """USD a month, way by way, when so many GiB of the cold files are read in it; errors as `cold_files`."""
    if PAST not in built:
        raise DesignError(f"there is no '{PAST}'", cure="run the block's first cell: it builds it")
    node = built.node(PAST)
    ia, archive = (_gib(node, name) for name in ("ia_gib", "archive_gib"))
    if not ia + archive:
        raise DesignError(f"all of '{PAST}' is read all the time", cure="run the cell that lets months pass")
    kept = _standing_usd(built, node)
    standard = what_if(built, PAST, standard_gib=_gib(node, "standard_gib") + ia + archive, ia_gib=0.0, archive_gib=0.0)
    return {
        "in Standard, all of it": np.full(len(read), _standing_usd(standard, standard.node(PAST))),
        "where it lies, read there": np.array([kept + _read_usd(built, each, ia, archive) for each in read]),
        "where it lies, and back to Standard when read": np.array([_back_usd(built, node, each) for each in read]),
    }


def _gib(node: Node, name: str) -> float:
    return float(str(node.require(name)))


def _standing_usd(built: Topology, node: Node) -> float:
    usage = tuple(each for each in standing(built, hours=HOURS_PER_MONTH) if each.resource == node.id)
    return bill(usage, title=node.id).total_usd


def _read_usd(built: Topology, gib: float, ia: float, archive: float) -> float:
    """Reads are spread over the classes as the files are."""
    share = archive / (ia + archive)
    moved = Moved(ia_gib=gib * (1 - share), archive_gib=gib * share)
    return bill(moved_usage(moved, built.of_kind("region")[0].id), title="read").total_usd


def _back_usd(built: Topology, node: Node, gib: float) -> float:
    """What is read once lies in Standard for the rest of the month, and is not read from the cheap class again."""
    ia, archive = _gib(node, "ia_gib"), _gib(node, "archive_gib")
    first = min(gib, ia + archive)
    share = archive / (ia + archive)
    after = what_if(
        built, PAST,
        standard_gib=_gib(node, "standard_gib") + first,
        ia_gib=ia - first * (1 - share),
        archive_gib=archive - first * share,
    )  # fmt: skip
    return _standing_usd(after, after.node(PAST)) + _read_usd(built, first, ia, archive)
