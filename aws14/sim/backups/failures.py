"""Failures: what each kind takes away, how late it is noticed, and how often it is assumed to come.

| kind | what is gone |
|---|---|
| ``mistake`` | a file or a table is deleted or overwritten; what follows all the time repeats it |
| ``volume`` | the disk it stands on |
| ``az``, ``region`` | everything that stands only there |
| ``ransomware`` | everything in the account that somebody with stolen administrator's rights can encrypt or delete |
| ``account`` | everything in the account, locked or not: it was closed |
| ``corruption`` | nothing is gone, and everything taken since is wrong |
| ``key`` | nothing is gone, and nothing that it encrypted can be read |

The rates of `calendar_of_failures` are assumptions of the course, to be changed; only that of a volume is AWS's
(annual failure rate of EBS).

Left out: failures that come together, attackers who wait for a lock to end, an AWS that is gone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.backups.copies import Copy, Original

Kind = Literal["mistake", "volume", "az", "region", "ransomware", "account", "corruption", "key"]
KINDS: tuple[Kind, ...] = ("mistake", "volume", "az", "region", "ransomware", "account", "corruption", "key")

SPOILS: tuple[Kind, ...] = ("mistake", "ransomware", "corruption")
"""Kinds after which what was copied since is as bad as the original."""

_Takes = Callable[[Copy, Original], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """One kind of failure.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name : str
        How charts call it.
    per_year : float
        How often it comes, on average.
    found_after_days : float
        From the moment on which data are wrong until somebody notices: of ransomware how long it dwells, encrypting,
        before it shows itself.
    share : float
        Share of the data that it hits, above 0 to 1: a mistake hits a file.

    Raises
    ------
    ScenarioError
        When the kind is none, or a number cannot be.
    """

    kind: Kind
    name: str
    per_year: float
    found_after_days: float = 0.0
    share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.kind not in KINDS:
            raise ScenarioError(f"'{self.kind}' is no kind of failure", allowed=", ".join(KINDS))
        numbers = (self.per_year, self.found_after_days)
        if not (all(math.isfinite(number) and number >= 0 for number in numbers) and 0 < self.share <= 1):
            raise ScenarioError(
                f"{self.name}: {numbers}, {self.share!r} of the data",
                allowed="a rate and days of 0 or more, a share above 0 to 1",
            )


def survives(copy: Copy, failure: Failure, original: Original) -> bool:
    """Whether a copy is still there, and can be restored, after a failure.

    Which of its moments are good is another question.

    Parameters
    ----------
    copy : Copy
        What was kept.
    failure : Failure
        What happened.
    original : Original
        To what.
    """
    return copy.restorable and not _TAKES[failure.kind](copy, original)


def _by_rights(copy: Copy, original: Original) -> bool:
    return copy.account == original.account and copy.lock != "compliance" and not copy.offline


_TAKES: Mapping[Kind, _Takes] = {
    "mistake": lambda _copy, _original: False,
    "corruption": lambda _copy, _original: False,
    "volume": lambda copy, original: bool(copy.volume) and copy.volume == original.volume,
    "az": lambda copy, original: bool(copy.az) and copy.az == original.az,
    "region": lambda copy, original: copy.region == original.region,
    "ransomware": _by_rights,
    "account": lambda copy, original: copy.account == original.account and not copy.offline,
    "key": lambda copy, original: bool(copy.key) and copy.key == original.key,
}


def strikes(failure: Failure, original: Original) -> bool:
    """Whether a failure harms the original at all: what has no volume, zone or key of its own cannot lose it."""
    part = {"volume": original.volume, "az": original.az, "key": original.key}
    return bool(part.get(failure.kind, "yes"))


@cache
def calendar_of_failures() -> tuple[Failure, ...]:
    """One failure of each kind, as often as the course assumes."""
    of_a_volume = catalog.quota("EBS", "annual failure rate of a gp3 volume").value / 100
    return (
        Failure(kind="mistake", name="file deleted by mistake", per_year=2.0, found_after_days=3.0, share=0.001),
        Failure(kind="volume", name="volume lost", per_year=of_a_volume),
        Failure(kind="az", name="zone lost", per_year=0.01),
        Failure(kind="region", name="region lost", per_year=0.001),
        Failure(kind="ransomware", name="ransomware with admin rights", per_year=0.03, found_after_days=14.0),
        Failure(kind="account", name="account lost", per_year=0.002),
        Failure(kind="corruption", name="silent corruption", per_year=0.05, found_after_days=60.0),
        Failure(kind="key", name="key deleted", per_year=0.005),
    )
