"""Clusters: a run through pods on one clock: what came, pods and nodes and how full they are, how fast, what failed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, moment, picture, time_axis
from aws14.charts.marks import mark_spots
from aws14.charts.numbers import hourly, percent, seconds
from aws14.charts.panels import (
    failures,
    rates,
    reasons_that_happened,
    response_scale,
    response_times,
    say_instead,
    whole,
)
from aws14.charts.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, styled
from aws14.charts.windows import peak
from aws14.errors import ScenarioError
from aws14.model import ClusterRecord, FleetRecord, Picture, Trace
from aws14.model.trace import FAILURE_REASONS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_M_PER_VCPU = 1000.0
_AROUND_S, _WORTH_IT = 480.0, 1 / 6
_ENDED = "sent to a pod that had ended"
"""What a refused connection means where pods answer."""


def cluster(trace: Trace, *, title: str = "", start_hour: float = 0.0, target: float | None = None) -> Picture:
    """A run through pods: arrivals, pods, nodes with their room, response times, failures.

    Parameters
    ----------
    trace : Trace
        The run, with its `fleet` of pods and its `cluster`.
    title : str
        Heads the chart.
    start_hour : float
        Hour of the day at which the run starts.
    target : float, optional
        Percent of the CPU request that the pod autoscaler aims at, drawn as a line.

    Raises
    ------
    ScenarioError
        When the run went through no pods.
    """
    fleet, record = _records(trace)
    failed = reasons_that_happened(trace)
    whole_run = (0.0, trace.horizon_s)
    close = _worth_a_look(trace, record)
    windows = [whole_run, *([close] if close else [])]
    with styled():
        heights = (2.2, 2.4, 1.8, 2.2, 2.4, 1.8 if failed else 0.5)
        fig = figure(0.66 * sum(heights) + 0.24 * math.ceil(len(failed) / 2))
        ratios = (1.7, 1.0) if close else (1.0,)
        panels = fig.subplots(
            len(heights), len(windows), sharex="col", squeeze=False, height_ratios=heights, width_ratios=ratios
        )
        for number, window in enumerate(windows):
            column = list(panels[:, number])
            _fill(column, trace, window, target)
            failures(column[5], trace, failed, window)
            mark_spots(column, _broken(trace), window)
            _name(column, trace, named=bool(failed))
            time_axis(column[-1], window, start_hour)
        if close:
            _beside([list(panels[:, 0]), list(panels[:, 1])])
        fig.align_ylabels(panels[:, 0])
        heading(fig, title or f"{trace.scenario}, {trace.pattern}")
        alt = f"{title or trace.scenario}: {_told(trace, fleet, record, start_hour)}"
        return picture(fig, alt=alt, caption=_caption(trace, record), table=hourly(trace, start_hour))


def _worth_a_look(trace: Trace, record: ClusterRecord) -> tuple[float, float] | None:
    """The stretch in which pods wait for room, else that of the peak; None where it is most of the run."""
    waiting = np.flatnonzero(record.pods_pending)
    if not len(waiting):
        return peak(trace, trace.offered)
    first_s, last_s = float(trace.tick_start_s[waiting[0]]), float(trace.tick_start_s[waiting[-1]])
    window = max(0.0, first_s - _AROUND_S), min(trace.horizon_s, last_s + _AROUND_S)
    return window if window[1] - window[0] <= _WORTH_IT * trace.horizon_s else None


def _fill(panels: list[Axes], trace: Trace, window: tuple[float, float], target: float | None) -> None:
    fleet, record = _records(trace)
    rates(panels[0], trace, window)
    _pods(panels[1], trace, fleet, record)
    _use(panels[2], trace, fleet, target)
    _room(panels[3], trace, record)
    response_times(panels[4], trace, window)


def _beside(columns: list[list[Axes]]) -> None:
    """Make the second column a closer look: the scales of the first, and no words said twice."""
    columns[1][0].set_title("a closer look", fontsize=9.5, weight="normal", color=GREY)
    for far, near in zip(*columns, strict=True):
        near.set_ylim(far.get_ylim())
        near.set_ylabel("")
        near.tick_params(labelleft=False)
        if near.get_legend() is not None:
            near.get_legend().remove()


def _records(trace: Trace) -> tuple[FleetRecord, ClusterRecord]:
    if trace.fleet is None or trace.cluster is None:
        raise ScenarioError(f"'{trace.scenario}' went through no pods", cure="an entry that is a service of Kubernetes")
    return trace.fleet, trace.cluster


def _broken(trace: Trace) -> list[tuple[float, str]]:
    """When something broke; of what broke together, one moment."""
    moments = {event.at_s: event.node for event in reversed(trace.events) if event.what == "failed"}
    return [(at_s, f"{node} fails") for at_s, node in sorted(moments.items())]


def _pods(panel: Axes, trace: Trace, fleet: FleetRecord, record: ClusterRecord) -> None:
    """Pods that are ready, that start, and that have no node; and the line of those wanted."""
    start, waiting = trace.tick_start_s, np.minimum(record.pods_pending, fleet.pending)
    floor = np.zeros(len(start))
    for count, color, hatch, label in (
        (fleet.in_service, BLUE, "", "ready"),
        (fleet.pending - waiting, ORANGE, "", "starting"),
        (waiting, RED, "///", "pending: no room"),
    ):
        panel.fill_between(
            start, floor, floor + count, step="post", facecolor=color, alpha=0.45, linewidth=0, hatch=hatch,
            edgecolor="white", label=label,
        )  # fmt: skip
        floor = floor + count
    panel.step(start, fleet.desired, where="post", color=INK, linewidth=1.2, label="wanted")
    panel.set_ylim(0, 1.4 * max(1.0, float(floor.max()), float(fleet.desired.max())))
    panel.set_ylabel("pods")
    whole(panel)


def _use(panel: Axes, trace: Trace, fleet: FleetRecord, target: float | None) -> None:
    use = 100 * fleet.cpu_utilization
    panel.plot(trace.tick_start_s, use, color=BLUE, linewidth=1.1, label="used")
    if target is not None:
        panel.axhline(target, color=GREEN, linewidth=1.1, linestyle=(0, (5, 2)), label=f"target {target:g} %")
    most = float(np.nanmax(use)) if np.isfinite(use).any() else 0.0
    panel.set_ylim(0, 1.45 * max(100.0, most))
    panel.set_ylabel("CPU, % of\nrequests")


def _room(panel: Axes, trace: Trace, record: ClusterRecord) -> None:
    """What the nodes offer, what of it is requested, and how many nodes there are."""
    start = trace.tick_start_s
    offered, asked = record.cpu_allocatable_m / _M_PER_VCPU, record.cpu_requested_m / _M_PER_VCPU
    panel.fill_between(start, 0, asked, step="post", color=BLUE, alpha=0.4, linewidth=0, label="requested")
    panel.step(start, offered, where="post", color=PURPLE, linewidth=1.3, label="room of ready nodes")
    panel.set_ylim(0, 1.45 * max(0.1, float(offered.max()), float(asked.max())))
    panel.set_ylabel("vCPU")
    count = panel.twinx()
    count.step(start, record.nodes, where="post", color=INK, linewidth=1.0, linestyle=(0, (1, 1.2)))
    count.set_ylim(0, 2.6 * max(1, int(record.nodes.max())))  # well below the room, which has the same shape
    whole(count)
    count.set_ylabel("nodes (dotted)")
    count.grid(visible=False)
    count.spines["right"].set_visible(True)


def _name(panels: list[Axes], trace: Trace, *, named: bool) -> None:
    panels[0].set_ylim(0, 1.45 * max(1.0, float((trace.offered / trace.tick_length_s).max())))
    panels[0].set_ylabel("requests/s")
    if trace.served.any():
        response_scale(panels[4], None)
    else:
        say_instead(panels[4], "no request was answered")
    for panel in panels[:4] + (panels[4:5] if trace.served.any() else []):
        panel.legend(loc="upper left", ncols=4, borderaxespad=0.1, handlelength=1.8, columnspacing=1.2)
    if named:
        panels[5].set_ylabel("failures\nper minute")
        handles, words = panels[5].get_legend_handles_labels()
        figure_of = panels[5].get_figure()
        if not figure_of.legends:  # type: ignore[union-attr] # made by subplots
            told = [each.replace(FAILURE_REASONS["refused"], _ENDED) for each in words]
            figure_of.legend(handles, told, loc="outside lower left", ncols=2, columnspacing=2.0)  # type: ignore[union-attr]
    else:
        say_instead(panels[5], "no request failed")


def _told(trace: Trace, fleet: FleetRecord, record: ClusterRecord, start_hour: float) -> str:
    least, most = int(fleet.in_service.min()), int(fleet.in_service.max())
    nodes = f"{int(record.nodes.min())} to {int(record.nodes.max())} nodes"
    parts = [
        f"{int(trace.offered.sum()):,} requests were sent, {percent(trace.failure_ratio)} of them failed.",
        f"{least} to {most} pods are ready, on {nodes}, {record.node_hours:.1f} node-hours in all.",
    ]
    if record.pods_pending.any():
        tick = int(record.pods_pending.argmax())
        when = moment(tick * trace.tick_s, trace.horizon_s, start_hour)
        parts.append(f"At {when} {int(record.pods_pending[tick])} pods wait for room.")
    if trace.served.any():
        parts.append(f"95 % of the answers take {seconds(trace.response_time_s(0.95))} or less.")
    return " ".join(parts)


def _caption(trace: Trace, record: ClusterRecord) -> str:
    return (
        f"{trace.scenario} through {trace.pattern} in {trace.region}, seed {trace.seed}: "
        f"{record.node_hours:.1f} node-hours, {percent(trace.failure_ratio)} of {int(trace.offered.sum()):,} failed."
    )
