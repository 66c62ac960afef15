"""How a name is answered: zones and records as plain data, and one function over them.

The rules are DNS's (RFC 1034 for chains, RFC 4592 for wildcards, RFC 6604 for the code of a chain) and Route 53's
(developer guide, "Choosing between alias and non-alias records", "Working with private hosted zones"; which of several
records answers, `routing` says). Names are in lower case and without their last dot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aws14.catalog import quota
from aws14.emulator.dataplane.records import Record, Zone
from aws14.emulator.dataplane.routing import TOKYO, Asker, Choice, Judge, choose

__all__ = ["Answer", "Code", "Record", "View", "Zone", "answer", "plain"]

Code = Literal["NOERROR", "NXDOMAIN", "REFUSED", "SERVFAIL"]
_MOST_LINKS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """DNS as one asker sees it.

    Parameters
    ----------
    zones : tuple of Zone
        In the order in which they are asked; of several that hold a name the first speaks.
    own : callable
        From a name to the addresses that AWS itself gave it: none for a name that AWS would have to know and does not,
        None for any other name.
    own_ttl_s : callable
        From such a name to how long its addresses hold, s; None: as long as those of all names AWS gives.
    turn : callable
        From the name and type of weighted records to how often they were asked before.
    is_healthy : callable
        From the id of a health check to whether it is healthy.
    target_is_healthy : callable
        From a name that AWS gave, and an alias evaluates, to whether what has it is healthy.
    asker : Asker
        Where the asker is.
    recursive : bool
        Whether chains are followed out of their zone, as resolvers do and name servers do not.
    """

    zones: tuple[Zone, ...]
    own: Callable[[str], tuple[str, ...] | None] = lambda _: None
    own_ttl_s: Callable[[str], int | None] = lambda _: None
    turn: Callable[[str], int] = lambda _: 0
    is_healthy: Callable[[str], bool] = lambda _: True
    target_is_healthy: Callable[[str], bool] = lambda _: True
    asker: Asker = TOKYO
    recursive: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What comes back.

    Parameters
    ----------
    name, type : str
        As asked.
    code : str
        ``NOERROR``, also where the name has no record of that type; ``NXDOMAIN``; ``REFUSED`` by a name server that
        does not hold the name; ``SERVFAIL`` for a chain that does not end.
    values : tuple of str
        The answer section: the links of a chain, then the records.
    ttl_s : int
        The smallest on the way.
    links : int
        How many of the values are links.
    zone : str
        Name of the zone that spoke first; empty for none.
    known : bool
        Whether it is a name of this cloud: one of its zones or AWS itself speaks for it.
    explanation : str
        In one sentence.
    """

    name: str
    type: str
    code: Code
    values: tuple[str, ...] = ()
    ttl_s: int = 0
    links: int = 0
    zone: str = ""
    known: bool = True
    explanation: str = ""

    @property
    def records(self) -> tuple[str, ...]:
        """The values without the links that led to them."""
        return self.values[self.links :]


def plain(name: str) -> str:
    """A name in lower case, without its last dot, with ``*`` as a star (Route 53 writes it in octal)."""
    return name.lower().removesuffix(".").replace("\\052", "*")


def answer(view: View, name: str, kind: str = "A") -> Answer:
    """Answer a question.

    Parameters
    ----------
    view : View
        DNS as the asker sees it.
    name : str
        Any spelling of it.
    kind : str, optional
        Record type.
    """
    return _Question(view, plain(name), kind).answer()


