"""Alternative text: what a drawing says, in sentences, written from the graph."""

from __future__ import annotations

from collections.abc import Iterator

from aws14.design.scene import Scene
from aws14.design.words import box_title, facts, named, sentence
from aws14.model import Node, Topology
from aws14.model.kinds import CONTAINERS


def alt_text(scene: Scene) -> str:
    """What stands where, what reaches what, and what differs."""
    return " ".join((*_standing(scene.topology), *_reaching(scene), *_differing(scene)))


def _standing(topology: Topology) -> Iterator[str]:
    state = "as drawn" if topology.origin == "drawn" else "as built"
    yield f"Architecture {topology.name} {state}."
    outside = [_described(topology, node) for node in topology.children(None) if node.kind not in CONTAINERS]
    if outside:
        yield f"Outside every region: {_listed(outside)}."
    for box in topology.of_kind(*CONTAINERS):
        inside = [_described(topology, node) for node in topology.children(box.id)]
        yield f"{_named(topology, box)} holds {_listed(inside) if inside else 'nothing'}."


def _reaching(scene: Scene) -> Iterator[str]:
    topology = scene.topology
    for link, word in scene.bundles():
        source, target = (_named(topology, topology.node(end)) for end in (link.source, link.target))
        told = sentence(link, source, target)
        yield f"{word.capitalize()}: {told}." if word else f"{told}."


def _differing(scene: Scene) -> Iterator[str]:
    for name, words in scene.nodes.items():
        yield f"{words.capitalize()}: {_named(scene.topology, scene.topology.node(name))}."


def _named(topology: Topology, node: Node) -> str:
    return box_title(topology, node)[0] if node.kind in CONTAINERS else named(node)


def _described(topology: Topology, node: Node) -> str:
    if node.kind in CONTAINERS:
        heading, cidr = box_title(topology, node)
        return f"{heading} ({cidr})" if cidr else heading
    known = ", ".join(facts(node))
    return f"{named(node)} ({known})" if known else named(node)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"
