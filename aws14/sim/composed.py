"""Designs composed of parts: how much of the time they are there (`aws14.sim.lifetimes` plays it through).

A design is an expression: ``Series(dns, Parallel(Series(web_a, db_a), Series(web_c, db_c)))``. A chain needs all of its
parts, a pair one of its, ``KofN`` so many. The same part may stand in several places: it is then down in all of them.

Assumptions, and how to drop them. Parts fail independently of each other; `common` says which share of the time that a
part of a group is away it is away together with all the others (a wrong release, a region in trouble). Switching over
takes no time and always works: put the switch into the chain as a part. A service level agreement is a promise that
money depends on, not a measurement: real services are usually better, sometimes much worse.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Self

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.availability import DAY_S, k_of_n

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is there or is not.

    Parameters
    ----------
    name : str
        Parts of one name are one part.
    availability : float
        Share of the time that it is there, above 0 to 1.
    mttr_s : float
        How long it is away when it fails, on average.

    Raises
    ------
    ScenarioError
        When the share or the time cannot be.
    """

    name: str
    availability: float
    mttr_s: float = HOUR_S

    def __post_init__(self) -> None:
        """Refuse shares and times that cannot be."""
        if not (0 < self.availability <= 1 and math.isfinite(self.mttr_s) and self.mttr_s > 0):
            raise ScenarioError(
                f"the part '{self.name}' is there {self.availability!r} of the time, and away {self.mttr_s!r} s",
                allowed="more than 0 and at most 1, positive seconds",
            )

    @classmethod
    def promised(cls, service: str, *, name: str = "", mttr_s: float = HOUR_S) -> Self:
        """A part that is there as much as AWS promises of a service, such as ``RDS Multi-AZ``.

        Raises
        ------
        DataError
            When the course knows of no promise.
        """
        return cls(name=name or service, availability=catalog.sla(service).promised, mttr_s=mttr_s)

    def __str__(self) -> str:
        """Its name."""
        return self.name


@dataclass(frozen=True, slots=True, init=False)
class KofN:
    """So many of its parts are needed.

    Parameters
    ----------
    needed : int
        How many.
    *parts : Part or Series or Parallel or KofN
        Of which.
    common : float
        Which share of the time that its best part is away all of them are away together, 0 to 1. The parts of such a
        group are no compositions, and stand nowhere else.

    Raises
    ------
    ScenarioError
        When more are needed than there are, the share is none, or compositions fail together.
    """

    needed: int
    parts: tuple[Design, ...]
    common: float

    def __init__(self, needed: int, *parts: Design, common: float = 0.0) -> None:
        """Refuse groups that cannot be."""
        if not (1 <= needed <= len(parts) and 0 <= common <= 1):
            raise ScenarioError(
                f"{needed} of {len(parts)} parts are needed, a share of {common!r} fails together",
                allowed="1 to as many as there are, a share of 0 to 1",
            )
        if common and not all(isinstance(part, Part) for part in parts):
            raise ScenarioError(
                "a composition fails together with others", cure="give the common cause a Part in Series"
            )
        object.__setattr__(self, "needed", needed)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "common", common)

    def __str__(self) -> str:
        """As a sentence: ``(web-1 or web-2)``."""
        if self.needed == len(self.parts):
            return " and ".join(map(str, self.parts))
        inside = [f"({each})" if isinstance(each, KofN) and len(each.parts) > 1 else str(each) for each in self.parts]
        return f"({' or '.join(inside)})" if self.needed == 1 else f"({self.needed} of {', '.join(inside)})"


class Series(KofN):
    """A chain: all of its parts are needed."""

    __slots__ = ()

    def __init__(self, *parts: Design) -> None:
        """Take any number of parts."""
        super().__init__(len(parts), *parts)


class Parallel(KofN):
    """Parts that stand in for each other: one of them is enough."""

    __slots__ = ()

    def __init__(self, *parts: Design, common: float = 0.0) -> None:
        """Take any number of parts."""
        super().__init__(1, *parts, common=common)


Design = Part | KofN
"""A part, or a composition of designs."""


def parts_of(design: Design) -> Mapping[str, Part]:
    """The parts of a design by name.

    Raises
    ------
    ScenarioError
        When two different parts have one name, or one that fails together with others stands in several places.
    """
    found: dict[str, Part] = {}
    for part in _leaves(design):
        if found.setdefault(part.name, part) != part:
            raise ScenarioError(f"two different parts are called '{part.name}'", cure="give each a name of its own")
    together = {name for name in _failing_together(design) if name in _repeated(design)}
    if together:
        raise ScenarioError(
            f"{', '.join(sorted(together))} fails together with others and stands in several places",
            cure="give the common cause a Part of its own in Series",
        )
    return found


def availability(design: Design) -> float:
    """Share of the time that a design is there, in the long run.

    Parts that stand in several places are taken for there and for away in turn (all combinations), the rest is algebra.

    Raises
    ------
    ScenarioError
        When two different parts have one name.
    """
    known = parts_of(design)
    repeated = _repeated(design)
    total = 0.0
    for states in product((True, False), repeat=len(repeated)):
        given = dict(zip(repeated, states, strict=True))
        chance = math.prod(
            known[name].availability if up else 1 - known[name].availability for name, up in given.items()
        )
        total += chance * _given(design, given)
    return total


def yearly_downtime_s(design: Design) -> float:
    """Seconds of a year of 365 days in which a design is away, on average."""
    return (1 - availability(design)) * 365 * DAY_S


def _leaves(design: Design) -> Iterator[Part]:
    if isinstance(design, Part):
        yield design
    else:
        for part in design.parts:
            yield from _leaves(part)


def _repeated(design: Design) -> list[str]:
    return [name for name, times in Counter(part.name for part in _leaves(design)).items() if times > 1]


def _failing_together(design: Design) -> Iterator[str]:
    if isinstance(design, KofN):
        for part in design.parts:
            yield from (part.name,) if design.common and isinstance(part, Part) else _failing_together(part)


def _given(design: Design, states: Mapping[str, bool]) -> float:
    """Availability when it is known of some parts whether they are there."""
    if isinstance(design, Part):
        return float(states[design.name]) if design.name in states else design.availability
    shared = together(design)
    return (1 - shared) * k_of_n(design.needed, *(_given(part, states) for part in alone(design)))


def together(group: KofN) -> float:
    """Share of the time in which all parts of a group are away for one and the same reason."""
    return group.common * min(1 - part.availability for part in _plain(group)) if group.common else 0.0


def alone(group: KofN) -> tuple[Design, ...]:
    """The parts of a group with what they do not lose together: each keeps its availability as a whole."""
    if not group.common:
        return group.parts
    rest = 1 - together(group)
    return tuple(replace(part, availability=min(1.0, part.availability / rest)) for part in _plain(group))


def _plain(group: KofN) -> Iterator[Part]:
    return (part for part in group.parts if isinstance(part, Part))
