"""Layout: where everything stands on the paper.

Requests run from the top down. The subnets of a zone stand below each other, those with a way out on top; the zones
of a VPC side by side, and between them what stands in several zones at once: load balancer, targets, group, database,
each on the level of the subnets it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws14.design.blocks import GAP, NOTHING, Block, Rect, below, beside, boxed, filled, stretched, wrapped
from aws14.design.levels import RULING, flow, levels, spanning
from aws14.design.palette import TEXT_PT
from aws14.design.scene import Scene
from aws14.design.sizes import heading_size, line_pt, part_size, text_pt
from aws14.model import Node, Topology
from aws14.model.kinds import CONTAINERS

_RECORDS_PER_ROW = 2
_PAGE_PT = 560.0
_LEVEL_GAP = 16.0
_CROWDED = 2
"""Parts of a row from which on they stand closer together, so that the drawing does not become too wide to read."""
ANYWHERE, EMPTY = "anywhere in it", "(empty)"
"""Words in a box: where a link joins it with something in it, and where nothing is."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where everything stands.

    Parameters
    ----------
    width, height : float
        Of the paper, in points.
    boxes, parts : Mapping[str, Rect]
        Id -> place of each box, outermost first, and of each part with an icon.
    words : Mapping[str, tuple[str, Rect]]
        Id of a box -> words in it that are no part, and their place.
    """

    width: float
    height: float
    boxes: Mapping[str, Rect]
    parts: Mapping[str, Rect]
    words: Mapping[str, tuple[str, Rect]]


def plan(scene: Scene, *, regions_beside: bool = True, networks_beside: bool = True, per_row: int = 6) -> Plan:
    """Lay out a scene.

    Parameters
    ----------
    scene : Scene
        What is drawn.
    regions_beside, networks_beside : bool
        Whether regions, and the VPCs of a region, stand side by side, else below each other.
    per_row : int
        Parts of one box that may stand side by side; more are wrapped.
    """
    page = _Page(scene, networks_beside=networks_beside, per_row=per_row)
    whole = page.whole(regions_beside=regions_beside)
    places = dict(whole.places())
    boxes = {name: rect for name, rect in places.items() if name in page.boxes}
    words = {name[1:]: (page.words[name[1:]], rect) for name, rect in places.items() if name[:1] == _WORDS}
    parts = {name: rect for name, rect in places.items() if name not in boxes and name[:1] != _WORDS}
    return Plan(width=whole.width, height=whole.height, boxes=boxes, parts=parts, words=words)


_WORDS = "\0"
"""Before the id of a box: the words in it. No id begins with it."""


class _Page:
    """The blocks of a scene."""

    def __init__(self, scene: Scene, *, networks_beside: bool, per_row: int) -> None:
        self.scene = scene
        self.topology = scene.topology
        self.networks_beside = networks_beside
        self.per_row = per_row
        self.homes = homes(self.topology)
        self.boxes = {node.id for node in self.topology.nodes if node.kind in CONTAINERS} | {
            home for home in self.homes.values() if home
        }
        self.words: dict[str, str] = {}

    def whole(self, *, regions_beside: bool) -> Block:
        inside = self._inside(None)
        places = [self._block(node) for node in inside if node.kind in CONTAINERS]
        world = beside(places, middle=False) if regions_beside else below(places)
        outside = sorted((node for node in inside if node.kind not in CONTAINERS), key=_order_outside)
        return below([filled([self._block(node) for node in outside], max(world.width, _PAGE_PT)), world])

    def _inside(self, box: str | None) -> list[Node]:
        return [node for node in self.topology.nodes if self.homes[node.id] == box]

    def _block(self, node: Node) -> Block:
        if node.id not in self.boxes:
            width, height = part_size(node, self.scene.nodes.get(node.id, ""))
            return Block(width=width, height=height, name=node.id)
        make = {"region": self._region, "vpc": self._vpc, "hosted_zone": self._zone_of_names}
        return self._boxed(node, make.get(node.kind, self._plain)(node))

    def _boxed(self, node: Node, content: Block) -> Block:
        if self._needs_words(node):
            content = below([content, self._words(node, ANYWHERE)], gap=4)
        return boxed(node.id, content, heading_size(self.topology, node, self.scene.nodes.get(node.id, "")))

    def _words(self, box: Node, words: str) -> Block:
        self.words[box.id] = words
        return Block(width=text_pt(words, TEXT_PT), height=line_pt(TEXT_PT), name=f"{_WORDS}{box.id}")

    def _needs_words(self, box: Node) -> bool:
        """Whether a link joins this box with something inside it, so that its border cannot be the end."""
        return any(
            box.id in (link.source, link.target)
            and within(self.homes, link.target if link.source == box.id else link.source, box.id)
            for link in self.topology.links
        )

    def _plain(self, box: Node) -> Block:
        inside = self._inside(box.id)
        alone = [node for node in inside if node.id not in self.boxes]
        gap = GAP * (3 if self._joined(alone) else 1)
        parts = wrapped([self._block(node) for node in alone], self.per_row, gap=gap)
        inner = wrapped([self._block(node) for node in inside if node.id in self.boxes], self.per_row)
        if not inside and not self._needs_words(box):
            vpc = self.topology.container(box.id, "vpc")
            return NOTHING if vpc and spanning(self.topology, vpc) else self._words(box, EMPTY)
        return below([parts, inner])

    def _joined(self, parts: Sequence[Node]) -> bool:
        """Whether links join some of these parts, so that words have to stand between them."""
        names = {part.id for part in parts}
        return any(link.source in names and link.target in names for link in self.topology.links)

    def _zone_of_names(self, zone: Node) -> Block:
        """Names that people ask for above those that only parts ask for."""
        asked = {link.target for link in self.topology.links}
        rows = [[node for node in self._inside(zone.id) if (node.id in asked) is inner] for inner in (False, True)]
        per_row = min(self.per_row, _RECORDS_PER_ROW)
        return below([wrapped([self._block(record) for record in row], per_row) for row in rows])

    def _region(self, region: Node) -> Block:
        inside = self._inside(region.id)
        boxes = sorted((self._block(node) for node in inside if node.id in self.boxes), key=lambda box: box.width)
        lines = [node for node in inside if node.kind == "peering"] if len(boxes) > 1 else []
        others = [node for node in inside if node.id not in self.boxes and node not in lines]
        networks = self._networks(boxes, [self._block(line) for line in lines])
        return beside([networks, self._aside(others, networks.height)])

    def _networks(self, boxes: Sequence[Block], lines: Sequence[Block]) -> Block:
        """The smallest network and the lines to it on one side, the others on the other."""
        if self.networks_beside:
            return beside([below([*boxes[:1], beside(lines)], gap=GAP * 2), *boxes[1:]], gap=GAP * 1.5)
        return below([beside([*boxes[:1], below(lines)], gap=GAP * 3), *boxes[1:]], gap=GAP * 1.5)

    def _aside(self, parts: Sequence[Node], height: float) -> Block:
        """Parts beside the networks of a region, in columns that are not much higher."""
        blocks = [self._block(part) for part in parts]
        if not height:
            ranks = flow(self.topology, parts)
            lines = [
                [block for block, rank in zip(blocks, ranks, strict=True) if rank == level]
                for level in sorted(set(ranks))
            ]
            return below(
                [wrapped(row, self.per_row, gap=2 * GAP) for row in lines], gap=GAP * (2 if len(lines) > 1 else 1)
            )
        each = max((block.height for block in blocks), default=1.0) + GAP
        rows = max(1, int(height // each))
        return beside([below(blocks[start : start + rows]) for start in range(0, len(blocks), rows)])

    def _vpc(self, vpc: Node) -> Block:
        zones = [node for node in self._inside(vpc.id) if node.kind == "az"]
        middle = spanning(self.topology, vpc)
        taken = {node.id for row in middle for node in row} | {zone.id for zone in zones}
        others = [node for node in self._inside(vpc.id) if node.id not in taken]
        above = wrapped([self._block(node) for node in others], self.per_row)
        return below([above, self._zones(vpc, zones, middle)])

    def _zones(self, vpc: Node, zones: Sequence[Node], middle: Sequence[Sequence[Node]]) -> Block:
        """Zones side by side with what spans them in the middle, their levels in line."""
        table = levels(self.topology, vpc)
        rows = [[below([self._block(node) for node in cell]) for cell in level] for level in table.subnets]
        between = [below([self._row(row) for row in level], gap=GAP * 1.8) for level in table.between(middle)]
        heights = [max(block.height for block in (*row, span)) for row, span in zip(rows, between, strict=True)]
        columns = [self._column(zone, [row[number] for row in rows], heights) for number, zone in enumerate(zones)]
        head = max((boxed("", NOTHING, heading_size(self.topology, zone)).height for zone in zones), default=0.0)
        span = self._middle(between, heights, head=head)
        half = (len(columns) + 1) // 2
        return beside([*columns[:half], span, *columns[half:]], gap=GAP * 0.8, middle=False)

    def _middle(self, between: Sequence[Block], heights: Sequence[float], *, head: float) -> Block:
        if not any(block.width for block in between):
            return NOTHING
        levels_of_it = [stretched(block, 1.0, tall) for block, tall in zip(between, heights, strict=True)]
        return below([Block(width=1.0, height=head - _LEVEL_GAP), *levels_of_it], gap=_LEVEL_GAP)

    def _row(self, row: Sequence[Node]) -> Block:
        """A row of what spans zones; what rules a group stands in a column beside it."""
        blocks = [self._block(node) for node in row if node.kind not in RULING]
        ruling = below([self._block(node) for node in row if node.kind in RULING], gap=GAP / 2)
        crowded = len(blocks) >= _CROWDED
        return beside([beside(blocks, gap=GAP / 4 if crowded else GAP * 2), ruling], gap=GAP * 2)

    def _column(self, zone: Node, cells: Sequence[Block], heights: Sequence[float]) -> Block:
        wide = max((cell.width for cell in cells), default=0.0)
        if not wide:
            return self._boxed(zone, self._words(zone, EMPTY))
        wide = max(wide, heading_size(self.topology, zone)[0])
        filling = [_subnets(cell, wide, tall) for cell, tall in zip(cells, heights, strict=True)]
        return self._boxed(zone, below(filling, gap=_LEVEL_GAP))


def _subnets(cell: Block, width: float, height: float) -> Block:
    """The cell of a level: a lone subnet fills it."""
    if not cell.width:
        return Block(width=width, height=height)
    return stretched(cell.inner[0][2] if len(cell.inner) == 1 else cell, width, height)


def homes(topology: Topology) -> Mapping[str, str | None]:
    """Id -> the box a part is drawn in: its container, or for a record the longest zone whose name ends its own."""
    return {node.id: _home(topology, node) for node in topology.nodes}


def _home(topology: Topology, node: Node) -> str | None:
    if node.kind != "dns_record":
        return node.parent
    name = f".{node.attributes.get('name') or node.id.partition(' (')[0]}"
    zones = [zone.id for zone in topology.of_kind("hosted_zone") if name.endswith(f".{zone.id}")]
    return max(zones, key=len, default=None)


def within(homes: Mapping[str, str | None], name: str, box: str) -> bool:
    """Whether something stands in a box, at any depth."""
    home = homes[name]
    while home is not None and home != box:
        home = homes[home]
    return home is not None


def _order_outside(node: Node) -> int:
    order = ("internet", "office", "hosted_zone", "dns_record", "distribution")
    return order.index(node.kind) if node.kind in order else len(order)
