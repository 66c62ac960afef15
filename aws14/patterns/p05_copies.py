"""Copies: what the vaults that were read back hold, and what each failure leaves of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aws14 import charts
from aws14.errors import DesignError
from aws14.model import Picture, Topology
from aws14.patterns.p05_day import AWAY, BRIEF, BUCKET, DATABASE, VOLUME
from aws14.patterns.p05_drill import back_s
from aws14.patterns.p05_found import home_region, points_of
from aws14.sim.backups.built import copies_built, original_built
from aws14.sim.backups.copies import Copy, Original, Points
from aws14.sim.backups.failures import Failure, calendar_of_failures
from aws14.sim.backups.generations import DAY_S
from aws14.sim.backups.outcomes import Outcome, matrix

ANOTHER_ACCOUNT = "222222222222"
"""An account that only keeps copies; nobody of the office has rights in it."""

HERE_VAULT, AWAY_VAULT = "office-vault", "office-vault-away"
THINGS: Mapping[str, str] = {"plans": VOLUME, "hours": DATABASE, "models": BUCKET}
"""What the office calls it -> node."""

_AS_BUILT = "as built:\nthe one away locked"

_OVERNIGHT_DAYS, _MINUTE_S = 0.45, 60.0

_VAULTS = (f"vault {HERE_VAULT}", f"vault {AWAY_VAULT}")

LIMITS_S = (3600.0 * BRIEF.value("rpo_h"), 3600.0 * BRIEF.value("rto_h"))


def generations(built: Topology) -> Picture:
    """The plans' recovery points that are in the vaults, by age.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    held = {
        HERE_VAULT: points_of(built, VOLUME, home_region(built)),
        AWAY_VAULT: points_of(built, VOLUME, AWAY),
    }
    now_s = max(point.taken_s for points in held.values() for point in points)
    rows = {
        vault: [((now_s - point.taken_s) / DAY_S, point.cold) for point in points] for vault, points in held.items()
    }
    oldest = max(age for marks in rows.values() for age, _ in marks)
    day = datetime.fromtimestamp(now_s, UTC).date()
    title = (
        f"Recovery points of the plans: {sum(map(len, rows.values()))} in two vaults, the oldest {oldest:.0f} days old"
    )
    wanted = [(1.0, "encrypted yesterday"), (BRIEF.value("back_days"), "spoiled a month ago")]
    return charts.generations(rows, title=title, on=day, wanted=wanted)


def ladder(built: Topology) -> tuple[Original, Mapping[str, Sequence[Copy]], float]:
    """The plans under no copy, one, two, what is built, and one more; and when failures strike: before the next backup.

    Parameters
    ----------
    built : Topology
        What was read back.

    Raises
    ------
    DesignError
        When one of the two vaults holds nothing of the plans.
    """
    copies = {copy.name.removeprefix("vault "): copy for copy in timed(built, VOLUME)}
    if HERE_VAULT not in copies or AWAY_VAULT not in copies:
        raise DesignError(f"not both vaults hold recovery points of {VOLUME}", cure="run the cell that lets weeks pass")
    here, away = copies[HERE_VAULT], copies[AWAY_VAULT]
    open_away = replace(away, lock="none")
    elsewhere = replace(away, name="vault of another account", account=ANOTHER_ACCOUNT)
    designs = {
        "no copy": (),
        "1 copy:\nvault here": (here,),
        "2 copies:\nand one away": (here, open_away),
        _AS_BUILT: (here, away),
        "3 copies:\nand another account": (here, away, elsewhere),
    }
    return original_built(built, VOLUME), designs, before_the_next(built, VOLUME)


def timed(built: Topology, node: str) -> tuple[Copy, ...]:
    """The copies of a node that was read back, with how long a restore from each takes.

    Of vaults the two of the plan; another one holds what somebody has put there.
    A copied recovery point says when it was copied; here it says when what it holds was taken.

    Parameters
    ----------
    built : Topology
        What was read back.
    node : str
        The volume, database or bucket.
    """
    home = home_region(built)
    found = tuple(
        replace(copy, restore_s=back_s(built, node, away=copy.region != home))
        for copy in copies_built(built, node)
        if copy.name in _VAULTS or not copy.name.startswith("vault ")
    )
    first = [copy.history for copy in found if copy.region == home and isinstance(copy.history, Points)]
    return tuple(_as_taken(copy, first[0]) if first and copy.region != home else copy for copy in found)


def _as_taken(copy: Copy, source: Points) -> Copy:
    if not isinstance(copy.history, Points):
        return copy
    earlier = [max((each for each in source.taken_s if each <= at_s), default=at_s) for at_s in copy.history.taken_s]
    taken_s = tuple(
        before if at_s - before < DAY_S else at_s for at_s, before in zip(copy.history.taken_s, earlier, strict=True)
    )
    return replace(copy, history=Points(taken_s=taken_s))


def before_the_next(built: Topology, node: str) -> float:
    """A minute before the next recovery point of a node is due, in epoch seconds: the worst moment of a daily plan.

    The copies away tell when the last one was taken: what else is in the vault here may have been put there by hand.

    Raises
    ------
    DesignError
        When no vault holds any.
    """
    copies = [copy for copy in timed(built, node) if isinstance(copy.history, Points)]
    if not copies:
        raise DesignError(f"no vault holds a recovery point of {node}", cure="run the cell that lets weeks pass")
    by_place = {copy.region: copy.history.taken_s[-1] for copy in copies if isinstance(copy.history, Points)}
    return by_place.get(AWAY, next(iter(by_place.values()))) + DAY_S - _MINUTE_S


def what_happens() -> tuple[Failure, ...]:
    """The failures of the calendar; the thieves show themselves on the morning after, as on that Monday.

    No key: what the core builds is encrypted with none of the office's own.
    """
    return tuple(
        replace(each, found_after_days=_OVERNIGHT_DAYS) if each.kind == "ransomware" else each
        for each in calendar_of_failures()
        if each.kind != "key"
    )


def failures(built: Topology) -> Picture:
    """What each failure leaves of the plans, from no copy to three.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    original, designs, at_s = ladder(built)
    left = matrix(original, designs, what_happens(), at_s=at_s)
    lost = {name: sum(1 for row in left.values() if row[name].lost) for name in designs}
    title = f"Of {len(left)} failures {lost['no copy']} take everything without a copy, {lost[_AS_BUILT]} as built"
    return _chart(left, title)


def systems(built: Topology) -> Picture:
    """What each failure leaves of plans, hours and models, as they are built.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    left: dict[str, dict[str, Outcome]] = {}
    for name, node in THINGS.items():
        design = {name: timed(built, node)}
        struck = matrix(original_built(built, node), design, what_happens(), at_s=before_the_next(built, node))
        for failure, row in struck.items():
            left.setdefault(failure, {}).update(row)
    return _chart(left, "What is built: plans, hours and models")


def _chart(left: Mapping[str, Mapping[str, Outcome]], title: str) -> Picture:
    cells = {failure: {name: (each.rpo_s, each.rto_s) for name, each in row.items()} for failure, row in left.items()}
    return charts.survivals(cells, title=title, limits=LIMITS_S)
