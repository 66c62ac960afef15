"""Losses: the 3-2-1 rule measured, an account that is gone, thieves who wait."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aws14 import charts
from aws14.charts.numbers import percent, usd
from aws14.cost.plans import Protected, plan_bill
from aws14.model import Picture, Topology
from aws14.patterns.p05_day import AWAY, CHANGED_GIB_PER_DAY, VOLUME
from aws14.patterns.p05_found import PLAN, home_region, rules_of
from aws14.sim.backups.built import copies_built, original_built
from aws14.sim.backups.copies import Copy, Generations, Original
from aws14.sim.backups.failures import Failure, calendar_of_failures
from aws14.sim.backups.generations import Rule
from aws14.sim.backups.ladders import ladder, office_original
from aws14.sim.backups.outcomes import outcome
from aws14.sim.backups.years import Years, play

EVERYTHING_USD, HOUR_USD = 900_000.0, 120.0
"""What it costs to draw everything again, and what an hour of the office's work costs. Assumed."""

ANOTHER_ACCOUNT = "222222222222"
"""The account that only keeps copies."""

BUILT = "as built"
_YEARS, _LONG = 20_000, 10
_DWELLS = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0)


def designs(built: Topology) -> tuple[Original, Mapping[str, Sequence[Copy]]]:
    """The ladder from no copy to three, with the rules of the built plan, and the copies that were built."""
    original = office_original(home_region(built))
    steps = ladder(rules_of(built), original, away=AWAY)
    return original, steps


def lived(built: Topology) -> Mapping[str, Years]:
    """What became of each design in the same years of failures; the built one among them."""
    original, steps = designs(built)
    failures = calendar_of_failures()
    found = dict(play(original, steps, failures, years=_YEARS))
    found |= play(original_built(built, VOLUME), {BUILT: _filled(built)}, failures, years=_YEARS)
    return found


def _filled(built: Topology) -> tuple[Copy, ...]:
    """The copies that were built, as they are when the plan has run for years."""
    history = Generations(rules=rules_of(built))
    return tuple(replace(copy, history=history) for copy in copies_built(built, VOLUME))


def years_of_failures(built: Topology) -> Picture:
    """Chance of losing everything within ten years, design by design.

    Parameters
    ----------
    built : Topology
        What was read back: the plan's rules, and the copies of the plans' volume.
    """
    amounts, told = {}, {}
    for name, years in lived(built).items():
        chance = 1 - (1 - years.loss_per_year) ** _LONG
        amounts[name] = 100 * chance
        lost_usd = years.expected_loss_usd(everything_usd=EVERYTHING_USD, hour_usd=HOUR_USD)
        told[name] = f"{percent(chance)}; {usd(lost_usd)} a year"
    return charts.bars(
        amounts,
        title=f"{_YEARS:,} years of failures: everything lost within {_LONG} years",
        xlabel="% of the decades; beside it what is lost in a year on average",
        told=told,
        unit="%",
    )


def worth(built: Topology) -> Picture:
    """What a year costs with each design: the copies, and on average what is lost in spite of them.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    _, steps = designs(built)
    paid = _bills(built, steps)
    lives = lived(built)
    lost = {name: lives[name].expected_loss_usd(everything_usd=EVERYTHING_USD, hour_usd=HOUR_USD) for name in steps}
    return charts.bars(
        {name: paid[name] + lost[name] for name in steps},
        title="A year of copies, and of what is lost in spite of them",
        xlabel="USD a year: copies + losses",
        told={name: f"{_dollars(paid[name])} + {_dollars(lost[name])}" for name in steps},
    )


def _dollars(amount: float) -> str:
    return f"{amount:,.0f}"


def _bills(built: Topology, steps: Mapping[str, Sequence[Copy]]) -> Mapping[str, float]:
    """USD a year of as many copies as each design has, by the rules of the built plan."""
    gib = float(str(built.node(VOLUME).require("gib")))
    protected = Protected(kind="EBS", gib=gib, changed_gib_per_day=CHANGED_GIB_PER_DAY, region=home_region(built))
    found = {}
    for name, copies in steps.items():
        away = tuple(f"away-{number}" for number in range(1, len(copies)))
        rules = [replace(rule, vault="near", copies=away) for rule in rules_of(built)]
        bill = plan_bill(rules, protected, away=dict.fromkeys(away, AWAY)).total_usd if copies else 0.0
        found[name] = 12 * bill
    return found


def account_lost(built: Topology) -> Picture:
    """What is left of the plans when the whole account is closed, or robbed: as built, and with one copy more.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    own = original_built(built, VOLUME)
    mine = _filled(built)
    theirs = Copy(
        name="the other account", history=Generations(rules=rules_of(built)), region=own.region,
        account=ANOTHER_ACCOUNT,
    )  # fmt: skip
    rows = [each for each in calendar_of_failures() if each.kind in ("ransomware", "account", "region")]
    sets: Mapping[str, Sequence[Copy]] = {
        "no copy": (),
        BUILT: mine,
        "as built: + other account": (*mine, theirs),
        "only: other account": (theirs,),
    }
    return charts.survivals(_left(own, sets, rows), title="Who can take which copy?")


def thieves(built: Topology) -> Picture:
    """How much work is lost to somebody with administrator's rights, by the days until he shows himself.

    Parameters
    ----------
    built : Topology
        What was read back: the plan's rules.
    """
    original = office_original(home_region(built))
    rules = rules_of(built)
    daily = min(rules, key=lambda rule: rule.keep_days)
    week = replace(daily, keep_days=7.0)
    sets = {
        f"unlocked: {PLAN}": (_kept(rules, original, locked=False),),
        "locked: 7 days": (_kept((week,), original, locked=True),),
        f"locked: {daily.keep_days:.0f} days": (_kept((daily,), original, locked=True),),
        f"locked: {PLAN}": (_kept(rules, original, locked=True),),
    }
    rows = [
        Failure(kind="ransomware", name=f"shown after {days:g} {'day' if days == 1 else 'days'}", per_year=1.0,
                found_after_days=days)
        for days in _DWELLS
    ]  # fmt: skip
    return charts.survivals(
        _left(original, sets, rows), title="Thieves who wait: what a lock and long memory are worth"
    )


def _kept(rules: Sequence[Rule], original: Original, *, locked: bool) -> Copy:
    return Copy(
        name="vault", history=Generations(rules=tuple(rules)), region=AWAY, account=original.account,
        lock="compliance" if locked else "none",
    )  # fmt: skip


def _left(
    original: Original, sets: Mapping[str, Sequence[Copy]], rows: Sequence[Failure]
) -> Mapping[str, Mapping[str, tuple[float, float]]]:
    return {
        failure.name: {name: (_lost_s(original, copies, failure), 0.0) for name, copies in sets.items()}
        for failure in rows
    }


def _lost_s(original: Original, copies: Sequence[Copy], failure: Failure) -> float:
    found = outcome(original, copies, failure)
    return math.inf if found.lost else found.rpo_s
