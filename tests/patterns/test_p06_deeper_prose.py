"""What the Deeper blocks of pattern 6 state in words is so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from aws14 import catalog
from aws14.catalog import quota
from aws14.patterns.p06_move import MOST_DAYS, MOST_MBPS, WINDOW_H
from aws14.patterns.p06_office import GATEWAY, WORKED_ON
from aws14.patterns.p06_own import LOST_MIN
from aws14.patterns.p06_wan import OFFICE_CITY, OFFICE_MBPS, TREE
from aws14.sim.files.throughput import Throughput

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8").partition('pattern="p06"')[2]
WORDS = " ".join(SECTION.replace("\n# ", " ").split())
BURSTING = Throughput(mode="bursting", standard_gib=256.0)


def state(service: str) -> dict[str, str]:
    with (ROOT / "data" / "service_status.csv").open(encoding="utf-8", newline="") as table:
        return next(row for row in csv.DictReader(table) if row["service"] == service)


def usd(item: str) -> float:
    return float(catalog.price("EFS", item, "ap-northeast-1").usd)


@pytest.mark.parametrize(
    ("words", "true"),
    [
        (
            "The disk is sold with a hundred and twenty-five MiB a second",
            quota("EBS", "gp3 baseline throughput").value == 125,
        ),
        ("Somebody buys a disk four times as fast", "Throughput=500" in SECTION),
        ("a file system of two hundred and fifty-six GiB", "stored_gib=256" in SECTION),
        ("is written at a hundred MiB a second", "write_mibps=100" in SECTION and BURSTING.burst_mibps == 100),
        ("the file system gives its baseline, an eighth", BURSTING.baseline_mibps == 100 / 8),
        ("after thirty days to *Infrequent Access*", '"TransitionToIA": "AFTER_30_DAYS"' in SECTION),
        ("after ninety to *Archive*", '"TransitionToArchive": "AFTER_90_DAYS"' in SECTION),
        ("Four months pass", "for days in (0, 31, 89)" in SECTION),
        ("The file belongs to user 1000", '"Uid": 1000' in SECTION),
        ("blocks go that nobody read for a month", '"CoolingPeriod": 31' in SECTION),
        (
            "twenty thousand small files, in all about one GiB",
            TREE.files * TREE.kib / 1024**2 == pytest.approx(1, 0.05),
        ),
        ("the desks stand in Sapporo", OFFICE_CITY == "Sapporo"),
        ("through three hours without a line", "lab.advance(hours=3)" in SECTION),
        (
            "AWS asks for a hundred and fifty GiB at least",
            quota("Storage Gateway", "appliance, GiB of a disk").value == 150,
        ),
        ("with less than a third of the files", 150 / WORKED_ON.gib < 1 / 3 and GATEWAY == "sapporo-files"),
        ("at most sixty of its hundred Mbit/s", (MOST_MBPS, OFFICE_MBPS) == (60, 100)),
        ("nobody may write for two hours, no longer", WINDOW_H == 2),
        ("All must be there within fourteen days", MOST_DAYS == 14),
        ("A zone is lost for a working day", LOST_MIN == 8 * 60),
        ("*One Zone* is EFS at about half the price", 0.45 < usd("One Zone storage") / usd("Standard storage") < 0.6),
        ("*FSx File Gateway*", state("FSx File Gateway")["state"] == "closed to new customers"),
        ("New in 2026 is **S3 Files**", state("S3 Files")["since"] == "2026"),
        ("Disks by mail were *Snowball*; it is closed", state("Snowball Edge")["state"] == "closed to new customers"),
        ("*AWS Data Transfer Terminal*", "Data Transfer Terminal" in ",".join(state("Snowball Edge").values())),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in WORDS
    assert true
