"""Launch templates: instances take from them what the call does not say, versions what their source says."""

from __future__ import annotations

import pytest

from tests.emulator.scaling_case import build_group, build_place, encoded, members, states


@pytest.fixture
def ec2(aws):
    return aws("ec2")


@pytest.fixture
def place(clean_emulator, aws, ami):
    return build_place(aws, ami)


def launch(ec2, **asked):
    made = ec2.run_instances(MinCount=1, MaxCount=1, **asked)["Instances"][0]["InstanceId"]
    return ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]


def test_a_launch_without_groups_gets_the_default_one_of_its_vpc(place, ec2):
    found = launch(ec2, LaunchTemplate={"LaunchTemplateId": place.template}, SubnetId=place.subnets[0])
    assert [one["GroupName"] for one in found["SecurityGroups"]] == ["default"]
    group = ec2.describe_security_groups(GroupIds=[found["SecurityGroups"][0]["GroupId"]])["SecurityGroups"][0]
    assert group["VpcId"] == place.vpc
    assert found["NetworkInterfaces"][0]["Groups"] == found["SecurityGroups"]


def test_interfaces_profile_and_monitoring_come_from_the_template(place, aws, ec2):
    iam = aws("iam")
    iam.create_instance_profile(InstanceProfileName="app")
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=place.vpc)["GroupId"]
    nic = {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [group]}
    data = {
        "ImageId": place.ami,
        "InstanceType": "t3.micro",
        "NetworkInterfaces": [nic],
        "IamInstanceProfile": {"Name": "app"},
        "Monitoring": {"Enabled": True},
        "CreditSpecification": {"CpuCredits": "standard"},
    }
    ec2.create_launch_template(LaunchTemplateName="rich", LaunchTemplateData=data)
    by_call = launch(ec2, LaunchTemplate={"LaunchTemplateName": "rich"}, SubnetId=place.subnets[1])
    build_group(aws, place, LaunchTemplate={"LaunchTemplateName": "rich"}, DesiredCapacity=1)
    key = members(aws)[0]["InstanceId"]
    by_group = ec2.describe_instances(InstanceIds=[key])["Reservations"][0]["Instances"][0]
    for found in (by_call, by_group):
        assert [one["GroupId"] for one in found["SecurityGroups"]] == [group]
        assert found["SubnetId"] in place.subnets
        assert found["PublicIpAddress"]
        assert found["IamInstanceProfile"]["Arn"].endswith(":instance-profile/app")
        assert found["Monitoring"]["State"] == "enabled"
        credits_ = ec2.describe_instance_credit_specifications(InstanceIds=[found["InstanceId"]])
        assert credits_["InstanceCreditSpecifications"][0]["CpuCredits"] == "standard"


def test_a_version_has_what_its_source_has(place, ec2):
    version = ec2.create_launch_template_version(
        LaunchTemplateId=place.template, SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.small"}
    )["LaunchTemplateVersion"]
    assert version["VersionNumber"] == 2
    assert version["LaunchTemplateData"]["ImageId"] == place.ami
    listed = ec2.describe_launch_template_versions(LaunchTemplateId=place.template, Versions=["$Latest"])
    data = listed["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert (data["InstanceType"], data["ImageId"]) == ("t3.small", place.ami)
    named = {"LaunchTemplateId": place.template, "Version": "2"}
    found = launch(ec2, LaunchTemplate=named, SubnetId=place.subnets[0])
    assert (found["InstanceType"], found["ImageId"]) == ("t3.small", place.ami)
    assert {"Key": "Name", "Value": "app"} in found["Tags"]
    plain = ec2.create_launch_template_version(
        LaunchTemplateId=place.template, LaunchTemplateData={"InstanceType": "t3.small"}
    )["LaunchTemplateVersion"]
    assert "ImageId" not in plain["LaunchTemplateData"]


def test_a_group_launches_with_the_user_data_of_a_version_from_a_source(place, aws, ec2, clean_emulator):
    build_group(aws, place)
    clean_emulator.advance(60)
    script = "#!/bin/bash\necho new\n"
    ec2.create_launch_template_version(
        LaunchTemplateName="app", SourceVersion="1", LaunchTemplateData={"UserData": encoded(script)}
    )
    aws("autoscaling").set_desired_capacity(AutoScalingGroupName="app", DesiredCapacity=3)
    clean_emulator.advance(60)
    assert states(aws) == ["InService"] * 3
    new = next(one for one in members(aws) if one["LaunchTemplate"]["Version"] == "2")
    found = ec2.describe_instance_attribute(InstanceId=new["InstanceId"], Attribute="userData")
    assert found["UserData"]["Value"] == encoded(script)
