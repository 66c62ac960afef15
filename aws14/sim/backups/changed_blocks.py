"""Changed blocks: how large incremental snapshots are, and what deleting an older one frees.

Model. A volume is divided into blocks of 512 KiB; between two snapshots some writes each hit one block: any, or with a
given chance one of the hot ones. A snapshot holds the blocks that were written since the one before; all of them
together are billed for every state of a block that at least one kept snapshot shows. Deleting a snapshot hands the
states that the next one still shows on to it: what is freed is only what no other shows.

The closed form (`expected_changed`): of n blocks, w writes change n (1 - (1 - 1/n)^w).

Source: EBS user guide, "How snapshots work". Left out: compression, what EBS keeps beside the blocks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.streams import stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_KIB_PER_GIB = 1024.0**2


@dataclass(frozen=True, kw_only=True, slots=True)
class Writes:
    """What is written between two snapshots.

    Parameters
    ----------
    count : int
        Writes, each of one block or less.
    hot_share : float
        Share of the used blocks that are hot, 0 to 1.
    to_hot : float
        Chance that a write goes to a hot block, 0 to 1; the others go to any of the rest.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """

    count: int
    hot_share: float = 0.0
    to_hot: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        fits = 0 <= self.hot_share < 1 and 0 <= self.to_hot <= 1 and (self.hot_share > 0 or self.to_hot == 0)
        if self.count < 0 or not fits:
            raise ScenarioError(f"{self} cannot be", allowed="shares of 0 to 1, a hot set where writes go to one")


def block_kib() -> float:
    """KiB of a block of a snapshot."""
    return catalog.quota("EBS", "block of a snapshot").value


def expected_changed(blocks: float, writes: float) -> float:
    """Blocks of so many that are changed by writes that go anywhere: ``n (1 - (1 - 1/n)^w)``."""
    if blocks <= 1:
        return min(max(blocks, 0.0), writes)
    return -blocks * math.expm1(writes * math.log1p(-1 / blocks))


def expected_changed_gib(gib: float, writes: Writes, *, intervals: float = 1.0) -> float:
    """GiB that a snapshot holds on average, and is billed for.

    Parameters
    ----------
    gib : float
        In use on the volume.
    writes : Writes
        In one interval.
    intervals : float
        How many passed since the snapshot before.
    """
    blocks = gib * _KIB_PER_GIB / block_kib()
    hot, count = blocks * writes.hot_share, writes.count * intervals
    changed = expected_changed(hot, count * writes.to_hot) + expected_changed(blocks - hot, count * (1 - writes.to_hot))
    return changed * block_kib() / _KIB_PER_GIB


@dataclass(frozen=True, kw_only=True, eq=False)
class Chain:
    """Snapshots of one volume, the oldest first.

    Parameters
    ----------
    shows : ndarray of int32, shape (snapshots, blocks)
        Which state of each block a snapshot shows: the number of the interval in which it was written.
    kept : tuple of int
        Rows that are not deleted, ascending.
    """

    shows: Ints
    kept: tuple[int, ...]

    @cached_property
    def held_blocks(self) -> tuple[int, ...]:
        """Blocks that each kept snapshot holds: those it shows otherwise than the one before it."""
        if not self.kept:
            return ()
        rows = self.shows[list(self.kept)]
        return (rows.shape[1], *(int(changed) for changed in (rows[1:] != rows[:-1]).sum(axis=1)))

    @property
    def held_gib(self) -> tuple[float, ...]:
        """GiB that each kept snapshot holds."""
        return tuple(blocks * block_kib() / _KIB_PER_GIB for blocks in self.held_blocks)

    @property
    def billed_gib(self) -> float:
        """GiB that all of them are billed for together."""
        return math.fsum(self.held_gib)

    def without(self, snapshot: int) -> Chain:
        """What is left when a snapshot is deleted.

        Parameters
        ----------
        snapshot : int
            Its number, from 0.

        Raises
        ------
        ScenarioError
            When there is no such snapshot.
        """
        if snapshot not in self.kept:
            raise ScenarioError(f"there is no snapshot {snapshot}", allowed=", ".join(map(str, self.kept)))
        return replace(self, kept=tuple(each for each in self.kept if each != snapshot))


def take(gib: float, writes: Writes, *, snapshots: int, seed: int = 14) -> Chain:
    """Take snapshots of a volume that is written to.

    Parameters
    ----------
    gib : float
        In use on the volume.
    writes : Writes
        Between two of them.
    snapshots : int
        How many; the first is full.
    seed : int
        Of the streams "hot writes" and "block of a write".

    Raises
    ------
    ScenarioError
        When there is nothing to take, or too much to keep in memory.
    """
    blocks = round(gib * _KIB_PER_GIB / block_kib())
    if blocks < 1 or snapshots < 1 or blocks * snapshots > MOST_STATES:
        raise ScenarioError(
            f"{snapshots} snapshots of {gib:g} GiB", allowed=f"1 or more, up to {MOST_STATES:,} states of blocks"
        )
    shows = np.zeros((snapshots, blocks), np.int32)
    for number in range(1, snapshots):
        shows[number] = shows[number - 1]
        shows[number, _written(blocks, writes, seed, number)] = number
    return Chain(shows=shows, kept=tuple(range(snapshots)))


MOST_STATES = 60_000_000
"""Blocks times snapshots; more would not fit."""


def _written(blocks: int, writes: Writes, seed: int, interval: int) -> NDArray[np.int64]:
    hot = round(blocks * writes.hot_share)
    to_hot = stream(seed, "hot writes", interval).random(writes.count) < writes.to_hot
    where = stream(seed, "block of a write", interval).random(writes.count)
    return np.where(to_hot, where * hot, hot + where * (blocks - hot)).astype(np.int64)
