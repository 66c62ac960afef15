"""Recurrences of scheduled actions: five cron fields, read once, asked for the next time.

Source: EC2 Auto Scaling user guide, "Scheduled scaling": minute, hour, day of month, month, day of week; lists, ranges,
steps and names; in UTC unless a time zone is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws14.errors import DesignError

__all__ = ["Recurrence", "read_recurrence", "time_zone_known"]

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
#: Field -> its least and greatest number, and names from the least on.
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
# 29 February falls on a given day of the week every 28 years, but every leap year on some day: 8 years at most between.
_DAYS_AHEAD = 8 * 366 + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurrence:
    """When something recurs. Made by `read_recurrence`.

    Parameters
    ----------
    minutes, hours, days, months, weekdays : tuple of int
        What each field allows, ascending; 0 is Sunday.
    any_day, any_weekday : bool
        Whether a field of days is left open: where neither is, either may match.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    any_day: bool
    any_weekday: bool

    def next_after(self, epoch_s: float, time_zone: str = "UTC") -> float | None:
        """The next time strictly after one, in epoch seconds; None when there is none, as for 30 February.

        Parameters
        ----------
        epoch_s : float
            Epoch seconds.
        time_zone : str
            An IANA name, as ``Asia/Tokyo``.

        Raises
        ------
        DesignError
            When the time zone is not known.
        """
        zone = _zone(time_zone)
        day = datetime.fromtimestamp(epoch_s, UTC).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(_DAYS_AHEAD):
            found = next((t for t in self._times_of(day, zone) if t > epoch_s), None)
            if found is not None:
                return found
            day = day + timedelta(days=1)
        return None

    def _times_of(self, day: datetime, zone: ZoneInfo) -> Iterator[float]:
        if not self._falls_on(day):
            return
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                moment = local.timestamp()
                # An hour that summer time skips does not exist on that day.
                if datetime.fromtimestamp(moment, UTC).astimezone(zone).hour == hour:
                    yield moment

    def _falls_on(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday


@cache
def read_recurrence(text: str) -> Recurrence:
    """Read five cron fields.

    Parameters
    ----------
    text : str
        ``"0 9 * * MON-FRI"``.

    Raises
    ------
    DesignError
        When it is not that.
    """
    given = text.split()
    if len(given) != len(_FIELDS):
        raise DesignError(
            f"the recurrence '{text}' has {len(given)} fields",
            allowed="minute hour day-of-month month day-of-week, as 0 9 * * MON-FRI",
        )
    allowed = [
        _field(part, what, (least, greatest), names)
        for part, (what, least, greatest, names) in zip(given, _FIELDS, strict=True)
    ]
    minutes, hours, days, months, weekdays = allowed
    return Recurrence(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({day % 7 for day in weekdays})),
        any_day=given[2].startswith("*"),
        any_weekday=given[4].startswith("*"),
    )


def _field(text: str, what: str, bounds: tuple[int, int], names: tuple[str, ...]) -> tuple[int, ...]:
    least, greatest = bounds
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            low = least if span == "*" else _number(first, names, least)
            high = _number(last, names, least) if dash else (greatest if span == "*" or step else low)
            every = int(step) if step else 1
        except ValueError:
            raise _wrong(what, text, least, greatest) from None
        if not (least <= low <= high <= greatest and every > 0):
            raise _wrong(what, text, least, greatest)
        found.update(range(low, high + 1, every))
    return tuple(sorted(found))


def _number(text: str, names: tuple[str, ...], least: int) -> int:
    return names.index(text.upper()) + least if text.upper() in names else int(text)


def _wrong(what: str, text: str, least: int, greatest: int) -> DesignError:
    return DesignError(f"the {what} of a recurrence is '{text}'", allowed=f"*, {least} to {greatest}, 1-5, 1,3, */2")


def time_zone_known(name: str | None) -> bool:
    """Whether a recurrence can be read in a time zone; none given is UTC."""
    try:
        _zone(name or "")
    except DesignError:
        return False
    return True


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    # A name that is a directory of the zone files ("Asia") is an OSError.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DesignError(f"there is no time zone '{name}'", allowed="an IANA name, as Asia/Tokyo or UTC") from None
