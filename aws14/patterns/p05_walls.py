"""Why is this box here? Each part of the plan is taken away on paper, and a stated property is lost.

What was read back is copied without the part, and the failures strike the copy. Nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14.charts.numbers import duration
from aws14.model import Finding, Report, Topology
from aws14.patterns.p05_copies import AWAY_VAULT, HERE_VAULT, before_the_next, timed
from aws14.patterns.p05_day import BRIEF, BUCKET, DATABASE, VOLUME
from aws14.patterns.p05_found import PLAN, rules_of, texts
from aws14.patterns.p05_plan import keeps_years
from aws14.patterns.walls import Seen, Wall, finding
from aws14.sim import what_if
from aws14.sim.backups.built import original_built
from aws14.sim.backups.failures import Failure, Kind
from aws14.sim.backups.outcomes import outcome
from aws14.sim.changes import without

QUICK_S, MINUTES_S = 1800.0, 60.0 * BRIEF.value("database_rpo_min")
_DAY_S = 3600.0 * BRIEF.value("rpo_h")


def _struck(kind: Kind, node: str, *, lost_s: float, back_s: float) -> Callable[[Topology], Seen]:
    """Whether a failure of a kind leaves enough of a node, soon enough."""

    def seen(topology: Topology) -> Seen:
        failure = Failure(kind=kind, name=kind, per_year=1.0)
        left = outcome(
            original_built(topology, node), timed(topology, node), failure, at_s=before_the_next(topology, node)
        )
        if left.lost:
            return Seen(False, "nothing is left")
        words = f"{duration(left.rpo_s)} of work lost, back in {duration(left.rto_s)}"
        return Seen(left.rpo_s <= lost_s and left.rto_s <= back_s, words)

    return seen


def _years(topology: Topology) -> Seen:
    kept = keeps_years(rules_of(topology))
    return Seen(kept, "a rule keeps it" if kept else "all goes after weeks")


def _selected(topology: Topology) -> Seen:
    chosen = texts(topology.node(PLAN), "selections")
    return Seen(bool(chosen), f"whatever bears {chosen[0]}" if chosen else "the plan runs for nothing")


_LONG_S = 3600.0 * BRIEF.value("rto_h")

WALLS = (
    Wall(
        component="the vault here", property="a lost disk is back within half an hour",
        seen=_struck("volume", VOLUME, lost_s=_DAY_S, back_s=QUICK_S),
        without=lambda topology: without(topology, HERE_VAULT),
    ),
    Wall(
        component="the vault in the other region", property="a lost region takes a day's work, no more",
        seen=_struck("region", VOLUME, lost_s=_DAY_S, back_s=_LONG_S),
        without=lambda topology: without(topology, AWAY_VAULT),
    ),
    Wall(
        component="the lock", property="stolen administrator's rights take a day's work, no more",
        seen=_struck("ransomware", VOLUME, lost_s=_DAY_S, back_s=_LONG_S),
        without=lambda topology: what_if(topology, AWAY_VAULT, lock=""),
    ),
    Wall(
        component="the selection by tag", property="the plan finds what it has to back up",
        seen=_selected, without=lambda topology: what_if(topology, PLAN, selections=()),
    ),
    Wall(
        component="the second rule", property="the end of each year can be shown for seven years",
        seen=_years, without=lambda topology: what_if(topology, PLAN, rules=texts(topology.node(PLAN), "rules")[:1]),
    ),
    Wall(
        component="versioning", property="a model that was overwritten is back as it was minutes before",
        seen=_struck("mistake", BUCKET, lost_s=MINUTES_S, back_s=_LONG_S),
        without=lambda topology: what_if(topology, BUCKET, versioning="Suspended"),
    ),
    Wall(
        component="automated backups", property="a lost database loses minutes",
        seen=_struck("volume", DATABASE, lost_s=MINUTES_S, back_s=_LONG_S),
        without=lambda topology: what_if(topology, DATABASE, backup_retention_days=0),
    ),
)  # fmt: skip


def why(topology: Topology) -> Report:
    """Look for each wall's property with and without it.

    Parameters
    ----------
    topology : Topology
        What was read back.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    return Report(title="Take it away, and something is lost", findings=tuple(_asked(topology, wall) for wall in WALLS))


def _asked(topology: Topology, wall: Wall) -> Finding:
    before, after = wall.seen(topology), wall.seen(wall.without(topology))
    told = finding(wall, before, after, check="p05-built", lost="no longer true")
    return replace(told, hint="the vaults fill when time passes: run the cell that lets weeks pass")
