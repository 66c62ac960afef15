"""Service level agreements: what AWS promises, and how sure the course is that it still does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, missing, rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Sla:
    """A promise of monthly uptime; below it AWS pays part of the bill back. It says nothing about how things fail.

    Attributes
    ----------
    promised : float
        Share of the time, 0 to 1.
    """

    service: str
    promised: float
    note: str
    as_of: date
    source: str
    confidence: str


@cache
def _slas() -> Mapping[str, Sla]:
    return {
        row["service"]: Sla(
            service=row["service"],
            promised=float(row["promised_percent"]) / 100,
            note=row["note"],
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("sla")
    }


def sla(service: str) -> Sla:
    """Return the promise for a service, such as ``EC2 instance`` or ``RDS Multi-AZ``.

    Raises
    ------
    DataError
        When the course knows none.
    """
    if service not in _slas():
        raise missing("service level agreement", service, _slas())
    return _slas()[service]
