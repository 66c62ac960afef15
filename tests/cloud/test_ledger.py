"""The ledger file: a line before and after each creating call, whole after a crash, shared by kernels, private."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.cloud.ledger import Ledger, Record, decode, digest, encode
from aws14.cloud.session import Session


def record(**changed: Any) -> Record:
    fields = {"pattern": "p01", "region": "r", "service": "ec2", "operation": "CreateVpc", "digest": "d"}
    return Record(id="", time="", state="begun", **(fields | changed))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "deep" / "ledger.jsonl")


def lines(ledger: Ledger) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.path.read_text().splitlines()]


def test_the_line_before_is_on_disk_when_the_request_leaves(session: Session) -> None:
    ec2, seen = session.client("ec2"), []
    ec2.meta.events.register("before-send", lambda **_: seen.append(lines(session.ledger)))
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    before, after = lines(session.ledger)
    assert seen == [[before]]
    assert (before["state"], before["service"], before["operation"], before["pattern"], before["region"]) == (
        "begun",
        "ec2",
        "CreateVpc",
        "p01",
        "ap-northeast-1",
    )
    assert before["params"] == {"CidrBlock": "10.9.0.0/16"}
    assert (after["id"], after["state"], after["resources"]) == (before["id"], "done", [vpc])
    assert after["response"]["Vpc"]["VpcId"] == vpc


def test_parents_are_the_ids_in_the_parameters(session: Session) -> None:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")
    assert session.ledger.records()[-1].parents == (vpc,)


def test_long_and_secret_parameters_stay_out_but_count(session: Session, make: Any, said: list[str]) -> None:
    ec2 = session.client("ec2")
    common = {"ImageId": make.image(session), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    ids = [
        ec2.run_instances(**common, UserData=f"#!/bin/sh\nexport PASSWORD={word}")["Instances"][0]["InstanceId"]
        for word in ("tango", "foxtrot", "tango")
    ]
    assert "PASSWORD" not in session.ledger.path.read_text()
    assert ids[0] == ids[2] != ids[1]


def test_reading_and_changing_calls_are_not_recorded(session: Session, aws: Callable[..., Any]) -> None:
    vpc = aws("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2 = session.client("ec2")
    ec2.describe_vpcs()
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}])
    assert session.ledger.writes == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_only_its_owner_reads_it(ledger: Ledger) -> None:
    old = os.umask(0)
    try:
        ledger.begin(record())
    finally:
        os.umask(old)
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_a_line_cut_short_by_a_crash_loses_itself_only(ledger: Ledger) -> None:
    first = ledger.begin(record())
    with ledger.path.open("a") as file:
        file.write('{"id": "half')
    second = Ledger(ledger.path).begin(record())
    assert [entry.id for entry in Ledger(ledger.path).records()] == [first.id, second.id]


def test_an_end_without_beginning_says_nothing(ledger: Ledger) -> None:
    ledger.begin(record())
    with ledger.path.open("a") as file:
        file.write('{"id": "orphan", "state": "done", "resources": ["x"]}\n[1]\nnull\n')
    assert len(ledger.records()) == 1
    assert ledger.ids() == frozenset()


def test_another_kernels_lines_are_seen(ledger: Ledger) -> None:
    other = Ledger(ledger.path)
    assert ledger.records() == ()
    begun = other.begin(record())
    assert [entry.state for entry in ledger.records()] == ["begun"]
    other.end(begun, state="done", resources=["vpc-1"])
    assert ledger.ids() == {"vpc-1"}


def test_the_latest_finished_call_answers(ledger: Ledger) -> None:
    for number in (1, 2):
        ledger.end(ledger.begin(record()), state="done", resources=[f"vpc-{number}"])
    ledger.end(ledger.begin(record()), state="failed", error="X")
    ledger.begin(record())
    found = ledger.find("d")
    assert found is not None
    assert found.resources == ("vpc-2",)
    assert ledger.find("other") is None


def test_patterns_and_regions_are_told_apart(ledger: Ledger) -> None:
    ledger.end(ledger.begin(record(region="a")), state="done", resources=["vpc-1"])
    ledger.end(ledger.begin(record(region="b", pattern="p02")), state="done", resources=["vpc-2"])
    ledger.begin(record(region="aws-global", service="route53"))
    assert ledger.ids("p02") == {"vpc-2"}
    assert ledger.regions() == ("a", "b")
    assert ledger.regions("p01") == ("a",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1).filter(lambda k: k[0] != "$"), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_is_encoded_decodes_to_itself(value: Any) -> None:
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_bytes_and_text_are_different_wishes() -> None:
    assert digest({"a": b"x"}) != digest({"a": "x"})
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(datetime(2026, 1, 1, tzinfo=UTC)) != digest(datetime(2026, 1, 2, tzinfo=UTC))
