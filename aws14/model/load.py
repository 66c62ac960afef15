"""Load profiles: how many requests per second arrive over time, as plain parameters.

`aws14.sim.arrivals` turns them into arrival times. Times are seconds from the start of the run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Steady:
    """The same rate all the time (requests per second)."""

    rate_rps: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ramp:
    """A straight line from one rate to another between two times, flat outside."""

    from_rps: float
    to_rps: float
    starts_s: float
    ends_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Spike:
    """A sudden crowd: up within `rise_s` at `at_s`, held for `hold_s`, gone by half every `half_life_s`."""

    peak_rps: float
    at_s: float
    rise_s: float = 60.0
    hold_s: float = 120.0
    half_life_s: float = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Diurnal:
    """A day's rhythm: a raised cosine between a night and a day rate, highest at `peak_hour` (0-24)."""

    night_rps: float
    day_rps: float
    peak_hour: float = 21.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A campaign day: a diurnal rhythm with a crowd at each TV spot."""

    rhythm: Diurnal
    spots: tuple[Spike, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """Recorded requests per minute, played again times `scale`.

    `source` names the recording (shown in charts); minute 0 is the start of the run.
    """

    requests_per_minute: tuple[int, ...]
    source: str
    scale: float = 1.0


LoadProfile = Steady | Ramp | Spike | Diurnal | Campaign | Replay
