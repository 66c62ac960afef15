"""The Deeper blocks of the file server: what they show live, and what their experiments read from what is built."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from aws14 import charts
from aws14.checks import Evidence
from aws14.cloud import connect, read_back
from aws14.design import compare
from aws14.errors import DesignError
from aws14.lab import Lab
from aws14.patterns.p06_checks import checks
from aws14.patterns.p06_cold import months_usd
from aws14.patterns.p06_credits import measured
from aws14.patterns.p06_deeper import deeper
from aws14.patterns.p06_file_server import design
from aws14.patterns.p06_move import MOVED_GIB, planned
from aws14.patterns.p06_own import DISK, SERVER, away_min
from aws14.patterns.p06_wan import line_of, took_s
from aws14.patterns.p06_writers import held_s
from aws14.sim import what_if
from aws14.sim.changes import without
from aws14.sim.files.losses import contention
from aws14.sim.files.small_files import rename_s
from aws14.sim.files.throughput import throughput_of

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "02_storage.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p06"')[2]
BUILD = [
    part.partition("\n")[2]
    for part in re.split(r"^# %%", SECTION, flags=re.MULTILINE)
    if part.startswith((' tags=["setup"]', ' tags=["build"]'))
]


def cells(heading: str) -> list[str]:
    """The code cells under a Deeper heading, solutions of exercises last."""
    block = re.search(rf"^# #+ Deeper: {re.escape(heading)}$(.*?)(?=^# #+ |\Z)", SECTION, re.MULTILINE | re.DOTALL)
    assert block, heading
    parts = re.split(r"^# %%", block[1], flags=re.MULTILINE)[1:]
    shown = [part for part in parts if not part.startswith(" [markdown]") and "exercise=" not in part]
    return [part.partition("\n")[2] for part in shown]


@pytest.fixture(scope="module")
def site(emulator: Any, emulator_home: Path) -> Iterator[SimpleNamespace]:
    """The company's files with all that the blocks build; `run` runs a block and returns what it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p06", say=lambda _: None)
        session = connect(say=lambda _: None).for_pattern("p06")
        names: dict[str, Any] = {"charts": charts, "display": print, "aws14": SimpleNamespace(Lab=lambda _: lab)}
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in BUILD:
                exec(compile(cell, "build", "exec"), names)

        def run(heading: str, *, first: int = 0, last: int | None = None) -> str:
            told = io.StringIO()
            with contextlib.redirect_stdout(told):
                for cell in cells(heading)[first:last]:
                    exec(compile(cell, heading, "exec"), names)
            return told.getvalue()

        yield SimpleNamespace(lab=lab, run=run, names=names, now=lambda: read_back(session), built=read_back(session))


@pytest.fixture(scope="module")
def built(site: SimpleNamespace) -> Any:
    return site.built


def asked(built: Any, exercise: str = "p06-e2") -> Any:
    return checks[exercise](Evidence(built=built, comparison=compare(design(), built)))


def test_the_lane_of_the_own_server_decides_until_it_is_larger(built):
    as_built, larger, small = (
        deeper["own server"](built, instance_type=kind).alt for kind in ("as built", "m5.2xlarge", "t3.small")
    )
    assert as_built.startswith("Lane of the instance, bytes: 77 MiB/s")
    assert larger.startswith("Disk, bytes: 125 MiB/s")
    assert small.startswith("Network of the instance")
    faster = what_if(built, DISK, throughput_mibps=500)
    assert deeper["own server"](faster).alt.startswith("Lane of the instance, bytes: 77 MiB/s")
    assert deeper["own server"](faster, instance_type="m5.2xlarge").alt.startswith("Disk, operations")
    with pytest.raises(DesignError, match="first cell"):
        deeper["own server"](without(built, SERVER))


def test_a_faster_disk_is_read_back_and_changes_nothing(site):
    before = deeper["own server"](site.now()).alt
    assert "disk, bytes 125 MiB/s" in before
    site.run("a server of one's own?", first=2)
    after = deeper["own server"](site.now()).alt
    assert "disk, bytes 500 MiB/s" in after
    assert before.partition(".")[0] == after.partition(".")[0]


def test_files_in_one_zone_are_away_with_it(built):
    assert "2 of 6 hardly notice" in deeper["zone lost"](built).alt
    away = away_min(built)
    assert away["EFS, as built"] == 0 < away["FSx MULTI_AZ_1, as built"] < 1
    assert away["own server, snapshot restored"] == 90 < away["EFS One Zone"] == away["FSx Single-AZ"] == 480
    single = away_min(what_if(built, "share", deployment_type="SINGLE_AZ_2"))
    assert single["FSx SINGLE_AZ_2, as built"] == 480
    assert away_min(without(built, DISK)) == away


