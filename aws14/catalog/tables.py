"""Where the tables of ``data/`` lie, how they are read, and what a reader hears when a key is not there."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from aws14.errors import DataError

Row = Mapping[str, str]

_PACKED = Path(__file__).resolve().parent.parent / "_data"
_REPOSITORY = Path(__file__).resolve().parent.parent.parent / "data"


@cache
def data_root() -> Path:
    """Return the folder of the tables: the copy packed in the wheel, else the repository's ``data/``.

    Raises
    ------
    DataError
        When neither is there.
    """
    for folder in (_PACKED, _REPOSITORY):
        if (folder / "prices.csv").is_file():
            return folder
    raise DataError("the tables of the course are not installed", cure="install aws14 again")


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return the rows of ``data/<table>.csv``, each a mapping of column to text.

    Raises
    ------
    DataError
        When there is no such table.
    """
    path = data_root() / f"{table}.csv"
    if not path.is_file():
        known = sorted(found.stem for found in data_root().glob("*.csv"))
        raise DataError(f"there is no table '{table}'", allowed=", ".join(known))
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def missing(what: str, key: str, known: Iterable[str]) -> DataError:
    """Return the error for a key that is not in a table, with the keys that look like it.

    Parameters
    ----------
    what : str
        The kind of thing, in the learner's words.
    key : str
        What was asked for.
    known : iterable of str
        What there is.
    """
    by_lower = {name.lower(): name for name in known}
    asked = key.lower()
    holding = [name for name in by_lower if asked and asked in name]
    near = list(dict.fromkeys((*difflib.get_close_matches(asked, by_lower, n=3, cutoff=0.5), *holding)))[:3]
    listed = sorted(by_lower.values())
    shown = ", ".join(listed) if len(listed) <= 60 else f"{', '.join(listed[:12])} ... ({len(listed)} in all)"
    cure = " or ".join(f"'{by_lower[name]}'" for name in near)
    return DataError(f"there is no {what} '{key}'", allowed=shown, cure=cure)


def day(text: str) -> date:
    """Return the date of an ISO text ``YYYY-MM-DD``."""
    return date.fromisoformat(text)
