"""What the section of pattern 12 states in words is so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from aws14 import catalog
from aws14.patterns.p12_checks import FLOOD_RPS, NIGHT_H, NIGHT_USD
from aws14.patterns.p12_cold import RECORDING
from aws14.patterns.p12_day import MEMBER_CALL, NIGHT_RPS, NOON_S, scenario
from aws14.patterns.p12_reports import AT_A_TIME, REPORT_S, REPORTS, VISIBLE_AGAIN_S
from aws14.sim.connections import max_connections

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "notebooks" / "src" / "05_cloud_native.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p12"')[2].partition('pattern="p13"')[0]
WORDS = " ".join(SECTION.replace("\n# ", " ").split())
FUNCTIONS = catalog.recorded_functions(RECORDING)


def quota(service: str, name: str) -> float:
    return catalog.quota(service, name).value


def state(service: str) -> dict[str, str]:
    with (ROOT / "data" / "service_status.csv").open(encoding="utf-8", newline="") as table:
        return next(row for row in csv.DictReader(table) if row["service"] == service)


TIMED_OUT, STARTS = state("API Gateway integration time-out"), state("Lambda INIT billing")


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("At noon, for three minutes, they are not nearly enough", scenario().load.spots[0].at_s == NOON_S),
        ("Two servers of a gym's members' site stand awake all night, for nobody", NIGHT_RPS < 1 / 60),
        ("for the eight hours of a night", NIGHT_H == 8),
        ("a thousand times a second", FLOOD_RPS == 1000),
        ("cost at most forty dollars for that night", NIGHT_USD == 40),
        ("Seven of ten requests ask for pages and pictures", MEMBER_CALL.static_share == 0.7),
        ("three rounds of four minutes would do", REPORTS / AT_A_TIME[-1] == 3 and REPORT_S == 240),
        ("fifteen minutes here; it has to be longer than the job", VISIBLE_AGAIN_S == 900 > REPORT_S),
        ("Give this one ten", "ReservedConcurrentExecutions=10" in SECTION),
        ("by default they are twenty-nine and three", quota("API Gateway", "REST integration timeout") == 29),
        ("a function may run for fifteen minutes", quota("Lambda", "timeout") == 900),
        ("twenty-nine seconds are a default since June 2024", TIMED_OUT["since"] == "2024-06"),
        ("for regional APIs AWS raises them on request", "can be raised for Regional" in TIMED_OUT["state"]),
        ("(November 2026)", TIMED_OUT["checked"] == "2026-11"),
        ("since August 2025 the start is part of the bill", STARTS["since"] == "2025-08"),
        ("Five hundred functions, recorded at a large provider for eight hours", len(FUNCTIONS) == 500),
        ("for eight hours", all(len(each.calls) == 480 for each in FUNCTIONS)),
        ("How long do three hundred real ones take", REPORTS == 300 and REPORT_S == 240),
        ("eighteen members come, six at a time", "ThreadPoolExecutor(6)" in SECTION and "range(18)" in SECTION),
        ("a small class has little", 20 < max_connections("mysql", "db.t3.micro") < 200),
        ("a wait of twenty minutes", '"Seconds": 1200' in SECTION),
        (
            "we give the API one second and the function two",
            '"timeoutInMillis": 1000' in SECTION and '"Timeout": 2' in SECTION,
        ),
        ("after a second failure put aside", '"maxReceiveCount": 2' in SECTION),
    ],
)  # fmt: skip
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    assert words in WORDS
    assert true
