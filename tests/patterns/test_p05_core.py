"""The core of pattern 5, lived through once: weeks, the Sunday, the Monday, the exercise, the clean-up in two steps."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import aws14
from aws14 import charts
from aws14.checks import Evidence
from aws14.cloud import connect, read_back
from aws14.cloud.process import Emulator
from aws14.design import compare
from aws14.errors import DesignError
from aws14.model import Topology
from aws14.patterns.p05_backup import design
from aws14.patterns.p05_bills import bill_of, bill_of_copies, frontier
from aws14.patterns.p05_checks import checks
from aws14.patterns.p05_copies import ladder, what_happens
from aws14.patterns.p05_day import BRIEF, scenario
from aws14.patterns.p05_drill import phases
from aws14.patterns.p05_found import PLAN, rules_of, texts
from aws14.patterns.p05_walls import WALLS, why
from aws14.sim import simulate, what_if
from aws14.sim.backups.generations import Rule
from aws14.sim.backups.outcomes import matrix
from aws14.sim.changes import without
from tests.patterns.sections import code_cells

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p05"')[2].partition('pattern="p06"')[0]
BUILDS = [
    part.partition("\n")[2]
    for part in re.split(r"^# %%", SECTION.partition("### Load, break, heal")[0], flags=re.MULTILINE)
    if part.startswith((' tags=["setup"]', ' tags=["build"]'))
]
HOME = "ap-northeast-1"


@pytest.fixture(scope="module")
def core(emulator: Emulator, emulator_home: Path) -> Iterator[SimpleNamespace]:
    """What was told and read back at each step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        session = connect(say=lambda _: None).for_pattern("p05")
        names: dict[str, Any] = {"aws14": aws14, "charts": charts, "display": print}

        def run(cell: str) -> str:
            told = io.StringIO()
            with contextlib.redirect_stdout(told):
                exec(compile(cell, "p05", "exec"), names)
            return told.getvalue()

        for cell in BUILDS:
            run(cell)
        yield _lived(run, lambda: read_back(session), names)


def _lived(run: Callable[[str], str], look: Callable[[], Topology], names: dict[str, Any]) -> SimpleNamespace:
    weeks, _, sunday, monday, restores, compared = code_cells(SECTION, "Load, break, heal")
    bill, _, solution, _ = code_cells(SECTION, "Bill and one decision")
    del bill
    made = SimpleNamespace(names=names, fresh=look())
    run(weeks)
    made.grown, made.before = look(), names["before"]
    made.sunday = run(sunday)
    made.struck = look()
    run(monday)
    made.restores = run(restores)
    made.compared = run(compared)
    made.after, made.measured = names["after"], names["measured"]
    made.healed = look()
    run(solution)
    made.solved = look()
    for cell in BUILDS:
        run(cell)
    made.again = look()
    made.clean_up = run(code_cells(SECTION, "Checkpoint and clean-up")[0]) + str(names["lab"].clean_up())
    return made


def asked(name: str, built: Topology) -> Any:
    return checks[name](Evidence(built=built, comparison=compare(design(), built)))


def finding(name: str, built: Topology, part: str) -> str:
    return str(next(each.status for each in asked(name, built).findings if part in each.name))


def changed(built: Topology, *rules: str) -> Topology:
    return what_if(built, PLAN, rules=rules)


def test_it_is_built_as_drawn_and_stays_so_when_more_is_built(core: SimpleNamespace) -> None:
    assert asked("p05-built", core.fresh).ok
    assert asked("p05-built", core.healed).ok
    assert asked("p05-built", core.solved).ok
    assert asked("p05-built", core.again).ok, "the build cells can be run again on all that has happened"
    assert not asked("p05-built", without(core.fresh, "office-plan")).ok
    assert not asked("p05-built", what_if(core.fresh, "models", versioning="Suspended")).ok


def test_points_have_come_and_gone_by_themselves(core: SimpleNamespace) -> None:
    assert texts(core.fresh.node("office-vault"), "points") == ()
    here, away = (texts(core.grown.node(name), "points") for name in ("office-vault", "office-vault-away"))
    assert len(away) == 3 * 35, "each day of thirty-five, of three things"
    assert len(here) >= len(away) + 3, "and a month's of each"
    with pytest.raises(DesignError, match="weeks pass"):
        ladder(core.fresh)


def test_two_copies_are_no_more_than_one_against_stolen_rights(core: SimpleNamespace) -> None:
    original, designs, at_s = ladder(core.grown)
    left = {
        each.kind: row for each in what_happens() for row in [matrix(original, designs, [each], at_s=at_s)[each.name]]
    }
    survive = {kind: [not cell.lost for cell in row.values()] for kind, row in left.items()}
    assert survive["volume"] == survive["az"] == [False, True, True, True, True]
    assert survive["region"] == [False, False, True, True, True]
    assert survive["ransomware"] == [False, False, False, True, True]
    assert survive["account"] == [False, False, False, False, True]
    assert not any(survive["corruption"]), "two months are longer than five weeks"
    rpo_h = [cell.rpo_s / 3600 for cell in left["volume"].values()][1:]
    assert all(23.9 < hours <= BRIEF.value("rpo_h") for hours in rpo_h)


