"""Recorded traffic and measured durations."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aws14.catalog.tables import data_root, missing, rows
from aws14.errors import DataError

_SUFFIX = "_per_minute.csv.gz"


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """How long AWS takes for a thing: the range seen and a typical value, in seconds."""

    thing: str
    low_s: float
    typical_s: float
    high_s: float
    source: str
    confidence: str


@cache
def durations() -> Mapping[str, Duration]:
    """Return how long AWS takes for what, by thing, such as ``EC2 instance pending to running``."""
    return {
        row["thing"]: Duration(
            thing=row["thing"],
            low_s=float(row["seconds_low"]),
            typical_s=float(row["seconds_typical"]),
            high_s=float(row["seconds_high"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("durations")
    }


@cache
def trace_minutes(name: str) -> tuple[int, ...]:
    """Return the requests of each minute of a recording, from its minute 0 on; silent minutes are 0.

    Parameters
    ----------
    name : str
        Such as ``nasa_jul95``: the file ``data/traces/nasa_jul95_per_minute.csv.gz``.

    Raises
    ------
    DataError
        When there is no such recording, or its minutes do not ascend.
    """
    folder = data_root() / "traces"
    path = folder / f"{name}{_SUFFIX}"
    if not path.is_file():
        known = [found.name.removesuffix(_SUFFIX) for found in folder.glob(f"*{_SUFFIX}")]
        raise missing("recording", name, known)
    requests: list[int] = []
    with gzip.open(path, "rb") as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline="")):
            silent = int(row["minute"]) - len(requests)
            if silent < 0:
                raise DataError(
                    f"minute {row['minute']} of the recording '{name}' stands after minute {len(requests) - 1}"
                )
            requests.extend([0] * silent)
            requests.append(int(row["requests"]))
    return tuple(requests)
