"""Recorded traffic and measured durations."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aws14.catalog.tables import data_root, missing, rows
from aws14.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SUFFIX = "_per_minute.csv.gz"
_CALLS, _FUNCTIONS = "_calls.csv.gz", "_functions.csv.gz"
_STREAM, _URLS = "_stream.csv.gz", "_urls.csv.gz"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Url:
    """An address on a recorded site.

    Attributes
    ----------
    rank : int
        Its place by number of requests, from 1.
    size : int
        Median size of its answers in bytes; 0 where none was answered in full.
    kind : str
        ``image``, ``html``, ``cgi`` or ``other``.
    path : str
        With its query string.
    """

    rank: int
    size: int
    kind: str
    path: str


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class UrlStream:
    """The requests of a recording, one by one. Arrays have one entry a request, in order of time, and are read-only.

    Attributes
    ----------
    second : ndarray of int64
        From the start of the recording.
    rank : ndarray of int64
        Of the address, from 1; ranks beyond those of `urls` have no path.
    size : ndarray of int64
        Bytes sent; 0 where the client had the answer already.
    urls : tuple of Url
        The most asked addresses, by rank from 1.
    """

    second: NDArray[np.int64]
    rank: NDArray[np.int64]
    size: NDArray[np.int64]
    urls: tuple[Url, ...]


@cache
def url_stream(name: str) -> UrlStream:
    """Return the requests of a recording with their addresses.

    Parameters
    ----------
    name : str
        Such as ``nasa_13jul95``: the files ``data/traces/nasa_13jul95_stream.csv.gz`` and ``..._urls.csv.gz``.

    Raises
    ------
    DataError
        When there is no such recording.
    """
    import numpy as np  # 0.1 s, which who only asks for a price need not wait

    with gzip.open(_recording(name, _STREAM), "rb") as packed:
        table = np.loadtxt(packed, dtype=np.int64, delimiter=",", skiprows=1).T
    table.setflags(write=False)
    with gzip.open(_recording(name, _URLS), "rb") as packed:
        urls = tuple(
            Url(rank=int(row["rank"]), size=int(row["bytes"] or 0), kind=row["kind"], path=row["path"])
            for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline=""))
        )
    return UrlStream(second=table[0], rank=table[1], size=table[2], urls=urls)


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
    requests: list[int] = []
    with gzip.open(_recording(name, _SUFFIX), "rb") as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline="")):
            silent = int(row["minute"]) - len(requests)
            if silent < 0:
                raise DataError(
                    f"minute {row['minute']} of the recording '{name}' stands after minute {len(requests) - 1}"
                )
            requests.extend([0] * silent)
            requests.append(int(row["requests"]))
    return tuple(requests)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class RecordedFunction:
    """A function of a cloud as it was called.

    Attributes
    ----------
    number : int
        In the recording, by calls, from 1.
    trigger : str
        What calls it: ``http``, ``timer``, ``queue``...
    average_s : float
        Mean duration of a call, cold starts not included.
    calls : ndarray of int64
        Of each minute of the recording; read-only.
    """

    number: int
    trigger: str
    average_s: float
    calls: NDArray[np.int64]


@cache
def recorded_functions(name: str) -> tuple[RecordedFunction, ...]:
    """Return the functions of a recording, the most called first.

    Parameters
    ----------
    name : str
        Such as ``azure_2019``: the files ``data/traces/azure_2019_calls.csv.gz`` and ``..._functions.csv.gz``.

    Raises
    ------
    DataError
        When there is no such recording.
    """
    import numpy as np  # 0.1 s, which who only asks for a price need not wait

    with gzip.open(_recording(name, _CALLS), "rb") as packed:
        number, minute, calls = np.loadtxt(packed, dtype=np.int64, delimiter=",", skiprows=1).T
    table = np.zeros((number.max() + 1, minute.max() + 1), np.int64)
    table[number, minute] = calls
    table.setflags(write=False)
    with gzip.open(_recording(name, _FUNCTIONS), "rb") as packed:
        return tuple(
            RecordedFunction(
                number=int(row["fn"]),
                trigger=row["trigger"],
                average_s=float(row["average_ms"]) / 1000,
                calls=table[int(row["fn"])],
            )
            for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline=""))
        )


def _recording(name: str, suffix: str) -> Path:
    folder = data_root() / "traces"
    path = folder / f"{name}{suffix}"
    if not path.is_file():
        raise missing("recording", name, [found.name.removesuffix(suffix) for found in folder.glob(f"*{suffix}")])
    return path
