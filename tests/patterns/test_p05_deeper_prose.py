"""What the blocks after the core of pattern 5 state in words is so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from aws14 import catalog
from aws14.catalog import quota
from aws14.patterns import p05_losses, p05_records
from aws14.patterns.p05_deeper import DEEPER
from aws14.patterns.p05_losses import ANOTHER_ACCOUNT
from aws14.patterns.p05_proving import TESTS
from aws14.sim.backups.failures import calendar_of_failures
from tests.patterns.p05_kept import kept

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p05"')[2].partition('pattern="p06"')[0]
WORDS = " ".join(SECTION.replace("\n# ", " ").replace("\n#\n", " ").replace(" # ", " ").split())
MIB, KIB = 1024.0**2, 1024.0
CONTRACTS, MAILS, RENDERS = p05_records.KINDS


def state(service: str) -> dict[str, str]:
    with (ROOT / "data" / "service_status.csv").open(encoding="utf-8", newline="") as table:
        return next(row for row in csv.DictReader(table) if row["service"] == service)


def price(service: str, item: str) -> float:
    return float(catalog.price(service, item, "ap-northeast-1").usd)


def days(name: str) -> float:
    return quota("S3", name).value


def comes(kind: p05_records.Kind, size_bytes: float, count: float) -> bool:
    return (kind.archive.object_bytes.item(), kind.archive.per_month.item()) == (size_bytes, count)


def proving_source() -> str:
    return (ROOT / "aws14" / "patterns" / "p05_proving.py").read_text(encoding="utf-8")


SNOWBALL = state("Snowball Edge")
ARCHIVE_TIER = price("EBS", "Snapshot archive storage") / price("EBS", "Snapshot standard storage")
RATES = {failure.kind: failure.per_year for failure in calendar_of_failures()}


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("for how much are five weeks of daily ones billed", "35 days of a volume" in DEEPER["snapshots"](kept()).alt),
        ("Five nights, three kept", "lab.advance(days=5)" in SECTION and '"RetainRule": {"Count": 3}' in SECTION),
        ("automated backups are kept: a week here", '"BackupRetentionPeriod": 7' in SECTION),
        ("so try it with days, not with years", "timedelta(days=2)" in SECTION),
        ("(on a real account, in two days)", "timedelta(days=2)" in SECTION),
        ("Contracts have to stay for seven years", CONTRACTS.least_days == 7 * 365 + 2),
        ("which nobody wants after a week", 7 <= RENDERS.least_days <= 8),
        ("`contracts/` (six MiB each, five thousand a month)", comes(CONTRACTS, 6 * MIB, 5_000)),
        ("`mails/` (sixteen KiB, three hundred thousand a month)", comes(MAILS, 16 * KIB, 300_000)),
        ("`renders/` (forty MiB, six thousand a month)", comes(RENDERS, 40 * MIB, 6_000)),
        ("must stay for eight days, and be gone after ten", (RENDERS.least_days, RENDERS.most_days) == (8, 10)),
        (
            "an accountant may wait a day",
            catalog.durations()["S3 Glacier Deep Archive retrieved Standard"].typical_s < 86_400,
        ),
        (
            "an archive class adds forty KiB to each object",
            days("Glacier Flexible / Deep Archive metadata overhead") == 40,
        ),
        (
            "Standard-IA counts every object as 128 KiB at least",
            days("Standard-IA / One Zone-IA / Glacier IR minimum billed object") == 128,
        ),
        (
            "Since 2024 S3 therefore leaves small objects",
            days("smallest object that a lifecycle moves unless told") == 128,
        ),
        ("Deep Archive charges for half a year", days("Deep Archive minimum duration") == 180),
        ("Glacier for three months", days("Glacier IR / Flexible minimum duration") == 90),
        ("IA for one, however soon", days("Standard-IA / One Zone-IA minimum duration") == 30),
        ("That API is closed to new customers", "closed" in state("S3 Glacier vault API (stand-alone)")["state"]),
        ("Assumed: one such break in five years", "breaks_per_year: float = 0.2" in proving_source()),
        ("a trial each month makes the risk small", "once a month" in TESTS),
        ("AWS makes them wait for a week at least", "PendingWindowInDays=7" in SECTION),
        ("Twenty thousand years of failures", "20,000 years" in DEEPER["years of failures"](kept()).alt),
        ("regions are lost once in a thousand years", RATES["region"] == 0.001),
        ("whoever steals an administrator's rights has both", RATES["ransomware"] > 10 * RATES["region"]),
        ("its number here", ANOTHER_ACCOUNT in SECTION and p05_losses.BUILT == "as built"),
        ("It is closed to new customers: AWS points to *DataSync*", "closed" in SNOWBALL["state"]),
        ("and to *Data Transfer Terminals*", SNOWBALL["successor"] == "DataSync; Data Transfer Terminal"),
        ("Then forty-five GiB of scans at once", "gib=45" in SECTION),
        ("Four snapshots a month of a hundred GiB each", "4 snapshots a month" in DEEPER["forgotten"](kept()).alt),
        ("(a quarter of the price, but each in full, and a day or two", 0.24 < ARCHIVE_TIER < 0.26),
        (
            "a day or two to come back",
            1 <= catalog.durations()["EBS snapshot restored from the archive tier"].typical_s / 86_400 <= 2,
        ),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in WORDS
    assert true
