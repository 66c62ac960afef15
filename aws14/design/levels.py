"""Levels of a VPC: which subnets stand side by side in its zones, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aws14.design.words import reach
from aws14.model import Node, Topology

RULING = ("scaling_policy", "scheduled_action", "alarm", "pod_autoscaler")
"""What says how many instances a group has, or pods a workload."""

_ENTRIES = ("load_balancer", "pod_service")
_ROWS = (
    _ENTRIES,
    ("target_group",),
    ("autoscaling_group", "workload", *RULING),
    ("node_group", "fargate_profile"),
    ("db_proxy",),
    ("db_instance",),
    ("file_system",),
    ("windows_share",),
    ("directory",),
)
"""What spans zones, in the order in which a request passes it; what one row names stands side by side."""

_MANY = 3
"""Levels from which on each thing has one of its own: the load balancer's, the servers', the database's."""


@dataclass(frozen=True, kw_only=True)
class Levels:
    """The subnets of a VPC.

    Parameters
    ----------
    subnets : sequence of sequence of sequence of Node
        Level, zone -> what stands there. At least one level.
    """

    subnets: Sequence[Sequence[Sequence[Node]]]

    def between(self, rows: Sequence[Sequence[Node]]) -> Sequence[Sequence[Sequence[Node]]]:
        """Level -> which of the rows that span zones stand there."""
        last = len(self.subnets) - 1
        found: list[list[Sequence[Node]]] = [[] for _ in self.subnets]
        for row in rows:
            kind = row[0].kind
            if kind in _ENTRIES:
                first = row[0].attributes.get("scheme") != "internal" or last + 1 >= _MANY
                found[0 if first else last].append(row)
            else:
                found[last if kind == "db_instance" or last + 1 < _MANY else last - 1].append(row)
        return found


def spanning(topology: Topology, vpc: Node) -> list[list[Node]]:
    """What stands in several zones of a VPC at once, in rows from the top down."""
    inside = topology.children(vpc.id)
    rows = [[node for node in inside if node.kind in kinds] for kinds in _ROWS]
    return [row for row in rows if row]


def flow(topology: Topology, parts: Sequence[Node]) -> list[int]:
    """How far down each of some parts stands: below everything of them that leads to it, along links."""
    ids = [part.id for part in parts]
    leads = [(link.source, link.target) for link in topology.links if link.source in ids and link.target in ids]
    depth = dict.fromkeys(ids, 0)
    # A circle of links would push its parts down for ever: nothing stands lower than there are parts.
    for _ in ids:
        for source, target in leads:
            if source != target:
                depth[target] = min(max(depth[target], depth[source] + 1), len(ids) - 1)
    return [depth[each] for each in ids]


def levels(topology: Topology, vpc: Node) -> Levels:
    """The levels of a VPC: subnets with a way out on top, then by their numbers, alike ones side by side."""
    zones = [node for node in topology.children(vpc.id) if node.kind == "az"]
    columns = [dict(_leveled(topology, zone)) for zone in zones]
    keys = sorted({key for column in columns for key in column}) or [(0, 0)]
    return Levels(subnets=[[column.get(key, []) for column in columns] for key in keys])


def _leveled(topology: Topology, zone: Node) -> Iterator[tuple[tuple[int, int], list[Node]]]:
    inside = topology.children(zone.id)
    subnets = sorted((node for node in inside if node.kind == "subnet"), key=_numbers)
    for side, is_public in enumerate((True, False)):
        here = [subnet for subnet in subnets if (reach(topology, subnet) == "Public") is is_public]
        yield from (((side, number), [subnet]) for number, subnet in enumerate(here))
    strays = [node for node in inside if node.kind != "subnet"]
    if strays:
        yield (2, 0), strays


def _numbers(subnet: Node) -> tuple[tuple[int, ...], str]:
    cidr = str(subnet.attributes.get("cidr", ""))
    return tuple(int(part) for part in cidr.replace("/", ".").split(".") if part.isdigit()), subnet.id
