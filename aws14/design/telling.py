"""Telling: headings of boxes and words on lines, put where they cover nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from aws14.design.blocks import Rect
from aws14.design.graph import CORNER, ORIGIN
from aws14.design.labels import Run, box_lines
from aws14.design.layout import Plan
from aws14.design.lines import Line
from aws14.design.palette import FONT, TEXT_PT
from aws14.design.scene import Scene
from aws14.design.sizes import heading_size, line_pt, text_pt

_EDGE = re.compile(r'<g id="e(\d+)" class="edge">.*?</g>', re.DOTALL)
_PATH = re.compile(r' d="([^"]+)"')
_NUMBER = re.compile(r"-?[\d.]+")
_ORIGIN = re.compile(rf'<g id="{ORIGIN}" class="node">.*?cx="([-\d.]+)" cy="([-\d.]+)".*?</g>\s*', re.DOTALL)
_SHARES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
_SHORT = 1.5
"""A line that is not longer than so many times its words would be hidden by them."""

_STEP_PT = 5.0
_HIDES = 12.0
"""How bad it is to hide a point of a line: as an area of other words, in square points."""

_HEADING_LEFT = 9.0

Point = tuple[float, float]


def told(svg: str, scene: Scene, plan: Plan, lines: Sequence[Line]) -> str:
    """A drawing with the headings of its boxes and the words on its lines.

    Parameters
    ----------
    svg : str
        From Graphviz, without either.
    scene, plan, lines
        What it was made of.
    """
    found = _ORIGIN.search(svg)
    if found is None:
        return svg
    x, y = float(found.group(1)) + CORNER, float(found.group(2)) + CORNER
    svg = _ORIGIN.sub("", svg)
    covered = [_moved(rect, x, y) for rect in plan.parts.values()]
    heads = list(_headings(scene, plan))
    covered += [_moved(rect, x, y) for rect, _ in heads]
    texts = "".join(_lines_of(rows, _moved(rect, x, y)) for rect, rows in heads)
    texts += "".join(_centred(_moved(rect, x, y), words) for words, rect in plan.words.values())

    ways = {
        int(edge.group(1)): _sampled(path.group(1))
        for edge in _EDGE.finditer(svg)
        if (path := _PATH.search(edge.group(0)))
    }

    def with_words(edge: re.Match[str]) -> str:
        number = int(edge.group(1))
        line = lines[number]
        if not line.words or number not in ways:
            return edge.group(0)
        others = [point for other, way in ways.items() if other != number for point in way]
        place = _free(ways[number], line.words, covered, others)
        covered.append(place)
        return f"{edge.group(0)[:-4]}{_centred(place, line.words, line.color)}</g>"

    svg = _EDGE.sub(with_words, svg)
    end = svg.rindex("</g>")
    return f'{svg[:end]}<g class="heading">{texts}</g>{svg[end:]}'


def _moved(rect: Rect, x: float, y: float) -> Rect:
    return Rect(left=rect.left + x, top=rect.top + y, width=rect.width, height=rect.height)


def _headings(scene: Scene, plan: Plan) -> Iterator[tuple[Rect, Sequence[Sequence[Run]]]]:
    for name, box in plan.boxes.items():
        node, mark = scene.topology.node(name), scene.nodes.get(name, "")
        width, height = heading_size(scene.topology, node, mark)
        place = Rect(left=box.left + _HEADING_LEFT, top=box.top + 3, width=width, height=height)
        yield place, box_lines(scene.topology, node, mark)


def _lines_of(rows: Sequence[Sequence[Run]], place: Rect) -> str:
    texts, y = [], place.top
    for row in rows:
        x, tall = place.left, max(line_pt(run.size) for run in row)
        for run in row:
            weight = ' font-weight="bold"' if run.bold else ""
            texts.append(
                f'<text x="{x:.2f}" y="{y + 0.8 * tall:.2f}" font-family="{FONT}" font-size="{run.size}"{weight} '
                f'fill="{run.color}">{escape(run.text)}</text>\n'
            )
            x += text_pt(run.text, run.size, bold=run.bold) + 10
        y += tall
    return "".join(texts)


def _centred(place: Rect, words: str, color: str = "#1F2933") -> str:
    x, y = place.center
    return (
        f'<text text-anchor="middle" x="{x:.2f}" y="{y + 0.35 * TEXT_PT:.2f}" font-family="{FONT}" '
        f'font-size="{TEXT_PT}" fill="{color}">{escape(words)}</text>\n'
    )


def _free(way: Sequence[Point], words: str, covered: Sequence[Rect], others: Sequence[Point]) -> Rect:
    """The place on a line, or beside it, where words cover the least: of other words, of other lines, of their own."""
    width, height = text_pt(words, TEXT_PT) + 4, line_pt(TEXT_PT)
    own = _HIDES if _length(way) < _SHORT * width else 1.0
    places = [
        Rect(left=x - width / 2 + aside * (width + 6), top=y - height / 2, width=width, height=height)
        for aside in (0.0, 0.5, -0.5)
        for x, y in (way[round(share * (len(way) - 1))] for share in _SHARES)
    ]
    return min(
        places,
        key=lambda place: (
            sum(place.overlap(other) for other in covered)
            + _HIDES * sum(map(place.holds, others))
            + own * sum(map(place.holds, way))
        ),
    )


def _length(points: Sequence[tuple[float, float]]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(points))


def _sampled(path: str) -> list[tuple[float, float]]:
    """Points along a path of cubic curves, about evenly."""
    numbers = [float(number) for number in _NUMBER.findall(path)]
    corners = list(zip(numbers[::2], numbers[1::2], strict=False))
    points = [corners[0]]
    for start in range(0, len(corners) - 3, 3):
        curve = corners[start : start + 4]
        steps = max(2, round(math.dist(curve[0], curve[3]) / _STEP_PT))
        points += [_on_curve(curve, step / steps) for step in range(1, steps + 1)]
    return points


def _on_curve(corners: Sequence[tuple[float, float]], at: float) -> tuple[float, float]:
    shares = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    return (
        sum(share * corner[0] for share, corner in zip(shares, corners, strict=True)),
        sum(share * corner[1] for share, corner in zip(shares, corners, strict=True)),
    )
