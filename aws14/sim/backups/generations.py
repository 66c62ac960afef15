"""Generations: the backups that a plan has kept on a day, exactly, on the calendar.

Source: AWS Backup developer guide, "Creating a backup plan": a rule has a cron expression (UTC), days until the end and
days until cold storage; each backup ends so many days after it was taken, whatever the other rules keep. Kept in
generations of days, weeks, months and years, the scheme is known as grandfather, father, son.

Left out: windows in which a backup starts late, jobs that fail, plans that are changed on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from aws14.errors import DesignError, ScenarioError
from aws14.sim.autoscaling.cron import Recurrence, read_recurrence

Floats = NDArray[np.float64]

DAY_S = 86_400.0
_FOUR_YEARS_S = (1_735_689_600.0, 1_735_689_600.0 + 1461 * DAY_S)
"""2025 to 2028, with a leap day."""

_DAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LAST_OF_MONTH = "L"
_FIELDS, _RULE_WORDS = 6, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule of a plan.

    Parameters
    ----------
    name : str
        As in the plan.
    schedule : str
        ``cron(0 5 * * ? *)``: minute, hour, day of month, month, day of week, year, in UTC.
    keep_days : float
        Days from the backup until it is deleted; infinity: never.
    cold_after_days : float
        Days from the backup until it moves to cold storage; infinity: never.
    vault : str
        Where it is kept.
    copies : tuple of str
        Vaults that it is copied to.
    takes_s : float
        From the moment the backup shows until it can be restored where it is kept.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    DesignError
        When the schedule cannot be read.
    """

    name: str
    schedule: str
    keep_days: float = math.inf
    cold_after_days: float = math.inf
    vault: str = ""
    copies: tuple[str, ...] = ()
    takes_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what AWS refuses, and what cannot be."""
        if not (self.keep_days > 0 and self.cold_after_days > 0 and self.takes_s >= 0):
            raise ScenarioError(f"{self} cannot be", allowed="positive days, takes_s of 0 or more")
        read_schedule(self.schedule)

    def taken_s(self, since_s: float, until_s: float) -> Floats:
        """Moments of its backups from one time until before another, ascending, in epoch seconds."""
        return moments_s(self.schedule, since_s, until_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """One backup that is kept.

    Parameters
    ----------
    rule : str
        Name of its rule.
    taken_s, gone_s : float
        When it was taken, and when it is deleted, in epoch seconds.
    cold : bool
        Whether it lies in cold storage by now.
    """

    rule: str
    taken_s: float
    gone_s: float
    cold: bool

    @property
    def day(self) -> date:
        """The day it shows."""
        return date.fromordinal(date(1970, 1, 1).toordinal() + int(self.taken_s // DAY_S))


def kept(rules: Iterable[Rule], *, since_s: float, on_s: float) -> tuple[Generation, ...]:
    """The backups that are there at a moment, the oldest first.

    Parameters
    ----------
    rules : iterable of Rule
        The plan.
    since_s : float
        When the plan began, in epoch seconds.
    on_s : float
        The moment asked for; a backup is there once it is complete and until it is deleted.
    """
    found = [
        Generation(
            rule=rule.name,
            taken_s=taken,
            gone_s=taken + rule.keep_days * DAY_S,
            cold=on_s >= taken + rule.cold_after_days * DAY_S,
        )
        for rule in rules
        for taken in rule.taken_s(max(since_s, on_s - rule.keep_days * DAY_S), on_s - rule.takes_s + 1e-6).tolist()
        if taken + rule.keep_days * DAY_S > on_s
    ]
    return tuple(sorted(found, key=lambda each: (each.taken_s, each.rule)))


def rotation(*, days: int, weeks: int = 0, months: int = 0, years: int = 0, vault: str = "") -> tuple[Rule, ...]:
    """Sons, fathers, grandfathers: so many days, weeks, months and years back at least, each at 5:00 UTC.

    AWS counts days: a month is taken as 31 and a year as 366 of them, so that short ones leave none out.

    Parameters
    ----------
    days, weeks, months, years : int
        How far back each generation goes; 0: there is none.
    vault : str
        Where they are kept.
    """
    generations = (
        ("daily", "cron(0 5 * * ? *)", float(days)),
        ("weekly", "cron(0 5 ? * SUN *)", 7.0 * weeks),
        ("monthly", "cron(0 5 1 * ? *)", 31.0 * months),
        ("yearly", "cron(0 5 1 1 ? *)", 366.0 * years),
    )
    return tuple(
        Rule(name=name, schedule=schedule, keep_days=keep, vault=vault) for name, schedule, keep in generations if keep
    )


def worst_gap_s(rules: Iterable[Rule]) -> float:
    """The longest time from one backup of a plan to the next, until which it can be restored: the plan's RPO.

    Parameters
    ----------
    rules : iterable of Rule
        The plan; infinity when it has none, or backs up less than once in four years.
    """
    plan = tuple(rules)
    since_s, until_s = _FOUR_YEARS_S
    taken_s = np.unique(np.concatenate([np.zeros(0), *(rule.taken_s(since_s, until_s) for rule in plan)]))
    if len(taken_s) < 2:
        return math.inf
    return float(np.diff(taken_s).max()) + max(rule.takes_s for rule in plan)


def read_rule(text: str) -> Rule:
    """A rule as a read-back plan says it: ``daily cron(0 5 * * ? *) main 35 - away``.

    Parameters
    ----------
    text : str
        Name, schedule, vault, days kept, days until cold storage (``-``: never), vaults copied to.

    Raises
    ------
    DesignError
        When it is not that.
    """
    head, opening, rest = text.partition("cron(")
    fields, closing, tail = rest.partition(")")
    words = tail.replace(",", " ").split()
    if not (opening and closing and head.strip() and len(words) >= _RULE_WORDS - 1):
        raise DesignError(f"the rule '{text}' cannot be read", allowed="daily cron(0 5 * * ? *) main 35 - away")
    vault, keep, cold, *copies = words
    return Rule(
        name=head.strip(),
        schedule=f"cron({fields})",
        vault=vault,
        keep_days=_days(keep),
        cold_after_days=_days(cold),
        copies=tuple(copies),
    )


def _days(word: str) -> float:
    try:
        return math.inf if word == "-" else float(word)
    except ValueError:
        raise DesignError(f"'{word}' is no number of days", allowed="a number, or - for never") from None


def moments_s(schedule: str, since_s: float, until_s: float) -> Floats:
    """Moments of a schedule from one time until before another, ascending, in epoch seconds.

    Raises
    ------
    DesignError
        When the schedule cannot be read.
    ScenarioError
        When a time is not finite.
    """
    if not (math.isfinite(since_s) and math.isfinite(until_s)):
        raise ScenarioError(f"a calendar from {since_s!r} to {until_s!r}", allowed="finite times")
    recurrence, last_of_month = read_schedule(schedule)
    days = np.arange(math.floor(since_s / DAY_S), math.ceil(until_s / DAY_S))
    days = days[_falls_on(days, recurrence, last_of_month=last_of_month)]
    within = [60.0 * (60 * hour + minute) for hour in recurrence.hours for minute in recurrence.minutes]
    found = (days[:, None] * DAY_S + np.array(within)).ravel()
    chosen: Floats = found[(found >= since_s) & (found < until_s)]
    return chosen


def _falls_on(days: NDArray[np.int64], recurrence: Recurrence, *, last_of_month: bool) -> NDArray[np.bool_]:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    weekday = (days + 4) % 7  # 1 January 1970 was a Thursday
    if last_of_month:
        in_month = (dates + 1).astype("datetime64[M]") != months
    else:
        in_month = np.isin((dates - months).astype(np.int64) + 1, recurrence.days)
    right_month = np.isin(months.astype(np.int64) % 12 + 1, recurrence.months)
    right: NDArray[np.bool_] = in_month & right_month & np.isin(weekday, recurrence.weekdays)
    return right


def read_schedule(schedule: str) -> tuple[Recurrence, bool]:
    """What a cron expression of AWS allows, and whether it means the last day of the month (``L``).

    Raises
    ------
    DesignError
        When it is none, or has a year, ``W`` or ``#``.
    """
    inside = schedule.removeprefix("cron(").removesuffix(")").split()
    if not schedule.startswith("cron(") or len(inside) != _FIELDS or inside[5] != "*":
        raise DesignError(f"the schedule '{schedule}' cannot be read", allowed="cron(0 5 * * ? *), any year")
    minute, hour, day, month, weekday, _ = inside
    if "?" not in (day, weekday):
        raise DesignError(f"the schedule '{schedule}' names both days", cure="put ? in one of the two")
    last = day == _LAST_OF_MONTH
    plain = "*" if last or day == "?" else day
    return read_recurrence(f"{minute} {hour} {plain} {month} {_weekdays(weekday)}"), last


def _weekdays(field: str) -> str:
    """AWS counts days of the week from Sunday = 1, cron from Sunday = 0."""
    if field == "?":
        return "*"
    return "".join(_DAY_NAMES[int(each) - 1] if each.isdigit() and 1 <= int(each) <= 7 else each for each in field)
