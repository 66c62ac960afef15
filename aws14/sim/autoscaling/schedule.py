"""Scheduled actions: new sizes at a set time, once or again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from aws14.sim.autoscaling.cron import read_recurrence
from aws14.sim.autoscaling.spec import Spec

__all__ = ["A_MONDAY_S", "ScheduledAction", "Sizes"]

#: When a run starts unless it is said: midnight of a Monday where the course's people work, in epoch seconds.
A_MONDAY_S = datetime(2026, 6, 1, tzinfo=timezone(timedelta(hours=9))).timestamp()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Sizes of a group, in order.

    Parameters
    ----------
    min_size, max_size, desired : int
        As in `Spec`.
    """

    min_size: int
    max_size: int
    desired: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledAction:
    """A scheduled action. Times are epoch seconds.

    Parameters
    ----------
    name : str
        Id of its node.
    recurrence : str
        Five cron fields, or empty for once at `starts_s`.
    time_zone : str
        An IANA name that the recurrence is read in.
    starts_s, ends_s : float or None
        Not before, not after.
    min_size, max_size, desired : int or None
        New sizes; None: left alone.

    Raises
    ------
    DesignError
        When the recurrence cannot be read.
    """

    name: str
    recurrence: str = ""
    time_zone: str = "UTC"
    starts_s: float | None = None
    ends_s: float | None = None
    min_size: int | None = None
    max_size: int | None = None
    desired: int | None = None

    def __post_init__(self) -> None:
        """Read the recurrence once, so that a wrong one is refused where it is given."""
        if self.recurrence:
            read_recurrence(self.recurrence)

    def next_after(self, epoch_s: float) -> float | None:
        """When it is due next, strictly after a time; None when it never is again."""
        if not self.recurrence:
            return self.starts_s if self.starts_s is not None and self.starts_s > epoch_s else None
        # A recurrence may be due at its very start.
        since = epoch_s if self.starts_s is None else max(epoch_s, self.starts_s - 1.0)
        found = read_recurrence(self.recurrence).next_after(since, self.time_zone)
        return None if found is None or (self.ends_s is not None and found > self.ends_s) else found

    def adjust(self, spec: Spec, desired: int) -> Sizes:
        """Sizes of a group after it: what it leaves alone stays, and what is wanted is kept between the limits.

        Parameters
        ----------
        spec : Spec
            The group so far.
        desired : int
            What it wants so far.
        """
        least = spec.min_size if self.min_size is None else self.min_size
        most = max(spec.max_size if self.max_size is None else self.max_size, least)
        wanted = desired if self.desired is None else self.desired
        return Sizes(min_size=least, max_size=most, desired=min(max(wanted, least), most))
