"""Packing: nodes as bars, filled with what their pods request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws14.charts.frame import figure, heading, picture
from aws14.charts.numbers import percent
from aws14.charts.style import GREY, INK, RED, looks, styled
from aws14.errors import ScenarioError
from aws14.model import Picture
from aws14.sim.containers.shapes import KubeNode, Pod

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_M_PER_VCPU, _MIB_PER_GIB = 1000.0, 1024.0


def packing(nodes: Sequence[KubeNode], *, title: str, pending: Sequence[Pod] = ()) -> Picture:
    """Nodes as bars, of CPU and of memory side by side, a piece a pod; pods without a place in a bar of their own.

    Parameters
    ----------
    nodes : sequence of KubeNode
        With the pods on them.
    title : str
        Heads the chart.
    pending : sequence of Pod
        Those that no node has room for.

    Raises
    ------
    ScenarioError
        When there is neither a node nor a pod.
    """
    if not nodes and not pending:
        raise ScenarioError("there is nothing to pack", cure="pass the nodes of a packing")
    colors = _colors([*(pod for node in nodes for pod in node.pods), *pending])
    rows = len(nodes) + bool(pending)
    with styled():
        fig = figure(1.5 + 0.42 * rows)
        panels = fig.subplots(1, 2, sharey=True)
        for panel, unit, scale in ((panels[0], "vCPU", _M_PER_VCPU), (panels[1], "GiB of memory", _MIB_PER_GIB)):
            for row, node in enumerate(nodes):
                room = node.cpu_m if unit == "vCPU" else node.memory_mib
                _bar(panel, row, node.pods, colors, unit=unit)
                panel.barh(row, room / scale, height=0.7, facecolor="none", edgecolor=INK, linewidth=1.1)
            if pending:
                _bar(panel, len(nodes), pending, colors, unit=unit)
            panel.set_xlabel(unit)
            panel.grid(visible=False, axis="y")
        names = [node.name for node in nodes] + (["pending"] if pending else [])
        panels[0].set_yticks(range(rows), names)
        panels[0].invert_yaxis()
        if pending:
            panels[0].get_yticklabels()[-1].set_color(RED)
        handles = [panels[0].barh(0, 0, color=look[0], hatch=look[1], edgecolor="white") for look in colors.values()]
        fig.legend(handles, list(colors), loc="outside lower center", ncols=min(5, len(colors)))
        heading(fig, title)
        return picture(fig, alt=f"{title}. {_told(nodes, pending)}", table=_table(nodes))


def _kind(pod: Pod) -> str:
    """Pods of one workload have one colour: the name without its number."""
    return (
        "the node's own pods" if pod.daemon else pod.labels.get("workload", pod.name.rstrip("0123456789").rstrip("-"))
    )


def _colors(pods: Sequence[Pod]) -> dict[str, tuple[str, str]]:
    names = sorted({_kind(pod) for pod in pods if not pod.daemon})
    found = {name: (look.color, look.hatch) for name, look in zip(names, looks(len(names)), strict=True)}
    return found | ({"the node's own pods": (GREY, "")} if any(pod.daemon for pod in pods) else {})


def _bar(panel: Axes, row: int, pods: Sequence[Pod], colors: dict[str, tuple[str, str]], *, unit: str) -> None:
    left = 0.0
    for pod in pods:
        size = pod.cpu_m / _M_PER_VCPU if unit == "vCPU" else pod.memory_mib / _MIB_PER_GIB
        color, hatch = colors[_kind(pod)]
        panel.barh(row, size, left=left, height=0.7, color=color, hatch=hatch, edgecolor="white", linewidth=0.8)
        left += size


def _told(nodes: Sequence[KubeNode], pending: Sequence[Pod]) -> str:
    parts = [
        f"{node.name}: {len(node.pods)} pods request {percent(node.requested_m / node.cpu_m)} of its CPU and "
        f"{percent(node.requested_mib / node.memory_mib)} of its memory."
        for node in nodes
    ]
    return " ".join([*parts, *([f"{len(pending)} pods find no room."] if pending else [])])


def _table(nodes: Sequence[KubeNode]) -> pd.DataFrame:
    import pandas as pd

    rows = {
        node.name: {
            "pods": len(node.pods),
            "vCPU requested": round(node.requested_m / _M_PER_VCPU, 2),
            "vCPU of room": round(node.cpu_m / _M_PER_VCPU, 2),
            "GiB requested": round(node.requested_mib / _MIB_PER_GIB, 2),
            "GiB of room": round(node.memory_mib / _MIB_PER_GIB, 2),
        }
        for node in nodes
    }
    return pd.DataFrame.from_dict(rows, orient="index")
