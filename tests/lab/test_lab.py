"""The notebook face: what a learner types, on a real built pattern."""

from __future__ import annotations

import json

import pytest

from aws14.errors import CloudError, DataError, NotebookError
from aws14.lab import Lab
from aws14.patterns import PATTERNS


def test_catch_up_builds_what_is_drawn(lab: Lab):
    names = lab.catch_up()
    assert lab.compare().ok, lab.compare()
    assert lab.check("p01-built").ok
    assert names.vpc_id == lab.built().node("vpc").aws_id


def test_catch_up_to_a_step_stops_there(lab: Lab):
    names = lab.catch_up(until="internet")
    built = lab.built()
    assert built.of_kind("internet_gateway")
    assert not built.of_kind("instance", "nat_gateway", "hosted_zone")
    assert not hasattr(names, "web_id")


def test_catching_up_twice_builds_nothing_new(lab: Lab, messages: list[str]):
    lab.catch_up()
    before = lab.built()
    messages.clear()
    lab.catch_up()
    assert lab.built() == before


def test_another_pattern_or_step_is_refused_with_a_list(lab: Lab):
    with pytest.raises(NotebookError, match=r"no pattern 'p99'.*p01"):
        Lab("p99")
    with pytest.raises(NotebookError, match="internet"):
        lab.catch_up(until="intrnet")
    with pytest.raises(NotebookError, match=r"no check 'p01-e9'.*p01-e1"):
        lab.check("p01-e9")
    with pytest.raises(NotebookError, match="no experiment 'x'"):
        lab.experiment("x")


def test_clean_up_leaves_nothing_and_can_be_repeated(lab: Lab):
    lab.catch_up()
    report = lab.clean_up()
    assert report.ok, report
    assert lab.clean_up().ok
    assert [node for node in lab.built().nodes if node.aws_id and node.kind not in ("region", "az")] == []


def test_a_day_through_what_is_built_is_billed(lab: Lab):
    lab.catch_up()
    day = lab.run()
    assert 0.05 < day.failure_ratio < 0.5
    assert lab.bill(day).of_service("NAT gateway") > 30


def test_predictions_are_kept_and_scored(lab: Lab):
    lab.predict(failed_percent=10)
    assert "too high by a factor of 2.0" in lab.score(failed_percent=5).findings[0].detail
    assert "no prediction" in lab.score(bill_usd=5).findings[0].detail
    assert lab.score(failed_percent=5).findings[0].status == "note"
    assert lab.score(failed_percent=8).findings[0].status == "passed"
    assert "nothing called 'failed_percent' is compared" in lab.score(failed=5).findings[0].detail
    again = Lab("p01", session=lab.session)
    assert "you said 10" in again.score(failed_percent=10).findings[0].detail


def test_checks_and_bills_are_logged_for_runs_without_a_browser(lab: Lab, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS14_CHECK_LOG", str(tmp_path / "checks"))
    assert not lab.check("p01-built").ok
    line = json.loads((tmp_path / "checks").read_text())
    assert line["exercise"] == "p01-built"
    assert line["ok"] is False


def test_a_private_file_is_private_and_kept(lab: Lab):
    path = lab.keep_private("k.pem", "secret")
    assert path.stat().st_mode & 0o077 == 0
    assert lab.keep_private("k.pem", None).read_text() == "secret"
    with pytest.raises(NotebookError, match="out once"):
        lab.keep_private("other.pem", None)
    with pytest.raises(NotebookError, match="plain file name"):
        lab.keep_private("../k.pem", "secret")


def test_a_password_is_made_once(lab: Lab):
    first = lab.password("db")
    assert len(first) >= 20
    assert lab.password("db") == first != lab.password("other")
    with pytest.raises(NotebookError, match="plain file name"):
        lab.password("../db")


@pytest.mark.parametrize("row", PATTERNS, ids=lambda row: row.key)
def test_every_pattern_has_the_same_names(row):
    lesson = row.load()
    assert {"ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"} <= set(dir(lesson))
    assert lesson.design().origin == "drawn"
    assert lesson.design().name == row.word
    assert lesson.scenario().seed == 14


def test_what_is_asked_wrongly_is_answered_with_what_there_is(lab: Lab):
    with pytest.raises(NotebookError, match=r"no 'spot'.*spot_rps"):
        lab.scenario(spot=5)
    with pytest.raises(NotebookError, match=r"failed_percent is 'much'.*a number"):
        lab.predict(failed_percent="much")
    with pytest.raises(NotebookError, match="takes a scenario"):
        lab.run("the day")
    with pytest.raises(AttributeError, match="catch_up"):
        lab.catchup()
    with pytest.raises(CloudError, match=r"no service 'ec3'.*ec2"):
        lab.client("ec3")
    with pytest.raises(DataError, match="mars"):
        Lab("p01", region="mars-1")
    with pytest.raises(NotebookError, match=r"minutes is 'ten'"):
        lab.break_az("ap-northeast-1a", minutes="ten")
    with pytest.raises(CloudError, match="5 is no URL"):
        lab.http(5)
    assert not hasattr(lab, "nothing_like_it")


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (
            lambda lab: lab.client("eks", region_name="us-east-1"),
            r"no argument 'region_name'.*the argument is 'region'",
        ),
        (lambda lab: lab.bill(), r"lab\.bill needs 'trace'.*lab\.bill\(trace\)"),
        (lambda lab: lab.explore("crossover"), r"lab\.explore needs 'question'.*name, question"),
        (lambda lab: lab._experiment("moving")(None, to_regoin="x"), r"experiment 'moving' has.*is 'to_region'"),
        (lambda lab: lab.kubernetes(), r"lab\.kubernetes needs 'cluster'"),
        (lambda lab: lab.kubernetes("books"), r"no cluster is built yet.*run the cell that creates it"),
        (lambda lab: lab.built("p01"), r"lab\.built is given too much.*lab\.built\(\)"),
        (lambda lab: lab.http("http://www.example.co.jp/", sorce="office"), r"no argument 'sorce'"),
        (lambda lab: lab.http("http://www.example.co.jp/", timeout=1), r"the argument is 'timeout_s'"),
        (lambda lab: lab.bill("the day"), r"takes the trace of a run"),
        (lambda _: Lab("p01", regoin="us-east-1"), r"Lab has no argument 'regoin'.*the argument is 'region'"),
        (lambda _: Lab.on_aws("p01"), r"Lab\.on_aws needs 'account'"),
    ],
)
def test_a_verb_asked_with_other_arguments_says_which_it_takes(lab: Lab, ask, answer):
    with pytest.raises((NotebookError, CloudError), match=answer):
        ask(lab)


def test_nothing_built_passes_nothing(lab: Lab):
    report = lab.compare()
    assert report.findings == report.outstanding
    assert report.verdict.startswith("nothing is built yet")


def test_that_nobody_gets_through_is_said(lab: Lab, messages: list[str]):
    lab.run()
    assert messages[-1] == "nobody gets through: the name does not resolve"
