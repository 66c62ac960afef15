"""Matching: which built part is which drawn part: by id, else by kind, place and stated attributes, never by guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aws14.design.words import NAMED_BY_AWS
from aws14.model import Node, Topology
from aws14.model.kinds import CONTAINERS, Attribute

Criterion = Callable[[Node, Node], bool]


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Pairs found, and the drawn parts for which several built parts would do.

    Parameters
    ----------
    pairs : dict of str to str
        Drawn id -> built id.
    candidates : dict of str to tuple of str
        Drawn id -> ids of the built parts among which nothing decides.
    """

    pairs: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)


def match(drawn: Topology, built: Topology) -> Matching:
    """Pair the nodes of two topologies.

    Containers are paired from the outside in, so that a part can be looked for in the right place. What is left
    over is paired by looser and looser criteria, each only where exactly one drawn and one built part fit each other.
    """
    pairs = {node.id: node.id for node in drawn.nodes if node.id in built and built.node(node.id).kind == node.kind}
    for kind in _outermost_first(drawn):
        for fits in _criteria(pairs):
            _pair_up(kind, drawn, built, pairs=pairs, fits=fits)
    return Matching(pairs=pairs, candidates=_undecided(drawn, built, pairs))


def states(drawn: Node, built: Node) -> bool:
    """Whether the built node has every value that the drawn node states."""
    return not differing(drawn, built)


def differing(drawn: Node, built: Node) -> tuple[tuple[str, object, object], ...]:
    """The stated attributes (and the count) whose built value is another: name, drawn value, built value.

    How many servers an Auto Scaling group has at the moment is nobody's design.
    """
    rows: list[tuple[str, object, object]] = [
        (name, value, built.attributes.get(name, "not known"))
        for name, value in drawn.attributes.items()
        if not _same(value, built.attributes.get(name))
    ]
    if drawn.count != built.count and drawn.kind != "autoscaling_group":
        rows.append(("count", drawn.count, built.count))
    return tuple(rows)


def _same(drawn: Attribute, built: Attribute | None) -> bool:
    if isinstance(drawn, tuple) and isinstance(built, tuple):
        return sorted(drawn) == sorted(built)
    return bool(drawn == built)


def _outermost_first(topology: Topology) -> tuple[str, ...]:
    kinds = dict.fromkeys(node.kind for node in topology.nodes if node.kind not in NAMED_BY_AWS)
    return tuple(sorted(kinds, key=lambda kind: CONTAINERS.index(kind) if kind in CONTAINERS else len(CONTAINERS)))


def _criteria(pairs: dict[str, str]) -> tuple[Criterion, ...]:
    def same_place(drawn: Node, built: Node) -> bool:
        return _place(drawn, pairs) == built.parent

    return (
        lambda drawn, built: same_place(drawn, built) and states(drawn, built),
        same_place,
        lambda drawn, built: bool(drawn.attributes) and states(drawn, built),
    )


def _place(drawn: Node, pairs: dict[str, str]) -> str | None:
    """The built container that a drawn part should stand in (a name nothing has, when that is not built)."""
    return None if drawn.parent is None else pairs.get(drawn.parent, "")


def _pair_up(kind: str, drawn: Topology, built: Topology, *, pairs: dict[str, str], fits: Criterion) -> None:
    left, right = _free(drawn.of_kind(kind), pairs), _free(built.of_kind(kind), pairs.values())
    for node in left:
        there = [other for other in right if fits(node, other)]
        if len(there) == 1 and sum(fits(rival, there[0]) for rival in left) == 1:
            pairs[node.id] = there[0].id


def _free(nodes: Iterable[Node], taken: Iterable[str]) -> list[Node]:
    used = set(taken)
    return [node for node in nodes if node.id not in used]


def _undecided(drawn: Topology, built: Topology, pairs: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """For each drawn part without a pair, the built parts of its kind in its place that have no pair either."""
    undecided = {}
    for node in _free(drawn.nodes, pairs):
        if node.kind in NAMED_BY_AWS:
            continue
        right = _free(built.of_kind(node.kind), pairs.values())
        there = tuple(other.id for other in right if _place(node, pairs) == other.parent)
        if there:
            undecided[node.id] = there
    return undecided
