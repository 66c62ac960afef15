"""Scenes: what goes on the paper, the topology with the differences laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from aws14.design.difference import Comparison, Difference
from aws14.model import Link, Node, Report, Topology


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A topology and its marks.

    Parameters
    ----------
    topology : Topology
        Everything that is drawn, ghosts of the other side included.
    nodes : Mapping[str, str]
        Node id -> the word it is marked with (``missing``, ``extra``, ``misplaced``, ``different``...).
    links : Mapping[Link, str]
        Link -> ``missing`` or ``extra``.
    """

    topology: Topology
    nodes: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[Link, str] = field(default_factory=dict)


def scene(topology: Topology, marks: Report | None = None) -> Scene:
    """Lay the differences of a report over a topology.

    A `Comparison` brings in the parts of the other side (as ghosts, in their place); of any other report the
    subjects of the outstanding findings are marked, as far as they are in the topology.
    """
    if isinstance(marks, Comparison):
        return _overlay(topology, marks)
    words = {
        subject: finding.category or "look here"
        for finding in (marks.outstanding if marks else ())
        for subject in finding.subjects
        if subject in topology
    }
    return Scene(topology=topology, nodes=words)


def _overlay(topology: Topology, marks: Comparison) -> Scene:
    is_built = topology.origin == "built"
    names = dict(marks.matches) if is_built else {there: here for here, there in marks.matches}
    words: dict[str, str] = {}
    ghosts: dict[str, Node] = {}
    for difference in marks.differences:
        for node in (*_subjects(difference, marks), *_ends(difference, marks)):
            name = names.get(node.id, node.id)
            if name not in topology:
                ghosts.setdefault(name, _moved(node, name, names))
        for node in _subjects(difference, marks):
            name = names.get(node.id, node.id)
            words[name] = f"{words[name]}, {difference.category}" if name in words else difference.category
    links = {
        _renamed(difference.link, names): "missing" if difference.of_drawing else "extra"
        for difference in marks.differences
        if difference.link is not None
    }
    return Scene(topology=_with(topology, ghosts, links), nodes=words, links=links)


def _subjects(difference: Difference, marks: Comparison) -> Iterator[Node]:
    """The nodes that carry the word; of a pair one, for it is the same part."""
    if difference.category == "ambiguous":
        yield from (marks.built.node(name) for name in difference.candidates)
    node = difference.drawn or difference.built
    if node is not None:
        yield node


def _ends(difference: Difference, marks: Comparison) -> Iterator[Node]:
    """The ends of a link, which must be on the paper for the link to be drawn."""
    if difference.link is not None:
        side = marks.drawn if difference.of_drawing else marks.built
        yield from (side.node(difference.link.source), side.node(difference.link.target))


def _moved(node: Node, name: str, names: Mapping[str, str]) -> Node:
    parent = None if node.parent is None else names.get(node.parent, node.parent)
    return replace(node, id=name, parent=parent, label=node.title)


def _renamed(link: Link, names: Mapping[str, str]) -> Link:
    return replace(link, source=names.get(link.source, link.source), target=names.get(link.target, link.target))


def _with(topology: Topology, ghosts: Mapping[str, Node], links: Mapping[Link, str]) -> Topology:
    present = {node.id: node.kind for node in (*topology.nodes, *ghosts.values())}
    nodes = (
        *topology.nodes,
        *(ghost if ghost.parent in present else replace(ghost, parent=None) for ghost in ghosts.values()),
    )
    added = (link for link in links if link not in topology.links)
    return replace(topology, nodes=nodes, links=(*topology.links, *added))
