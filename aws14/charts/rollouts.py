"""Rollouts: ready pods by version over the minutes, and what failed meanwhile, one run below the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture, time_axis
from aws14.charts.numbers import percent
from aws14.charts.panels import whole
from aws14.charts.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, styled
from aws14.errors import ScenarioError
from aws14.model import ClusterRecord, Picture, Trace

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_COLORS = (BLUE, GREEN, PURPLE, ORANGE)
"""Of versions; red is for failures."""
_TOLD = {"rollout": "rollout", "rolled_out": "done", "rolled_back": "put back"}
_MINUTE_S = 60.0


def rollouts(runs: Mapping[str, Trace], *, title: str) -> Picture:
    """How a new version takes the place of the one before, in one or several runs.

    Parameters
    ----------
    runs : Mapping[str, Trace]
        Case -> its run, with a rollout.
    title : str
        Heads the chart.

    Raises
    ------
    ScenarioError
        When a run had no rollout.
    """
    records = {name: _record(name, trace) for name, trace in runs.items()}
    versions = sorted({version for record in records.values() for version in record.pods_by_version})
    colors = {version: _COLORS[number % len(_COLORS)] for number, version in enumerate(versions)}
    with styled():
        fig = figure(1.1 + 1.75 * len(runs))
        panels = fig.subplots(len(runs), 1, sharex=True, squeeze=False)[:, 0]
        worst = max(float(_lost_per_minute(trace).max()) for trace in runs.values())
        for panel, (name, trace) in zip(panels, runs.items(), strict=True):
            _stack(panel, trace, records[name], colors)
            _lost(panel, trace, worst)
            _mark(panel, trace)
            panel.set_title(f"{name}: {int(sum(v.sum() for v in trace.failed.values())):,} requests failed")
        longest = max(trace.horizon_s for trace in runs.values())
        time_axis(panels[-1], (0.0, longest))
        handles, labels = panels[0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside lower left", ncols=4)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(runs)}", table=_table(runs))


def _record(name: str, trace: Trace) -> ClusterRecord:
    if trace.cluster is None or not trace.cluster.pods_by_version:
        raise ScenarioError(f"in the run '{name}' nothing was rolled out", cure="give its scenario a Rollout")
    return trace.cluster


def _stack(panel: Axes, trace: Trace, record: ClusterRecord, colors: Mapping[str, str]) -> None:
    steps = [*record.version_steps, (trace.horizon_s, record.version_steps[-1][1])]
    times, floor = np.array([at_s for at_s, _ in steps]), np.zeros(len(steps))
    for version, color in colors.items():
        count = np.array([counts.get(version, 0) for _, counts in steps])
        panel.fill_between(
            times, floor, floor + count, step="post", color=color, alpha=0.4, linewidth=0, label=f"{version} ready"
        )
        floor = floor + count
    if trace.fleet is not None:
        ends_s, wanted = np.append(trace.tick_start_s, trace.horizon_s), trace.fleet.desired
        panel.step(
            ends_s, np.append(wanted, wanted[-1]), where="post", color=INK, linewidth=1.1, label="wanted"
        )  # fmt: skip
    panel.set_ylim(0, 1.35 * max(1.0, float(floor.max())))
    whole(panel)
    panel.set_ylabel("pods")


def _lost_per_minute(trace: Trace) -> NDArray[np.float64]:
    lost: NDArray[np.float64] = (
        sum(trace.failed.values(), np.zeros(trace.ticks, np.int64)) * _MINUTE_S / trace.tick_length_s
    )
    return lost


def _lost(panel: Axes, trace: Trace, worst: float) -> None:
    """Failures by the minute, at the right, on the axis that all panels share."""
    lost = _lost_per_minute(trace)
    right = panel.twinx()
    ends_s = np.append(trace.tick_start_s, trace.horizon_s)
    right.step(ends_s, np.append(lost, lost[-1]), where="post", color=RED, linewidth=1.2)
    right.set_ylim(0, 1.35 * max(10.0, worst))
    whole(right)
    right.set_ylabel("failures\nper minute", color=RED)
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    panel.plot([], [], color=RED, linewidth=1.2, label="failures per minute")


def _mark(panel: Axes, trace: Trace) -> None:
    moments: dict[float, list[str]] = {}
    for event in (each for each in trace.events if each.what in _TOLD):
        moments.setdefault(event.at_s, []).append(_TOLD[event.what])
    for number, (at_s, told) in enumerate(moments.items()):
        panel.axvline(at_s, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)))
        # What is put back and done at the same moment is one thing to read.
        words = "put back" if "put back" in told else told[0]
        panel.annotate(
            words, (at_s, 0.97 if number % 2 == 0 else 0.84), xycoords=("data", "axes fraction"), xytext=(3, 0),
            textcoords="offset points", va="top", fontsize=9, color=GREY,
        )  # fmt: skip


def _told(runs: Mapping[str, Trace]) -> str:
    return " ".join(
        f"{name}: {percent(trace.failure_ratio)} of {int(trace.offered.sum()):,} requests failed, "
        f"with at least {_fewest(trace)} pods ready."
        for name, trace in runs.items()
    )


def _fewest(trace: Trace) -> int:
    steps = trace.cluster.version_steps if trace.cluster is not None else ()
    return min((sum(counts.values()) for _, counts in steps), default=0)


def _took_s(trace: Trace) -> int | None:
    """From the rollout to the last pod of the new version; None where it was not done, or taken back."""
    at_s = {each.what: each.at_s for each in reversed(trace.events) if each.what in _TOLD}
    if "rolled_out" not in at_s or "rolled_back" in at_s:
        return None
    return round(at_s["rolled_out"] - at_s["rollout"])


def _table(runs: Mapping[str, Trace]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        name: {
            "requests": int(trace.offered.sum()),
            "failed": int(sum(count.sum() for count in trace.failed.values())),
            "fewest ready": _fewest(trace),
            "done after s": _took_s(trace),
        }
        for name, trace in runs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
