"""A gateway in the office: what its cache finds, and what waits for the line at the end of the month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aws14 import charts
from aws14.charts.numbers import percent
from aws14.errors import DesignError
from aws14.model import Node, Picture, Topology
from aws14.patterns.p06_wan import OFFICE_MBPS
from aws14.sim.files.gateways import Files, best_share, fits_buffer, found_share, upload_queue_gib

GATEWAY = "sapporo-files"
WORKED_ON = Files(count=40_000, gib=500.0)
"""What the office asks for: some files often, most hardly ever."""

CACHES_GIB = (5, 10, 20, 50, 100, 150, 200, 300, 400, 500)
MONTH_END_GIB, MONTH_END_H, DAYS = 300, 6.0, 3
"""What the desks write on the last day of the month, in so many hours; days that are looked at."""

LINES_MBPS = (300, int(OFFICE_MBPS), 50)
"""The quickest first: it is never the one that waits most."""

_HOUR_MIN, _DAY_MIN = 60, 1440
Floats = NDArray[np.float64]


def cache(built: Topology, gib: int = int(WORKED_ON.gib), skew: float = WORKED_ON.skew) -> Picture:
    """What share of the requests a cache finds, over its size.

    Parameters
    ----------
    built : Topology
        What was read back, with the gateway.
    gib : float
        All files of the office.
    skew : float
        How uneven they are asked for; 0: all alike.

    Raises
    ------
    DesignError
        When no gateway stands.
    """
    files = Files(count=WORKED_ON.count, gib=float(gib), skew=float(skew))
    has = float(str(_gateway(built).require("cache_gib")))
    sizes = [float(size) for size in CACHES_GIB]
    lines = {
        "what was asked for last (LRU)": np.array([100 * found_share(files, size) for size in sizes]),
        "the best a cache can do": np.array([100 * best_share(files, size) for size in sizes]),
    }
    share = percent(found_share(files, has))
    title = f"The built cache of {has:g} GiB finds {share} of what is asked for among {gib:g} GiB"
    return charts.curves(sizes, lines, title=title, xlabel="cache, GiB", ylabel="found, %")


def month_end_queue(built: Topology, written_gib: int = MONTH_END_GIB, cut_h: float = 0.0) -> Picture:
    """What waits in the gateway for the line when the desks write much in a day.

    Parameters
    ----------
    built : Topology
        What was read back, with the gateway.
    written_gib : float
        In the hours of that day.
    cut_h : float
        Hours from its noon in which the line carries nothing.
    """
    node = _gateway(built)
    written = np.zeros(DAYS * _DAY_MIN)
    first = 9 * _HOUR_MIN
    busy = int(MONTH_END_H * _HOUR_MIN)
    written[first : first + busy] = written_gib / busy
    lines = {f"{mbps} Mbit/s": _waiting(written, float(mbps), cut_h) for mbps in LINES_MBPS}
    room = float(str(node.require("buffer_gib") or node.require("cache_gib")))
    worst = [name for name, waiting in lines.items() if not fits_buffer(node, waiting)]
    says = f"writes are refused with {' and '.join(worst)}" if worst else "it takes all of it"
    hours = np.arange(len(written)) / _HOUR_MIN
    return charts.curves(
        hours[::10],
        {name: waiting[::10] for name, waiting in lines.items()},
        title=f"{written_gib:g} GiB written in a day: {says}",
        xlabel="hours since midnight",
        ylabel="waits for the line, GiB",
        limit=(room, f"the cache: {room:g} GiB"),
    )


def _waiting(written: Floats, mbps: float, cut_h: float) -> Floats:
    """While the line is cut all that is written waits; then it goes on."""
    noon, back = 12 * _HOUR_MIN, int((12 + cut_h) * _HOUR_MIN)
    before = upload_queue_gib(written[:noon], mbps=mbps)
    during = (before[-1] if noon else 0.0) + np.cumsum(written[noon:back])
    left = during[-1] if len(during) else before[-1]
    rest = written[back:].copy()
    rest[0] += left
    return np.concatenate((before, during, upload_queue_gib(rest, mbps=mbps)))


def _gateway(built: Topology) -> Node:
    if GATEWAY not in built:
        raise DesignError(f"there is no '{GATEWAY}'", cure="run the block's first cell: it sets up the gateway")
    return built.node(GATEWAY)
