"""The blocks after the core of pattern 5, lived through from what the core builds, last block first, each twice."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import aws14
from aws14 import charts
from aws14.cloud.process import Emulator

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p05"')[2].partition('pattern="p06"')[0]
BLOCKS = (
    "what does a snapshot hold?",
    "snapshots without AWS Backup",
    "the database, to a second",
    "versions, markers, replicas, locks",
    "seven years",
    "the backup that was never restorable",
    "the key is deleted",
    "another account",
    "thieves who wait",
    "the office's own disks",
    "snapshots that nobody remembers",
)
"""Those that build something."""


def code(text: str, *tags: str) -> list[str]:
    """The cells of a text that bear one of these tags, without those that only show an experiment."""
    parts = [part.partition("\n") for part in re.split(r"^# %%", text, flags=re.MULTILINE)]
    marks = tuple(f' tags=["{tag}"]' for tag in tags)
    return [body for head, _, body in parts if head.startswith(marks) and not body.startswith("lab.experiment(")]


def block(name: str) -> str:
    return SECTION.partition(f"#### Deeper: {name}\n")[2].partition("# #")[0]


@pytest.fixture(scope="module")
def told(emulator: Emulator, emulator_home: Path) -> Iterator[Mapping[str, tuple[str, str]]]:
    """Block -> what its cells print, and what they print when each is run again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        names: dict[str, Any] = {"aws14": aws14, "charts": charts, "display": print}

        def run(cell: str) -> str:
            heard = io.StringIO()
            with contextlib.redirect_stdout(heard):
                exec(compile(cell, "p05", "exec"), names)
            return heard.getvalue()

        for cell in code(SECTION.partition("### Load, break, heal")[0], "setup", "build"):
            run(cell)
        found = {}
        for name in reversed(BLOCKS):
            both = [(run(cell), run(cell)) for cell in code(block(name), "build", "experiment")]
            found[name] = "".join(first for first, _ in both), "".join(again for _, again in both)
        run("left = lab.clean_up(); lab.advance(days=42); left = lab.clean_up()")
        found["clean-up"] = str(names["left"]), ""
        yield found


def test_a_snapshot_hands_its_blocks_on(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["what does a snapshot hold?"]
    tuesday, wednesday = re.findall(r"holds (\d+) blocks.*- Wednesday (\d+) blocks", first)[0]
    after = re.findall(r"Wednesday now holds (\d+) blocks", first)[0]
    assert max(int(tuesday), int(wednesday)) < int(after) <= int(tuesday) + int(wednesday)


def test_a_policy_keeps_three_with_names_and_leaves_them(told: Mapping[str, tuple[str, str]]) -> None:
    for once in told["snapshots without AWS Backup"]:
        assert len(re.findall(r"plans-data$", once, re.MULTILINE)) == 3


def test_the_rows_are_those_of_the_minute_before(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["the database, to a second"]
    assert "after the tidying: []" in first
    assert re.search(r"^True [1-9]\d* rows", first, re.MULTILINE)
    assert re.search(r"ap-northeast-3:\d+:snapshot:projects-kept available", first)


def test_the_twin_repeats_what_is_written_and_not_what_is_deleted(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["versions, markers, replicas, locks"]
    here, there = re.split(r"^drawings-away-\d+\n", first, flags=re.MULTILINE)
    assert re.search(r"overwritten bad \(latest\)", there)
    assert re.search(r"overwritten good", there)
    assert "deleted marker (latest)" in here and "marker" not in there
    assert "destroyed" not in here and "destroyed good (latest)" in there


def test_governance_yields_to_who_says_so_and_compliance_to_nobody(told: Mapping[str, tuple[str, str]]) -> None:
    for once in told["versions, markers, replicas, locks"]:
        ends = re.findall(r"^(GOVERNANCE|COMPLIANCE) (bypass|no bypass) -> (.*)$", once, re.MULTILINE)
        assert [(mode, how, end == "deleted") for mode, how, end in ends] == [
            ("GOVERNANCE", "no bypass", False),
            ("GOVERNANCE", "bypass", True),
            ("COMPLIANCE", "no bypass", False),
            ("COMPLIANCE", "bypass", False),
        ]


def test_the_archive_answers_after_hours_and_cloudwatch_sees_the_move(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["seven years"]
    assert "it could be read at once" not in first
    assert (
        first.index('ongoing-request="true"') < first.index('ongoing-request="false"') < first.index("b'seven years'")
    )
    sizes = re.findall(r"'StandardStorage': ([\d.]+).*'DeepArchiveStorage': ([\d.]+)", first)
    (before, _), (after, moved) = sizes
    assert (float(before), float(after)) == (500_000, 0)
    assert float(moved) > 500_000


def test_the_drill_finds_what_every_morning_looked_good(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["the backup that was never restorable"]
    assert first.startswith("COMPLETED")
    assert "plans COMPLETED" in first
    assert re.search(r"finished houses FAILED .* is disabled", first)


def test_a_key_can_be_called_back_for_a_week_and_the_other_vault_has_its_own(
    told: Mapping[str, tuple[str, str]],
) -> None:
    first, again = told["the key is deleted"]
    assert re.search(r"scheduled: +FAILED .*is pending deletion", first)
    assert re.search(r"cancelled: +COMPLETED", first)
    for once in (first, again):
        assert re.search(r"a week later: FAILED .*does not exist", once)
        assert re.search(r"from Osaka: +COMPLETED", once)


def test_another_account_lets_in_whom_it_names_and_lets_nobody_delete(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["another account"]
    assert re.search(r"^FAILED .*\nCOMPLETED", first, re.MULTILINE)
    assert re.search(r"^we, deleting it: .+", first, re.MULTILINE)


def test_a_legal_hold_outlasts_the_end_of_a_point(told: Mapping[str, tuple[str, str]]) -> None:
    for once in told["thieves who wait"]:
        assert "past its end: EXPIRED" in once
        assert "legal hold" in once
        assert "hold lifted: gone" in once


def test_the_office_writes_on_while_the_line_is_cut(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["the office's own disks"]
    assert "b'from the office'" in first
    waiting = [int(gib) for gib in re.findall(r"waiting: +(\d+) GiB", first)]
    assert waiting[0] == waiting[1] > waiting[2] == 0
    assert re.search(r"^completed snap-", first, re.MULTILINE)
    assert 3 <= int(re.findall(r"the tape is back after (\d+) h", first)[0]) <= 12


def test_orphans_are_found_and_deleted(told: Mapping[str, tuple[str, str]]) -> None:
    first, _ = told["snapshots that nobody remembers"]
    assert re.findall(r"GiB before-(\d)$", first, re.MULTILINE) == ["1", "2", "3"]
    assert "0 are left" in first


def test_nothing_is_left_of_all_blocks(told: Mapping[str, tuple[str, str]]) -> None:
    assert "nothing is left" in told["clean-up"][0]
    assert "✗" not in told["clean-up"][0]
