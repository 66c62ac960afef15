"""Palette: strokes, fills, signs and sizes of a drawing. What a colour says, a stroke, a sign or a word says too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ICON_PT = 44
TITLE_PT, TEXT_PT = 12, 11
"""Sizes in points; a point is 4/3 pixels on the screen."""

FONT = "Arial,Helvetica,sans-serif"
"""Measured by Graphviz where the drawing is made, and shown by browsers with a font of the same widths."""

INK, GREY = "#1F2933", "#4A5560"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """How a link is drawn: Graphviz style, width in points, colour of the line and of its label."""

    style: str
    width: float
    color: str
    text: str


STROKES: Mapping[str, Stroke] = {
    "routes": Stroke(style="solid", width=1.5, color="#4A5560", text="#333B44"),
    "allows": Stroke(style="dashed", width=1.3, color="#1565A9", text="#0F4C81"),
    "uses": Stroke(style="dotted", width=2.0, color="#7A2E8E", text="#5E1F6B"),
}
"""Kind of link -> its stroke."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How a difference is drawn: a sign before its word, a colour, the stroke of the frame."""

    sign: str
    color: str
    style: str


MARKS: Mapping[str, Mark] = {
    "missing": Mark(sign="✗", color="#B3261E", style="dashed"),
    "extra": Mark(sign="+", color="#00508C", style="solid"),
    "misplaced": Mark(sign="⇄", color="#7A2E8E", style="solid"),
    "different": Mark(sign="≠", color="#8A5000", style="solid"),
    "ambiguous": Mark(sign="?", color="#7A2E8E", style="dashed"),
}
"""Category of a difference -> its mark."""

PLAIN_MARK = Mark(sign="!", color="#8A5000", style="solid")

BOXES: Mapping[str, Mapping[str, str]] = {
    "region": {"pencolor": "#147EBA", "bgcolor": "#F7FBFD", "style": "rounded,dashed"},
    "vpc": {"pencolor": "#7B3FBF", "bgcolor": "#F6F1FC", "style": "rounded", "penwidth": "1.5"},
    "az": {"pencolor": "#147EBA", "bgcolor": "#FFFFFF", "style": "rounded,dashed"},
    "subnet": {"pencolor": "#147EBA", "bgcolor": "#E3F0F7", "style": "rounded"},
    "public_subnet": {"pencolor": "#3F8624", "bgcolor": "#EBF5E5", "style": "rounded"},
    "hosted_zone": {"pencolor": "#7B3FBF", "bgcolor": "#FBF9FE", "style": "rounded"},
}
"""What a box stands for -> its Graphviz attributes."""


def mark_of(words: str) -> Mark:
    """The mark of the first of the words, which are joined by commas."""
    return MARKS.get(words.split(",", maxsplit=1)[0], PLAIN_MARK)


def chip(words: str) -> str:
    """The words of a mark with their sign: ``✗ missing``."""
    return f"{mark_of(words).sign} {words}"
