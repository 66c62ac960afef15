"""Replication: how much was written and is not yet anywhere else when a place is lost (RPO).

Model. Each mechanism says, for a failure at any moment, until when everything written is safe elsewhere.

- `Synchronous` (a standby in another zone, DRBD): a write is answered only once it is in both places. Nothing is lost,
  and every write waits for a round trip more.
- `Lagging` (a read replica): writes travel for a while and are applied one after the other. While more are written than
  can be applied, they queue, and the lag grows; it goes back only once fewer are written.
- `Snapshots`: what was written before the last one that is complete, and copied, is safe.
- `Objects` (S3 replication): each object travels by itself, most for seconds, few for minutes (lognormal, as if the
  promise of S3's Replication Time Control were just kept: it is usually kept better).

A failure strikes at a moment drawn evenly from the run.

Left out: replicas that break, writes that differ in size, snapshots that fail, applying that depends on what is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import LoadProfile
from aws14.sim.intensity import Intensity, intensity
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]

GRID_S = 1.0
"""Step in which a queue of writes is followed."""

LEAST_QUEUE, AGES = 1e-3, 400
"""Writes below which a queue is rounding; ages at which objects on their way are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Synchronous:
    """Both places have a write before it is answered.

    Parameters
    ----------
    round_trip_s : float
        Between the places: what every write waits for on top.
    """

    round_trip_s: float

    @classmethod
    def between(cls, region: str, other: str) -> Self:
        """Between two regions, as measured.

        Raises
        ------
        DataError
            When the course does not know one of them.
        """
        return cls(round_trip_s=catalog.rtt_ms(region, other) / 1000)

    def safe_until_s(self, at_s: Floats, _writes: Intensity) -> Floats:
        """All that was answered is safe."""
        return at_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Lagging:
    """A replica that follows.

    Parameters
    ----------
    delay_s : float
        On the way, also when little is written.
    apply_rps : float
        Writes per second that the replica can apply.
    """

    delay_s: float
    apply_rps: float = math.inf

    def __post_init__(self) -> None:
        """Refuse replicas that never follow."""
        if self.delay_s < 0 or self.apply_rps <= 0:
            raise ScenarioError(f"{self} cannot be", allowed="a delay of 0 or more, a positive rate")

    @classmethod
    def read_replica(cls, *, apply_rps: float = math.inf, far: bool = True) -> Self:
        """A read replica of RDS, in another region or (not `far`) in the same one."""
        where = "in another region" if far else "in the region"
        return cls(delay_s=catalog.durations()[f"RDS read replica lag {where}"].typical_s, apply_rps=apply_rps)

    def safe_until_s(self, at_s: Floats, writes: Intensity) -> Floats:
        """What was sent `delay_s` ago is safe, as far as it could be applied."""
        reached_s: Floats = np.maximum(at_s - self.delay_s, 0)
        if math.isinf(self.apply_rps):
            return reached_s
        grid_s = np.arange(0.0, writes.time_s[-1] + GRID_S, GRID_S)
        sent = written(writes, grid_s)
        # A queue empties where its input, less what could have been applied, is lowest so far (Reich).
        applied = self.apply_rps * grid_s + np.minimum.accumulate(sent - self.apply_rps * grid_s)
        done = np.interp(reached_s, grid_s, applied)
        safe_s: Floats = np.minimum(np.interp(done, sent, grid_s), reached_s)
        return np.where(written(writes, reached_s) - done > LEAST_QUEUE, safe_s, reached_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshots:
    """Copies at fixed times.

    Parameters
    ----------
    every_s : float
        From one to the next; the first is begun at 0.
    takes_s : float
        Until one is complete where it is needed.
    """

    every_s: float
    takes_s: float

    def __post_init__(self) -> None:
        """Refuse snapshots without end."""
        if self.every_s <= 0 or self.takes_s < 0:
            raise ScenarioError(f"{self} cannot be", allowed="a positive interval, a duration of 0 or more")

    @classmethod
    def of_volume(cls, *, every_s: float, gib: float, copied: bool = True) -> Self:
        """Snapshots of an EBS volume; `copied` to another region, with so many GiB that changed."""
        known = catalog.durations()
        takes_s = (
            known["EBS snapshot, before the first GiB"].typical_s + gib * known["EBS snapshot, each GiB"].typical_s
        )
        if copied:
            takes_s += gib * known["EBS snapshot copied to another region, each GiB"].typical_s
        return cls(every_s=every_s, takes_s=takes_s)

    @classmethod
    def of_database(cls, *, every_s: float, copied: bool = True) -> Self:
        """Snapshots of an RDS database; `copied` to another region."""
        known = catalog.durations()
        takes_s = known["RDS DB snapshot creating"].typical_s
        if copied:
            takes_s += known["RDS DB snapshot copy to another region"].typical_s
        return cls(every_s=every_s, takes_s=takes_s)

    def safe_until_s(self, at_s: Floats, _writes: Intensity) -> Floats:
        """What was there when the last complete one was begun is safe; before the first one nothing is."""
        safe_s: Floats = np.floor((at_s - self.takes_s) / self.every_s) * self.every_s
        return np.maximum(safe_s, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Objects:
    """Objects that are copied one by one.

    Parameters
    ----------
    typical_s : float
        Time that half of them are quicker than.
    promised_s : float
        Time that all but a few are quicker than.
    share : float
        Which share is, 0.5 to 1.
    """

    typical_s: float
    promised_s: float
    share: float

    def __post_init__(self) -> None:
        """Refuse promises that are none."""
        if not (0 < self.typical_s < self.promised_s and 0.5 < self.share < 1):
            raise ScenarioError(f"{self} cannot be", allowed="0 < typical_s < promised_s, a share above 0.5 below 1")

    @classmethod
    def of_bucket(cls) -> Self:
        """Replication of S3 between regions, with Replication Time Control."""
        return cls(
            typical_s=catalog.durations()["S3 object replicated to another region"].typical_s,
            promised_s=catalog.quota("S3", "Replication Time Control").value,
            share=catalog.quota("S3", "Replication Time Control share").value / 100,
        )

    @property
    def _sigma(self) -> float:
        return math.log(self.promised_s / self.typical_s) / NormalDist().inv_cdf(self.share)

    @property
    def mean_s(self) -> float:
        """Mean time an object travels."""
        return self.typical_s * math.exp(self._sigma**2 / 2)

    @property
    def longest_s(self) -> float:
        """Time that all but one in a billion are quicker than."""
        return self.typical_s * math.exp(6 * self._sigma)

    def on_its_way(self, age_s: Floats) -> Floats:
        """Share of the objects that still travel so long after they were written."""
        left = [
            math.erfc(math.log(age / self.typical_s) / self._sigma / math.sqrt(2)) / 2 if age > 0 else 1.0
            for age in age_s.tolist()
        ]
        return np.array(left)


Mechanism = Synchronous | Lagging | Snapshots | Objects
"""How a second place comes to have what was written."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Loss:
    """What is lost when the first place is. Arrays have an entry a failure.

    Parameters
    ----------
    at_s : ndarray of float64, shape (runs,)
        When it fails.
    rpo_s : ndarray of float64, shape (runs,)
        Age of the oldest write that is lost.
    writes : ndarray of float64, shape (runs,)
        Writes lost.
    """

    at_s: Floats
    rpo_s: Floats
    writes: Floats

    @property
    def mean_rpo_s(self) -> float:
        """Mean over the failures."""
        return float(self.rpo_s.mean())

    @property
    def worst_rpo_s(self) -> float:
        """At the worst moment that was drawn."""
        return float(self.rpo_s.max())

    def quantile_s(self, share: float) -> float:
        """Age within which this share of the failures stays."""
        return float(np.quantile(self.rpo_s, share))


def losses(mechanism: Mechanism, load: LoadProfile, *, horizon_s: float, runs: int = 4_000, seed: int = 14) -> Loss:
    """Lose the first place at many moments of a run.

    Parameters
    ----------
    mechanism : Mechanism
        How the second place follows.
    load : LoadProfile
        Writes per second over time.
    horizon_s : float
        Length of the run.
    runs, seed : int
        How many failures are drawn.

    Raises
    ------
    ScenarioError
        When the load cannot be drawn.
    """
    at_s = horizon_s * stream(seed, "moment of the failure").random(runs)
    writes = intensity(load, horizon_s)
    if isinstance(mechanism, Objects):
        return _lost_objects(mechanism, writes, at_s, stream(seed, "objects on their way"))
    safe_s = mechanism.safe_until_s(at_s, writes)
    lost = written(writes, at_s) - written(writes, safe_s)
    return Loss(at_s=at_s, rpo_s=at_s - safe_s, writes=lost)


def written(writes: Intensity, at_s: Floats) -> Floats:
    """Expected writes from the start of a run to given times within it."""
    left = np.clip(np.searchsorted(writes.time_s, at_s, side="right") - 1, 0, len(writes.time_s) - 2)
    middle = (writes.rate_rps[left] + writes.at(at_s)) / 2
    total: Floats = writes.expected[left] + middle * (at_s - writes.time_s[left])
    return total


def _lost_objects(mechanism: Objects, writes: Intensity, at_s: Floats, random: np.random.Generator) -> Loss:
    """Objects still on their way: written at random, travelling independently, they are a Poisson number of any age."""
    age_s = np.concatenate(([0.0], np.geomspace(mechanism.typical_s / 100, mechanism.longest_s, AGES - 1)))
    then_s = at_s[:, None] - age_s
    density = np.where(then_s >= 0, writes.at(np.maximum(then_s, 0.0)), 0.0) * mechanism.on_its_way(age_s)
    pieces = (density[:, 1:] + density[:, :-1]) / 2 * np.diff(age_s)
    older = np.concatenate((np.cumsum(pieces[:, ::-1], axis=1)[:, ::-1], np.zeros((len(at_s), 1))), axis=1)
    luck = exponentials(random, len(at_s))
    # The oldest is as old as the age beyond which `luck` more are expected.
    rpo_s = np.array(
        [np.interp(-chance, -row, age_s) if chance < row[0] else 0.0 for chance, row in zip(luck, older, strict=True)]
    )
    younger = np.maximum(older[:, 0] - luck, 0.0)
    return Loss(at_s=at_s, rpo_s=rpo_s, writes=np.where(rpo_s > 0, 1 + random.poisson(younger), 0).astype(np.float64))
