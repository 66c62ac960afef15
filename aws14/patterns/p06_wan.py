"""Files over a distance: round trips of small files, and folders that are renamed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aws14 import charts
from aws14.charts.numbers import duration, percent
from aws14.model import Picture, Topology
from aws14.sim.files.small_files import Line, Tree, rename_s, tree_s
from aws14.sim.network import round_trip_s

OFFICE_CITY = "Sapporo"
OFFICE_MBPS, DESK_MBPS, DESK_MS = 100.0, 1000.0, 0.5
"""The office's line; its own network, and the round trip in it."""

TREE = Tree(files=20_000, kib=50.0)
"""A project: many small files, about a GiB in all."""

FOUND = 0.9
"""Share of the files that a cache in the office has."""

_MINUTE_S = 60.0


def line_of(built: Topology) -> Line:
    """The office's line to the region of what is built."""
    return Line(rtt_ms=1000 * round_trip_s(OFFICE_CITY, built.of_kind("region")[0].id), mbps=OFFICE_MBPS)


def small_files(built: Topology, files: int = TREE.files, kib: int = int(TREE.kib), found: float = FOUND) -> Picture:
    """How long somebody in the office waits for a tree of small files.

    Parameters
    ----------
    built : Topology
        What was read back: its region is how far away the files are.
    files, kib : int
        How many, and the size of each.
    found : float
        Share of the files that a cache in the office has.
    """
    tree = Tree(files=int(files), kib=float(kib))
    took = took_s(built, tree, found)
    told = {name: duration(seconds) for name, seconds in took.items()}
    return charts.bars(
        {name: seconds / _MINUTE_S for name, seconds in took.items()},
        title=f"{tree.files:,} files of {tree.kib:g} KiB, {line_of(built).rtt_ms:.0f} ms away: the same bytes",
        xlabel="minutes",
        told=told,
    )


def took_s(built: Topology, tree: Tree = TREE, found: float = FOUND) -> Mapping[str, float]:
    """Seconds until a tree is read from the office, way by way; parameters as `small_files`."""
    far, desk = line_of(built), Line(rtt_ms=DESK_MS, mbps=DESK_MBPS)
    return {
        "old server in the office, SMB": tree_s(tree, "SMB", desk),
        "as one file, over the line": tree_s(Tree(files=1, kib=tree.files * tree.kib), "SMB", far),
        "over the line, NFS": tree_s(tree, "NFS", far),
        "over the line, SMB": tree_s(tree, "SMB", far),
        "over the line, SMB, 16 at once": tree_s(tree, "SMB", far, at_once=16),
        f"cache in the office, {percent(found)} found": tree_s(tree, "SMB", far, office=desk, found=found),
    }


def rename(built: Topology, files: int = TREE.files) -> Picture:
    """How long it takes until a renamed folder has its new name for everybody.

    Parameters
    ----------
    built : Topology
        What was read back.
    files : int
        In the folder.
    """
    far = line_of(built)
    counts = np.array([1, 10, 100, 1000, 10_000, max(20_000, int(files))])
    lines = {
        "a file system: one operation": np.array([rename_s(int(count), on_s3=False, line=far) for count in counts]),
        "a bucket behind a gateway": np.array([rename_s(int(count), on_s3=True, line=far) for count in counts]),
    }
    storm = duration(rename_s(int(files), on_s3=True, line=far))
    title = f"Renaming a folder of {int(files):,} files: {storm} where there are no folders"
    return charts.curves(counts, lines, title=title, xlabel="files in the folder", ylabel="s", scales=("log", "log"))
