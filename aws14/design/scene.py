"""Scenes: what goes on the paper, the topology with the differences laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from aws14.design.difference import Comparison, Difference
from aws14.design.words import merged
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

    def bundles(self) -> list[tuple[Link, str]]:
        """Links of one kind and mark between the same ends as one link with their labels merged; and their mark."""
        groups: dict[tuple[str, str, str, str], list[Link]] = {}
        for link in self.topology.links:
            mark = self.links.get(link, "")
            groups.setdefault((link.source, link.target, link.kind, mark), []).append(link)
        return [
            (replace(links[0], label=merged(link.label for link in links)), mark)
            for (_, _, _, mark), links in groups.items()
        ]


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


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What parts of either side are called on the paper: a part of the other side by the part it was matched with."""

    topology: Topology
    pairs: Mapping[str, str]

    def of(self, name: str, *, is_own: bool) -> str:
        """An id on the paper; the other side's, when it is taken by something else, with its side added."""
        if is_own:
            return name
        paired = self.pairs.get(name)
        if paired is not None:
            return paired
        other = "drawn" if self.topology.origin == "built" else "built"
        return f"{name} ({other})" if name in self.topology else name


def _overlay(topology: Topology, marks: Comparison) -> Scene:
    is_drawing = topology.origin == "drawn"
    pairs = {there: here for here, there in marks.matches} if is_drawing else dict(marks.matches)
    names = _Names(topology=topology, pairs=pairs)
    words: dict[str, str] = {}
    ghosts: dict[str, Node] = {}
    links: dict[Link, str] = {}
    for difference in marks.differences:
        for node, of_drawing in (*_subjects(difference, marks), *_ends(difference, marks)):
            ghost = _moved(node, names, is_own=of_drawing is is_drawing)
            if ghost.id not in topology:
                ghosts.setdefault(ghost.id, ghost)
        for node, of_drawing in _subjects(difference, marks):
            name = names.of(node.id, is_own=of_drawing is is_drawing)
            words[name] = f"{words[name]}, {difference.category}" if name in words else difference.category
        if difference.link is not None:
            link = _renamed(difference.link, names, is_own=difference.of_drawing is is_drawing)
            links[link] = "missing" if difference.of_drawing else "extra"
    return Scene(topology=_with(topology, ghosts, links), nodes=words, links=links)


def _subjects(difference: Difference, marks: Comparison) -> Iterator[tuple[Node, bool]]:
    """The nodes that carry the word, each with whether it is of the drawing; of a pair one, for it is the same part."""
    if difference.category == "ambiguous":
        yield from ((marks.built.node(name), False) for name in difference.candidates)
    if difference.drawn is not None:
        yield difference.drawn, True
    elif difference.built is not None:
        yield difference.built, False


def _ends(difference: Difference, marks: Comparison) -> Iterator[tuple[Node, bool]]:
    """The ends of a link, which must be on the paper for the link to be drawn."""
    if difference.link is not None:
        side = marks.drawn if difference.of_drawing else marks.built
        for end in (difference.link.source, difference.link.target):
            yield side.node(end), difference.of_drawing


def _moved(node: Node, names: _Names, *, is_own: bool) -> Node:
    parent = None if node.parent is None else names.of(node.parent, is_own=is_own)
    return replace(node, id=names.of(node.id, is_own=is_own), parent=parent, label=node.title)


def _renamed(link: Link, names: _Names, *, is_own: bool) -> Link:
    return replace(link, source=names.of(link.source, is_own=is_own), target=names.of(link.target, is_own=is_own))


def _with(topology: Topology, ghosts: Mapping[str, Node], links: Mapping[Link, str]) -> Topology:
    present = {node.id: node.kind for node in (*topology.nodes, *ghosts.values())}
    nodes = (
        *topology.nodes,
        *(ghost if ghost.parent in present else replace(ghost, parent=None) for ghost in ghosts.values()),
    )
    added = (link for link in links if link not in topology.links)
    return replace(topology, nodes=nodes, links=(*topology.links, *added))
