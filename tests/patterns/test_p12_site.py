"""The members' site: every part bears, the exercise holds, and what the blocks show live is what their texts say."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from aws14 import charts, cost
from aws14.checks import Evidence
from aws14.cloud import connect, read_back
from aws14.cloud.teardown import tear_down
from aws14.design import compare
from aws14.errors import NotebookError
from aws14.lab import Lab
from aws14.patterns.p12_checks import FLOOD_RPS, NIGHT_USD, checks, flood, night_usd
from aws14.patterns.p12_day import ASSUMPTIONS, BRIEF, scenario
from aws14.patterns.p12_serverless import design
from aws14.patterns.p12_servers import day_on_servers, mean_kib, on_servers, serverless
from aws14.patterns.p12_storm import CROWD_RPS, LOOK_UP_S, behind_proxy, on_mysql
from aws14.patterns.p12_walls import WALLS, why
from aws14.sim import simulate, what_if
from aws14.sim.changes import without
from tests.patterns.sections import code_cells

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "05_cloud_native.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p12"')[2].partition('pattern="p13"')[0]
LIMITED = ("stg", "prod rate=200 burst=300")


@pytest.fixture(scope="module")
def site(emulator: Any, emulator_home: Path) -> Iterator[SimpleNamespace]:
    """The site, built once from the notebook's cells; `run` runs a block of it and returns what it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p12", say=lambda _: None)
        session = connect(say=lambda _: None).for_pattern("p12")
        names = {"charts": charts, "display": print} | vars(lab.catch_up()) | {"lab": lab}

        def run(heading: str, *, first: int = 0, last: int | None = None) -> str:
            told = io.StringIO()
            with contextlib.redirect_stdout(told):
                for cell in code_cells(SECTION, heading)[first:last]:
                    exec(compile(cell, heading, "exec"), names)
            return told.getvalue()

        yield SimpleNamespace(
            lab=lab, run=run, names=names, session=session, now=lambda: read_back(session), built=read_back(session)
        )


@pytest.fixture(scope="module")
def built(site: SimpleNamespace) -> Any:
    return site.built


def asked(name: str, built: Any) -> Any:
    return checks[name](Evidence(built=built, comparison=compare(design(), built)))


def test_it_is_built_as_drawn(built):
    assert asked("p12-built", built).ok


def test_every_wall_bears(built):
    report = why(built)
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 9
    said = {finding.name: finding.detail for finding in report.findings}
    for part, reason in (("the bucket", "404"), ("the function", "500"), ("leave for the API", "500")):
        assert any(reason in f"{name} {detail}" for name, detail in said.items() if part in name), part


def test_where_the_api_may_not_call_nothing_passes(site):
    functions = site.session.client("lambda")
    functions.remove_permission(FunctionName="members", StatementId="api")
    built = site.now()
    site_check, exercise = asked("p12-built", built), asked("p12-e1", built)
    assert any("may invoke" in finding.name for finding in site_check.outstanding)
    assert any(finding.name == "Pages and calls are answered" for finding in site_check.outstanding)
    assert [finding.name for finding in exercise.outstanding] == ["Pages and calls are answered"]
    for step in code_cells(SECTION, "Predict, then build"):
        if "add_permission" in step:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(step, "stages", "exec"), site.names)
    assert asked("p12-built", site.now()).ok


def test_without_its_function_the_site_is_dead_and_the_exercise_says_so(built):
    dead = without(built, "members")
    assert [finding.name for finding in asked("p12-e1", dead).outstanding] == ["Pages and calls are answered"]
    trace = simulate(dead, scenario())
    assert {reason for reason, count in trace.failed.items() if count.any()} == {"api_error"}


def test_the_brief_is_kept_and_cold_starts_are_few(built):
    day = simulate(built, scenario())
    assert day.failure_ratio <= BRIEF.value("failed_share")
    assert day.response_time_s(0.95) <= BRIEF.value("p95_s")
    assert cost.monthly_bill(built, day, assume=ASSUMPTIONS).total_usd <= BRIEF.value("budget_usd")
    assert 0 < day.functions.cold_ratio < 0.01
    lines = [(line.usage.resource, line.usage.item) for line in cost.monthly_bill(built, day, assume=ASSUMPTIONS).lines]
    # As the text says: what is sent, then what API and edge count by the request, and then the code.
    assert lines[0] == ("members-cdn", "to Internet")
    assert {lines[1], lines[2]} == {("members-api", "REST requests"), ("members-cdn", "HTTPS requests")}
    assert lines[3][0] == "members"
    assert ("members", "Logs ingested (Standard)") in lines
    # At noon they come together: no minute of the rest of the day has nearly as many.
    noon = day.functions.cold_starts[720:722].sum()
    assert noon > 10 * day.functions.cold_starts[740:].max()


