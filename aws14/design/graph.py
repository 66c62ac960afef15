"""Graph: a scene with its layout as DOT text, through the package diagrams; Graphviz draws it and finds ways for lines.

Every part has a name of its own (diagrams draws random ones, and merges boxes of the same label), so that the same
scene gives the same text. Nothing is written to disk, and the package's global context is always put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from aws14.design.icons import icon_class
from aws14.design.labels import node_label
from aws14.design.layout import Plan
from aws14.design.lines import End, Line
from aws14.design.palette import BOXES, FONT, INK, STROKES, mark_of
from aws14.design.scene import Scene
from aws14.design.words import reach
from aws14.model import Node

ORIGIN = "origin"
"""Id of a dot in the upper left corner of the layout: Graphviz moves everything, and this tells how far."""

CORNER = 6.0
"""How far outside that dot is, in points, so that it is in nothing's way."""
_GRAPH = {"pad": "0.1", "splines": "true", "bgcolor": "#FFFFFF", "outputorder": "nodesfirst", "esep": "+1"}
_SLACK = 4.0
_NODE = {"shape": "plain", "style": "", "fixedsize": "false", "margin": "0", "fontcolor": INK}
_DOT = {"shape": "point", "width": "0.01", "height": "0.01", "fixedsize": "true", "image": ""}


def dot_text(scene: Scene, plan: Plan, lines: Sequence[Line]) -> str:
    """The drawing of a scene in the DOT language, everything in its place.

    Parameters
    ----------
    scene : Scene
        What is drawn.
    plan : Plan
        Where it stands.
    lines : sequence of Line
        What is drawn of its links; the n-th gets the id ``e<n>``.
    """
    diagrams = import_module("diagrams")  # by name: a checker would find the folder of drawings instead

    diagram = diagrams.Diagram(
        "drawing",
        show=False,
        graph_attr={**_GRAPH, "label": "", "fontname": FONT},
        node_attr={**_NODE, "fontname": FONT},
        edge_attr={"arrowsize": "0.8"},
    )
    with _context(diagrams, diagram):
        sheet = _Sheet(scene, plan, diagrams)
        sheet.fill()
        for number, line in enumerate(lines):
            sheet.connect(number, line)
    return str(diagram.dot.source)


@contextmanager
def _context(package: Any, diagram: Any) -> Iterator[None]:
    before = package.getdiagram(), package.getcluster()
    package.setdiagram(diagram)
    package.setcluster(None)
    try:
        yield
    finally:
        package.setdiagram(before[0])
        package.setcluster(before[1])


class _Sheet:
    """A drawing in the making."""

    def __init__(self, scene: Scene, plan: Plan, package: Any) -> None:
        self.scene = scene
        self.topology = scene.topology
        self.plan = plan
        self.package = package
        self.names = {node.id: f"n{number}" for number, node in enumerate(self.topology.nodes)}
        self.dots = 0
        self._parts: dict[str, Any] = {}
        self._ends: dict[End, Any] = {}  # two points in one place would be in each other's way

    def fill(self) -> None:
        """Boxes, outermost first, then what stands in them."""
        self._dot(-CORNER, -CORNER, id=ORIGIN, color="#FFFFFF")
        for name in self.plan.boxes:
            self._box(self.topology.node(name))
        for name in self.plan.parts:
            self._icon(self.topology.node(name))

    def connect(self, number: int, line: Line) -> None:
        """Draw a line between its ends, which may be points on a border."""
        stroke = STROKES[line.link.kind]
        color = mark_of(line.mark).color if line.mark else stroke.color
        look = {"style": stroke.style, "color": color, "penwidth": "2.5" if line.mark else str(stroke.width)}
        edge = self.package.Edge(forward=True, reverse=False, id=f"e{number}", label="", **look)
        self._end(line.tail).connect(self._end(line.head), edge)

    def _end(self, end: End) -> Any:
        if end not in self._ends:
            self._ends[end] = self._parts[end] if isinstance(end, str) else self._dot(*end[:2], style="invis")
        return self._ends[end]

    def _dot(self, x: float, y: float, **look: str) -> Any:
        self.dots += 1
        return self.package.Node("", nodeid=f"d{self.dots}", pos=self._pos(x, y), **_DOT, **look)

    def _pos(self, x: float, y: float) -> str:
        return f"{x:.1f},{self.plan.height - y:.1f}"

    def _box(self, box: Node) -> None:
        rect = self.plan.boxes[box.id]
        low, high = self._pos(rect.left, rect.bottom), self._pos(rect.right, rect.top)
        look = {**self._box_look(box, self.scene.nodes.get(box.id, "")), "bb": f"{low},{high}"}
        with self.package.Cluster("", graph_attr=look) as drawn:
            drawn.dot.name = f"cluster_{self.names[box.id]}"
            self._dot(rect.left + 2, rect.top + 2, style="invis")  # Graphviz leaves out a box with nothing in it

    def _icon(self, node: Node) -> None:
        label = node_label(node, self.scene.nodes.get(node.id, ""))
        rect = self.plan.parts[node.id]
        # Fixed, and a little less than planned: fonts differ, and a line's end on its border must not be in its way.
        size = {"width": f"{(rect.width - _SLACK) / 72:.3f}", "height": f"{(rect.height - _SLACK) / 72:.3f}"}
        look = {
            "image": "",
            "shape": "none",
            "fixedsize": "true",
            "id": node.id,
            "pos": self._pos(*rect.center),
            **size,
        }
        self._parts[node.id] = icon_class(node.kind)(label, nodeid=self.names[node.id], **look)

    def _box_look(self, node: Node, mark: str) -> dict[str, str]:
        public = node.kind == "subnet" and reach(self.topology, node) == "Public"
        look = {"id": node.id, **BOXES["public_subnet" if public else node.kind]}
        if mark:
            style = "rounded,dashed" if mark_of(mark).style == "dashed" else "rounded"
            look |= {"pencolor": mark_of(mark).color, "penwidth": "2.5", "style": style}
        return look
