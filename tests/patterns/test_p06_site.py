"""The company's files: every part bears, the exercise holds, what the core shows is what its texts say."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aws14 import charts
from aws14.checks import Evidence
from aws14.cloud import connect, read_back
from aws14.cloud.automatic_points import VAULT
from aws14.cloud.teardown import tear_down
from aws14.design import compare
from aws14.lab import Lab
from aws14.model import Topology
from aws14.patterns.p06_checks import MONTH_USD, checks
from aws14.patterns.p06_day import BRIEF, SHARED, STORED_GIB, filled, month_end
from aws14.patterns.p06_file_server import design
from aws14.patterns.p06_months import month, months_bill, operations
from aws14.patterns.p06_options import three_years, total, which, your_company
from aws14.patterns.p06_walls import WALLS, why
from aws14.sim import what_if
from tests.patterns.sections import code_cells

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p06"')[2]

CORE = SECTION.partition("# ### Load, break, heal")[0]
SETUP = SECTION.partition('# %% tags=["setup"]')[2].partition("# %%")[0]
BUILD = [part.partition("\n")[2].partition("\n# %%")[0] for part in CORE.split('# %% tags=["build"]')[1:]]


@pytest.fixture(scope="module")
def site(emulator: Any, emulator_home: Path) -> Iterator[SimpleNamespace]:
    """The files, built once from the notebook's cells; `run` runs the cells of a heading that have a text in them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p06", say=lambda _: None)
        session = connect(say=lambda _: None).for_pattern("p06")
        names: dict[str, Any] = {"charts": charts, "display": print, "aws14": SimpleNamespace(Lab=lambda _: lab)}

        def run(heading: str, *, only: str = "", times: int = 1) -> str:
            told = io.StringIO()
            for cell in [cell for cell in code_cells(SECTION, heading) if only in cell]:
                for _ in range(times):
                    with contextlib.redirect_stdout(told):
                        exec(compile(cell, heading, "exec"), names)
            return told.getvalue()

        exec(compile(SETUP, "setup", "exec"), names)
        for cell in BUILD:
            exec(compile(cell, "build", "exec"), names)
        yield SimpleNamespace(run=run, names=names, session=session, now=lambda: read_back(session), lab=lab)


@pytest.fixture(scope="module")
def built(site: SimpleNamespace) -> Topology:
    return site.now()


def asked(name: str, built: Topology) -> Any:
    return checks[name](Evidence(built=built, comparison=compare(design(), built)))


def in_mode(built: Topology, mode: str, mibps: float = 0.0) -> Topology:
    return what_if(built, SHARED, throughput_mode=mode, provisioned_mibps=mibps)


def test_it_is_built_as_drawn(built):
    assert asked("p06-built", built).ok


def test_every_wall_bears(built):
    report = why(built)
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 9


def test_what_nobody_touches_lies_where_the_lifecycle_puts_it(built):
    held = filled(built).node(SHARED)
    assert [held.require(name) for name in ("standard_gib", "ia_gib", "archive_gib")] == [512, 1536, 0]
    assert filled(what_if(built, SHARED, lifecycle=())).node(SHARED).require("standard_gib") == STORED_GIB
    archived = filled(what_if(built, SHARED, lifecycle=("IA 30", "ARCHIVE 90"))).node(SHARED)
    assert [archived.require(name) for name in ("ia_gib", "archive_gib")] == [0, 1536]


def test_the_month_end_mode_by_mode(built):
    late = month(in_mode(built, "bursting"))
    # Baseline 25 MiB/s of 512 GiB warm; 80 metered are asked for 48 h; what is left waits for the baseline alone.
    left_mib = (80 - 25) * 48 * 3600 - 2150.4 * 1024
    assert late.worst_wait_s == pytest.approx(left_mib / 25, rel=1e-3)
    assert late.wait_s[-1] == 0
    assert month(in_mode(built, "elastic")).worst_wait_s == 0
    assert month(in_mode(built, "provisioned", 150.0)).worst_wait_s == 0
    assert month(what_if(in_mode(built, "bursting"), SHARED, lifecycle=())).worst_wait_s == 0
    assert month_end().asked_mibps.max() == BRIEF.value("peak_mibps")


def test_who_does_not_wait_gives_up(built):
    lost = {
        mode: operations(in_mode(built, mode, 150.0)).failure_ratio for mode in ("elastic", "bursting", "provisioned")
    }
    assert lost["elastic"] == lost["provisioned"] == 0
    assert 0.5 < lost["bursting"] < 1


