"""Differences: what can stand between a drawing and what was built, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from aws14.model import Link, Node, Report, Topology

Category = Literal["missing", "extra", "misplaced", "misconnected", "different", "ambiguous"]

PASSED: dict[Category, str] = {
    "missing": "every part that is drawn is built",
    "extra": "nothing is built that is not drawn",
    "misplaced": "every part stands where it is drawn",
    "misconnected": "every drawn connection is there, and no other",
    "different": "every value that the drawing states is as drawn",
}
"""Category -> the sentence that is true when nothing of it was found."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One difference, for drawing it and for saying it.

    Parameters
    ----------
    category : str
        ``missing``, ``extra``, ``misplaced``, ``misconnected``, ``different`` or ``ambiguous``.
    drawn, built : Node, optional
        The part on either side, as far as there is one.
    link : Link, optional
        For ``misconnected``: the link, by the ids of the side that has it.
    of_drawing : bool
        For ``misconnected``: whether the link is drawn and not built, rather than built and not drawn.
    values : tuple of (str, object, object)
        For ``different``: attribute, drawn value, built value.
    candidates : tuple of str
        For ``ambiguous``: ids of the built parts it could be.
    """

    category: Category
    drawn: Node | None = None
    built: Node | None = None
    link: Link | None = None
    of_drawing: bool = True
    values: tuple[tuple[str, object, object], ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Comparison(Report):
    """A report that also knows both sides, so that the differences can be drawn.

    Parameters
    ----------
    drawn, built : Topology
        What was compared.
    matches : tuple of (str, str)
        Drawn id, built id of each pair taken for the same part.
    differences : tuple of Difference
        What was found, in the order of the findings.
    """

    drawn: Topology = field(repr=False)
    built: Topology = field(repr=False)
    matches: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    differences: tuple[Difference, ...] = field(default=(), repr=False)

    __repr__ = Report.__repr__