def test_credits_go_as_the_documents_say_and_elastic_needs_none(site):
    told = site.run("where have the credits gone?", last=2)
    balance = [(site.names["end"] - each["Timestamp"], each["Maximum"]) for each in site.names["balance"]]
    burst = site.now()
    assert throughput_of(burst.node("burst")).burst_s / 3600 == pytest.approx(6.99, abs=0.01)
    hours, told_gib, must = measured(burst, balance)
    assert len(hours) > 30
    assert told_gib == pytest.approx(must, abs=5)
    assert "last 6.99 h; then 12.5 MiB/s" in deeper["credits"](burst, balance).alt
    assert site.run("where have the credits gone?", last=2) == told, "run again, it begins with full credits"
    assert max(each["Maximum"] for each in site.names["balance"]) > 2000 * 2**30
    assert "elastic" in site.run("where have the credits gone?", first=2)
    assert "burst" not in site.now()


def test_what_nobody_reads_moves_and_a_scanner_brings_it_back(site):
    told = site.run("what about files that nobody reads?", last=1)
    assert " 31 days later: {'Standard': 512, 'IA': 1536, 'Archive': 0} GiB" in told
    assert " 89 days later: {'Standard': 512, 'IA': 0, 'Archive': 1536} GiB" in told
    past = site.now()
    assert deeper["cold files"](past).alt.startswith("1,536 of 2,048 GiB")
    standard, lies, back = months_usd(past, np.array([0.0, 1536.0])).values()
    assert 0.25 < lies[0] / standard[0] < 0.3
    assert lies[-1] < standard[-1] < back[-1]
    warm = what_if(past, "past-years", standard_gib=2048.0, ia_gib=0.0, archive_gib=0.0)
    with pytest.raises(DesignError, match="read all the time"):
        deeper["cold files"](warm)
    site.run("what about files that nobody reads?", first=2)
    assert "past-years" not in site.now()


def test_an_access_point_makes_everybody_one_user_in_one_folder(site):
    told = site.run("who may what, on Linux?", last=1)
    assert re.search(r"ec2-user +ec2-user .* 2\.txt", told)
    assert re.search(r"drwxr-x---.* /mnt/shared/orders", told)
    assert "/mnt/shared/orders/2.txt: Permission denied" in told
    assert "orders.txt" not in told
    policy = site.run("who may what, on Linux?", first=1)
    assert "access denied by server" in policy
    assert policy.strip().endswith("2.txt")


def test_the_old_name_leads_to_the_share_and_goes_again(site):
    assert "minutes of Monday" in site.run("who may what, on Windows?")
    (share,) = site.lab.client("fsx").describe_file_systems(FileSystemIds=[site.names["share"]])["FileSystems"]
    assert share["WindowsConfiguration"]["Aliases"] == []


def test_ontap_serves_a_volume_and_is_gone(site):
    assert "orders-c: a plan" in site.run("one file system for both?", last=2)
    assert "both" in site.now()
    assert site.run("one file system for both?", first=2) == "0 left\n"
    assert "both" not in site.now()


def test_one_more_writer_only_waits_and_distance_brings_the_knee_nearer(built):
    near_s, office_s, far_s = held_s(built).values()
    assert near_s * 5 < office_s < far_s
    waits = {count: contention(count, think_s=2.0, held_s=office_s).wait_s for count in (1, 100, 200)}
    # Oracle: beyond the knee the lock is always held, and each writer more adds one more hold.
    assert waits[200] - waits[100] == pytest.approx(100 * office_s, rel=0.01)
    assert waits[1] == office_s
    assert f"from {2.0 / office_s + 1:.0f} writers in the office on" in deeper["one file"](built).alt
    with pytest.raises(DesignError, match="mount target"):
        deeper["one file"](without(built, "shared-1a", "shared-1c"))


def test_round_trips_count_and_not_bytes(built):
    took = took_s(built)
    assert 60 < took["as one file, over the line"] < 90
    assert took["over the line, SMB"] > 20 * took["as one file, over the line"]
    assert took["cache in the office, 90 % found"] < took["over the line, SMB"] / 5
    assert "20,000 files of 50 KiB" in deeper["small files"](built).alt
    one, many = (rename_s(count, on_s3=True, line=line_of(built)) for count in (1, 20_000))
    assert many == 2000 * one, "ten objects are copied at a time"
    assert "Renaming a folder of 20,000 files" in deeper["rename"](built).alt


def test_the_gateway_writes_back_when_the_line_is_there_again(site):
    told = site.run("a cache in the office?", last=4).splitlines()
    assert told == [
        "['plans/house.txt'] b'a house'",
        "line cut: ['plans/house.txt'] {'plans/bridge.txt': 'waiting', 'plans/house.txt': 'cached'}",
        "line back: ['plans/bridge.txt', 'plans/house.txt']",
    ]


