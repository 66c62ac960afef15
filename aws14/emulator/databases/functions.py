"""MySQL's functions for SQLite connections: dates on the emulated clock, texts, chance that can be repeated.

All of a statement's chance and time come from its `Statement`, so that a replica which runs it gets the same rows.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

__all__ = ["Moment", "Statement", "prepare"]

_UNITS_S = {"MICROSECOND": 1e-6, "SECOND": 1.0, "MINUTE": 60.0, "HOUR": 3600.0, "DAY": 86400.0, "WEEK": 604800.0}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


@dataclass(frozen=True)
class Statement:
    """What an image runs.

    Parameters
    ----------
    sql : str
        For SQLite.
    now : float
        Epoch seconds of AWS time.
    seed : int
        Of its chance.
    """

    sql: str
    now: float
    seed: int


class Moment:
    """Time and chance of the statement that a connection runs."""

    def __init__(self) -> None:
        self.now = datetime(1970, 1, 1)
        self.random = Random(0)

    def __call__(self, statement: Statement) -> None:
        """Be the moment of a statement."""
        self.now = datetime.fromtimestamp(statement.now, UTC).replace(tzinfo=None)
        self.random = Random(statement.seed)


def prepare(connection: sqlite3.Connection) -> Moment:
    """Give a connection MySQL's functions; return what sets the moment before each statement."""
    moment = Moment()
    for name, function in {**_of(moment), **_FIXED}.items():
        connection.create_function(name, -1, _careful(function), deterministic=name in _FIXED)
    return moment


def _careful(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: Any) -> Any:
        try:
            return function(*args)
        except (ValueError, TypeError, OverflowError, AttributeError, IndexError):
            return None  # MySQL gives NULL, with a warning, for what is no date or no number

    return called


def _of(moment: Moment) -> dict[str, Callable[..., Any]]:
    def now(digits: int = 0) -> str:
        return _written(moment.now if digits else moment.now.replace(microsecond=0))

    def unix(text: str | None = None) -> int:
        when = moment.now if text is None else _read(text)
        return int(when.replace(tzinfo=UTC).timestamp())

    return {
        "NOW": now,
        "CURDATE": lambda: moment.now.strftime("%Y-%m-%d"),
        "CURTIME": lambda: moment.now.strftime("%H:%M:%S"),
        "UNIX_TIMESTAMP": unix,
        "RAND": lambda *_: moment.random.random(),
        "UUID": lambda: str(UUID(int=moment.random.getrandbits(128), version=4)),
        "SLEEP": lambda *_: 0,
    }


def _read(value: Any) -> datetime:
    text = str(value).strip()
    return datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")


def _written(when: datetime) -> str:
    return when.isoformat(" ", "microseconds" if when.microsecond else "seconds")


def _shifted(value: Any, amount: Any, unit: str) -> str | None:
    if value is None or amount is None:
        return None
    when, whole_day = _read(value), len(str(value).strip()) == 10
    if unit in _MONTHS:
        year, month = divmod(when.year * 12 + when.month - 1 + int(float(amount)) * _MONTHS[unit], 12)
        moved = when.replace(year=year, month=month + 1, day=min(when.day, monthrange(year, month + 1)[1]))
    else:
        moved = when + timedelta(seconds=float(amount) * _UNITS_S[unit])
    whole_day = whole_day and unit in {"DAY", "WEEK", *_MONTHS}
    return moved.strftime("%Y-%m-%d") if whole_day else _written(moved)


def _difference(unit: str, start: Any, end: Any) -> int | None:
    if start is None or end is None:
        return None
    one, other = _read(start), _read(end)
    if unit in _MONTHS:
        months = (other.year - one.year) * 12 + other.month - one.month
        later = (other.day, other.time()) >= (one.day, one.time())
        months -= (0 if later else 1) if months > 0 else 0
        return int(months / _MONTHS[unit])
    return int((other - one).total_seconds() / _UNITS_S[unit])


def _days(one: Any, other: Any) -> int | None:
    return None if one is None or other is None else (_read(one).date() - _read(other).date()).days


def _part(take: Callable[[datetime], int]) -> Callable[[Any], int | None]:
    return lambda value: None if value is None else take(_read(value))


def _formatted(value: Any, form: str) -> str | None:
    return None if value is None else _read(value).strftime(form)


def _pieces(text: str | None, mark: str, count: int) -> str | None:
    if text is None:
        return None
    parts = str(text).split(mark)
    return mark.join(parts[:count] if count >= 0 else parts[count:])


def _padded(left: bool) -> Callable[[Any, int, str], str]:
    def pad(text: Any, size: int, fill: str) -> str:
        text = str(text)
        more = (fill * size)[: max(0, size - len(text))]
        return str(more + text if left else text + more)[:size]

    return pad


def _place(value: Any, others: Sequence[Any]) -> int:
    return others.index(value) + 1 if value in others else 0


def _digest(name: str) -> Callable[..., str | None]:
    return lambda text: None if text is None else hashlib.new(name, str(text).encode()).hexdigest()


_FIXED: dict[str, Callable[..., Any]] = {
    "MY_SHIFTED": _shifted,
    "MY_DIFFERENCE": _difference,
    "MY_FORMATTED": _formatted,
    "DATEDIFF": _days,
    "FROM_UNIXTIME": lambda t: _written(datetime.fromtimestamp(float(t), UTC).replace(tzinfo=None)),
    "YEAR": _part(lambda t: t.year),
    "MONTH": _part(lambda t: t.month),
    "DAY": _part(lambda t: t.day),
    "DAYOFMONTH": _part(lambda t: t.day),
    "HOUR": _part(lambda t: t.hour),
    "MINUTE": _part(lambda t: t.minute),
    "SECOND": _part(lambda t: t.second),
    "WEEKDAY": _part(lambda t: t.weekday()),
    "DAYOFWEEK": _part(lambda t: t.isoweekday() % 7 + 1),
    "CONCAT_WS": lambda mark, *texts: str(mark).join(str(text) for text in texts if text is not None),
    "SUBSTRING_INDEX": _pieces,
    "LPAD": _padded(left=True),
    "RPAD": _padded(left=False),
    "REPEAT": lambda text, count: str(text) * int(count),
    "REVERSE": lambda text: str(text)[::-1],
    "FIELD": lambda value, *others: _place(value, others),
    "FIND_IN_SET": lambda value, texts: _place(str(value), texts.split(",")),
    "MD5": _digest("md5"),
    "SHA1": _digest("sha1"),
    "SHA2": lambda text, bits: _digest(f"sha{bits or 256}")(text),
    "REGEXP": lambda pattern, text: None if text is None else int(bool(re.search(pattern, str(text), re.IGNORECASE))),
    "MY_XOR": lambda one, other: None if one is None or other is None else int(bool(one) != bool(other)),
    "MY_ROUNDED_DOWN": lambda value, digits: int(float(value) * 10**digits) / 10**digits,
}  # fmt: skip
