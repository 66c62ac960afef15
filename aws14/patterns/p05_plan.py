"""The plan: whether the rules that were read back keep what the brief asks, at its price."""

from __future__ import annotations

from collections.abc import Sequence

from aws14.charts.numbers import duration, usd
from aws14.checks import Evidence, gather
from aws14.model import Finding, Report, Topology
from aws14.patterns.p05_bills import SEVEN_YEARS_DAYS, bill_of
from aws14.patterns.p05_day import BRIEF
from aws14.patterns.p05_found import PLAN, home_region, rules_of
from aws14.sim.backups.generations import DAY_S, Rule, worst_gap_s

AWAY_VAULT = "office-vault-away"
_YEAR_S = 366 * DAY_S


def keeps_years(rules: Sequence[Rule]) -> bool:
    """Whether some rules take a backup at least once a year and keep it for seven."""
    long = [rule for rule in rules if rule.keep_days >= SEVEN_YEARS_DAYS - 2]
    return worst_gap_s(long) <= _YEAR_S


def plan_check(evidence: Evidence) -> Report:
    """The plan meets the brief, and costs no more than it allows."""
    title, built = "The plan meets the brief within its budget", evidence.built
    if PLAN not in built:
        missing = Finding(
            name="The plan is there", status="not_yet", detail=f"{PLAN} was not read back", hint="run the build cells"
        )
        return gather(title, missing)
    rules = rules_of(built)
    return gather(title, _often(rules), _locked(built, rules), _back(rules), _years(rules), _price(built, rules))


def _often(rules: Sequence[Rule]) -> Finding:
    gap_s, allowed_s = worst_gap_s(rules), 3600 * BRIEF.value("rpo_h")
    return Finding(
        name="At most a day's work is lost",
        status="passed" if gap_s <= allowed_s else "not_yet",
        detail=f"{duration(gap_s)} from one backup to the next" if gap_s < _YEAR_S else "too seldom to count",
        hint="a rule's ScheduleExpression says how often",
    )


def _locked(built: Topology, rules: Sequence[Rule]) -> Finding:
    away = [rule for rule in rules if AWAY_VAULT in rule.copies]
    lock = str(built.node(AWAY_VAULT).require("lock")) if AWAY_VAULT in built else ""
    often = worst_gap_s(away) <= 3600 * BRIEF.value("rpo_h")
    return Finding(
        name="Each day's copy goes where nobody can delete it",
        status="passed" if often and lock.startswith("COMPLIANCE") else "not_yet",
        detail=f"{len(away)} of {len(rules)} rules copy to {AWAY_VAULT} (lock: {lock or 'none'})",
        hint="CopyActions of the daily rule; update_backup_plan replaces the whole plan, so hand it all rules",
    )


def _back(rules: Sequence[Rule]) -> Finding:
    days = BRIEF.value("back_days")
    long = [rule for rule in rules if rule.keep_days >= days]
    kept = worst_gap_s(long) <= 3600 * BRIEF.value("rpo_h")
    return Finding(
        name=f"What was spoiled {days:.0f} days ago comes back",
        status="passed" if kept else "not_yet",
        detail="each day of the month is kept" if kept else f"no daily rule keeps its points for {days:.0f} days",
        hint="DeleteAfterDays of the daily rule, and of its copy; the lock sets a least and a most, too",
    )


def _years(rules: Sequence[Rule]) -> Finding:
    kept = keeps_years(rules)
    return Finding(
        name="The end of each year stays for seven years",
        status="passed" if kept else "not_yet",
        detail="a rule keeps it" if kept else "no rule takes one a year and keeps it that long",
        hint="a rule with DeleteAfterDays of seven years; how often does the law ask for one?",
    )


def _price(built: Topology, rules: Sequence[Rule]) -> Finding:
    month, budget = bill_of(rules, home_region(built)).total_usd, BRIEF.value("budget_usd")
    return Finding(
        name=f"A month of copies costs at most {usd(budget)}",
        status="passed" if month <= budget else "not_yet",
        detail=f"{usd(month)}, once the plan has filled",
        hint="which rule costs most (the experiment 'rule by rule'), and what does the brief ask of it?",
    )
