"""Run Command through plain boto3."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from tests.emulator.conftest import named
from tests.emulator.machines.test_user_data import net  # noqa: F401 - a fixture

POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip


@pytest.fixture
def instances(clean_emulator, aws, ami, net):  # noqa: F811 - the fixture
    """A managed instance called web, and one without a role."""
    iam, ec2 = aws("iam"), aws("ec2")
    iam.create_role(RoleName="managed", AssumeRolePolicyDocument=json.dumps(POLICY))
    iam.create_instance_profile(InstanceProfileName="managed")
    iam.add_role_to_instance_profile(InstanceProfileName="managed", RoleName="managed")
    given = {"ImageId": ami, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1, "SubnetId": net.public}
    found = [
        ec2.run_instances(**given, IamInstanceProfile={"Name": "managed"}, TagSpecifications=named("instance", "web")),
        ec2.run_instances(**given),
    ]
    clean_emulator.advance(60)
    return [one["Instances"][0]["InstanceId"] for one in found]


def send(aws, *commands: str, **to):
    sent = aws("ssm").send_command(DocumentName="AWS-RunShellScript", Parameters={"commands": list(commands)}, **to)
    return sent["Command"]["CommandId"]


def result(aws, command: str, instance: str):
    return aws("ssm").get_command_invocation(CommandId=command, InstanceId=instance)


def test_it_runs_as_root_on_that_machine(emulator, aws, instances):
    web, _ = instances
    command = send(aws, "whoami", "hostname -f; echo problem >&2", "exit 3", InstanceIds=[web])
    assert result(aws, command, web)["Status"] == "Pending"
    emulator.advance(10)
    done = result(aws, command, web)
    address = aws("ec2").describe_instances(InstanceIds=[web])["Reservations"][0]["Instances"][0]["PrivateDnsName"]
    assert (done["Status"], done["ResponseCode"]) == ("Failed", 3)
    assert done["StandardOutputContent"] == f"root\n{address}\n"
    assert done["StandardErrorContent"].startswith("problem\n")
    assert "exit status 3" in done["StandardErrorContent"]


def test_it_is_in_progress_for_as_long_as_it_takes(emulator, aws, instances):
    web, _ = instances
    command = send(aws, "sleep 100; echo done", InstanceIds=[web])
    emulator.advance(typical_s("SSM command reaches the agent") + 50)
    assert result(aws, command, web)["Status"] == "InProgress"
    assert result(aws, command, web)["StandardOutputContent"] == ""
    emulator.advance(60)
    assert (result(aws, command, web)["Status"], result(aws, command, web)["StandardOutputContent"]) == (
        "Success",
        "done\n",
    )
    assert aws("ssm").list_commands(CommandId=command)["Commands"][0]["Status"] == "Success"


def test_the_metadata_service_tells_the_role_and_wants_a_token(emulator, aws, instances):
    web, _ = instances
    base = "http://169.254.169.254/latest"
    command = send(
        aws,
        f"curl -s -o /dev/null -w '%{{http_code}} ' {base}/meta-data/",
        f"T=$(curl -s -X PUT {base}/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')",
        f"""get() {{ curl -s -H "X-aws-ec2-metadata-token: $T" {base}/$1; echo; }}""",
        "get meta-data/iam/security-credentials/; get meta-data/placement/region; get meta-data/instance-type",
        "get dynamic/instance-identity/document | grep instanceId | cut -d'\"' -f4",
        "curl -s -o /dev/null -w '%{http_code} ' -H 'X-aws-ec2-metadata-token: wrong' " + base + "/meta-data/",
        f"sleep 61; curl -s -o /dev/null -w '%{{http_code}}' -H \"X-aws-ec2-metadata-token: $T\" {base}/meta-data/",
        InstanceIds=[web],
    )
    emulator.advance(100)
    assert (
        result(aws, command, web)["StandardOutputContent"] == f"401 managed\nap-northeast-1\nt3.small\n{web}\n401 401"
    )


def test_version_one_is_answered_where_tokens_are_optional(emulator, aws, instances):
    web, _ = instances
    described = aws("ec2").describe_instances(InstanceIds=[web])["Reservations"][0]["Instances"][0]
    assert described["MetadataOptions"]["HttpTokens"] == "required"
    aws("ec2").modify_instance_metadata_options(InstanceId=web, HttpTokens="optional")
    command = send(aws, "curl -s http://169.254.169.254/latest/meta-data/instance-id", InstanceIds=[web])
    emulator.advance(10)
    assert result(aws, command, web)["StandardOutputContent"] == web


def test_what_it_does_stays(emulator, aws, instances):
    web, _ = instances
    send(aws, "echo kept > /srv/file", InstanceIds=[web])
    emulator.advance(10)
    command = send(aws, "cat /srv/file", Targets=[{"Key": "tag:Name", "Values": ["web"]}])
    emulator.advance(10)
    assert result(aws, command, web)["StandardOutputContent"] == "kept\n"


def test_beyond_the_subset_it_fails_and_says_so(emulator, aws, instances):
    web, _ = instances
    command = send(aws, "echo before", "perl -v", InstanceIds=[web])
    emulator.advance(10)
    done = result(aws, command, web)
    assert (done["Status"], done["StandardOutputContent"]) == ("Failed", "before\n")
    assert "unsupported by the embedded AWS: line 2: perl -v" in done["StandardErrorContent"]


def test_without_a_role_an_instance_is_not_managed(aws, instances):
    web, other = instances
    listed = aws("ssm").describe_instance_information()["InstanceInformationList"]
    assert [one["InstanceId"] for one in listed] == [web]
    assert (listed[0]["PingStatus"], listed[0]["PlatformName"]) == ("Online", "Amazon Linux")
    with pytest.raises(ClientError, match="InvalidInstanceId"):
        send(aws, "echo x", InstanceIds=[other])


def test_without_a_way_to_the_service_it_is_not_managed(aws, instances, net):  # noqa: F811 - the fixture
    aws("ec2").delete_route(RouteTableId=net.public_table, DestinationCidrBlock="0.0.0.0/0")
    assert aws("ssm").describe_instance_information()["InstanceInformationList"] == []


def test_invocations_are_listed(emulator, aws, instances):
    web, _ = instances
    command = send(aws, "echo x", InstanceIds=[web])
    emulator.advance(10)
    listed = aws("ssm").list_command_invocations(CommandId=command, Details=True)["CommandInvocations"]
    assert [(one["InstanceId"], one["Status"], one["CommandPlugins"][0]["Output"]) for one in listed] == [
        (web, "Success", "x\n")
    ]


def test_other_documents_are_refused(aws, instances):
    with pytest.raises(ClientError, match="InvalidDocument"):
        aws("ssm").send_command(DocumentName="AWS-RunPatchBaseline", InstanceIds=instances[:1])


def test_a_command_under_way_survives_a_save(emulator, aws, instances):
    from tests.emulator.machines.test_user_data import control

    web, _ = instances
    command = send(aws, "sleep 100; echo done", InstanceIds=[web])
    emulator.advance(20)
    control(emulator, "save", name="under-way")
    emulator.advance(200)
    control(emulator, "restore", name="under-way")
    assert result(aws, command, web)["Status"] == "InProgress"
    emulator.advance(100)
    assert result(aws, command, web)["StandardOutputContent"] == "done\n"
