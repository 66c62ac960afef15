"""Walls: a component, the property it holds, and the finding that says whether it is lost without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from aws14.model import Finding, Report, Topology

Change = Callable[[Topology], Topology]


class Seen(NamedTuple):
    """Whether a property holds, and what was seen of it."""

    holds: bool
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """A component and the property it holds.

    Parameters
    ----------
    component : str
        What is taken away or opened.
    property : str
        What holds while it is there.
    seen : callable
        Topology -> whether the property holds there.
    without : callable
        Topology -> topology without the component.
    """

    component: str
    property: str
    seen: Callable[[Topology], Seen]
    without: Change


def finding(wall: Wall, before: Seen, after: Seen, *, check: str, lost: str = "as expected, lost") -> Finding:
    """Say what became of a property; it passes when it holds with the component and is lost without it.

    Parameters
    ----------
    wall : Wall
        The component.
    before, after : Seen
        The property with and without it.
    check : str
        Name of the check that says whether the site is as drawn.
    lost : str
        Words for a property that is lost.
    """
    seen = f"{'still true' if after.holds else lost}: {wall.property} ({after.words})"
    return Finding(
        name=f"Without {wall.component}",
        status="passed" if before.holds and not after.holds else "not_yet",
        detail=seen + ("" if before.holds else f"; nor does it hold with it: {before.words}"),
        hint=f"the site is not as drawn: run the check {check}",
    )


def taken_away(walls: Iterable[Wall], topology: Topology, *, check: str) -> Report:
    """Look for each wall's property with and without it, and say when it is no longer true.

    Parameters
    ----------
    walls : iterable of Wall
        The components.
    topology : Topology
        What was read back.
    check : str
        Name of the check that says whether the site is as drawn.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    return Report(
        title="Take it away, and something is lost",
        findings=tuple(
            finding(wall, wall.seen(topology), wall.seen(wall.without(topology)), check=check, lost="no longer true")
            for wall in walls
        ),
    )
