"""Compare: the drawing is an assertion; this lists where what is built does not keep it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aws14.design.difference import PASSED, Comparison, Difference
from aws14.design.matching import Matching, differing, match
from aws14.design.saying import finding_of
from aws14.model import Finding, Link, Node, Topology

__all__ = ["Comparison", "compare"]

_FAR_ENDS = ("internet", "office")
"""Kinds outside AWS: known only by the links that name them, so an undrawn one is told as its links."""

_GIVEN = (*_FAR_ENDS, "region")
"""Kinds that are there before anything is built."""


def compare(drawn: Topology, built: Topology) -> Comparison:
    """Hold what is built against what is drawn.

    Parts are matched by id, else by kind, container and stated attributes, and only where one fits alone. Only what the
    drawing states is asked for. ``uses`` links are asked for when drawn, and never reported as extra.

    Parameters
    ----------
    drawn, built : Topology
        The design and what was read back.

    Returns
    -------
    Comparison
        A Report with a finding for each difference, of category ``missing``, ``extra``, ``misplaced``,
        ``misconnected``, ``different`` or ``ambiguous``; and a passed finding for each category without one, unless
        nothing is built at all.
    """
    matching = match(drawn, built)
    differences = tuple(
        difference for find in (_nodes, _extra, _places, _links, _values) for difference in find(drawn, built, matching)
    )
    nothing = bool(differences) and all(node.kind in _GIVEN for node in built.nodes)
    passed = () if nothing else _passed(differences)
    return Comparison(
        title=f"{drawn.name}: drawn against built",
        findings=(*(finding_of(difference, drawn, built) for difference in differences), *passed),
        summary=_summary(drawn, differences, nothing=nothing),
        drawn=drawn,
        built=built,
        matches=tuple(matching.pairs.items()),
        differences=differences,
    )


def _summary(drawn: Topology, differences: tuple[Difference, ...], *, nothing: bool) -> str:
    if nothing:
        return f"nothing is built yet; {len(drawn.nodes)} parts are drawn"
    return "" if differences else f"all {len(drawn.nodes)} parts and {len(drawn.links)} connections are as drawn"


def _passed(differences: tuple[Difference, ...]) -> Iterator[Finding]:
    found = {difference.category for difference in differences}
    for category, sentence in PASSED.items():
        if category not in found and not (category in ("missing", "extra") and "ambiguous" in found):
            yield Finding(name=sentence, status="passed", category=category)


def _nodes(drawn: Topology, _: Topology, matching: Matching) -> Iterator[Difference]:
    for node in drawn.nodes:
        if node.id in matching.candidates:
            yield Difference(category="ambiguous", drawn=node, candidates=matching.candidates[node.id])
        elif node.id not in matching.pairs and not (node.kind == "internet" and not _linked(drawn, node)):
            yield Difference(category="missing", drawn=node)


def _extra(_: Topology, built: Topology, matching: Matching) -> Iterator[Difference]:
    known = {*matching.pairs.values(), *(name for names in matching.candidates.values() for name in names)}
    for node in built.nodes:
        if node.id not in known and node.kind not in _FAR_ENDS:
            yield Difference(category="extra", built=node)


def _places(drawn: Topology, built: Topology, matching: Matching) -> Iterator[Difference]:
    for left, right in _paired(drawn, built, matching):
        expected = matching.pairs.get(left.parent) if left.parent else None
        if right.parent != expected:
            yield Difference(category="misplaced", drawn=left, built=right)


def _values(drawn: Topology, built: Topology, matching: Matching) -> Iterator[Difference]:
    for left, right in _paired(drawn, built, matching):
        values = differing(left, right)
        if values:
            yield Difference(category="different", drawn=left, built=right, values=values)


def _links(drawn: Topology, built: Topology, matching: Matching) -> Iterator[Difference]:
    """Links of which both ends are there: a missing end is told once, as the missing part."""
    pairs, back = matching.pairs, {there: here for here, there in matching.pairs.items()}
    undrawn = {node.id: node.id for node in built.of_kind(*_FAR_ENDS) if node.id not in back}
    asked = _by_meaning(drawn.links, pairs)
    given = _by_meaning(built.links, {name: name for name in (*back, *undrawn)})
    for meaning, link in asked.items():
        if meaning not in given:
            yield Difference(category="misconnected", link=link, of_drawing=True)
    for meaning, link in given.items():
        if meaning not in asked and link.kind != "uses":
            yield Difference(category="misconnected", link=link, of_drawing=False)


def _by_meaning(links: Iterable[Link], names: Mapping[str, str]) -> dict[tuple[str, str, str, str], Link]:
    """Links by what they say, with their ends named as built; what is used is told by the end, not by the label."""
    return {
        (names[link.source], names[link.target], link.kind, "" if link.kind == "uses" else link.label): link
        for link in links
        if link.source in names and link.target in names
    }


def _paired(drawn: Topology, built: Topology, matching: Matching) -> Iterator[tuple[Node, Node]]:
    for left, right in matching.pairs.items():
        yield drawn.node(left), built.node(right)


def _linked(topology: Topology, node: Node) -> bool:
    return any(node.id in (link.source, link.target) for link in topology.links)
