"""The running meter: what the last step of a build costs an hour, and a forgotten weekend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from aws14.cost.billing import bill
from aws14.cost.metering import hourly
from aws14.model import Bill, Topology, Usage

# Any Friday will do: only the hours between count.
_LEAVING = datetime(2026, 11, 20, 18, 0)
_RETURNING = datetime(2026, 11, 23, 9, 0)
WEEKEND_H = (_RETURNING - _LEAVING).total_seconds() / 3600
"""Hours from Friday 18:00 to Monday 09:00."""

_JUMP = 0.10
_NOTHING = 1e-9
_SMALLEST_TOLD = 0.0005


@dataclass(frozen=True, kw_only=True)
class Meter:
    """What stands, by the hour.

    Parameters
    ----------
    changes : Mapping[str, float]
        What was added (above zero) or removed (below) since the reading before, in USD per hour, dearest first;
        what would read 0.000 is left out.
    before_usd_per_hour, now_usd_per_hour : float
        The totals then and now.
    now : Bill
        The hour, line by line.
    """

    changes: Mapping[str, float]
    before_usd_per_hour: float
    now_usd_per_hour: float
    now: Bill

    @property
    def forgotten_weekend_usd(self) -> float:
        """What stands costs this from Friday 18:00 to Monday 09:00."""
        return self.now_usd_per_hour * WEEKEND_H

    @property
    def shown(self) -> bool:
        """Whether the total jumped by more than a tenth: small steps are not worth a line."""
        jump = abs(self.now_usd_per_hour - self.before_usd_per_hour)
        return jump > max(_JUMP * self.before_usd_per_hour, _NOTHING)

    def __str__(self) -> str:
        """One sentence for a terminal."""
        return "; ".join((*self._changes(), *self._totals()))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """One paragraph for a notebook, with the lines of the hour folded below."""
        changes = "; ".join(escape(change) for change in self._changes())
        totals = escape("; ".join(self._totals()))
        shown = f"{changes}; <b>{totals}</b>" if changes else f"<b>{totals}</b>"
        return (
            f"<div><p style='margin:0'>{shown}</p>"
            f"<details><summary>The hour, line by line</summary>{self.now._repr_html_()}</details></div>"
        )

    def _changes(self) -> tuple[str, ...]:
        return tuple(f"{name} {usd:+.3f} USD/h" for name, usd in self.changes.items())

    def _totals(self) -> tuple[str, str]:
        return (
            f"now {self.now_usd_per_hour:.3f} USD/h",
            f"forgotten from Friday 18:00 to Monday 09:00: {self.forgotten_weekend_usd:,.2f} USD",
        )


def meter(before: Topology | None, after: Topology) -> Meter:
    """Read the meter after a step of a build.

    Parameters
    ----------
    before : Topology or None
        What stood at the reading before; None when nothing did.
    after : Topology
        What stands now.

    Raises
    ------
    DesignError
        When a node does not state what it is charged by, or stands in no region.
    DataError
        When the price book lacks a price.
    """
    now = _hour(after)
    then = _by_name(_hour(before)) if before else {}
    new = _by_name(now)
    changes = {name: new.get(name, 0.0) - then.get(name, 0.0) for name in (*new, *(set(then) - set(new)))}
    told = {name: usd for name, usd in changes.items() if abs(usd) >= _SMALLEST_TOLD}
    return Meter(
        changes=dict(sorted(told.items(), key=lambda pair: (-abs(pair[1]), pair[0]))),
        before_usd_per_hour=sum(then.values()),
        now_usd_per_hour=now.total_usd,
        now=now,
    )


def _hour(topology: Topology) -> Bill:
    return bill(hourly(topology), title=f"One hour of {topology.name}", period="hour")


def _by_name(hour: Bill) -> dict[str, float]:
    summed: dict[str, float] = {}
    for line in hour.lines:
        name = _name(line.usage)
        summed[name] = summed.get(name, 0.0) + line.usd
    return summed


def _name(usage: Usage) -> str:
    if usage.service == "EC2":
        return f"EC2 {usage.item.split()[0]}"
    if usage.service in ("EBS", "Route 53"):
        return f"{usage.service} {usage.item}"
    return usage.item if usage.service == "VPC" else usage.service