def test_ten_at_once_refuse_the_rest_at_noon(built):
    few = simulate(what_if(built, "members", reserved_concurrency=10), scenario())
    assert few.failed["function_throttled"].sum() == few.failed_total > 1000
    assert few.functions.concurrency.max() == 10
    assert few.failed["function_throttled"][:720].sum() == 0


def test_untouched_the_exercise_says_what_is_missing(built):
    report = asked("p12-e1", built)
    names = [finding.name for finding in report.outstanding]
    assert any("limit of its own" in name for name in names)
    assert any("costs at most" in name for name in names)
    assert len(names) == 2


def test_a_limit_between_noon_and_the_script_solves_it(built):
    assert asked("p12-e1", what_if(built, "members-api", stages=LIMITED)).ok


def test_too_low_a_limit_refuses_members_too_high_a_one_costs(built):
    low = asked("p12-e1", what_if(built, "members-api", stages=("stg", "prod rate=100 burst=100")))
    assert [finding.name for finding in low.outstanding] == ["On an ordinary day no member is refused"]
    high = asked("p12-e1", what_if(built, "members-api", stages=("stg", "prod rate=600 burst=600")))
    assert [finding.name.startswith("A night") for finding in high.outstanding] == [True]


def test_a_limit_on_the_other_stage_does_not_count(built):
    wrong = asked("p12-e1", what_if(built, "members-api", stages=("stg rate=200 burst=300", "prod")))
    assert len(wrong.outstanding) == 2


def test_the_exercise_without_an_api_says_so(built):
    report = asked("p12-e1", without(built, "members-api"))
    assert not report.ok
    assert "build cells" in report.outstanding[0].hint


def test_the_night_is_billed_by_what_is_let_in(built):
    free, held = built, what_if(built, "members-api", stages=LIMITED)
    dear, cheap = (night_usd(each, simulate(each, flood())) for each in (free, held))
    assert cheap < NIGHT_USD < dear
    assert dear / cheap == pytest.approx(FLOOD_RPS / 200, rel=0.05)


def test_backends_that_are_no_function(site):
    told = site.run("Deeper: backends that are no function")
    assert '200 dev/api/health {"alive": true}' in told
    assert '200 dev/api/rates {"month": 59}' in told
    assert "403 prod/api/health" in told
    assert "Missing Authentication Token" in told
    assert compare(design(), site.now()).ok


def test_a_key_has_a_limit_of_its_own(site):
    told = site.run("Deeper: who calls too often?")
    assert "403 without a key" in told
    answers = eval(re.findall(r"\[.*\]", told)[0])
    assert answers[:2] == [200, 200]
    assert 429 in answers
    assert compare(design(), site.now()).ok


def test_an_environment_is_kept_for_minutes_and_gone_after_an_hour(site):
    site.run("Deeper: a zone is lost")
    numbers = [int(each) for each in re.findall(r"number (\d+)", site.run("Deeper: started and ended each time?"))]
    assert numbers[1:4] == [numbers[0] + 1, numbers[0] + 2, numbers[0] + 3]
    assert numbers[4] == 1


def test_imports_make_a_start_long(site):
    for cell in code_cells(SECTION, "Deeper: what makes a cold start long?")[:1]:
        exec(compile(cell, "cold", "exec"), site.names)
    nothing, _, boto3, table = site.names["starts_ms"].values()
    assert min(boto3, table) > nothing


def test_provisioned_environments_do_not_start_when_called(site):
    told = site.run("Deeper: never cold")
    assert "READY" in told
    assert "REPORT" in told
    assert "Init Duration" not in told


def test_variables_miscount_and_the_table_does_not(site):
    told = site.run("Deeper: the counter that counts wrongly")
    variable, table = (eval(line) for line in re.findall(r"\[.*\]", told))
    assert table == list(range(1, 19))
    assert len(set(variable)) < 18
    assert variable.count(1) > 1


