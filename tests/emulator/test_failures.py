"""Hardware and zones fail, are noticed, and come back."""

from __future__ import annotations

import pytest

from aws14.emulator.durations import typical_s

MINUTE = 60.0


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def web(ec2, ami, clean_emulator) -> str:
    made = ec2.run_instances(ImageId=ami, InstanceType="t3.small", MinCount=1, MaxCount=1)["Instances"][0]
    clean_emulator.advance(10 * MINUTE)
    return made["InstanceId"]


def status(ec2, instance):
    return ec2.describe_instance_status(InstanceIds=[instance], IncludeAllInstances=True)["InstanceStatuses"][0]


def test_both_checks_notice_failed_hardware(ec2, web, clean_emulator):
    clean_emulator.damage("instance", web, None)
    assert status(ec2, web)["SystemStatus"]["Status"] == "ok"
    clean_emulator.advance(typical_s("EC2 failure to failed status check"))
    print(status(ec2, web))
    assert status(ec2, web)["SystemStatus"]["Status"] == "impaired"