class _Question:
    def __init__(self, view: View, name: str, kind: str, depth: int = 0) -> None:
        self.view, self.name, self.kind, self.depth = view, name, kind, depth
        self.links: list[str] = []
        self.why = ""
        self.ttls: list[int] = []
        self.first = _zone_of(view, name)

    def answer(self) -> Answer:
        current = self.name
        while len(self.links) + self.depth < _MOST_LINKS:
            zone = _zone_of(self.view, current)
            if zone is None:
                return self._outside(current)
            found = _node(zone, current)
            if not found:
                return self._nothing(zone, current)
            choice = self._pick(found, self.kind)
            if choice is not None:
                first = choice.records[0]
                return self._alias(first) if first.alias else self._found(choice.values, choice.ttl_s)
            link = self._pick(found, "CNAME")
            if link is None:
                kinds = " and ".join(sorted({each.type for each in found}))
                return self._ends("NOERROR", explanation=f"{current} has no {self.kind} record, only {kinds}")
            current = self._follow(link.records[0])
        return self._ends("SERVFAIL", explanation=f"{self.name} leads from name to name without an end")

    def _nothing(self, zone: Zone, current: str) -> Answer:
        code: Code = "NOERROR" if any(each.name.endswith(f".{current}") for each in zone.records) else "NXDOMAIN"
        return self._ends(code, explanation=f"the hosted zone {zone.name} has no record {current}")

    def _follow(self, link: Record) -> str:
        target = link.values[0] if link.values else link.alias
        self.links.append(target)
        self.ttls.append(link.ttl_s)
        return plain(target)

    def _pick(self, found: tuple[Record, ...], kind: str) -> Choice | None:
        """What answers of the records of a name; the first of simple ones."""
        fitting = tuple(record for record in found if record.type == kind)
        if not fitting:
            return None
        judge = Judge(healthy=self._is_healthy, asker=self.view.asker, turn=self.view.turn)
        choice = choose(fitting, judge)
        self.why = choice.why or self.why
        return choice

    def _is_healthy(self, record: Record, depth: int = 0) -> bool:
        if record.health_check and not self.view.is_healthy(record.health_check):
            return False
        if not record.alias or not record.evaluates_target or depth > _MOST_LINKS:
            return True
        name = _target(record.alias)
        zone = _zone_of(self.view, name)
        if zone is None:
            return self.view.target_is_healthy(name)
        group = (each for each in _node(zone, name) if each.type == record.type)
        return any(self._is_healthy(each, depth + 1) for each in group)

    def _alias(self, record: Record) -> Answer:
        target = _target(record.alias)
        under = _Question(self.view, target, self.kind, self.depth + len(self.links) + 1).answer()
        if not under.records:
            text = f"{record.name} is an alias of {target}, which has no {self.kind} record"
            code: Code = "SERVFAIL" if under.code == "SERVFAIL" else "NOERROR"
            return self._ends(code, explanation=text)
        return self._found(under.records, under.ttl_s)

    def _outside(self, current: str) -> Answer:
        if self.links and not self.view.recursive:
            return self._found((), 0)
        if not self.view.recursive and not self.depth:
            return self._ends("REFUSED", explanation=f"{current} is not in the zone")
        own = self.view.own(current)
        if own:
            # A load balancer's names have it (Route 53 guide, "Values for alias records"); others are taken to, too.
            ttl_s = self.view.own_ttl_s(current)
            return self._found(own, int(quota("EC2", "TTL of the names AWS gives").value) if ttl_s is None else ttl_s)
        text = f"no hosted zone holds {current}" if own is None else f"{current} is not a name of this cloud"
        return self._ends("NXDOMAIN", explanation=text, known=bool(self.links) or own is not None)

    def _found(self, values: tuple[str, ...], ttl_s: int) -> Answer:
        if values:
            self.ttls.append(ttl_s)
        why = f" ({self.why})" if self.why else ""
        text = f"{self.name} is {', '.join((*self.links, *values))}{why}"
        return self._ends("NOERROR", values=values, explanation=text)

    def _ends(self, code: Code, *, values: tuple[str, ...] = (), explanation: str = "", known: bool = True) -> Answer:
        return Answer(
            name=self.name,
            type=self.kind,
            code=code,
            values=(*self.links, *values),
            ttl_s=min(self.ttls, default=0),
            links=len(self.links),
            zone=self.first.name if self.first else "",
            known=known,
            explanation=explanation,
        )


def _target(alias: str) -> str:
    """The name that an alias stands for: the console writes those of load balancers for both families of addresses."""
    return plain(alias).removeprefix("dualstack.")


def _zone_of(view: View, name: str) -> Zone | None:
    return next((zone for zone in view.zones if zone.holds(name)), None)


def _node(zone: Zone, name: str) -> tuple[Record, ...]:
    """The records of a name, or those of the wildcard that stands for it (RFC 4592)."""
    exact = tuple(record for record in zone.records if record.name == name)
    if exact or name == zone.name:
        return exact
    names = {record.name for record in zone.records}
    while name != zone.name:
        if any(each == name or each.endswith(f".{name}") for each in names):
            return ()  # the name is there, above others: a wildcard does not stand for it
        name = name.partition(".")[2]
        wild = tuple(record for record in zone.records if record.name == f"*.{name}")
        if wild:
            return wild
    return ()
