"""Faults: what breaks during a run, when, and for how long."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.errors import ScenarioError


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceLoss:
    """The hardware under an instance fails.

    Parameters
    ----------
    node : str
        Id of the instance.
    starts_s : float
        Seconds after the start of the run.
    lasts_s : float or None
        Seconds until the hardware works again; None: it never does, only moving to other hardware helps.

    Raises
    ------
    ScenarioError
        When there is no node, or a time is not one of a run.
    """

    node: str
    starts_s: float
    lasts_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse faults of nothing and times outside every run."""
        _require_name("node", self.node, "the id of an instance")
        _require_times(self.starts_s, self.lasts_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class AzOutage:
    """A whole Availability Zone is lost: power, and with it everything that stands in the zone.

    Parameters
    ----------
    az : str
        Name of the zone, as ``ap-northeast-1a``.
    starts_s : float
        Seconds after the start of the run.
    lasts_s : float
        Seconds until power is back.

    Raises
    ------
    ScenarioError
        When there is no zone, or a time is not one of a run.
    """

    az: str
    starts_s: float
    lasts_s: float

    def __post_init__(self) -> None:
        """Refuse outages of nothing and times outside every run."""
        _require_name("az", self.az, "the name of an Availability Zone, as ap-northeast-1a")
        _require_times(self.starts_s, self.lasts_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionOutage:
    """A whole region is lost, with everything that stands in it.

    Parameters
    ----------
    region : str
        Its name, as ``ap-northeast-1``.
    starts_s : float
        Seconds after the start of the run.
    lasts_s : float
        Seconds until it works again.

    Raises
    ------
    ScenarioError
        When there is no region, or a time is not one of a run.
    """

    region: str
    starts_s: float
    lasts_s: float

    def __post_init__(self) -> None:
        """Refuse outages of nothing and times outside every run."""
        _require_name("region", self.region, "the name of a region, as ap-northeast-1")
        _require_times(self.starts_s, self.lasts_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseLoss:
    """The host of a database's primary fails. With Multi-AZ the standby takes over; without, nobody does.

    Parameters
    ----------
    node : str
        Id of the database.
    starts_s : float
        Seconds after the start of the run.
    lasts_s : float
        Seconds until the failed host works again.

    Raises
    ------
    ScenarioError
        When there is no node, or a time is not one of a run.
    """

    node: str
    starts_s: float
    lasts_s: float

    def __post_init__(self) -> None:
        """Refuse faults of nothing and times outside every run."""
        _require_name("node", self.node, "the id of a database")
        _require_times(self.starts_s, self.lasts_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlowDatabase:
    """A database takes longer for everything: a lock, a missing index, a backup.

    Parameters
    ----------
    node : str
        Id of the database.
    starts_s, lasts_s : float
        Seconds after the start of the run, and for how long.
    factor : float
        How many times as long each query takes.

    Raises
    ------
    ScenarioError
        When there is no node, a time is not one of a run, or the factor is not above 0.
    """

    node: str
    starts_s: float
    lasts_s: float
    factor: float

    def __post_init__(self) -> None:
        """Refuse faults of nothing and times outside every run."""
        _require_name("node", self.node, "the id of a database")
        _require_times(self.starts_s, self.lasts_s)
        if not (math.isfinite(self.factor) and self.factor > 0):
            raise ScenarioError(f"factor is {self.factor!r}", allowed="a number above 0, such as 20")


Fault = InstanceLoss | AzOutage | RegionOutage | DatabaseLoss | SlowDatabase
"""What can break during a run."""


def _require_name(name: str, given: str, allowed: str) -> None:
    if not given:
        raise ScenarioError(f"the {name} of a fault is empty", allowed=allowed)


def _require_times(starts_s: float, lasts_s: float | None) -> None:
    if not (math.isfinite(starts_s) and starts_s >= 0):
        raise ScenarioError(f"starts_s is {starts_s!r}", allowed="zero or more seconds after the start of the run")
    if lasts_s is not None and not (math.isfinite(lasts_s) and lasts_s > 0):
        raise ScenarioError(f"lasts_s is {lasts_s!r}", allowed="positive seconds")
