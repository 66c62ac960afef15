"""Lines: the links of a scene as lines with two ends each, a part or a point on a border."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aws14.design.blocks import Rect
from aws14.design.layout import Plan, homes, within
from aws14.design.palette import STROKES, chip, mark_of
from aws14.design.scene import Scene
from aws14.model import Link

_APART = 26.0
_FANNED = 9.0
_FROM_CORNER = 16.0
_OUTSIDE = 2.0

Point = tuple[float, float, bool]
"""A point on a border: x, y, and whether the border is upright there."""

End = str | Point
"""The id of a part, or a point."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line.

    Parameters
    ----------
    link : Link
        What it stands for; its label is what is written on it.
    mark : str
        The word it is marked with, or empty.
    tail, head : str or (float, float, bool)
        Its ends.
    """

    link: Link
    mark: str
    tail: End
    head: End

    @property
    def words(self) -> str:
        """What is written on it."""
        return f"{chip(self.mark)}: {self.link.label}" if self.mark else self.link.label

    @property
    def color(self) -> str:
        """The colour of its words."""
        return mark_of(self.mark).color if self.mark else STROKES[self.link.kind].text


def lines(scene: Scene, plan: Plan) -> list[Line]:
    """The lines of a scene on its layout."""
    bundles = scene.bundles()
    pairs = [frozenset((link.source, link.target)) for link, _ in bundles]
    found, told = [], set[tuple[str, ...]]()
    taken: list[Point] = []
    for number, (link, mark) in enumerate(bundles):
        alike = pairs.count(pairs[number])
        offset = (pairs[:number].count(pairs[number]) - (alike - 1) / 2) * _APART
        tail, head = (_alone(end, taken) for end in _ends(scene, plan, link, offset))
        found.append(Line(link=_once(scene, link, mark, told), mark=mark, tail=tail, head=head))
    return found


def _once(scene: Scene, link: Link, mark: str, told: set[tuple[str, ...]]) -> Link:
    """A link with the words that stand on it: what lines of one kind from or to one part share is told on one of them.

    Words that repeat what stands at an end, a record's type or the name of what is used, are left out.
    """
    keys = {(link.kind, link.label, mark, "from", link.source), (link.kind, link.label, mark, "to", link.target)}
    is_told = bool(keys & told) and not mark
    told |= keys
    repeats = scene.topology.node(link.source).kind == "dns_record" or link.label == link.target
    return replace(link, label="") if is_told or (repeats and not mark) else link


def _is_part(plan: Plan, name: str) -> bool:
    return name in plan.parts


def _ends(scene: Scene, plan: Plan, link: Link, offset: float) -> tuple[End, End]:
    tail, head = (_place(scene, plan, link, end) for end in (link.source, link.target))
    return (
        link.source if _is_part(plan, link.source) and not offset else _border(tail, head, offset),
        link.target if _is_part(plan, link.target) and not offset else _border(head, tail, offset),
    )


def _alone(end: End, taken: list[Point]) -> End:
    """An end that is in no other's way: points too near to each other are moved aside, and remembered."""
    if isinstance(end, str):
        return end
    steps = (sign * number * _FANNED for number in range(9) for sign in (1, -1))
    x, y, is_upright = end
    for step in steps:
        point = (x, y + step, is_upright) if is_upright else (x + step, y, is_upright)
        if all(math.dist(point[:2], other[:2]) >= _FANNED - 1 for other in taken):
            break
    taken.append(point)
    return point


def _place(scene: Scene, plan: Plan, link: Link, end: str) -> Rect:
    """Where an end stands; of a box that holds the other end, the words in it."""
    other = link.target if end == link.source else link.source
    known: Mapping[str, str | None] = homes(scene.topology)
    if end in plan.words and (within(known, other, end) or other == end):
        return plan.words[end][1]
    return plan.parts[end] if end in plan.parts else plan.boxes[end]


def _border(rect: Rect, other: Rect, offset: float) -> Point:
    """The point on the border of a rectangle from which a line to another one goes, some points aside."""
    x, y = other.center
    across = _clamped(x if rect.width > 4 * _FROM_CORNER else rect.center[0], rect.left, rect.right)
    down = _clamped(y, rect.top, rect.bottom)
    if other.bottom <= rect.top or other.top >= rect.bottom:
        edge = rect.top - _OUTSIDE if other.bottom <= rect.top else rect.bottom + _OUTSIDE
        return _clamped(across + offset, rect.left, rect.right), edge, False
    edge = rect.left - _OUTSIDE if x < rect.center[0] else rect.right + _OUTSIDE
    return edge, _clamped(down + offset, rect.top, rect.bottom), True


def _clamped(value: float, low: float, high: float) -> float:
    room = min(_FROM_CORNER, (high - low) / 2)
    return min(max(value, low + room), high - room)
