"""How many operations on files are begun in each few seconds of a run, and what became of them.

File servers see hundreds of operations a second for days: they are counted by the slot, not drawn one by one. Model:
a Poisson process by its diffusion approximation (a Brownian walk with the drift and the variance of the expected
number, never going back). Two designs see the same operations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.kernels.bins import BINS, OFFSET, SHIFT
from aws14.model import Requests, Scenario
from aws14.sim.accounting import TICK_S, Fields, ticks
from aws14.sim.arrivals import MOST_REQUESTS
from aws14.sim.intensity import Intensity, intensity
from aws14.sim.streams import normals, stream

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SLOT_S = 5.0
"""Length of a slot: short beside the failover of a file server, long enough for days in a moment."""


SLOTS_A_TICK = int(TICK_S / SLOT_S)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Operations:
    """Operations by client and slot.

    Parameters
    ----------
    starts_s, length_s : ndarray of float64, shape (slots,)
        Of each slot.
    count : ndarray of int64, shape (clients, slots)
        Operations begun.
    """

    starts_s: Floats
    length_s: Floats
    count: Counts

    @property
    def sent_s(self) -> Floats:
        """The middle of each slot."""
        return self.starts_s + self.length_s / 2

    @property
    def tick(self) -> Counts:
        """The tick that each slot is in."""
        return np.arange(len(self.starts_s), dtype=np.int64) // SLOTS_A_TICK

    def by_tick(self, amount: Floats, minutes: int) -> Floats:
        """Sums of an amount a slot, by tick."""
        return np.bincount(self.tick, amount, minlength=minutes).astype(np.float64)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Outcomes:
    """What became of operations.

    Parameters
    ----------
    code : ndarray of int8, shape (clients, slots)
        0 served, k the k-th reason, counted from 1, -1 in flight at the horizon.
    response_s : ndarray of float64, shape (clients, slots)
        How long the client waited; NaN while in flight.
    wait_s : ndarray of float64, shape (clients, slots)
        The part of it before its turn came; NaN where that is beyond the run, or nobody got there.
    reasons : sequence of str
        Keys of `aws14.model.trace.FAILURE_REASONS`.
    """

    code: NDArray[np.int8]
    response_s: Floats
    wait_s: Floats
    reasons: Sequence[str]


def operations(scenario: Scenario, clients: int) -> Operations:
    """Count the operations of a scenario; clients take turns.

    Raises
    ------
    ScenarioError
        When the load cannot be drawn.
    """
    slots = math.ceil(scenario.horizon_s / SLOT_S)
    edges_s = np.minimum(np.arange(slots + 1) * SLOT_S, scenario.horizon_s)
    expected = np.diff(_expected(intensity(scenario.load, scenario.horizon_s), edges_s))
    luck = normals(stream(scenario.seed, "arrivals", scenario.replication), slots)
    walk = np.cumsum(expected + np.sqrt(expected) * luck)
    begun = np.floor(np.maximum.accumulate(np.maximum(walk, 0.0))).astype(np.int64)
    turn = (begun + np.arange(clients - 1, -1, -1)[:, None]) // clients
    return Operations(starts_s=edges_s[:-1], length_s=np.diff(edges_s), count=np.diff(turn, prepend=0, axis=1))


def _expected(curve: Intensity, time_s: Floats) -> Floats:
    """Expected number of operations up to given times: lines between knots make parabolas of it."""
    left = np.clip(np.searchsorted(curve.time_s, time_s, side="right") - 1, 0, len(curve.time_s) - 2)
    mean_rps = (curve.rate_rps[left] + curve.at(time_s)) / 2
    return np.maximum.accumulate(curve.expected[left] + (time_s - curve.time_s[left]) * mean_rps)


def counted(scenario: Scenario, done: Operations, seen: Outcomes, *, each: bool) -> Fields:
    """The fields of a trace that count operations; `each`: each one as well.

    Raises
    ------
    ScenarioError
        When each one is wanted and there are too many.
    """
    minutes, kinds = ticks(scenario), 2 + len(seen.reasons)
    place = (done.tick * kinds + seen.code + 1).ravel()
    count = np.bincount(place, done.count.ravel(), minlength=minutes * kinds)
    count = count.astype(np.int64).reshape(minutes, kinds)
    served = np.where(seen.code == 0, done.count, 0)
    fields: Fields = {
        "tick_s": TICK_S,
        "offered": count.sum(axis=1),
        "in_flight": count[:, 0].copy(),
        "served": count[:, 1].copy(),
        "failed": {reason: count[:, 2 + k].copy() for k, reason in enumerate(seen.reasons)},
        "response_time_sum_s": done.by_tick((served * np.nan_to_num(seen.response_s)).sum(axis=0), minutes),
        "histogram": _histogram(done, served, seen.response_s, minutes),
        # Nothing of it passes the Internet.
        "bytes_in": np.zeros(minutes),
        "bytes_out": np.zeros(minutes),
    }
    if each:
        fields["requests"] = _each(done, seen)
    return fields


def _histogram(done: Operations, served: Counts, response_s: Floats, minutes: int) -> NDArray[np.uint32]:
    which = served > 0
    position = (response_s[which].astype(np.float32).view(np.int32) >> SHIFT) - OFFSET
    row = np.broadcast_to(done.tick, served.shape)[which]
    flat = np.bincount(row * BINS + np.clip(position, 0, BINS - 1), served[which], minlength=minutes * BINS)
    return flat.astype(np.uint32).reshape(minutes, BINS)


def _each(done: Operations, seen: Outcomes) -> Requests:
    total = int(done.count.sum())
    if total > MOST_REQUESTS:
        raise ScenarioError(
            f"each of {total:,} operations was asked for",
            allowed=f"up to {MOST_REQUESTS:,} one by one",
            cure="leave keep='requests' out, or run a shorter time",
        )
    many = done.count.ravel()
    slot = np.tile(np.arange(len(done.starts_s)), len(done.count))
    inside = np.arange(total) - np.repeat(np.cumsum(many) - many, many)
    share = (inside + 0.5) / np.repeat(many, many)
    arrival_s = np.repeat(done.starts_s[slot], many) + share * np.repeat(done.length_s[slot], many)
    order = np.argsort(arrival_s, kind="stable")
    response_s = np.repeat(seen.response_s.ravel(), many)[order]
    return Requests(
        arrival_s=arrival_s[order],
        wait_s=np.repeat(seen.wait_s.ravel(), many)[order],
        response_time_s=response_s,
        outcome=np.repeat(seen.code.ravel(), many)[order],
    )
