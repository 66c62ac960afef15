"""Plans: what a backup plan costs a month once it has filled, from the backups it keeps.

Model. The first backup in each place is full; each later one holds what changed since the one before that is still
kept: of a system of S GiB in which c GiB change a day, any of them alike, S (1 - (1 - c/S)^d) after d days. Snapshots
of EBS in the archive tier are full, each of them; what leaves for another region is paid for by the GiB.

Sources: AWS Backup and EBS pricing. Left out: requests that AWS Backup makes to S3, restores.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from aws14.cost.billing import bill
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.errors import ScenarioError
from aws14.model import Bill, Usage
from aws14.sim.backups.copies import CALENDAR
from aws14.sim.backups.generations import DAY_S, Generation, Rule, kept

Kind = Literal["EBS", "RDS", "EFS", "S3"]

_ITEMS: Mapping[Kind, tuple[str, str, str]] = {
    "EBS": ("EBS", "Snapshot standard storage", "Snapshot archive storage"),
    "RDS": ("RDS", "Backup storage beyond free", ""),
    "EFS": ("AWS Backup", "EFS warm storage", "EFS cold storage"),
    "S3": ("AWS Backup", "S3 warm storage", ""),
}
"""Kind -> service, item when warm, item when cold (empty: it stays warm)."""

_DAYS_PER_MONTH = HOURS_PER_MONTH / 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Protected:
    """What a plan backs up.

    Parameters
    ----------
    kind : {'EBS', 'RDS', 'EFS', 'S3'}
        As AWS Backup calls it.
    gib : float
        Its size.
    changed_gib_per_day : float
        How much of it changes in a day.
    region : str
        Where it stands.

    Raises
    ------
    ScenarioError
        When the kind is none, or a number cannot be.
    """

    kind: Kind
    gib: float
    changed_gib_per_day: float
    region: str

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.kind not in _ITEMS or not (self.gib > 0 and 0 <= self.changed_gib_per_day <= self.gib):
            raise ScenarioError(f"{self} cannot be", allowed=f"{', '.join(_ITEMS)}; a size, and changes up to it")

    def changed_gib(self, days: float) -> float:
        """GiB that differ after so many days."""
        share = self.changed_gib_per_day / self.gib
        return self.gib * (1 - math.pow(1 - share, days))


def plan_bill(
    rules: Sequence[Rule], protected: Protected, *, away: Mapping[str, str] | None = None, title: str = ""
) -> Bill:
    """A month of a plan that has run for long enough to keep all it will.

    Parameters
    ----------
    rules : sequence of Rule
        The plan.
    protected : Protected
        What it backs up.
    away : Mapping[str, str], optional
        Vault that a rule copies to -> its region; what is not named here stands in the region of the original.
    title : str
        Heads the bill.

    Raises
    ------
    DataError
        When the price book lacks a price.
    """
    places: dict[str, list[Rule]] = {}
    for rule in rules:
        for vault in dict.fromkeys((rule.vault, *rule.copies)):
            places.setdefault(vault, []).append(rule)
    regions = {vault: (away or {}).get(vault, protected.region) for vault in places}
    lines = [
        line for vault, held in places.items() for line in _in_vault(vault, held, protected, region=regions[vault])
    ]
    return bill(lines, title=title or f"A month of backups of {protected.gib:,.0f} GiB ({protected.kind})")


def _in_vault(vault: str, rules: Sequence[Rule], protected: Protected, *, region: str) -> Iterator[Usage]:
    held = kept(rules, since_s=CALENDAR[0], on_s=CALENDAR[1])
    service, warm, cold = _ITEMS[protected.kind]
    frozen = [each for each in held if each.cold and cold]
    amount = _warm_gib([each for each in held if not (each.cold and cold)], protected)
    if protected.kind == "RDS" and region == protected.region:
        amount = max(0.0, amount - protected.gib)
    note = f"{len(held)} backups in {vault or 'the vault'}"
    yield Usage(
        service=service, item=warm, unit="GB-month", region=region, quantity=amount, resource=vault, note=note
    )  # fmt: skip
    if frozen:
        quantity = protected.gib * len(frozen) if protected.kind == "EBS" else _warm_gib(frozen, protected)
        yield Usage(
            service=service, item=cold, unit="GB-month", region=region, quantity=quantity, resource=vault,
            note=f"{len(frozen)} of them cold{': each in full' if protected.kind == 'EBS' else ''}",
        )  # fmt: skip
    if region != protected.region:
        yield Usage(
            service="Data transfer", item="to another AWS region", unit="GB", region=protected.region,
            quantity=_sent_gib(rules, protected), resource=vault, note=f"what changed, copied to {region}",
        )  # fmt: skip


def _warm_gib(held: Sequence[Generation], protected: Protected) -> float:
    if not held:
        return 0.0
    times = sorted({each.taken_s for each in held})
    later = sum(protected.changed_gib((now - before) / DAY_S) for before, now in pairwise(times))
    return protected.gib + later


def _sent_gib(rules: Sequence[Rule], protected: Protected) -> float:
    """GiB that a month's copies send: each what changed since the one before."""
    times = sorted({each for rule in rules for each in rule.taken_s(CALENDAR[1] - 366 * DAY_S, CALENDAR[1]).tolist()})
    a_year = sum(protected.changed_gib((now - before) / DAY_S) for before, now in pairwise(times))
    return a_year / 365 * _DAYS_PER_MONTH
