"""Labels: names beside what they name, moved until none lies over another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from aws14.charts.style import GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

_FAR = ((14, 16), (18, 32), (22, 48), (24, 64))
Spot = tuple[float, float, Literal["left", "center", "right"], Literal["bottom", "center", "top"]]

_SPOTS: tuple[Spot, ...] = (
    (9, 0, "left", "center"),
    (-9, 0, "right", "center"),
    (0, 9, "center", "bottom"),
    (0, -9, "center", "top"),
    *((across, up * side, "left", "center") for across, up in _FAR for side in (1, -1)),
    *((-across, up * side, "right", "center") for across, up in _FAR for side in (1, -1)),
)
"""Offsets in points that are tried in turn: right, left, above, below, then farther and farther away."""


def end_labels(axes: Axes) -> None:
    """A legend where there is more than one line; at the upper left, where days are quiet."""
    lines = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    if len(lines) > 1:
        low, high = axes.get_ylim()
        axes.set_ylim(low, high + 0.12 * (high - low))
        axes.legend(loc="upper left", ncols=min(4, len(lines)), borderaxespad=0.1, handlelength=2.6)


def point_labels(
    axes: Axes, points: Sequence[tuple[float, float]], names: Sequence[str], *, bold: Iterable[str] = ()
) -> list[Annotation]:
    """Write a name beside each point of a scatter.

    The offsets of `_SPOTS` are tried in turn, and the first is taken at which the name lies over no other name, no
    point and no line, inside the axes. A name far from its point is joined to it by a thin line.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None  # axes of a chart stand in a figure
    figure.draw_without_rendering()
    taken = [_around(axes, point) for point in points]
    taken += [line.get_window_extent().padded(1) for line in axes.get_lines()]
    strong = set(bold)
    placed = []
    for point, name in sorted(zip(points, names, strict=True), key=lambda pair: -pair[0][1]):
        label = _placed(axes, point, name, taken, weight="bold" if name in strong else "normal")
        taken.append(text_box(label))
        placed.append(label)
    return placed


def _placed(axes: Axes, point: tuple[float, float], name: str, taken: Sequence[Bbox], *, weight: str) -> Annotation:
    frame = axes.get_window_extent()
    for spot in _SPOTS:
        label = _label(axes, point, name, spot, weight=weight)
        box = text_box(label)
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        if inside and not any(box.overlaps(other) for other in taken):
            return label
        label.remove()
    return _label(axes, point, name, _SPOTS[0], weight=weight)


def _label(axes: Axes, point: tuple[float, float], name: str, spot: Spot, *, weight: str) -> Annotation:
    across, up, horizontal, vertical = spot
    label = axes.annotate(
        name, point, xytext=(across, up), textcoords="offset points", ha=horizontal, va=vertical, fontsize=9,
        weight=weight, arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.6} if abs(up) > 10 else None,
    )  # fmt: skip
    label.set_in_layout(False)
    return label


def text_box(label: Annotation) -> Bbox:
    """Where the words are, in pixels; an annotation's own extent includes the line that joins it to its point."""
    from matplotlib.text import Text

    label.get_window_extent()  # moves the text to its offset
    return Text.get_window_extent(label)


def _around(axes: Axes, point: tuple[float, float], half_px: float = 5.0) -> Bbox:
    from matplotlib.transforms import Bbox

    x, y = axes.transData.transform(point)
    return Bbox.from_extents(x - half_px, y - half_px, x + half_px, y + half_px)
