"""Topology: what is drawn or built, as nodes in containers and links between them.

A drawing and a read-back are the same type, so that they can be compared. Structure only: what the
application does per request belongs to the Scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aws14.errors import DesignError
from aws14.model.kinds import ATTRIBUTES, CONTAINERS, Attribute
from aws14.model.network import Network

Origin = Literal["drawn", "built"]
LinkKind = Literal["routes", "allows", "uses"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One thing of the architecture.

    Parameters
    ----------
    id : str
        The drawn id. For a built node the tag ``aws14:node``, else the tag ``Name``, else the AWS id.
    kind : str
        A key of `aws14.model.kinds.ATTRIBUTES`.
    parent : str, optional
        The id of the container it stands in.
    label : str, optional
        What the drawing writes below the icon; the id when empty.
    count : int
        How many alike there are (a fleet is one node).
    aws_id : str
        The AWS id or ARN when built; for a fleet the ids joined by commas.
    attributes : Mapping[str, Attribute]
        What is known of it. A drawing states what matters; a read-back states all of `ATTRIBUTES`.
    """

    id: str
    kind: str
    parent: str | None = None
    label: str = ""
    count: int = 1
    aws_id: str = ""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse kinds and attributes that nothing else in the course understands."""
        if self.kind not in ATTRIBUTES:
            raise DesignError(f"node '{self.id}' has the kind '{self.kind}'", allowed=", ".join(sorted(ATTRIBUTES)))
        unknown = set(self.attributes) - set(ATTRIBUTES[self.kind])
        if unknown:
            raise DesignError(
                f"node '{self.id}' states {', '.join(sorted(unknown))}, which a {self.kind} does not have",
                allowed=", ".join(ATTRIBUTES[self.kind]) or "no attributes",
            )

    @property
    def title(self) -> str:
        """The label, or the id when there is none."""
        return self.label or self.id

    def require(self, name: str) -> Attribute:
        """Return an attribute, or raise `DesignError` saying which node lacks it.

        Raises
        ------
        DesignError
            When the attribute is not stated. There is no silent default.
        """
        try:
            return self.attributes[name]
        except KeyError:
            raise DesignError(
                f"{self.kind} '{self.id}' does not say its {name}",
                cure="run the experiment on what was read back, not on the drawing",
            ) from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A directed relation between two nodes.

    Parameters
    ----------
    source, target : str
        Node ids.
    kind : {'routes', 'allows', 'uses'}
        Configured to send on (route table, DNS record, listener) / permitted (security group) /
        declared by the tag ``aws14:uses``.
    label : str
        ``routes``: the destination CIDR or record type; ``allows``: ``tcp/80``; ``uses``: what for.
    """

    source: str
    target: str
    kind: LinkKind
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """An architecture, drawn or built.

    Parameters
    ----------
    name : str
        The pattern's word or the learner's own name.
    origin : {'drawn', 'built'}
        Where it comes from. Experiments accept what is built.
    nodes : tuple of Node
        Ids are unique, parents exist and are containers.
    links : tuple of Link
        Both ends exist.
    network : Network, optional
        What decides where packets go, when it was read back; a drawing has none. Two read-backs are equal only when
        their networks are: a rule or a network ACL that no node or link shows makes a difference too.

    Raises
    ------
    DesignError
        When one of these does not hold.
    """

    name: str
    origin: Origin
    nodes: tuple[Node, ...]
    links: tuple[Link, ...] = ()
    network: Network | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check that ids, parents and link ends fit together."""
        kinds: dict[str, str] = {}
        for node in self.nodes:
            if node.id in kinds:
                raise DesignError(f"two nodes are called '{node.id}'", cure="give each node an id of its own")
            kinds[node.id] = node.kind
        for node in self.nodes:
            _check_parent(node, kinds)
        for link in self.links:
            for end in (link.source, link.target):
                if end not in kinds:
                    raise DesignError(
                        f"the link {link.source} -> {link.target} ends at '{end}', which is not a node",
                        allowed=", ".join(sorted(kinds)),
                    )

    def __contains__(self, node_id: object) -> bool:
        """Whether a node of this id is there."""
        return any(node.id == node_id for node in self.nodes)

    def node(self, node_id: str) -> Node:
        """Return the node of this id.

        Raises
        ------
        DesignError
            When there is none; the message lists those there are.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise DesignError(
            f"there is no node '{node_id}' in {self.name} ({self.origin})",
            allowed=", ".join(node.id for node in self.nodes) or "nothing: it is empty",
        )

    def of_kind(self, *kinds: str) -> tuple[Node, ...]:
        """All nodes of the given kinds, in order."""
        return tuple(node for node in self.nodes if node.kind in kinds)

    def children(self, node_id: str | None) -> tuple[Node, ...]:
        """The nodes that stand directly in a container (``None``: outside all of them)."""
        return tuple(node for node in self.nodes if node.parent == node_id)

    def ancestors(self, node_id: str) -> Iterator[Node]:
        """The containers around a node, innermost first."""
        parent = self.node(node_id).parent
        while parent is not None:
            container = self.node(parent)
            yield container
            parent = container.parent

    def container(self, node_id: str, kind: str) -> Node | None:
        """The container of this kind around a node, or None."""
        return next((node for node in self.ancestors(node_id) if node.kind == kind), None)

    def links_of(self, kind: LinkKind, *, source: str | None = None, target: str | None = None) -> tuple[Link, ...]:
        """The links of a kind, optionally only those from or to a node."""
        return tuple(
            link
            for link in self.links
            if link.kind == kind
            and (source is None or link.source == source)
            and (target is None or link.target == target)
        )


def _check_parent(node: Node, kinds: Mapping[str, str]) -> None:
    if node.parent is None:
        return
    if node.parent not in kinds:
        raise DesignError(
            f"node '{node.id}' stands in '{node.parent}', which is not there", allowed=", ".join(sorted(kinds))
        )
    outer = kinds[node.parent]
    if outer not in CONTAINERS:
        raise DesignError(
            f"node '{node.id}' stands in '{node.parent}', a {outer}", allowed=f"containers: {', '.join(CONTAINERS)}"
        )
    if node.kind in CONTAINERS and CONTAINERS.index(node.kind) <= CONTAINERS.index(outer):
        raise DesignError(
            f"the {node.kind} '{node.id}' cannot stand in the {outer} '{node.parent}'",
            allowed="region > vpc > az > subnet, from outside in",
        )
