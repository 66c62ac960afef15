"""Policies: schedules of Data Lifecycle Manager as a read-back says them.

Source: EBS user guide, "Data Lifecycle Manager": a schedule takes a snapshot every so many hours or by a cron
expression, and keeps so many of them, or each for so long.
"""

from __future__ import annotations

from aws14.errors import DesignError
from aws14.sim.backups.generations import Rule, moments_s

_A_YEAR_S = (1_735_689_600.0, 1_767_225_600.0)
"""2025, in epoch seconds."""

_DAYS = {"d": 1.0, "w": 7.0, "m": 31.0, "y": 366.0}


def read_dlm_schedule(text: str, name: str) -> Rule:
    """A schedule as a rule: ``every=24h at=03:00 keep=7``, or ``cron(0 3 * * ? *) keep=30d copy=ap-northeast-3``.

    Snapshots that are kept by their number are kept for as many days as so many take on average.

    Parameters
    ----------
    text : str
        When; how many, or how long (days, weeks, months, years); regions that they are copied to.
    name : str
        How the rule is called.

    Raises
    ------
    DesignError
        When it is not that.
    """
    when, keep, rest = text.partition(" keep=")
    words = rest.split()
    try:
        schedule = when if when.startswith("cron(") else _every(when)
        days = _kept_days(words[0], schedule) if keep else 0.0
        copies = tuple(word.removeprefix("copy=") for word in words[1:])
    except (IndexError, KeyError, ValueError):
        raise DesignError(f"the schedule '{text}' cannot be read", allowed="every=24h at=03:00 keep=7") from None
    if not days:
        raise DesignError(f"the schedule '{text}' keeps nothing", allowed="every=24h at=03:00 keep=7")
    return Rule(name=name, schedule=schedule, keep_days=days, copies=copies)


def _every(when: str) -> str:
    said = dict(word.partition("=")[::2] for word in when.split())
    every, (hour, minute) = int(said["every"].removesuffix("h")), map(int, said["at"].split(":"))
    hours = sorted({(hour + each) % 24 for each in range(0, 24, every)})
    return f"cron({minute} {','.join(map(str, hours))} * * ? *)"


def _kept_days(word: str, schedule: str) -> float:
    if word[-1] in _DAYS:
        return int(word[:-1]) * _DAYS[word[-1]]
    since_s, until_s = _A_YEAR_S
    return int(word) * 365 / len(moments_s(schedule, since_s, until_s))
