"""DataSync through a course session: the cells of the lesson, run twice, read back, deleted to nothing."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.cloud.traffic import request
from aws14.model.kinds import ATTRIBUTES
from tests.cloud.test_shared_files import build_efs, build_fsx, build_network, links_of

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "datasync.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
ALLOWED = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


@pytest.fixture
def folder(session: Session, emulator: Emulator, tmp_path: Path) -> Path:
    """The office's files."""
    files = tmp_path / "office"
    (files / "plans").mkdir(parents=True)
    (files / "plans" / "house.dxf").write_bytes(b"house" * 1000)
    emulator.office({"folder": str(files)})
    return files


def build_locations(session: Session, net: SimpleNamespace) -> dict[str, str]:
    datasync, ec2 = session.client("datasync"), session.client("ec2")
    key = request(session, "http://agent.office/?activationRegion=ap-northeast-1&no_redirect").text
    agent = datasync.create_agent(ActivationKey=key, AgentName="office-agent")["AgentArn"]
    nas = datasync.create_location_smb(
        ServerHostname="files.office", Subdirectory="/share", User="sync", Password="Nobody-knows-1", AgentArns=[agent]
    )["LocationArn"]
    subnet = ec2.describe_subnets(SubnetIds=[net.subnets[0]])["Subnets"][0]["SubnetArn"]
    group = f"arn:aws:ec2:ap-northeast-1:123456789012:security-group/{net.group}"
    file_system = session.client("efs").describe_file_systems()["FileSystems"][0]["FileSystemArn"]
    efs = datasync.create_location_efs(
        EfsFilesystemArn=file_system,
        Subdirectory="/",
        Ec2Config={"SubnetArn": subnet, "SecurityGroupArns": [group]},
    )["LocationArn"]
    return {"agent": agent, "nas": nas, "efs": efs}


def build_task(session: Session, source: str, destination: str, name: str, **more: Any) -> str:
    made = session.client("datasync").create_task(
        SourceLocationArn=source,
        DestinationLocationArn=destination,
        Name=name,
        Options={
            "VerifyMode": "ONLY_FILES_TRANSFERRED",
            "OverwriteMode": "ALWAYS",
            "PreserveDeletedFiles": "REMOVE",
            "TransferMode": "CHANGED",
            "BytesPerSecond": 10_000_000,
        },
        **more,
    )
    return str(made["TaskArn"])


def build_all(session: Session) -> dict[str, str]:
    net = build_network(session)
    build_efs(session, net)
    there = build_locations(session, net)
    schedule = {"ScheduleExpression": "cron(0 20 * * ? *)"}
    return {**there, "task": build_task(session, there["nas"], there["efs"], "move-in", Schedule=schedule)}


def run(session: Session, task: str) -> dict[str, Any]:
    datasync = session.client("datasync")
    started = datasync.start_task_execution(TaskArn=task)["TaskExecutionArn"]
    session.advance(600)
    told: dict[str, Any] = datasync.describe_task_execution(TaskExecutionArn=started)
    return told


def test_the_cells_of_the_lesson(session: Session, folder: Path):
    task = build_all(session)["task"]
    first = run(session, task)
    assert (first["Status"], first["FilesTransferred"], first["BytesTransferred"]) == ("SUCCESS", 1, 5000)
    (folder / "new.txt").write_bytes(b"new")
    second = run(session, task)
    assert (second["FilesTransferred"], second["BytesTransferred"]) == (1, 3)


def test_cells_may_run_twice(session: Session, folder: Path, said: list[str]):
    first = build_all(session)
    said.clear()
    assert build_all(session) == first
    built = [line for line in said if line.startswith("already built")]
    for kind in ("datasync agent", "datasync location", "datasync task"):
        assert any(kind in line for line in built), (kind, built)
    assert len(session.client("datasync").list_locations()["Locations"]) == 2


