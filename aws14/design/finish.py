"""Finish: Graphviz's SVG made fit to be shown: icons inside, text readable over lines, a legend, the graph as data."""

from __future__ import annotations

import json
import re
from html import escape, unescape
from pathlib import Path

from aws14.design.icons import embedded
from aws14.design.palette import FONT, GREY, STROKES, TEXT_PT
from aws14.design.scene import Scene
from aws14.design.words import INVOKE

_ICON = re.compile(r'xlink:href="([^"]+\.png)"')
_FONT_SIZE = re.compile(r'font-size="([\d.]+)"')
_SIZE = re.compile(
    r'<svg(?: role="img")? width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"'
)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_BEFORE_SVG = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_TITLE = re.compile(r"<title>.*?</title>\n?", re.DOTALL)

_HALO = (
    "<style>.edge text,.heading text"
    "{paint-order:stroke;stroke:#fff;stroke-opacity:.85;stroke-width:3px;stroke-linejoin:round}</style>"
)
_LEGEND_PT = 24.0
_HEADING_PT = 26.0
_MEANING = {"routes": "routes", "allows": "may reach (security group)", "uses": "uses"}
_INVOKES = "may call"
_DASHES = {"solid": "", "dashed": "5,3", "dotted": "1.5,4"}


def size_px(svg: str) -> tuple[float, float]:
    """Natural width and height of a drawing on the screen, in pixels."""
    found = _SIZE.search(svg)
    width, height = (float(found.group(1)), float(found.group(2))) if found else (0.0, 0.0)
    return width * 4 / 3, height * 4 / 3


def smallest_px(svg: str) -> float:
    """Size of the smallest text of a drawing, in pixels at its natural width."""
    return min(map(float, _FONT_SIZE.findall(svg)), default=0.0) * 4 / 3


def finished(svg: str, scene: Scene, *, title: str = "", description: str = "") -> str:
    """Graphviz's SVG made fit to be shown: complete in itself, the same for the same scene."""
    svg = _COMMENT.sub("", _BEFORE_SVG.sub("", svg))
    svg = _ICON.sub(lambda found: f'xlink:href="{embedded(Path(unescape(found.group(1))))}"', svg)
    return _framed(_TITLE.sub("", svg), scene, title=title, description=description)


def graph_json(scene: Scene) -> str:
    """The graph of a drawing, for whoever wants to know what it shows without looking."""
    topology = scene.topology
    return json.dumps(
        {
            "name": topology.name,
            "origin": topology.origin,
            "nodes": sorted([node.id, node.kind, node.parent or ""] for node in topology.nodes),
            "links": sorted([link.source, link.target, link.kind, link.label] for link in topology.links),
            "marks": dict(sorted(scene.nodes.items())),
        },
        ensure_ascii=False,
    )


def _framed(svg: str, scene: Scene, *, title: str, description: str) -> str:
    found = _SIZE.search(svg)
    if found is None:
        return svg
    left, top, width, height = (float(found.group(number)) for number in (3, 4, 5, 6))
    head = _HEADING_PT if title else 0.0
    total = height + head + _LEGEND_PT
    opening = (
        f'<svg role="img" width="{width:.0f}pt" height="{total:.0f}pt" '
        f'viewBox="{left:.2f} {top - head:.2f} {width:.2f} {total:.2f}"'
    )
    svg = svg[: found.start()] + opening + svg[found.end() :]
    start = svg.index(">", svg.index("<svg")) + 1
    prologue = f"\n<title>{escape(title or scene.topology.name)}</title><desc>{escape(description)}</desc>"
    prologue += f"<metadata>{escape(graph_json(scene))}</metadata>{_HALO}\n"
    prologue += f'<rect x="{left}" y="{top - head}" width="{width}" height="{total}" fill="#fff"/>\n'
    epilogue = _legend(scene, x=left + 10, y=top + height + _LEGEND_PT / 2)
    if title:
        epilogue += _text(title, x=left + 10, y=top - head / 2 + 6, size=14, weight="bold")
    end = svg.rindex("</svg>")
    return svg[:start] + prologue + svg[start:end] + epilogue + svg[end:]


def _legend(scene: Scene, *, x: float, y: float) -> str:
    drawn = [kind for kind in STROKES if any(link.kind == kind for link in scene.topology.links)]
    allowed = {link.label == INVOKE for link in scene.topology.links_of("allows")}
    meaning = dict(_MEANING)
    if True in allowed:
        meaning["allows"] = f"{_MEANING['allows']}, {_INVOKES}" if False in allowed else _INVOKES
    parts = []
    for kind in drawn:
        stroke = STROKES[kind]
        dashes = _DASHES[stroke.style]
        parts.append(
            f'<path d="M{x:.1f},{y:.1f}h26" stroke="{stroke.color}" stroke-width="{stroke.width}"'
            + (f' stroke-dasharray="{dashes}"' if dashes else "")
            + f'/><path d="M{x + 26:.1f},{y - 3:.1f}l7,3l-7,3z" fill="{stroke.color}"/>'
            + _text(meaning[kind], x=x + 38, y=y + 4, size=TEXT_PT)
        )
        x += 38 + 5.5 * len(meaning[kind]) + 24
    return "".join(parts) + "\n"


def _text(text: str, *, x: float, y: float, size: float, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" '
        f'fill="{GREY}">{escape(text)}</text>'
    )
