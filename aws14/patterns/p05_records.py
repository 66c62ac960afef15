"""The office's records: what comes each month, what the law asks, and the lifecycle that costs least."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from aws14.charts.numbers import usd
from aws14.checks import Evidence, gather
from aws14.cost.archives import archive_cost
from aws14.model import Finding, Report, Topology
from aws14.patterns.p05_found import home_region, texts
from aws14.sim.tiering import Archive, Lifecycle, read_lifecycle

YEARS = 7
LAW_DAYS = 2557.0
"""Seven years with their two leap days."""

NEAR = 1.05
"""So near to the least cost a rule has to come."""

_MIB, _KIB = 1024.0**2, 1024.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of records.

    Parameters
    ----------
    name : str
        The prefix it lies under, without the slash.
    archive : Archive
        What comes each month.
    least_days, most_days : float
        How long it has to be kept, and may be; infinity: as long as one likes.
    """

    name: str
    archive: Archive
    least_days: float
    most_days: float = math.inf


KINDS = (
    Kind(name="contracts", archive=Archive.of_one_size(6 * _MIB, 5_000), least_days=LAW_DAYS),
    Kind(name="mails", archive=Archive.of_one_size(16 * _KIB, 300_000), least_days=LAW_DAYS),
    Kind(name="renders", archive=Archive.of_one_size(40 * _MIB, 6_000), least_days=8.0, most_days=10.0),
)
"""Scanned contracts, mails one by one, pictures of the night that nobody wants after a week."""


def rule_for(kind: Kind, rules: Sequence[str]) -> Lifecycle:
    """What a bucket's rules do to a kind: its own prefix's moves and end; the sooner end where several hold.

    Parameters
    ----------
    kind : Kind
        Which.
    rules : sequence of str
        As a read-back bucket says them.
    """
    mine = [
        read_lifecycle(text)
        for text in rules
        if (text.split()[1] == "-") or f"{kind.name}/x".startswith(text.split()[1])
    ]
    end = min((rule.expire_days for rule in mine), default=math.inf)
    # Where two rules move an object on the same day, S3 takes the colder class; here the one that comes first.
    steps: dict[str, float] = {}
    for rule in mine:
        for day, name in rule.moves:
            steps[name] = min(day, steps.get(name, math.inf))
    moves = tuple(sorted(((day, name) for name, day in steps.items() if day < end)))
    least_bytes = min((rule.least_bytes for rule in mine if rule.least_bytes is not None), default=None)
    return Lifecycle(moves=moves, expire_days=end, least_bytes=least_bytes)


def cost_usd(kind: Kind, rule: Lifecycle, region: str) -> float:
    """What a kind costs in all the years together."""
    return archive_cost(kind.archive, rule, years=YEARS, region=region).total_usd


@cache
def least(region: str) -> dict[str, tuple[Lifecycle, float]]:
    """Kind -> the rule that costs least of those with one move or none, and what it costs."""
    return {
        kind.name: min(((rule, cost_usd(kind, rule, region)) for rule in _rules(kind)), key=lambda each: each[1])
        for kind in KINDS
    }


def _rules(kind: Kind) -> Iterator[Lifecycle]:
    end = kind.least_days
    yield Lifecycle(expire_days=end)
    for day, name in ((30.0, "STANDARD_IA"), (1.0, "GLACIER_IR"), (1.0, "GLACIER"), (1.0, "DEEP_ARCHIVE")):
        if day < end:
            yield Lifecycle(moves=((day, name),), expire_days=end)


def records_check(evidence: Evidence) -> Report:
    """The records are kept as the law says, drafts are not, and all of it costs little."""
    title, built = "Kept as long as the law says, at the least cost", evidence.built
    rules = next((texts(each, "lifecycle") for each in built.of_kind("bucket") if each.id.startswith("records")), ())
    if not rules:
        missing = Finding(
            name="The bucket records-… has a lifecycle",
            status="not_yet",
            detail="no rule acts",
            hint="put_bucket_lifecycle_configuration",
        )
        return gather(title, missing)
    return gather(title, *(_kept(kind, rule_for(kind, rules)) for kind in KINDS), _cheap(built, rules))


def _kept(kind: Kind, rule: Lifecycle) -> Finding:
    end = rule.expire_days
    fits = end >= kind.least_days and (math.isinf(kind.most_days) or end <= kind.most_days)
    wanted = f"at least {kind.least_days:,.0f} days"
    if math.isfinite(kind.most_days):
        wanted = f"{kind.least_days:,.0f} to {kind.most_days:,.0f} days"
    return Finding(
        name=f"{kind.name}/ stays for {wanted}",
        status="passed" if fits else "not_yet",
        detail="never deleted" if math.isinf(end) else f"deleted after {end:,.0f} days",
        hint="Expiration: Days, in a rule whose Filter names the prefix",
    )


def _cheap(built: Topology, rules: Sequence[str]) -> Finding:
    region = home_region(built)
    best = least(region)
    paid = {kind.name: cost_usd(kind, rule_for(kind, rules), region) for kind in KINDS}
    total, lowest = sum(paid.values()), sum(amount for _, amount in best.values())
    worst = max(paid, key=lambda name: paid[name] - best[name][1])
    return Finding(
        name=f"{YEARS} years cost hardly more than they have to",
        status="passed" if total <= NEAR * lowest else "not_yet",
        detail=f"{usd(total)}; {usd(lowest)} is possible",
        hint=f"look at {worst}/: how small are the objects, how soon are they deleted, who reads them?",
    )
