"""Credit options: what an instance is launched with, how it is changed, what has none."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def launch(ec2, ami):
    def launch(instance_type="t3.small", option=None):
        more = {"CreditSpecification": {"CpuCredits": option}} if option else {}
        asked = ec2.run_instances(ImageId=ami, InstanceType=instance_type, MinCount=1, MaxCount=1, **more)
        return asked["Instances"][0]["InstanceId"]

    return launch


def options(ec2, *ids):
    found = ec2.describe_instance_credit_specifications(**({"InstanceIds": [*ids]} if ids else {}))
    return {each["InstanceId"]: each["CpuCredits"] for each in found["InstanceCreditSpecifications"]}


@pytest.mark.parametrize(
    ("instance_type", "option"),
    [("t2.micro", "standard"), ("t3.small", "unlimited"), ("t3a.small", "unlimited"), ("m5.large", "standard")],
)
def test_families_start_with_their_own_option(ec2, launch, instance_type, option):
    one = launch(instance_type)
    assert options(ec2, one) == {one: option}


def test_the_call_may_choose(ec2, launch):
    one, other = launch("t3.small", "standard"), launch("t2.micro", "unlimited")
    assert options(ec2, one, other) == {one: "standard", other: "unlimited"}


def test_without_ids_the_unlimited_ones_are_listed(ec2, launch):
    launch("t3.small", "standard")
    launch("m5.large")
    one = launch("t3.small")
    assert options(ec2) == {one: "unlimited"}


def test_a_type_without_credits_refuses_an_option(ec2, launch):
    with pytest.raises(ClientError, match=r"InstanceCreditSpecification\.NotSupported"):
        launch("m5.large", "unlimited")
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        launch("t3.small", "plenty")


def test_the_option_is_changed_for_each_by_itself(ec2, launch):
    one, fixed = launch("t3.small"), launch("m5.large")
    absent = "i-0123456789abcdef0"
    said = ec2.modify_instance_credit_specification(
        InstanceCreditSpecifications=[{"InstanceId": each, "CpuCredits": "standard"} for each in (one, fixed, absent)]
    )
    assert said["SuccessfulInstanceCreditSpecifications"] == [{"InstanceId": one}]
    refused = {e["InstanceId"]: e["Error"]["Code"] for e in said["UnsuccessfulInstanceCreditSpecifications"]}
    assert refused == {fixed: "InstanceCreditSpecification.NotSupported", absent: "InvalidInstanceID.NotFound"}
    assert options(ec2, one) == {one: "standard"}


def test_an_option_stays_when_the_type_changes(ec2, launch, clean_emulator):
    one = launch("t3.small")
    clean_emulator.advance(60)
    ec2.stop_instances(InstanceIds=[one])
    clean_emulator.advance(60)
    ec2.modify_instance_attribute(InstanceId=one, InstanceType={"Value": "m5.large"})
    assert options(ec2, one) == {one: "unlimited"}
    assert one in options(ec2)


def test_a_saved_cloud_keeps_the_option(ec2, launch, clean_emulator):
    one = launch("t3.small", "standard")
    clean_emulator.save("credits")
    clean_emulator.reset()
    clean_emulator.restore("credits")
    assert options(ec2, one) == {one: "standard"}
