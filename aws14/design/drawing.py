"""Draw: a Topology, drawn or built, as a picture with its description."""

from __future__ import annotations

from dataclasses import replace

from aws14.design.alt import alt_text
from aws14.design.finish import finished, size_px, smallest_px
from aws14.design.graph import dot_text
from aws14.design.layout import plan
from aws14.design.lines import lines
from aws14.design.render import svg_of
from aws14.design.scene import Scene, scene
from aws14.design.telling import told
from aws14.model import Link, Node, Picture, Report, Topology

PAGE_PX = 900
"""Width of an output area in JupyterLab."""

SMALLEST_PX = 12
"""The smallest text that is still read without effort."""

_LAYOUTS = (
    (True, True, 6),
    (False, True, 6),
    (False, False, 6),
    (False, False, 3),
    (False, False, 2),
    (False, False, 1),
)
"""Whether regions and networks stand side by side, and how many parts do, in the order they are tried."""


def draw(topology: Topology, *, marks: Report | None = None, title: str = "") -> Picture:
    """Draw an architecture: containers as boxes, parts as AWS icons, links in three strokes.

    Parameters
    ----------
    topology : Topology
        What was designed, or what was read back.
    marks : Report, optional
        What to mark: the result of `compare` (parts of the other side appear as ghosts), or any report whose
        findings name nodes.
    title : str
        Written above the drawing.

    Returns
    -------
    Picture
        SVG, complete in itself, with a description written from the graph.

    Raises
    ------
    NotAvailable
        When Graphviz is not there.
    """
    shown = scene(with_callers(topology), marks)
    description = alt_text(shown)
    svg = finished(_laid_out(shown), shown, title=title, description=description)
    width, _ = size_px(svg)
    return Picture(
        image=svg.encode("utf-8"), format="svg", alt=description, width_px=round(min(width, PAGE_PX)) or PAGE_PX
    )


def with_callers(topology: Topology) -> Topology:
    """A copy that says whom people call, where no link does: what is open to the Internet and has no link to it."""
    people = [node for node in topology.nodes if node.kind == "internet"]
    ends = {end for link in topology.links for end in (link.source, link.target)}
    if not people or people[0].id in ends:
        return topology
    behind = {link.target for link in topology.links}
    first = [node for node in topology.nodes if node.id not in behind and _open(node)]
    calls = tuple(Link(source=people[0].id, target=node.id, kind="uses") for node in first)
    return replace(topology, links=(*topology.links, *calls))


def _open(node: Node) -> bool:
    return node.kind == "distribution" or node.attributes.get("service_type") == "LoadBalancer"


def _laid_out(shown: Scene) -> str:
    """The first layout whose smallest text stays readable on the page; if none does, the most readable."""
    layouts: list[tuple[float, str]] = []
    for regions_beside, networks_beside, per_row in _LAYOUTS:
        layout = plan(shown, regions_beside=regions_beside, networks_beside=networks_beside, per_row=per_row)
        found = lines(shown, layout)
        svg = told(svg_of(dot_text(shown, layout, found)), shown, layout, found)
        text_px = smallest_px(svg) * min(1.0, PAGE_PX / size_px(svg)[0])
        if text_px >= SMALLEST_PX:
            return svg
        layouts.append((text_px, svg))
    return max(layouts)[1]
