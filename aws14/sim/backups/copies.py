"""Copies: where each stands, who can delete it, and up to when it holds what was there at a given moment.

A copy has a history: `Generations` of a plan, or a `Log` that follows all the time and goes back some days (point in
time, versions of objects). A mirror or a replica is a log that goes back no time at all: it repeats every mistake.

Source: AWS Backup developer guide (vaults, vault lock in compliance mode, which nobody can lift, the owner of the
account included; copies to other regions and accounts), RDS user guide (automated backups, transaction logs).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.backups.generations import DAY_S, Rule

Floats = NDArray[np.float64]

CALENDAR = (1_420_070_400.0, 2_366_841_600.0)
"""From when until when plans run in the engine: 2015-01-01 to 2045-01-01, in epoch seconds."""

Lock = Literal["none", "governance", "compliance"]


@dataclass(frozen=True, kw_only=True)
class Generations:
    """Backups of a plan.

    Parameters
    ----------
    rules : tuple of Rule
        One or more.
    """

    rules: tuple[Rule, ...]

    @cached_property
    def _taken_s(self) -> tuple[Floats, ...]:
        return tuple(rule.taken_s(*CALENDAR) for rule in self.rules)

    @property
    def longest_days(self) -> float:
        """Days that the longest kept backup is kept."""
        return max((rule.keep_days for rule in self.rules), default=0.0)

    def newest_s(self, now_s: Floats, clean_s: Floats) -> Floats:
        """When the newest backup was taken that is there now and was taken by a moment; -infinity: there is none.

        Parameters
        ----------
        now_s, clean_s : ndarray of float64
            When it is needed, and up to when what it shows is good, in epoch seconds within `CALENDAR`.
        """
        newest = np.full(now_s.shape, -math.inf)
        for rule, taken_s in zip(self.rules, self._taken_s, strict=True):
            if not len(taken_s):
                continue
            latest = np.searchsorted(taken_s, np.minimum(clean_s, now_s - rule.takes_s), side="right") - 1
            found = np.where(latest >= 0, taken_s[np.maximum(latest, 0)], -math.inf)
            newest = np.maximum(newest, np.where(found + rule.keep_days * DAY_S > now_s, found, -math.inf))
        return newest

    def cold(self, taken_s: float, now_s: float) -> bool:
        """Whether the backup of a moment lies in cold storage by now, and no rule keeps a warm one of that moment."""
        held = [
            rule
            for rule, taken in zip(self.rules, self._taken_s, strict=True)
            if taken_s in taken and taken_s + rule.keep_days * DAY_S > now_s
        ]
        return bool(held) and all(now_s >= taken_s + rule.cold_after_days * DAY_S for rule in held)


@dataclass(frozen=True, kw_only=True)
class Log:
    """A copy that follows all the time, and can go back.

    Parameters
    ----------
    keep_days : float
        How far back; 0 is a mirror.
    lag_s : float
        How far it is behind.
    """

    keep_days: float
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (self.keep_days >= 0 and self.lag_s >= 0):
            raise ScenarioError(f"{self} cannot be", allowed="days and seconds of 0 or more")

    @classmethod
    def of_database(cls, keep_days: float) -> Log:
        """Automated backups of RDS: the logs are put away every few minutes."""
        return cls(keep_days=keep_days, lag_s=catalog.durations()["RDS transaction log backup"].typical_s)

    @property
    def longest_days(self) -> float:
        """Days that it goes back."""
        return self.keep_days

    def newest_s(self, now_s: Floats, clean_s: Floats) -> Floats:
        """As `Generations.newest_s`: any moment within its days can be gone back to."""
        reached = np.minimum(clean_s, now_s - self.lag_s)
        # What is wrong already cannot be left out by a copy that does not go back.
        there = (clean_s >= now_s) | (now_s - clean_s < self.keep_days * DAY_S)
        return np.where(there, reached, -math.inf)

    def cold(self, _taken_s: float, _now_s: float) -> bool:
        """Never."""
        return False


@dataclass(frozen=True, kw_only=True)
class Points:
    """Backups that were read back: these, and no others.

    Parameters
    ----------
    taken_s : tuple of float
        When each was taken, in epoch seconds, ascending.
    cold_s : tuple of float
        Those of them that lie in cold storage.
    """

    taken_s: tuple[float, ...]
    cold_s: tuple[float, ...] = ()

    @property
    def longest_days(self) -> float:
        """Days from the first to the last."""
        return (self.taken_s[-1] - self.taken_s[0]) / DAY_S if self.taken_s else 0.0

    def newest_s(self, now_s: Floats, clean_s: Floats) -> Floats:
        """As `Generations.newest_s`."""
        taken_s = np.array((-math.inf, *self.taken_s))
        newest: Floats = taken_s[np.searchsorted(taken_s, np.minimum(clean_s, now_s), side="right") - 1]
        return newest

    def cold(self, taken_s: float, _now_s: float) -> bool:
        """Whether the backup of a moment lies in cold storage."""
        return taken_s in self.cold_s


History = Generations | Log | Points
"""What a copy can go back to."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """What is to be kept safe, and where it stands.

    Parameters
    ----------
    volume, az, region, account : str
        Names; `az` is empty for what stands in all zones of its region.
    key : str
        The key that it is encrypted with; empty: none that anybody could delete.
    """

    volume: str
    az: str
    region: str
    account: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A copy of it.

    Parameters
    ----------
    name : str
        How charts call it.
    history : Generations or Log or Points
        What it can go back to.
    region, account : str
        Where it stands.
    volume, az : str
        The same as the original's, when it is lost with it; empty: on its own, in all zones of the region.
    lock : {'none', 'governance', 'compliance'}
        Whether backups can be deleted early: by everybody with rights, by administrators, by nobody.
    offline : bool
        Out of reach of whoever has rights in the account, as a tape on a shelf.
    key : str
        The key that it is encrypted with.
    restorable : bool
        False for a backup that nobody has noticed to be useless.
    restore_s : float
        From the decision until work goes on.
    cold_s : float
        How much longer that takes for a backup in cold storage.
    """

    name: str
    history: History
    region: str
    account: str
    volume: str = ""
    az: str = ""
    lock: Lock = "none"
    offline: bool = False
    key: str = ""
    restorable: bool = True
    restore_s: float = 0.0
    cold_s: float = 0.0

    def back_in_s(self, taken_s: float, now_s: float) -> float:
        """From the decision until work goes on, with the backup of a moment."""
        return self.restore_s + (self.cold_s if self.history.cold(taken_s, now_s) else 0.0)
