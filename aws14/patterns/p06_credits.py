"""Burst credits as CloudWatch told them, beside what they must be by the documented figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from aws14 import charts
from aws14.charts.numbers import duration
from aws14.errors import DesignError
from aws14.model import Picture, Topology
from aws14.sim.files.throughput import throughput_of

BURST, WRITTEN_MIBPS = "burst", 100.0
"""The file system of the block, and what is written to it."""

Balance = Sequence[tuple[timedelta, float]]
Floats = NDArray[np.float64]

_GIB, _HOUR_S = 1024.0**3, 3600.0


def burst_credits(built: Topology, balance: Balance) -> Picture:
    """The balance over the hours, measured and computed.

    Parameters
    ----------
    built : Topology
        What was read back: it says what the file system earns.
    balance : sequence of (timedelta, float)
        How long before the end, and the credits then, bytes.

    Raises
    ------
    DesignError
        When there is no such file system, or CloudWatch told nothing.
    """
    hours, told, must = measured(built, balance)
    made = throughput_of(built.node(BURST))
    lasts = duration(made.burst_s)
    return charts.curves(
        hours,
        {"as CloudWatch told it": told, "by the documented figures": must},
        title=f"Full credits last {lasts}; then {made.baseline_mibps:g} MiB/s are left",
        xlabel="hours of writing",
        ylabel="burst credits, GiB",
    )


def measured(built: Topology, balance: Balance) -> tuple[Floats, Floats, Floats]:
    """Hours, and GiB of credits by CloudWatch and by the documented figures; parameters and errors as above."""
    if BURST not in built or not balance:
        raise DesignError(f"there is no '{BURST}', or no datapoint of it", cure="run the block's first cell")
    made = throughput_of(built.node(BURST))
    longest = max(ago for ago, _ in balance)
    told = sorted(((longest - ago).total_seconds() / _HOUR_S, left / _GIB) for ago, left in balance)
    hours = np.array([hour for hour, _ in told])
    spent_gib_per_h = (WRITTEN_MIBPS - made.baseline_mibps) / 1024 * _HOUR_S
    must = np.maximum(0.0, made.credits_mib / 1024 - spent_gib_per_h * hours)
    return hours, np.array([left for _, left in told]), must
