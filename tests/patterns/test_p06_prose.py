"""What the core of pattern 6 states in words is so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from aws14 import catalog
from aws14.catalog import quota
from aws14.patterns.p06_checks import MONTH_USD
from aws14.patterns.p06_day import BRIEF, COLD_SHARE, PEAK_DAYS, PEAK_MIBPS, READ_SHARE, STORED_GIB, orders, scenario
from aws14.sim.files.throughput import Throughput

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p06"')[2]
WORDS = " ".join(SECTION.replace("\n# ", " ").split())
TOKYO = "ap-northeast-1"


def state(service: str) -> str:
    with (Path(__file__).parents[2] / "data" / "service_status.csv").open(encoding="utf-8", newline="") as table:
        return next(row["state"] for row in csv.DictReader(table) if row["service"] == service)


def typical_s(name: str) -> float:
    return catalog.durations()[name].typical_s


def usd(item: str) -> float:
    return catalog.price("EFS", item, TOKYO).usd


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("what nobody reads for thirty days", '"AFTER_30_DAYS"' in SECTION),
        ("half an hour, as long as AWS takes", typical_s("Directory Service Microsoft AD creating") == 1800),
        ("left a day later", quota("EFS", "wait after throughput is provisioned or raised").value == 24),
        ("on a real account the cell takes three days", SECTION.count("lab.advance(days=1)") == 1),
        (
            "With all of the files in Standard the baseline would carry the peak",
            Throughput(mode="bursting", standard_gib=STORED_GIB).baseline_mibps >= orders(TOKYO).peak_metered_mibps,
        ),
        ("the books are closed in the first week of the next month", PEAK_DAYS == 2),
        ("Clients that give up after ten seconds", scenario().application.client_timeout_s == 10),
        ("has 150 MiB a second, as the brief says", PEAK_MIBPS == 150),
        ("nobody waits longer than ten seconds", BRIEF.value("wait_s") == 10),
        ("at most six hundred and fifty dollars", MONTH_USD == 650),
        ("A read counts a third of a write", quota("EFS", "reads metered as one write").value == 3),
        ("Seven of ten bytes are read", READ_SHARE == 0.7),
        ("so a hundred and fifty are metered as eighty", round(orders(TOKYO).peak_metered_mibps, 6) == 80),
        ("only for two days", PEAK_DAYS == 2),
        ("Elastic is the console's default", state("EFS throughput") == "Elastic is the default mode"),
        ("three quarters of it untouched", COLD_SHARE == 0.75),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in f"{WORDS} {BRIEF}"
    assert true


def test_the_class_for_what_nobody_reads_costs_a_twentieth() -> None:
    assert "to a class that costs a twentieth" in WORDS
    assert 15 <= usd("Standard storage") / usd("Infrequent Access storage (elastic)") <= 25
