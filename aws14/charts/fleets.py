"""Fleets: how many servers are wanted, work, start and leave, as a panel of a chart on one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws14.charts.frame import moment
from aws14.charts.style import BLUE, INK, ORANGE, RED
from aws14.model import FleetRecord, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def fleet_panel(panel: Axes, trace: Trace, fleet: FleetRecord, shown: slice) -> None:
    """Servers in service, those that start on top, those held unhealthy hatched, and the line of those wanted.

    Parameters
    ----------
    panel : Axes
        On the clock of the run.
    trace : Trace
        The run.
    fleet : FleetRecord
        Its servers.
    shown : slice
        The ticks to draw.
    """
    start = trace.tick_start_s[shown]
    working, starting = fleet.in_service[shown], fleet.pending[shown]
    panel.fill_between(start, 0, working, step="post", color=BLUE, alpha=0.3, linewidth=0, label="in service")
    panel.fill_between(
        start, working, working + starting, step="post", color=ORANGE, alpha=0.7, linewidth=0, label="starting"
    )
    if (fleet.healthy < fleet.in_service).any():
        panel.fill_between(
            start, fleet.healthy[shown], working, step="post", facecolor="none", edgecolor=RED, hatch="///",
            linewidth=0, label="unhealthy",
        )  # fmt: skip
    panel.step(start, fleet.desired[shown], where="post", color=INK, linewidth=1.2, label="wanted")


def name_fleet(panel: Axes, fleet: FleetRecord, *, columns: int) -> None:
    """The axis, its range and the legend."""
    from matplotlib.ticker import MaxNLocator

    most = max(int((fleet.in_service + fleet.pending).max(initial=0)), int(fleet.desired.max(initial=0)), 1)
    panel.set_ylim(0, (1.45 if columns > 2 else 1.9) * most)
    panel.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    panel.set_ylabel("servers")
    panel.legend(loc="upper left", ncols=columns, borderaxespad=0.1, handlelength=1.8, columnspacing=1.0)


def told_fleet(trace: Trace, start_hour: float = 0.0) -> list[str]:
    """The fleet in sentences: from how many to how many servers, the hours paid for, the worst moment."""
    fleet = trace.fleet
    if fleet is None or not len(fleet.in_service):
        return []
    least, most = int(fleet.in_service.min()), int(fleet.in_service.max())
    number = f"{most} servers are in service" if least == most else f"{least} to {most} servers are in service"
    parts = [f"{number}, {fleet.instance_hours:.1f} instance-hours in all."]
    sick = fleet.in_service - fleet.healthy
    if sick.any():
        tick = int(sick.argmax())
        when = moment(tick * trace.tick_s, trace.horizon_s, start_hour)
        parts.append(f"At {when} {int(sick[tick])} of {int(fleet.in_service[tick])} servers are unhealthy.")
    return parts
