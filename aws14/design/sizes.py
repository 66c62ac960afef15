"""Sizes: how much room words and parts take on the paper, in points."""

from __future__ import annotations

from aws14.design.labels import box_lines, node_lines
from aws14.design.palette import ICON_PT, TEXT_PT, TITLE_PT
from aws14.model import Node, Topology

PAD = 6.0
_LEADING = 3.6
_BOLD = 1.06
_WIDE_FROM = 0x2E80
_NARROW, _SLIM, _BROAD = "ijl|.,:;'!I/ ", 'frt()-*"', "mwMW%@"


def text_pt(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text, as Arial and its like set it; a Chinese or Japanese character is a square."""
    return sum(map(_share, text)) * size * (_BOLD if bold else 1.0)


def _share(letter: str) -> float:
    if ord(letter) >= _WIDE_FROM:
        return 1.0
    if letter in _NARROW:
        return 0.28
    if letter in _SLIM:
        return 0.36
    if letter in _BROAD:
        return 0.86
    return 0.68 if letter.isupper() else 0.55


def line_pt(size: float) -> float:
    """Height of a line of text."""
    return size + _LEADING


def part_size(node: Node, mark: str = "") -> tuple[float, float]:
    """Width and height of an icon with its words."""
    lines = node_lines(node, mark)
    wide = max((text_pt(line.text, line.size, bold=line.bold) for line in lines), default=0.0)
    tall = ICON_PT + sum(line_pt(line.size) for line in lines)
    return max(float(ICON_PT), wide) + PAD, tall + PAD


def heading_size(topology: Topology, node: Node, mark: str = "") -> tuple[float, float]:
    """Width and height of the heading of a box."""
    rows = box_lines(topology, node, mark)
    wide = max(sum(text_pt(run.text, run.size, bold=run.bold) for run in row) + 10 * (len(row) - 1) for row in rows)
    return wide, sum(line_pt(TITLE_PT if row[0].bold else TEXT_PT) for row in rows)
