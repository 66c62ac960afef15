"""Data Lifecycle Manager: schedules, retention by count and age, copies to another region."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import AWAY, volume

DAY = 86400
SCHEDULE = {
    "Name": "daily",
    "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["03:00"]},
    "RetainRule": {"Count": 7},
    "CopyTags": True,
}


@pytest.fixture
def dlm(aws: Callable[..., Any], cloud: SimpleNamespace) -> Any:
    del cloud
    return aws("dlm")


def policy(dlm: Any, role: str, **changes: Any) -> str:
    details = {
        "ResourceTypes": ["VOLUME"],
        "TargetTags": [{"Key": "backup", "Value": "daily"}],
        "Schedules": [SCHEDULE | changes],
    }
    asked = {"ExecutionRoleArn": role, "Description": "volumes", "State": "ENABLED", "PolicyDetails": details}
    return str(dlm.create_lifecycle_policy(**asked, Tags={"Name": "volumes"})["PolicyId"])


def own(ec2: Any) -> list[dict[str, Any]]:
    found = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    return sorted(found, key=lambda each: each["StartTime"])


def test_a_policy_takes_one_a_day_and_keeps_seven(cloud: SimpleNamespace, dlm: Any, emulator: Emulator) -> None:
    key = policy(dlm, cloud.role)
    other = volume(cloud.ec2, "scratch", TagSpecifications=[])
    emulator.advance(20 * DAY)
    kept = own(cloud.ec2)
    assert len(kept) == 7
    assert other not in {each["VolumeId"] for each in kept}
    assert {each["StartTime"].astimezone(UTC).hour for each in kept} == {3}
    assert {(b["StartTime"] - a["StartTime"]).days for a, b in pairwise(kept)} == {1}
    tags = {each["Key"]: each["Value"] for each in kept[0]["Tags"]}
    assert (tags["aws:dlm:lifecycle-policy-id"], tags["Name"]) == (key, "plans-data")
    dlm.update_lifecycle_policy(PolicyId=key, State="DISABLED")
    emulator.advance(3 * DAY)
    assert own(cloud.ec2) == kept
    dlm.delete_lifecycle_policy(PolicyId=key)
    assert own(cloud.ec2) == kept
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        dlm.get_lifecycle_policy(PolicyId=key)


def test_retention_by_age_and_a_cron_schedule(cloud: SimpleNamespace, dlm: Any, emulator: Emulator) -> None:
    policy(
        dlm,
        cloud.role,
        CreateRule={"CronExpression": "cron(0 9 ? * MON *)"},
        RetainRule={"Interval": 4, "IntervalUnit": "WEEKS"},
    )
    emulator.advance(100 * DAY)
    kept = own(cloud.ec2)
    assert len(kept) == 4
    assert {(each["StartTime"].astimezone(UTC).strftime("%a %H")) for each in kept} == {"Mon 09"}


def test_copies_go_to_the_other_region(
    cloud: SimpleNamespace, dlm: Any, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    rule = {"TargetRegion": AWAY, "Encrypted": False, "CopyTags": True}
    policy(dlm, cloud.role, CrossRegionCopyRules=[rule | {"RetainRule": {"Interval": 3, "IntervalUnit": "DAYS"}}])
    emulator.advance(12 * DAY)
    assert len(own(cloud.ec2)) == 7
    # A copy comes minutes after its source: on its third day it is not three days old yet.
    assert len(own(aws("ec2", region=AWAY))) in (3, 4)


def test_policies_are_listed_told_and_survive_a_save(cloud: SimpleNamespace, dlm: Any, emulator: Emulator) -> None:
    key = policy(dlm, cloud.role)
    emulator.save("with-a-policy")
    emulator.restore("with-a-policy")
    assert [each["PolicyId"] for each in dlm.get_lifecycle_policies()["Policies"]] == [key]
    told = dlm.get_lifecycle_policy(PolicyId=key)["Policy"]
    assert told["PolicyDetails"]["Schedules"][0]["RetainRule"] == {"Count": 7}
    assert dlm.list_tags_for_resource(ResourceArn=told["PolicyArn"])["Tags"] == {"Name": "volumes"}
    emulator.advance(DAY)
    assert len(own(cloud.ec2)) == 1
    with pytest.raises(ClientError, match="CreateRule"):
        policy(dlm, cloud.role, CreateRule={"Interval": 5, "IntervalUnit": "HOURS"})