def test_thieves_take_all_but_what_is_locked(core: SimpleNamespace) -> None:
    told = [line for line in core.sunday.splitlines() if not line.startswith("waited")]
    assert told[0].endswith("'office-vault'} holds 0")
    assert told[1].endswith("'office-vault-away'} holds 105")
    assert told[2:] == [
        "RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)",
        "Vault Lock configuration is immutable and cannot be deleted",
        "Backup vault cannot be deleted (contains 105 recovery points)",
    ]
    assert "projects-db" not in core.struck or core.struck.node("projects-db").attributes["state"] != "available"


def test_all_but_sunday_comes_back_to_the_letter(core: SimpleNamespace) -> None:
    assert core.restores.count("COMPLETED") == 3
    assert [line for line in core.before["plans"] if line not in core.after["plans"]] == ["tower, drawn on sunday"]
    assert [line for line in core.before["hours"] if line not in core.after["hours"]] == ["sunday tower"]
    assert core.before["models"] == core.after["models"] == ["v 0 0 0\nv 0 0 300\n"]
    for name in ("plans", "hours"):
        kept = [line for line in core.before[name] if "sunday" not in line]
        assert kept == core.after[name], name


def test_the_drill_keeps_to_the_brief_and_the_model_to_the_drill(core: SimpleNamespace) -> None:
    measured = {name: sum(parts.values()) for name, parts in core.measured.items()}
    assert max(measured.values()) < 3600 * BRIEF.value("rto_h")
    for name, kind, gib in (("plans", "volume", 200.0), ("hours", "db_instance", 50.0)):
        assert sum(phases(kind, gib, away=True).values()) == pytest.approx(measured[name], rel=0.15), name


def test_each_wall_bears(core: SimpleNamespace) -> None:
    for built in (core.grown, core.healed):
        report = why(built)
        assert [each.name for each in report.findings if each.status != "passed"] == []
        assert len(report.findings) == len(WALLS)


def test_years_in_cold_storage_cost_most_and_the_exercise_ends_that(core: SimpleNamespace) -> None:
    rules = rules_of(core.grown)
    daily, monthly = (bill_of([rule], HOME).total_usd for rule in rules)
    assert monthly > 5 * daily
    assert bill_of_copies(core.grown).total_usd > 2.5 * BRIEF.value("budget_usd")
    hourly = replace(rules[0], schedule="cron(0 * * * ? *)")
    assert bill_of([hourly], HOME).total_usd < 1.05 * daily, "each hour costs hardly more than each day"
    assert [each.status for each in asked("p05-e1", core.grown).findings].count("not_yet") == 1
    assert asked("p05-e1", core.solved).ok


@pytest.mark.parametrize(
    ("rules", "misses"),
    [
        (("daily cron(0 16 * * ? *) office-vault 35 - office-vault-away",), "seven years"),
        (("daily cron(0 16 * * ? *) office-vault 35 -",), "nobody can delete"),
        (("daily cron(0 16 * * ? *) office-vault 7 - office-vault-away",), "30 days ago"),
        (("daily cron(0 16 ? * SUN *) office-vault 35 - office-vault-away",), "day's work"),
    ],
)
def test_what_saves_at_the_wrong_place_is_seen(core: SimpleNamespace, rules: tuple[str, ...], misses: str) -> None:
    cheap = changed(core.grown, *rules)
    assert finding("p05-e1", cheap, misses) == "not_yet"
    assert finding("p05-e1", cheap, "costs at most") == "passed"


def test_an_unlocked_vault_does_not_pass(core: SimpleNamespace) -> None:
    assert finding("p05-e1", what_if(core.solved, "office-vault-away", lock=""), "nobody can delete") == "not_yet"


def test_yearly_plans_lie_in_the_corner_of_the_brief(core: SimpleNamespace) -> None:
    assert frontier(core.grown, kept_for_years="each month").alt.startswith("0 of 8")
    assert frontier(core.grown, kept_for_years="each year").alt.startswith("6 of 8")


def test_a_lost_zone_is_waited_for_whatever_is_backed_up(core: SimpleNamespace) -> None:
    lost = simulate(core.grown, scenario(zone_lost_h=3.0))
    failed = sum(lost.failed.values())
    hours = {int(tick * lost.tick_s // 3600) for tick in np.flatnonzero(failed)}
    assert hours == {10, 11, 12}
    assert simulate(core.grown, scenario()).failure_ratio == 0


def test_a_bill_adds_up_what_each_system_costs() -> None:
    rule = Rule(name="daily", schedule="cron(0 16 * * ? *)", keep_days=35.0, vault="here", copies=("there",))
    bill = bill_of([rule], HOME)
    prefixes = {line.usage.note.partition(":")[0] for line in bill.lines}
    assert prefixes == {"plans", "hours", "models"}
    sent = [line.usage for line in bill.lines if line.usage.service == "Data transfer"]
    assert len(sent) == 3 and all(each.region == HOME for each in sent)


def test_the_lock_outlasts_the_first_clean_up_and_nothing_the_second(core: SimpleNamespace) -> None:
    first, _, rest = core.clean_up.partition("its lock keeps ")
    assert "deleted: db-instance" in first
    assert re.match(r"\d+ recovery points in office-vault-away until 20\d\d-\d\d-\d\d", rest)
    assert core.clean_up.rstrip().endswith("0 resources left; the account was scanned")