def test_the_zip_needs_its_library_and_the_database_its_proxy(site):
    told = site.run("Deeper: the zip with its library")
    assert "Runtime.ImportModuleError" in told
    assert '{"visits": 1, "connections": 1}' in told
    storm = site.run("Deeper: the connection storm", last=-2)
    assert '20 wanted: {"visits": 2, "connections": 20}' in storm
    assert "(1040, 'Too many connections')" in storm
    assert '"connections": 200}' in storm.splitlines()[-1]
    _the_storm_played(site.now())
    assert asked("p12-built", site.now()).ok
    site.run("Deeper: the connection storm", first=-2)
    _as_before(site)


def _the_storm_played(built: Any) -> None:
    day = scenario(peak_rps=CROWD_RPS, db_connections=1)
    day = replace(day, application=replace(day.application, db_time_s=LOOK_UP_S))
    own, pooled = simulate(on_mysql(built), day), simulate(behind_proxy(on_mysql(built)), day)
    assert own.failed["db_connections"].sum() > 1000
    assert own.database.utilization.max() < 0.5
    assert pooled.failed_total == 0


def _as_before(site: SimpleNamespace) -> None:
    """A block leaves nothing behind but the logs of its functions."""
    now = site.now()
    assert {node.id for node in now.nodes if node.kind != "log_group"} == {node.id for node in site.built.nodes}
    assert asked("p12-built", now).ok


def test_the_heavy_job_and_its_cures(site):
    told = site.run("Deeper: the job that takes too long")
    assert "Task timed out after 2.00 seconds" in told
    assert "504 Gateway Timeout" in told
    assert "aside: Kobe" in told
    made = [gym for line in re.findall(r"made (\[.*\])", told) for gym in eval(line)]
    assert sorted(made) == ["Chiba", "Naha", "Otaru", "Sendai"]
    assert "1 minutes later: RUNNING" in told
    assert "20 minutes later: SUCCEEDED" in told
    _as_before(site)


def test_servers_are_faster_lose_noon_and_cost_more(site):
    site.run("Deeper: the same site on servers", last=-1)
    built = site.now()
    ours = simulate(serverless(built), scenario())
    theirs = simulate(on_servers(built), day_on_servers(response_kib=mean_kib(ours)))
    evening = slice(1080, 1200)
    slowest = [np.median(each.response_time_by_tick_s(0.95)[evening]) for each in (ours, theirs)]
    assert slowest[1] < 0.7 * slowest[0]
    assert ours.response_time_s(0.5) < theirs.response_time_s(0.5)
    assert ours.failed_total == 0
    noon = theirs.failed_total / theirs.offered[720:724].sum()
    assert theirs.failed["backlog_full"].sum() == theirs.failed_total
    assert 0.3 < noon < 0.7
    dollars = [
        cost.monthly_bill(part, trace, assume=ASSUMPTIONS).total_usd
        for part, trace in ((serverless(built), ours), (on_servers(built), theirs))
    ]
    assert dollars[0] < dollars[1]
    assert asked("p12-built", built).ok
    site.run("Deeper: the same site on servers", first=-1)
    _as_before(site)


def test_stages_call_what_their_alias_points_to(site):
    told = site.run("Deeper: three stages, one function?")
    assert re.search(r'^stg \{"user"', told, re.MULTILINE)
    assert re.search(r'^prod \{"member"', told, re.MULTILINE)
    answer = site.lab.http(f"{site.names['site']}/api/users/42")
    assert '"member"' in answer.text


def test_three_others_call_a_function(site):
    told = site.run("Deeper: what else can call a function?")
    assert sorted(re.findall(r"heard (\S+)", told)) == ["aws.events", "aws:dynamodb", "aws:s3"]


def test_after_all_blocks_the_site_is_as_before_and_a_missing_part_is_seen(site):
    _as_before(site)
    assert not asked("p12-built", without(site.now(), "members-table")).ok


def test_nothing_is_left_and_a_run_of_it_cannot_be_billed(site):
    day = simulate(site.now(), scenario())
    report = tear_down(site.session)
    with pytest.raises(NotebookError, match="members-cdn, members, which no longer stands"):
        site.lab.bill(day)
    assert report.ok, report
    secrets = site.session.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)
    assert secrets["SecretList"] == []