def test_the_built_cache_decides_what_is_found_and_what_is_refused(built):
    found = deeper["cache"](built)
    assert re.search(r"built cache of 150 GiB finds 7\d(\.\d)? %", found.alt)
    assert "finds 9" in deeper["cache"](what_if(built, "sapporo-files", cache_gib=400.0)).alt
    assert "refused with 50 Mbit/s" in deeper["queue"](built).alt
    assert "it takes all of it" in deeper["queue"](built, written_gib=200).alt
    assert "it takes all of it" in deeper["queue"](what_if(built, "sapporo-files", cache_gib=300.0)).alt
    assert "refused with 100 Mbit/s and 50 Mbit/s" in deeper["queue"](built, cut_h=8.0).alt
    with pytest.raises(DesignError, match="gateway"):
        deeper["cache"](without(built, "sapporo-files"))


def test_the_second_copy_carries_what_changed(site):
    first, second, *there = site.run("when does a move end?", last=3).splitlines()[1:]
    assert "'FilesTransferred': 2, 'BytesTransferred': 26, 'FilesDeleted': 0" in first
    assert "'Status': 'SUCCESS', 'FilesTransferred': 1, 'BytesTransferred': 20, 'FilesDeleted': 1" in second
    assert there == ["orders-c: prices.csv", "tea,4", "rice,5", "salt,1"]


def test_more_changes_than_the_line_carries_never_end(built):
    alt = deeper["move"](built).alt
    assert f"{MOVED_GIB:,.0f} GiB" in alt
    assert "3 of 4 end" in alt
    assert "1,200 GiB change a day: after 2 copies still too much to stop for" in alt
    assert planned(built.node("move-in")).days < 3
    assert planned(what_if(built, "move-in", limit_mbps=20.0).node("move-in")).days > 14
    assert "once a day: after" in deeper["move"](built, window_h=1.0).alt


@pytest.mark.parametrize(
    ("limit", "schedule", "passed"),
    [
        (0.0, "", 0),
        (0.0, "rate(12 hours)", 3),
        (60.0, "rate(12 hours)", 4),
        (60.0, "rate(1 day)", 2),
        (20.0, "rate(12 hours)", 2),
        (60.0, "", 1),
    ],
    ids=["untouched", "takes the line", "the solution", "a day's changes", "never in time", "by hand"],
)
def test_exercise_2(built, limit, schedule, passed):
    findings = asked(what_if(built, "move-in", limit_mbps=limit, schedule=schedule)).findings
    assert sum(each.status == "passed" for each in findings) == passed
    assert asked(without(built, "move-in")).findings[0].status == "not_yet"


@pytest.mark.parametrize("exercise", ["p06-e2", "p06-e3"])
def test_an_exercise_is_solved_by_its_solution_and_not_before(site, exercise):
    solution = re.search(rf'tags=\["solution"\] exercise="{exercise}"\n(.*?)\n\n', SECTION, re.DOTALL)
    assert solution
    assert not asked(site.now(), exercise).ok
    exec(solution[1], site.names)
    assert asked(site.now(), exercise).ok


def test_exercise_2_takes_any_schedule_that_is_soon_enough(built):
    limit = {"limit_mbps": 60.0}
    fits = {
        schedule: asked(what_if(built, "move-in", schedule=schedule, **limit)).ok
        for schedule in ("rate(12 hours)", "cron(0 10,22 * * ? *)", "cron(0 22 ? * SAT *)", "rate(5 days)")
    }
    assert fits == {
        "rate(12 hours)": True,
        "cron(0 10,22 * * ? *)": True,
        "cron(0 22 ? * SAT *)": False,
        "rate(5 days)": False,
    }


def test_exercise_3_wants_the_folder_and_the_user(site):
    made = site.now()
    (door,) = (node.id for node in made.of_kind("access_point") if node.attributes["path"] == "/books")
    for wrong in ({"path": "/"}, {"user": ""}, {"user": "0:0"}, {"creates": ""}, {"creates": "2000:2000 777"}):
        assert not asked(what_if(made, door, **wrong), "p06-e3").ok


def test_one_zone_takes_no_second_mount_target(site):
    assert site.run("which of them survives a zone?") == "AvailabilityZonesMismatch\n"
    assert "one-zone" not in site.now()


def test_one_file_comes_back_beside_the_spoilt_one(site):
    told = site.run("the file of last Tuesday")
    assert "COMPLETED\norders-c: spoilt\nprices of Tuesday\n" in told
    vaults = site.lab.client("backup").list_backup_vaults()["BackupVaultList"]
    assert "files" not in {vault["BackupVaultName"] for vault in vaults}
