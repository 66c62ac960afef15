"""Schedule expressions: ``rate(5 minutes)``, ``cron(0 9 ? * MON-FRI *)``, ``at(2026-12-24T18:00:00)``.

Source: EventBridge user guide, "Setting a schedule pattern", and EventBridge Scheduler user guide, "Schedule types":
six cron fields (minutes, hours, day of month, month, day of week, year), one of the two days is ``?``; ``L``, ``W`` and
``#`` among the days; Sunday is 1.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

__all__ = ["At", "Cron", "Rate", "Schedule", "ScheduleError", "read_schedule"]

_UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
#: A leap day on a given weekday comes back within 28 years; eight a century apart.
_DAYS_AHEAD = 366 * 40


class ScheduleError(ValueError):
    """An expression that AWS refuses."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so many seconds."""

    every_s: float

    def next_after(self, epoch_s: float, *, begun: float, zone: ZoneInfo) -> float | None:  # noqa: ARG002 - as Cron's
        """The next time strictly after `epoch_s`; the first is one period after `begun`."""
        passed = max(0, int((epoch_s - begun) // self.every_s))
        return begun + (passed + 1) * self.every_s


@dataclass(frozen=True, slots=True)
class At:
    """Once, at a local time."""

    local: datetime

    def next_after(self, epoch_s: float, *, begun: float, zone: ZoneInfo) -> float | None:  # noqa: ARG002 - as Cron's
        """The time, unless it has passed."""
        moment = self.local.replace(tzinfo=zone).timestamp()
        return moment if moment > epoch_s else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """At what six fields allow; days are decided by a function of the date."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    years: tuple[int, ...]
    falls_on: Callable[[date], bool]

    def next_after(self, epoch_s: float, *, begun: float, zone: ZoneInfo) -> float | None:  # noqa: ARG002 - as Rate's
        """The next time strictly after `epoch_s`, or None."""
        day = datetime.fromtimestamp(epoch_s, UTC).astimezone(zone).date()
        for _ in range(_DAYS_AHEAD):
            if day.year in self.years and day.month in self.months and self.falls_on(day):
                found = next((each for each in self._times_of(day, zone) if each > epoch_s), None)
                if found is not None:
                    return found
            if day.year > self.years[-1]:
                return None
            day += timedelta(days=1)
        return None

    def _times_of(self, day: date, zone: ZoneInfo) -> Iterator[float]:
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                moment = local.timestamp()
                # An hour that summer time skips does not exist on that day.
                if datetime.fromtimestamp(moment, UTC).astimezone(zone).hour == hour:
                    yield moment


Schedule = Rate | At | Cron


@cache
def read_schedule(text: str, *, once: bool = False) -> Schedule:
    """Read an expression.

    Parameters
    ----------
    text : str
        The expression.
    once : bool
        Whether ``at(...)`` is allowed: in EventBridge Scheduler, not in rules.

    Raises
    ------
    ScheduleError
        It is none.
    """
    rate = _RATE.fullmatch(text)
    if rate:
        count, unit, plural = int(rate[1]), rate[2], bool(rate[3])
        if count < 1 or plural == (count == 1):
            raise ScheduleError(text)
        return Rate(count * _UNITS[unit])
    if once and text.startswith("at(") and text.endswith(")"):
        try:
            return At(datetime.strptime(text[3:-1], "%Y-%m-%dT%H:%M:%S"))
        except ValueError:
            raise ScheduleError(text) from None
    if text.startswith("cron(") and text.endswith(")"):
        return _cron(text[5:-1].split(), text)
    raise ScheduleError(text)


def _cron(fields: list[str], text: str) -> Cron:
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):
        raise ScheduleError(text)
    try:
        return Cron(
            minutes=_numbers(fields[0], 0, 59),
            hours=_numbers(fields[1], 0, 23),
            months=_numbers(fields[3], 1, 12, _MONTHS),
            years=_numbers(fields[5], 1970, 2199),
            falls_on=_on_day(fields[2]) if fields[4] == "?" else _on_weekday(fields[4]),
        )
    except ValueError:
        raise ScheduleError(text) from None


def _numbers(text: str, least: int, greatest: int, names: tuple[str, ...] = ()) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        low = least if span == "*" else _number(first, names, least)
        high = _number(last, names, least) if dash else (greatest if span == "*" or slash else low)
        every = int(step) if slash else 1
        if not (least <= low <= high <= greatest and every > 0):
            raise ValueError(text)
        found.update(range(low, high + 1, every))
    return tuple(sorted(found))


def _number(text: str, names: tuple[str, ...], least: int) -> int:
    return names.index(text.upper()) + least if text.upper() in names else int(text)


def _on_day(text: str) -> Callable[[date], bool]:
    if text == "L":
        return lambda day: day.day == monthrange(day.year, day.month)[1]
    if text.endswith("W"):
        wanted = text.removesuffix("W")
        return lambda day: day.day == _workday(day, wanted)
    days = _numbers(text, 1, 31)
    return lambda day: day.day in days


def _workday(day: date, wanted: str) -> int:
    """The weekday nearest to a day of the month, in that month; ``L``: the last one."""
    last = monthrange(day.year, day.month)[1]
    aim = date(day.year, day.month, last if wanted == "L" else min(int(wanted), last))
    shift = {5: -1 if aim.day > 1 else 2, 6: 1 if aim.day < last else -2}.get(aim.weekday(), 0)
    return aim.day + shift


def _on_weekday(text: str) -> Callable[[date], bool]:
    if "#" in text:
        name, _, which = text.partition("#")
        weekday, nth = _number(name, _DAYS, 1), int(which)
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == nth
    if text.upper().endswith("L"):
        weekday = _number(text[:-1], _DAYS, 1) if len(text) > 1 else 7
        if len(text) == 1:
            return lambda day: _weekday(day) == weekday
        return lambda day: _weekday(day) == weekday and day.day > monthrange(day.year, day.month)[1] - 7
    weekdays = _numbers(text, 1, 7, _DAYS)
    return lambda day: _weekday(day) in weekdays


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1
