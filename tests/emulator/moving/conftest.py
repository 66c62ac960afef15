"""An office with an agent, a bucket that DataSync may use, and a file system with a mount target in one zone."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.conftest import tcp

OPTIONS = {
    "VerifyMode": "ONLY_FILES_TRANSFERRED",
    "OverwriteMode": "ALWAYS",
    "PreserveDeletedFiles": "REMOVE",
    "TransferMode": "CHANGED",
}


def activation_key(emulator: Emulator, region: str = "ap-northeast-1") -> str:
    """What the appliance answers to whoever activates it."""
    port = emulator.connect("agent.office", 80)["loopback_port"]
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", f"/?activationRegion={region}&no_redirect", headers={"Host": "agent.office"})
        return line.getresponse().read().decode()
    finally:
        line.close()


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ALL_OF_S3 = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


@pytest.fixture
def office(clean_emulator: Emulator, tmp_path: Path) -> Path:
    """An empty folder that stands for the office's file server, behind 8 Mbit/s: a million bytes a second."""
    folder = tmp_path / "office"
    folder.mkdir()
    clean_emulator.office({"folder": str(folder), "upload_mbps": 8, "download_mbps": 16})
    return folder


@pytest.fixture
def moving(clean_emulator: Emulator, aws: Callable[..., Any], office: Path) -> SimpleNamespace:
    """The office's share and a bucket as locations, and the agent."""
    datasync, s3, iam = aws("datasync"), aws("s3"), aws("iam")
    s3.create_bucket(Bucket="models-moved", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    role = iam.create_role(RoleName="moves", AssumeRolePolicyDocument=trust("datasync.amazonaws.com"))["Role"]["Arn"]
    iam.put_role_policy(RoleName="moves", PolicyName="s3", PolicyDocument=ALL_OF_S3)
    agent = datasync.create_agent(ActivationKey=activation_key(clean_emulator), AgentName="office-agent")["AgentArn"]
    nas = datasync.create_location_smb(
        ServerHostname="files.office", Subdirectory="/share", User="sync", Password="secret", AgentArns=[agent]
    )["LocationArn"]
    bucket = datasync.create_location_s3(
        S3BucketArn="arn:aws:s3:::models-moved", Subdirectory="/in", S3Config={"BucketAccessRoleArn": role}
    )["LocationArn"]
    return SimpleNamespace(office=office, agent=agent, nas=nas, bucket=bucket, role=role, datasync=datasync, s3=s3)


@pytest.fixture
def shared(clean_emulator: Emulator, aws: Callable[..., Any], moving: SimpleNamespace) -> SimpleNamespace:
    """The same with a file system of EFS as a location."""
    ec2, efs = aws("ec2"), aws("efs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="ap-northeast-1a")["Subnet"]
    moving.group = ec2.create_security_group(GroupName="files", Description="files", VpcId=vpc)["GroupId"]
    moving.rule = tcp(2049, IpRanges=[{"CidrIp": "10.0.0.0/16"}])
    ec2.authorize_security_group_ingress(GroupId=moving.group, IpPermissions=moving.rule)
    made = efs.create_file_system(CreationToken="shared")
    clean_emulator.advance(60)
    efs.create_mount_target(
        FileSystemId=made["FileSystemId"], SubnetId=subnet["SubnetId"], SecurityGroups=[moving.group]
    )
    clean_emulator.advance(300)
    place = f"arn:aws:ec2:ap-northeast-1:123456789012:security-group/{moving.group}"
    moving.efs = moving.datasync.create_location_efs(
        EfsFilesystemArn=made["FileSystemArn"],
        Subdirectory="/",
        Ec2Config={"SubnetArn": subnet["SubnetArn"], "SecurityGroupArns": [place]},
    )["LocationArn"]
    moving.file_system, moving.ec2, moving.client = made["FileSystemId"], ec2, aws
    return moving


def task_of(moving: SimpleNamespace, source: str, destination: str, **more: Any) -> str:
    options = {**OPTIONS, **more.pop("Options", {})}
    made = moving.datasync.create_task(
        SourceLocationArn=source, DestinationLocationArn=destination, Name="move-in", Options=options, **more
    )
    return str(made["TaskArn"])


def start(moving: SimpleNamespace, task: str, **more: Any) -> str:
    return str(moving.datasync.start_task_execution(TaskArn=task, **more)["TaskExecutionArn"])


def told(moving: SimpleNamespace, run: str) -> dict[str, Any]:
    answer: dict[str, Any] = moving.datasync.describe_task_execution(TaskExecutionArn=run)
    return answer
