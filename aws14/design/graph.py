"""Graph: a scene as the DOT text of a drawing, through the package diagrams.

Every part has a name of its own (diagrams draws random ones, and merges boxes of the same label), so that the same
scene gives the same text. Nothing is written to disk, and the package's global context is always put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from aws14.design.icons import icon_class
from aws14.design.labels import box_label, node_label
from aws14.design.palette import BOXES, FONT, INK, STROKES, TEXT_PT, TITLE_PT, chip, mark_of
from aws14.design.scene import Scene
from aws14.design.words import reach
from aws14.model import Link, Node
from aws14.model.kinds import CONTAINERS

_GRAPH = {
    "pad": "0.1",
    "nodesep": "0.3",
    "ranksep": "0.32",
    "splines": "true",
    "compound": "true",
    "newrank": "true",
    "bgcolor": "#FFFFFF",
}
_NODE = {"shape": "plain", "style": "", "fixedsize": "false", "margin": "0", "fontcolor": INK}
_OUTSIDE = ("internet", "office", "dns_record", "hosted_zone")
_INVISIBLE = {"style": "invis", "weight": "1"}


def dot_text(scene: Scene, *, direction: str = "TB", per_row: int = 6) -> str:
    """The drawing of a scene in the DOT language.

    Parameters
    ----------
    scene : Scene
        What is drawn.
    direction : {'TB', 'LR'}
        Where requests run to.
    per_row : int
        Parts of one container that may stand side by side; more are wrapped.
    """
    diagrams = import_module("diagrams")  # by name: a checker would find the folder of drawings instead

    diagram = diagrams.Diagram(
        "drawing",
        show=False,
        direction=direction,
        graph_attr={**_GRAPH, "label": "", "fontname": FONT},
        node_attr={**_NODE, "fontname": FONT},
        edge_attr={"arrowsize": "0.8"},
    )
    with _context(diagrams, diagram):
        _Sheet(scene, diagrams, per_row=per_row).fill()
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

    def __init__(self, scene: Scene, package: Any, *, per_row: int) -> None:
        self.scene = scene
        self.topology = scene.topology
        self.package = package
        self.per_row = per_row
        self.names = {node.id: f"n{number}" for number, node in enumerate(self.topology.nodes)}
        self.parts: dict[str, Any] = {}
        self.homes = {node.id: self._home(node) for node in self.topology.nodes}
        self.boxes = {node.id for node in self.topology.nodes if node.kind in CONTAINERS} | {
            home for home in self.homes.values() if home
        }

    def fill(self) -> None:
        """Boxes and icons, then links, then what only guides the layout."""
        for node in self._inside(None):
            self._place(node)
        for link, word in self.scene.bundles():
            self._draw_link(link, word)
        self._guide()

    def _home(self, node: Node) -> str | None:
        """The box a part is drawn in: its container, or for a record the longest zone whose name ends its own."""
        if node.kind != "dns_record":
            return node.parent
        zones = [zone.id for zone in self.topology.of_kind("hosted_zone") if f".{node.id}".endswith(f".{zone.id}")]
        return max(zones, key=len, default=None)

    def _inside(self, box: str | None) -> list[Node]:
        return [node for node in self.topology.nodes if self.homes[node.id] == box]

    def _place(self, node: Node) -> None:
        mark = self.scene.nodes.get(node.id, "")
        if node.id not in self.boxes:
            self.parts[node.id] = self._icon(node, mark)
            return
        with self.package.Cluster(box_label(self.topology, node, mark), graph_attr=self._box_look(node, mark)) as box:
            box.dot.name = f"cluster_{self.names[node.id]}"
            for inner in self._inside(node.id):
                self._place(inner)
            if self._needs_anchor(node):
                self.parts[node.id] = self.package.Node("anywhere in it", nodeid=self.names[node.id], fontsize="11")
            elif not self._inside(node.id):
                self.parts[node.id] = self.package.Node("(empty)", nodeid=self.names[node.id], fontsize="11")

    def _icon(self, node: Node, mark: str) -> Any:
        return icon_class(node.kind)(
            node_label(node, mark), nodeid=self.names[node.id], image="", shape="plain", height="0", id=node.id
        )

    def _box_look(self, node: Node, mark: str) -> dict[str, str]:
        public = node.kind == "subnet" and reach(self.topology, node) == "Public"
        look = {
            "fontname": FONT,
            "fontsize": str(TITLE_PT),
            "margin": "9",
            "id": node.id,
            **BOXES["public_subnet" if public else node.kind],
        }
        if mark:
            style = "rounded,dashed" if mark_of(mark).style == "dashed" else "rounded"
            look |= {"pencolor": mark_of(mark).color, "penwidth": "2.5", "style": style}
        return look

    def _needs_anchor(self, box: Node) -> bool:
        """Whether a link joins this box with something inside it, so that its border cannot be the end."""
        return any(
            box.id in (link.source, link.target)
            and self._within(link.target if link.source == box.id else link.source, box.id)
            for link in self.topology.links
        )

    def _within(self, name: str, box: str) -> bool:
        home = self.homes[name]
        while home is not None:
            if home == box:
                return True
            home = self.homes[home]
        return False

    def _leaves(self, name: str) -> list[str]:
        if name in self.parts:
            return [name]
        return [leaf for inner in self._inside(name) for leaf in self._leaves(inner.id)]

    def _end(self, name: str) -> str:
        """The part a link is tied to: itself, or the least tied one of a box."""
        tied = [end for link in self.topology.links for end in (link.source, link.target)]
        return min(self._leaves(name), key=tied.count)

    def _draw_link(self, link: Link, word: str) -> None:
        """Routes of a subnet are laid out from the way out inwards, so that the Internet stays on top."""
        stroke = STROKES[link.kind]
        look = {"style": stroke.style, "color": stroke.color, "fontcolor": stroke.text, "penwidth": str(stroke.width)}
        label = "" if self._is_told_elsewhere(link) else link.label
        if word:
            label = f"{chip(word)}: {link.label}"
            look |= {"color": mark_of(word).color, "fontcolor": mark_of(word).color, "penwidth": "2.5"}
        upwards = link.kind == "routes" and self.topology.node(link.source).kind in CONTAINERS
        tail, head = (link.target, link.source) if upwards else (link.source, link.target)
        look |= {
            f"l{side}": f"cluster_{self.names[end]}"
            for side, end in (("tail", tail), ("head", head))
            if self._is_border(end)
        }
        edge = self.package.Edge(
            label=f" {label} ", forward=not upwards, reverse=upwards, fontname=FONT, fontsize=str(TEXT_PT), **look
        )
        self.parts[self._end(tail)].connect(self.parts[self._end(head)], edge)

    def _is_told_elsewhere(self, link: Link) -> bool:
        """Whether a label repeats what stands at an end: a record's type, the name of what is used."""
        return self.topology.node(link.source).kind == "dns_record" or link.label == link.target

    def _is_border(self, name: str) -> bool:
        return name in self.boxes and (name not in self.parts or not self._inside(name))

    def _guide(self) -> None:
        """What only guides the layout: the Internet above its gateways, rows of parts that do not use each other."""
        for gateway in self.topology.of_kind("internet_gateway"):
            if "internet" in self.parts:
                self._tie("internet", gateway.id)
        first = [node.id for node in self.topology.of_kind(*_OUTSIDE) if node.id in self.parts]
        self._wrap(first)
        for box in sorted(self.boxes):
            leaves = {node.id for node in self._inside(box) if node.id in self.parts}
            inner = [link for link in self.topology.links if {link.source, link.target} <= leaves]
            self._wrap(sorted(leaves - {end for link in inner for end in (link.source, link.target)}))

    def _wrap(self, names: list[str]) -> None:
        """At most `per_row` parts side by side, the rest in rows below."""
        for above, below in zip(names, names[self.per_row :], strict=False):
            self._tie(above, below)
        for start in range(0, len(names), self.per_row):
            with self.package.getdiagram().dot.subgraph() as row:
                row.attr(rank="same")
                for name in names[start : start + self.per_row]:
                    row.node(self.names[name])

    def _tie(self, above: str, below: str) -> None:
        self.parts[above].connect(self.parts[below], self.package.Edge(**_INVISIBLE))
