"""Breaking what is built: by drawn id, name or AWS id, in the embedded AWS only."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.breaking import break_az, break_instance, heal
from aws14.cloud.session import Session
from aws14.errors import EmulatorError, NotAvailable, ScenarioError

MINUTE = 60.0
ZONE = "ap-northeast-1a"


def impaired(ec2: Any) -> set[str]:
    found = ec2.describe_instance_status()["InstanceStatuses"]
    return {each["InstanceId"] for each in found if each["SystemStatus"]["Status"] == "impaired"}


def test_an_instance_is_broken_by_any_of_its_names(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    ec2.create_tags(Resources=[site.db], Tags=[{"Key": "aws14:node", "Value": "database"}])
    assert break_instance(session, "web") == site.web
    assert break_instance(session, "database") == site.db
    session.advance(2 * MINUTE)
    assert impaired(ec2) == {site.web, site.db}
    assert set(heal(session)) == {site.web, site.db}
    assert impaired(ec2) == set()
    assert break_instance(session, site.web, seconds=60) == site.web
    session.advance(2 * MINUTE)
    assert heal(session) == (), "it has ended by itself"


def test_a_zone_is_broken_for_a_time(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    break_az(session, ZONE, seconds=10 * MINUTE)
    session.advance(2 * MINUTE)
    assert impaired(ec2) == {site.web, site.db}
    session.advance(9 * MINUTE)
    assert impaired(ec2) == set()
    assert heal(session) == ()


def test_who_asks_for_what_is_not_there_is_told_what_is(session: Session, site: SimpleNamespace) -> None:
    with pytest.raises(ScenarioError, match="there is no instance 'wbe'") as wrong:
        break_instance(session, "wbe")
    assert wrong.value.allowed == "db, web"
    with pytest.raises(ScenarioError, match="there is no Availability Zone") as wrong:
        break_az(session, "us-east-1a", seconds=60)
    assert ZONE in wrong.value.allowed
    with pytest.raises(ScenarioError, match="0 seconds"):
        break_az(session, ZONE, seconds=0)
    with pytest.raises(ScenarioError, match="-1 seconds"):
        break_instance(session, "web", seconds=-1)


def test_a_name_used_twice_means_the_one_of_the_session_s_pattern(
    session: Session, site: SimpleNamespace, make: SimpleNamespace
) -> None:
    asked = {"ImageId": make.image(session), "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
    tags = make.named("instance", "web")
    other = session.for_pattern("p02").client("ec2").run_instances(**asked, TagSpecifications=tags)
    assert break_instance(session, "web") == site.web
    assert break_instance(session.for_pattern("p02"), "web") == other["Instances"][0]["InstanceId"]
    with pytest.raises(ScenarioError, match="2 instances are called 'web'"):
        break_instance(session.for_pattern(""), "web")


def test_a_stopped_instance_has_no_hardware_to_break(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    ec2.stop_instances(InstanceIds=[site.web])
    session.advance(MINUTE)
    with pytest.raises(EmulatorError, match="is stopped"):
        break_instance(session, "web")


@pytest.mark.parametrize("act", [heal, lambda s: break_instance(s, "web"), lambda s: break_az(s, ZONE, seconds=60)])
def test_outside_the_embedded_aws_nothing_is_broken(session: Session, act: Any) -> None:
    real: Any = SimpleNamespace(place=replace(session.place, target="aws", control=None), target="aws")
    with pytest.raises(NotAvailable, match="aws") as refused:
        act(real)
    assert "Fault Injection Service" in refused.value.cure