def test_secrets_stay_out_of_the_ledger(session: Session, folder: Path):
    build_all(session)
    assert "Nobody-knows-1" not in repr([record.params for record in session.ledger.records("p01")])


def covered() -> set[tuple[str, str]]:
    """(kind, attribute) of everything that this module asks for."""
    return {("datasync_task", name) for name in ("source", "destination", "schedule", "limit_mbps", "state")}


def test_a_task_is_read_back(session: Session, folder: Path):
    build_all(session)
    topology = read_back(session)
    node = topology.node("move-in")
    assert set(node.attributes) == set(ATTRIBUTES["datasync_task"])
    assert node.attributes["source"] == "smb://files.office/share/"
    assert str(node.attributes["destination"]).startswith("efs://ap-northeast-1.fs-")
    assert (node.attributes["schedule"], node.attributes["state"]) == ("cron(0 20 * * ? *)", "AVAILABLE")
    assert ("move-in", "shared", "routes", "copies") in links_of(topology)


def test_a_limit_is_read_back_in_mbit(session: Session, folder: Path):
    task = build_all(session)["task"]
    assert read_back(session).node("move-in").attributes["limit_mbps"] == 80
    session.client("datasync").update_task(TaskArn=task, Options={"BytesPerSecond": -1})
    assert read_back(session).node("move-in").attributes["limit_mbps"] == 0


def test_a_bucket_and_a_share_are_linked(session: Session, folder: Path):
    net = build_network(session)
    build_efs(session, net)
    key = build_fsx(session, net)
    there = build_locations(session, net)
    datasync, iam = session.client("datasync"), session.client("iam")
    session.client("s3").create_bucket(
        Bucket="models-moved", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
    )
    role = iam.create_role(RoleName="moves", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName="moves", PolicyName="s3", PolicyDocument=ALLOWED)
    bucket = datasync.create_location_s3(
        S3BucketArn="arn:aws:s3:::models-moved", S3Config={"BucketAccessRoleArn": role}
    )["LocationArn"]
    share = datasync.create_location_fsx_windows(
        FsxFilesystemArn=f"arn:aws:fsx:ap-northeast-1:123456789012:file-system/{key}",
        SecurityGroupArns=[f"arn:aws:ec2:ap-northeast-1:123456789012:security-group/{net.group}"],
        User="Admin",
        Password="Nobody-knows-1",
        Domain="corp.example.com",
    )["LocationArn"]
    assert datasync.describe_location_fsx_windows(LocationArn=share)["Domain"] == "corp.example.com"
    for name, destination in (("to-s3", bucket), ("to-share", share)):
        assert run(session, build_task(session, there["nas"], destination, name))["Status"] == "SUCCESS"
    links = links_of(read_back(session))
    assert {("to-s3", "models-moved", "routes", "copies"), ("to-share", "share", "routes", "copies")} <= links
    ec2, rule = session.client("ec2"), {"IpProtocol": "tcp", "FromPort": 445, "ToPort": 445}
    closed = [{**rule, "IpRanges": [{"CidrIp": "10.6.0.0/16"}]}]
    ec2.revoke_security_group_ingress(GroupId=net.group, IpPermissions=closed)
    task = next(one["TaskArn"] for one in datasync.list_tasks()["Tasks"] if one["Name"] == "to-share")
    assert run(session, task)["Result"]["ErrorCode"] == "x40016"


def test_nothing_is_left(session: Session, folder: Path):
    task = build_all(session)["task"]
    session.client("datasync").start_task_execution(TaskArn=task)  # runs while it is torn down
    report = tear_down(session)
    assert report.ok, [each.detail for each in report.findings]
    datasync = session.client("datasync")
    assert datasync.list_tasks()["Tasks"] == []
    assert datasync.list_locations()["Locations"] == []
    assert datasync.list_agents()["Agents"] == []
    assert (folder / "plans" / "house.dxf").is_file()
