"""From things seen to a topology: what belongs to the pattern, what it is called, how it hangs together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aws14.cloud.readback.seen import Seen
from aws14.model import Link, Node, Topology

PATTERN_TAG = "aws14:pattern"
USES_TAG = "aws14:uses"

_SERVICES: Mapping[str, str] = {
    "tcp/1433": "SQL Server",
    "tcp/1521": "Oracle",
    "tcp/2049": "NFS",
    "tcp/3306": "MySQL",
    "tcp/5432": "PostgreSQL",
    "tcp/6379": "Redis",
    "tcp/11211": "Memcached",
}
"""Well-known ports (IANA) and what is spoken there: the label of a *uses* link whose tag gives none."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a read-back is about.

    Parameters
    ----------
    pattern : str
        The pattern's word; empty for everything but the default VPC.
    recorded : frozenset of str
        AWS ids that the ledger knows as this pattern's.
    """

    pattern: str
    recorded: frozenset[str] = frozenset()

    def claims(self, seen: Seen) -> bool:
        """Whether the thing itself belongs, by its tag or by the ledger."""
        if not self.pattern:
            return not seen.stock or bool(seen.tags.get(PATTERN_TAG))
        # A fleet's id is its group's name and those of its instances.
        return seen.tags.get(PATTERN_TAG) == self.pattern or seen.node.aws_id.partition(",")[0] in self.recorded

    def disowns(self, seen: Seen) -> bool:
        """Whether the thing says that it belongs to another pattern."""
        return bool(self.pattern) and seen.tags.get(PATTERN_TAG, self.pattern) != self.pattern


def assemble(name: str, seen: Iterable[Seen], links: Iterable[Link], selection: Selection) -> Topology:
    """Select, name and connect.

    Parameters
    ----------
    name : str
        Name of the topology.
    seen : iterable of Seen
        Everything in the account; keys are AWS ids.
    links : iterable of Link
        Between those keys.
    selection : Selection
        What belongs to it.
    """
    things = {item.node.id: item for item in seen}
    links = tuple(link for link in links if link.source in things)  # a copy may outlive the vault it came from
    chosen = _chosen(things, links, selection)
    kept = [item for key, item in things.items() if key in chosen]
    names = _names(kept)
    nodes = tuple(_renamed(item.node, names) for item in kept)
    renamed = tuple(
        replace(link, source=names[link.source], target=names[link.target])
        for link in links
        if link.source in names and link.target in names
    )
    return Topology(name=name, origin="built", nodes=nodes, links=(*renamed, *_uses(kept, names, renamed)))


def _chosen(things: Mapping[str, Seen], links: tuple[Link, ...], selection: Selection) -> set[str]:
    chosen = {key for key, item in things.items() if item.node.kind == "internet" or _belongs(item, things, selection)}
    for key in tuple(chosen):
        chosen.update(_ancestors(things[key], things))
    for key, item in things.items():
        # The way out of a VPC belongs to whoever stands in it, also in the default VPC.
        if item.node.kind == "internet_gateway" and item.node.parent in chosen and not selection.disowns(item):
            chosen.add(key)
    chosen.update(link.source for link in links if link.target in chosen and things[link.source].node.kind == "office")
    return chosen


def _belongs(item: Seen, things: Mapping[str, Seen], selection: Selection) -> bool:
    if selection.claims(item):
        return True
    if item.stock or selection.disowns(item):
        return False
    holders = [things[key] for key in (item.owner, *_ancestors(item, things)) if key in things]
    return any(selection.claims(holder) for holder in holders if holder.node.kind != "region")


def _ancestors(item: Seen, things: Mapping[str, Seen]) -> Iterator[str]:
    parent = item.node.parent
    while parent is not None and parent in things:
        yield parent
        parent = things[parent].node.parent


def _names(items: Iterable[Seen]) -> dict[str, str]:
    """Key -> drawn id; where two ask for the same, the later one keeps behind it what tells it apart."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for item in items:
        wanted = item.wanted_name
        tried = (wanted, *(f"{wanted} ({names.get(mark, mark)})" for mark in _distinctions(item.node)))
        names[item.node.id] = next(name for name in tried if name not in taken)
        taken.add(names[item.node.id])
    return names


def _distinctions(node: Node) -> Iterator[str]:
    """What tells a node apart from one of the same name, shortest first; the last is its alone."""
    if node.kind == "dns_record":
        yield str(node.require("type"))
    elif node.kind == "az":
        yield str(node.parent)
    elif node.kind == "certificate":
        yield "certificate"
        yield f"certificate {node.parent}"
    elif "|" in node.aws_id and "namespace" in node.attributes:
        yield node.kind.replace("_", " ")
        yield f"{node.kind.replace('_', ' ')} {node.attributes['namespace']}"
    elif node.aws_id and "/" not in node.aws_id and node.aws_id != node.id:
        yield f"{node.kind.replace('_', ' ')} {node.aws_id.partition(',')[0]}"
    else:
        yield node.aws_id
    yield node.id


def _renamed(node: Node, names: Mapping[str, str]) -> Node:
    parent = names.get(node.parent) if node.parent else None
    return replace(node, id=names[node.id], parent=parent)


def _uses(items: Iterable[Seen], names: Mapping[str, str], links: tuple[Link, ...]) -> Iterator[Link]:
    known = set(names.values())
    for item in items:
        source = names[item.node.id]
        for entry in item.tags.get(USES_TAG, "").split():
            target, _, label = entry.partition(":")
            if target in known:
                yield Link(source=source, target=target, kind="uses", label=label or _spoken(source, target, links))


def _spoken(source: str, target: str, links: tuple[Link, ...]) -> str:
    ports = (link.label for link in links if (link.kind, link.source, link.target) == ("allows", source, target))
    return next((_SERVICES[port] for port in ports if port in _SERVICES), "")
