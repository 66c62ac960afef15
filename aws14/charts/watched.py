"""Watched: a live cluster while something happens to it: who was answered, which pods stood, which nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import duration
from aws14.charts.panels import whole
from aws14.charts.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, styled
from aws14.errors import ScenarioError
from aws14.model import Picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_COLORS = (BLUE, GREEN, PURPLE, ORANGE)
"""Of versions; red is for failures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look at a cluster.

    Parameters
    ----------
    at_s : float
        Seconds from the start.
    answered : str
        Version that answered a request then; empty where none did.
    ready : Mapping[str, int]
        Version -> its ready pods.
    waiting : int
        Pods that are not ready.
    nodes : int
        Nodes that are ready.
    """

    at_s: float
    answered: str
    ready: Mapping[str, int]
    waiting: int
    nodes: int


def watched(looks: Sequence[Look], *, title: str) -> Picture:
    """Requests, pods and nodes of a live cluster on one clock.

    Parameters
    ----------
    looks : sequence of Look
        In order of time.
    title : str
        Heads the chart.

    Raises
    ------
    ScenarioError
        When nobody looked.
    """
    if not looks:
        raise ScenarioError("there is nothing to draw", cure="watch for some minutes")
    versions = list(dict.fromkeys(name for each in looks for name in sorted({*each.ready, each.answered} - {""})))
    colors = {name: _color(name, number) for number, name in enumerate(versions)}
    with styled():
        fig = figure(4.6)
        panels = fig.subplots(3, 1, sharex=True, height_ratios=(1.1, 2.4, 1.2))
        _requests(panels[0], looks, colors)
        _pods(panels[1], looks, colors)
        times = [each.at_s for each in looks]
        panels[2].step(times, [each.nodes for each in looks], where="post", color=INK)
        panels[2].set_ylim(0, 1.3 * max(each.nodes for each in looks) + 0.5)
        panels[2].set_ylabel("ready\nnodes")
        whole(panels[2])
        panels[2].set_xlabel("seconds of AWS time from the start")
        panels[2].set_xlim(0, looks[-1].at_s)
        fig.align_ylabels(panels)
        handles, labels = panels[1].get_legend_handles_labels()
        marks, names = panels[0].get_legend_handles_labels()
        fig.legend([*handles, *marks], [*labels, *names], loc="outside lower left", ncols=5)
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(looks)}", table=_table(looks))


def _color(version: str, number: int) -> str:
    """Of a version, the same in every figure: by the number in its name, else by its place."""
    digits = "".join(each for each in version if each.isdigit())
    return _COLORS[(int(digits) - 1 if digits else number) % len(_COLORS)]


def _requests(panel: Axes, looks: Sequence[Look], colors: Mapping[str, str]) -> None:
    for name, color in colors.items():
        at = [each.at_s for each in looks if each.answered == name]
        panel.plot(at, [1] * len(at), linestyle="", marker="|", markersize=11, color=color)
    at = [each.at_s for each in looks if not each.answered]
    if at:
        panel.plot(at, [0] * len(at), linestyle="", marker="x", color=RED, label="request failed")
    panel.set_yticks([0, 1], ["failed", "answered"])
    panel.set_ylim(-0.7, 1.7)
    panel.grid(visible=False, axis="y")


def _pods(panel: Axes, looks: Sequence[Look], colors: Mapping[str, str]) -> None:
    times, floor = [each.at_s for each in looks], np.zeros(len(looks))
    for name, color in colors.items():
        count = np.array([each.ready.get(name, 0) for each in looks])
        panel.fill_between(
            times, floor, floor + count, step="post", color=color, alpha=0.4, linewidth=0, label=f"{name} ready"
        )
        floor = floor + count
    waiting = np.array([each.waiting for each in looks])
    panel.fill_between(
        times, floor, floor + waiting, step="post", facecolor="white", edgecolor=GREY, hatch="///", linewidth=0,
        label="not ready" if waiting.any() else "_not ready",
    )  # fmt: skip
    panel.set_ylim(0, 1.2 * max(1.0, float((floor + waiting).max())))
    panel.set_ylabel("pods")
    whole(panel)


def lost_from_to(looks: Sequence[Look]) -> tuple[float, float] | None:
    """When the first and the last request failed, in seconds; None where none did."""
    at = [each.at_s for each in looks if not each.answered]
    return (at[0], at[-1]) if at else None


def _told(looks: Sequence[Look]) -> str:
    failed = [each.at_s for each in looks if not each.answered]
    ready = [sum(each.ready.values()) for each in looks]
    parts = [f"{len(looks)} requests were sent, {len(failed)} failed."]
    if failed:
        parts.append(f"The first failed after {duration(failed[0])}, the last after {duration(failed[-1])}.")
    parts.append(f"{min(ready)} to {max(ready)} pods and {min(e.nodes for e in looks)} to ")
    parts[-1] += f"{max(e.nodes for e in looks)} nodes were ready."
    return " ".join(parts)


def _table(looks: Sequence[Look]) -> pd.DataFrame:
    import pandas as pd

    kept = [
        one for one, before in zip(looks, [None, *looks[:-1]], strict=True) if before is None or _differs(one, before)
    ]
    rows = {
        f"{each.at_s:.0f} s": {
            "answered by": each.answered or "nobody",
            **{f"{name} ready": count for name, count in each.ready.items()},
            "not ready": each.waiting,
            "ready nodes": each.nodes,
        }
        for each in kept
    }
    return pd.DataFrame.from_dict(rows, orient="index").fillna(0)


def _differs(one: Look, other: Look) -> bool:
    return (dict(one.ready), one.waiting, one.nodes) != (dict(other.ready), other.waiting, other.nodes)
