"""Waiters on the embedded AWS: AWS time passes, the learner's does not."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from aws14.cloud.session import Session
from aws14.cloud.waiting import duration


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Whoever sleeps in this process is found out."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.fixture
def instance(session: Session, make: SimpleNamespace) -> str:
    answer = session.client("ec2").run_instances(
        ImageId=make.image(session), InstanceType="t3.micro", MinCount=1, MaxCount=1
    )
    return str(answer["Instances"][0]["InstanceId"])


def state(ec2: Any, instance: str) -> str:
    answer = ec2.describe_instances(InstanceIds=[instance])
    return str(answer["Reservations"][0]["Instances"][0]["State"]["Name"])


def test_a_waiter_lets_aws_time_pass_until_the_state_is_there(
    session: Session, ec2: Any, instance: str, said: list[str], no_sleep: list[float]
) -> None:
    assert state(ec2, instance) == "pending"
    before = session.now()
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    passed = session.now() - before
    assert state(ec2, instance) == "running"
    assert passed >= 15, "the waiter's own delay is 15 s"
    assert [line for line in said if "waited" in line] == [f"waited {duration(round(passed / 15) * 15)} of AWS time"]
    assert set(no_sleep) <= {0}


def test_a_waiter_that_need_not_wait_says_nothing(session: Session, ec2: Any, instance: str, said: list[str]) -> None:
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    said.clear()
    before = session.now()
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    assert said == []
    assert session.now() - before < 15


def test_the_callers_delay_and_attempts_hold(session: Session, ec2: Any, instance: str, no_sleep: list[float]) -> None:
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    before = session.now()
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], WaiterConfig={"Delay": 100, "MaxAttempts": 3})
    assert 200 <= session.now() - before < 260
    assert set(no_sleep) <= {0}


def test_the_waiter_is_still_boto3s(ec2: Any) -> None:
    waiter = ec2.get_waiter("nat_gateway_available")
    assert waiter.name == "NatGatewayAvailable"
    assert waiter.config.delay == 15
    with pytest.raises(ValueError, match="does not exist: nothing"):
        ec2.get_waiter("nothing")


@pytest.mark.parametrize(
    ("seconds", "text"), [(15, "15 s"), (60, "1 min"), (240, "4 min"), (3600, "1 h"), (5400, "1 h 30 min")]
)
def test_a_duration_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