def test_the_exercise_wants_what_is_metered(built):
    asked_for = {
        0: in_mode(built, "elastic"), 1: in_mode(built, "bursting"), 2: in_mode(built, "provisioned", 150.0),
        3: in_mode(built, "provisioned", 79.0),
    }  # fmt: skip
    assert not any(asked("p06-e1", topology).ok for topology in asked_for.values())
    assert asked("p06-e1", in_mode(built, "provisioned", 80.0)).ok
    assert months_bill(in_mode(built, "provisioned", 86.0)).total_usd < MONTH_USD


def test_the_mount_that_hangs_and_the_door_opened_again(site):
    told = site.run("Predict, then build", only="revoke_security_group_ingress", times=2)
    assert told.count("Connection timed out") == 2
    assert told.count("no rule of files-nfs lets tcp/2049 from orders-c in") == 2
    assert told.count("order 1: tea") == 2


def test_the_cells_of_the_storm_and_of_the_lost_zone(site):
    told = site.run("Load, break, heal", only="months = {}", times=2)
    assert "bursting     waits 81.1 h, or gives up  73%" in told
    assert site.now().node(SHARED).require("provisioned_mibps") == 150
    lost = site.run("Load, break, heal", only="break_az", times=2)
    assert lost.count("orders-c: order 1: tea") == lost.count("tea is late") == 2
    away_s = [int(each) for each in re.findall(r"(\d+) s orders-c: tea is late", lost)]
    assert all(20 <= each <= 60 * BRIEF.value("zone_min") for each in away_s)


def test_the_exercise_from_the_state_that_the_core_leaves(site):
    if "throughput" not in site.names:  # the test before it ran elsewhere
        site.run("Load, break, heal", only="months = {}")
    assert not asked("p06-e1", site.now()).ok
    site.run("Bill and one decision", only='throughput("provisioned", 82.0)', times=2)
    assert asked("p06-e1", site.now()).ok


def test_which_product(built):
    table = which(built)
    orders, desks = (
        {option for option, told in table[f"{whom}: what is missing"].items() if told == "nothing"}
        for whom in ("orders", "desks")
    )
    assert orders == {"EFS provisioned", "EFS elastic", "FSx ONTAP Multi-AZ"}
    assert desks == {"FSx Windows Multi-AZ", "FSx ONTAP Multi-AZ"}
    costs = table["orders: USD in 3 years"]
    assert min(orders, key=lambda option: costs[option]) == "EFS provisioned"
    assert all(
        costs[option] < costs["EFS provisioned"] for option in ("EFS bursting", "EC2 and EBS", "S3 File Gateway")
    )


def test_three_years(built):
    costs = {way.partition("\n")[0]: total(parts) for way, parts in three_years(built).items()}
    budget = BRIEF.value("budget_usd")
    assert costs["EFS bursting (late)"] < costs["FSx ONTAP"] < costs["EFS provisioned"] < budget < costs["EFS elastic"]


def test_the_cheapest_turns_with_the_hours(built):
    short, carried, long = (your_company(built, hours=hours).alt for hours in (2, 11, 12))
    assert "EFS bursting fits for the least" in short and "EFS bursting fits for the least" in carried
    assert "EFS provisioned fits for the least" in long
    assert "EFS elastic fits for the least" in your_company(built, peak_mibps=300, hours=2).alt


def test_the_explorer_begins_with_the_brief(built):
    told, table = your_company(built).alt, which(built)["orders: USD in 3 years"]
    assert all(f"{option} {costs:,.0f} USD" in told for option, costs in table.items())
    assert BRIEF.value("growth") == 0.2
    assert "EFS bursting fits for the least" in your_company(built, gib=1024, cold_percent=0, peak_mibps=75).alt
    assert "FSx Windows Multi-AZ fits for the least" in your_company(built, gib=512, peak_mibps=25, protocol="SMB").alt


def automatic(site):
    told = site.session.client("backup").list_recovery_points_by_backup_vault(BackupVaultName=VAULT)
    return told["RecoveryPoints"]


def test_the_automatic_backups_are_no_node_of_the_pattern(site):
    site.session.advance(86_400)
    assert automatic(site)
    assert not site.now().of_kind("backup_vault") + site.now().of_kind("backup_plan")


def test_nothing_is_left(site):
    site.session.advance(86_400)
    assert automatic(site)
    report = tear_down(site.session, pattern="p06")
    assert report.ok, report
    assert automatic(site) == []
