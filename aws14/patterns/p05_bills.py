"""Bills of copies: what the plan that was read back costs a month, and what others would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from aws14 import charts
from aws14.charts.numbers import usd
from aws14.cost.billing import bill as billed
from aws14.cost.plans import Protected, plan_bill
from aws14.model import Bill, Picture, Topology
from aws14.patterns.p05_day import (
    AWAY,
    BRIEF,
    CHANGED_GIB_PER_DAY,
    DATABASE_CHANGED_GIB,
    DATABASE_GIB,
    MODELS_CHANGED_GIB,
    MODELS_GIB,
    VOLUME_GIB,
)
from aws14.patterns.p05_found import home_region, rules_of
from aws14.sim.backups.generations import Rule, worst_gap_s

SEVEN_YEARS_DAYS = 365.0 * BRIEF.value("keep_years") + 2.0
"""Seven years with the leap days that may be in them."""

_HERE = "here"
_SCHEDULES: Mapping[str, str] = {
    "each hour": "cron(0 * * * ? *)",
    "every 6 hours": "cron(0 0/6 * * ? *)",
    "each day": "cron(0 16 * * ? *)",
    "each week": "cron(0 16 ? * SUN *)",
}
LONG: Mapping[str, str] = {"nothing": "", "each year": "cron(0 18 1 1 ? *)", "each month": "cron(0 18 1 * ? *)"}
"""What is kept for seven years, as the slider calls it -> schedule."""

_COLD_DAYS = 90.0


def protected(region: str) -> Mapping[str, Protected]:
    """What is backed up: sizes and changes are the brief's, for the files of the lesson are small.

    Parameters
    ----------
    region : str
        Where it stands.
    """
    sizes: Mapping[str, tuple[str, float, float]] = {
        "plans": ("EBS", VOLUME_GIB, CHANGED_GIB_PER_DAY),
        "hours": ("RDS", DATABASE_GIB, DATABASE_CHANGED_GIB),
        "models": ("S3", MODELS_GIB, MODELS_CHANGED_GIB),
    }
    return {
        name: Protected(kind=kind, gib=gib, changed_gib_per_day=changed, region=region)  # type: ignore[arg-type]
        for name, (kind, gib, changed) in sizes.items()
    }


def bill_of(rules: Iterable[Rule], region: str, *, title: str = "A month of copies, once the plan has filled") -> Bill:
    """One bill for all that a plan keeps.

    Parameters
    ----------
    rules : iterable of Rule
        The plan.
    region : str
        Where the systems stand.
    title : str
        Heads the bill.
    """
    plan = tuple(rules)
    away = {vault: AWAY for rule in plan for vault in rule.copies}
    return billed(
        (
            replace(line.usage, note=f"{name}: {line.usage.note}")
            for name, thing in protected(region).items()
            for line in plan_bill(plan, thing, away=away).lines
        ),
        title=title,
    )


def bill_of_copies(built: Topology) -> Bill:
    """A month of the plan that was read back.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    return bill_of(rules_of(built), home_region(built))


def rule_by_rule(built: Topology) -> Picture:
    """Where the month's money goes: rule by rule of the plan that was read back, system by system.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    region, rules = home_region(built), rules_of(built)
    bills = {f"{rule.name} rule alone": bill_of((rule,), region) for rule in rules}
    amounts = {name: bill.total_usd for name, bill in bills.items()}
    amounts["all of the plan"] = bill_of(rules, region).total_usd
    budget = BRIEF.value("budget_usd")
    title = f"A month of copies: {usd(amounts['all of the plan'])}; the brief allows {usd(budget)}"
    told = {name: usd(amount) for name, amount in amounts.items()}
    return charts.bars(amounts, title=title, xlabel="USD a month", told=told, limit=(budget, "budget"))


def frontier(built: Topology, days: int = 35, kept_for_years: str = "each month") -> Picture:
    """RPO against cost: from each hour to each week, with copies away and without.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    days : int
        For which backups are kept.
    kept_for_years : str
        One of `LONG`: what is kept for seven years besides.
    """
    region = home_region(built)
    designs: dict[str, tuple[float, float]] = {}
    for name, schedule in _SCHEDULES.items():
        for place, copies in (("here", ()), ("also away", (AWAY,))):
            rule = Rule(name="often", schedule=schedule, keep_days=float(days), vault=_HERE, copies=copies)
            plan: Sequence[Rule] = (rule, *_for_years(kept_for_years))
            designs[f"{name}, {place}"] = (worst_gap_s([rule]), bill_of(plan, region).total_usd)
    limits = (3600 * BRIEF.value("rpo_h"), BRIEF.value("budget_usd"))
    kept = [name for name, (lost_s, bill_usd) in designs.items() if lost_s <= limits[0] and bill_usd <= limits[1]]
    title = f"{len(kept)} of {len(designs)} plans keep to a day and to the budget, before asking what survives"
    return charts.frontier(designs, title=title, xlabel="work lost at worst (RPO)", limits=limits)


def _for_years(name: str) -> tuple[Rule, ...]:
    if not LONG[name]:
        return ()
    return (
        Rule(name="long", schedule=LONG[name], keep_days=SEVEN_YEARS_DAYS, cold_after_days=_COLD_DAYS, vault=_HERE),
    )
