"""DataSync: bytes that really move, counts, durations by the line, errors."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.moving.conftest import activation_key, start, task_of, told

MB = 1_000_000


def write(moving: Any, path: str, data: bytes, modified: float = 1_700_000_000.0) -> None:
    place = moving.office / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    os.utime(place, (modified, modified))


def in_bucket(moving: Any) -> dict[str, bytes]:
    keys = [one["Key"] for one in moving.s3.list_objects_v2(Bucket="models-moved").get("Contents", ())]
    return {key: moving.s3.get_object(Bucket="models-moved", Key=key)["Body"].read() for key in keys}


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    assert refusal.value.response["Error"]["Code"] == "InvalidRequestException"
    return str(refusal.value.response["Error"]["Message"])


def test_the_bytes_are_in_the_bucket(clean_emulator, moving):
    write(moving, "plans/house.dxf", b"house" * 1000)
    write(moving, "read me.txt", b"hello")
    task = task_of(moving, moving.nas, moving.bucket)
    run = start(moving, task)
    assert told(moving, run)["Status"] == "LAUNCHING"
    assert moving.datasync.describe_task(TaskArn=task)["CurrentTaskExecutionArn"] == run
    clean_emulator.advance(300)
    answer = told(moving, run)
    assert answer["Status"] == "SUCCESS"
    assert (answer["EstimatedFilesToTransfer"], answer["FilesTransferred"], answer["FilesVerified"]) == (2, 2, 2)
    assert answer["EstimatedBytesToTransfer"] == answer["BytesTransferred"] == 5005
    assert in_bucket(moving) == {"in/plans/house.dxf": b"house" * 1000, "in/read me.txt": b"hello"}
    head = moving.s3.head_object(Bucket="models-moved", Key="in/read me.txt")
    assert head["Metadata"] == {"file-mtime": "1700000000000000000ns"}
    assert moving.datasync.describe_task(TaskArn=task)["Status"] == "AVAILABLE"


def test_the_second_run_copies_what_changed(clean_emulator, moving):
    for name in "abc":
        write(moving, name, name.encode() * 10)
    task = task_of(moving, moving.nas, moving.bucket)
    start(moving, task)
    clean_emulator.advance(300)
    write(moving, "b", b"B" * 10, modified=1_700_000_100.0)  # the same size, another time
    write(moving, "d", b"d")
    (moving.office / "c").unlink()
    run = start(moving, task)
    clean_emulator.advance(300)
    answer = told(moving, run)
    assert (answer["FilesTransferred"], answer["BytesTransferred"], answer["FilesDeleted"]) == (2, 11, 1)
    assert in_bucket(moving) == {"in/a": b"a" * 10, "in/b": b"B" * 10, "in/d": b"d"}
    run = start(moving, task)
    clean_emulator.advance(300)
    assert told(moving, run)["FilesTransferred"] == 0


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [(-1, 60.0), (100_000, 600.0), (5 * MB, 60.0)],
    ids=["the line", "the task's limit", "a limit above the line"],
)
def test_the_line_and_the_limit_decide_how_long_it_takes(clean_emulator, moving, limit, seconds):
    write(moving, "model.ifc", b"m" * 60 * MB)
    task = task_of(moving, moving.nas, moving.bucket, Options={"BytesPerSecond": limit, "VerifyMode": "NONE"})
    run = start(moving, task)
    clean_emulator.advance(1000)
    # Oracle: 60 MB at 8 Mbit/s are a minute; at 100,000 bytes a second ten.
    assert told(moving, run)["Result"]["TransferDuration"] == pytest.approx(seconds * 1000, abs=5)


def test_two_tebibytes_take_two_days(clean_emulator, shared):
    clean_emulator.office({"upload_mbps": 100, "stored_gib": 2048})
    write(shared, "a", b"a")
    task = task_of(shared, shared.nas, shared.efs)
    run = start(shared, task)
    clean_emulator.advance(86_400)
    # Oracle: 12.5 MB/s for a day but for the 70 s before it begins.
    assert told(shared, run)["BytesTransferred"] == pytest.approx(12.5 * MB * (86_400 - 70), rel=1e-4)
    clean_emulator.advance(2 * 86_400)
    answer = told(shared, run)
    assert (answer["Status"], answer["BytesTransferred"]) == ("SUCCESS", 2048 * 2**30 + 1)
    assert answer["Result"]["TransferDuration"] / 86_400_000 == pytest.approx(2048 * 2**30 / 12.5e6 / 86_400, rel=1e-6)
    efs = shared.client("efs").describe_file_systems(FileSystemId=shared.file_system)["FileSystems"][0]
    assert efs["SizeInBytes"]["Value"] == pytest.approx(2048 * 2**30, rel=1e-6)
    again = start(shared, task)
    clean_emulator.advance(300)
    assert told(shared, again)["BytesTransferred"] == 0


def test_a_cut_line_lets_it_wait_and_a_faster_one_ends_it_sooner(clean_emulator, moving):
    for at in range(10):
        write(moving, f"{at}", bytes([at]) * MB)
    run = start(moving, task_of(moving, moving.nas, moving.bucket))
    clean_emulator.advance(60 + 10 + 3.5)
    half = told(moving, run)
    assert (half["Status"], half["FilesTransferred"]) == ("TRANSFERRING", 3)
    clean_emulator.office({"cut": True})
    assert moving.datasync.describe_agent(AgentArn=moving.agent)["Status"] == "OFFLINE"
    clean_emulator.advance(86_400)
    assert told(moving, run)["FilesTransferred"] == 3
    clean_emulator.office({"cut": False, "upload_mbps": 80})
    clean_emulator.advance(0.7)
    assert told(moving, run)["Status"] == "VERIFYING"
    clean_emulator.advance(60)
    assert (told(moving, run)["Status"], len(in_bucket(moving))) == ("SUCCESS", 10)


def test_an_offline_agent_makes_the_task_unavailable(clean_emulator, moving):
    task = task_of(moving, moving.nas, moving.bucket)
    clean_emulator.office({"cut": True})
    assert moving.datasync.describe_task(TaskArn=task)["Status"] == "UNAVAILABLE"
    assert "offline" in refused(moving.datasync.start_task_execution, TaskArn=task)


def test_to_efs_and_back_to_another_folder(clean_emulator, shared):
    write(shared, "plans/house.dxf", b"house")
    task = task_of(shared, shared.nas, shared.efs)
    first = start(shared, task)
    clean_emulator.advance(300)
    assert told(shared, first)["Status"] == "SUCCESS"
    again = start(shared, task)
    clean_emulator.advance(300)
    assert told(shared, again)["FilesTransferred"] == 0
    (shared.office / "back").mkdir()
    back = shared.datasync.create_location_nfs(
        ServerHostname="files.office", Subdirectory="/share/back", OnPremConfig={"AgentArns": [shared.agent]}
    )["LocationArn"]
    run = start(shared, task_of(shared, shared.efs, back))
    clean_emulator.advance(300)
    assert told(shared, run)["Status"] == "SUCCESS"
    home = shared.office / "back" / "plans" / "house.dxf"
    assert (home.read_bytes(), home.stat().st_mtime) == (b"house", 1_700_000_000.0)
    assert (
        shared.ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["DataSync*"]}])[
            "NetworkInterfaces"
        ]
        == []
    )


def test_a_closed_mount_target_fails_the_run(clean_emulator, shared):
    shared.ec2.revoke_security_group_ingress(GroupId=shared.group, IpPermissions=shared.rule)
    write(shared, "a", b"a")
    run = start(shared, task_of(shared, shared.nas, shared.efs))
    clean_emulator.advance(300)
    answer = told(shared, run)
    assert answer["Status"] == "ERROR"
    result = answer["Result"]
    assert (result["PrepareStatus"], result["ErrorCode"]) == ("ERROR", "x40016")
    assert "mount.nfs: Connection timed out" in result["ErrorDetail"]
    assert shared.efs.rpartition("/")[2] in result["ErrorDetail"]


def test_a_file_system_that_wants_tls_gets_it(clean_emulator, shared):
    write(shared, "a", b"a")
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Condition": insecure}
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody, statement]})
    shared.client("efs").put_file_system_policy(FileSystemId=shared.file_system, Policy=policy)
    plain = start(shared, task_of(shared, shared.nas, shared.efs))
    clean_emulator.advance(300)
    assert "access denied" in told(shared, plain)["Result"]["ErrorDetail"]
    known = shared.datasync.describe_location_efs(LocationArn=shared.efs)
    safe = shared.datasync.create_location_efs(
        EfsFilesystemArn=f"arn:aws:elasticfilesystem:ap-northeast-1:123456789012:file-system/{shared.file_system}",
        Ec2Config=known["Ec2Config"],
        InTransitEncryption="TLS1_2",
    )["LocationArn"]
    run = start(shared, task_of(shared, shared.nas, safe))
    clean_emulator.advance(300)
    assert told(shared, run)["Status"] == "SUCCESS"


def test_an_access_point_leads_below_its_folder(clean_emulator, shared):
    write(shared, "sales/a", b"a")
    first = start(shared, task_of(shared, shared.nas, shared.efs))
    clean_emulator.advance(300)
    assert told(shared, first)["Status"] == "SUCCESS"
    known = shared.datasync.describe_location_efs(LocationArn=shared.efs)
    point = shared.client("efs").create_access_point(
        FileSystemId=shared.file_system, ClientToken="sales", RootDirectory={"Path": "/sales"}
    )["AccessPointArn"]
    sales = shared.datasync.create_location_efs(
        EfsFilesystemArn=f"arn:aws:elasticfilesystem:ap-northeast-1:123456789012:file-system/{shared.file_system}",
        Ec2Config=known["Ec2Config"],
        AccessPointArn=point,
        InTransitEncryption="TLS1_2",
    )["LocationArn"]
    run = start(shared, task_of(shared, sales, shared.bucket))
    clean_emulator.advance(300)
    assert told(shared, run)["Status"] == "SUCCESS"
    assert in_bucket(shared) == {"in/a": b"a"}


def test_another_file_server_or_share_is_not_found(clean_emulator, moving):
    for host, share in (("nas.office", "/share"), ("files.office", "/other"), ("files.office", "/share/none")):
        where = moving.datasync.create_location_smb(
            ServerHostname=host, Subdirectory=share, User="u", Password="secret", AgentArns=[moving.agent]
        )["LocationArn"]
        run = start(moving, task_of(moving, where, moving.bucket))
        clean_emulator.advance(300)
        assert told(moving, run)["Result"]["ErrorCode"] == "x40016"


def test_a_file_that_cannot_be_written_fails_alone(clean_emulator, moving):
    moving.s3.put_object(Bucket="models-moved", Key="in/a", Body=b"a")
    moving.s3.put_object(Bucket="models-moved", Key="in/b/c", Body=b"c")
    (moving.office / "b").write_bytes(b"")  # a file where a folder has to be
    run = start(moving, task_of(moving, moving.bucket, moving.nas, Options={"PreserveDeletedFiles": "PRESERVE"}))
    clean_emulator.advance(300)
    answer = told(moving, run)
    assert answer["Status"] == "ERROR"
    assert (answer["FilesTransferred"], answer["FilesVerified"]) == (1, 1)
    assert (answer["FilesFailed"]["Transfer"], answer["FilesFailed"]["Verify"]) == (1, 0)
    assert answer["Result"]["TransferStatus"] == "ERROR"
    assert (moving.office / "a").read_bytes() == b"a"


def test_never_out_of_the_folder(clean_emulator, moving, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (moving.office / "link").symlink_to(outside)
    (moving.office / "file").symlink_to(outside / "secret")
    moving.s3.put_object(Bucket="models-moved", Key="in/link/new", Body=b"new")
    moving.s3.put_object(Bucket="models-moved", Key="in/../../outside/up", Body=b"up")
    into = start(moving, task_of(moving, moving.bucket, moving.nas, Options={"PreserveDeletedFiles": "PRESERVE"}))
    clean_emulator.advance(300)
    assert told(moving, into)["FilesFailed"]["Transfer"] == 2
    out = start(moving, task_of(moving, moving.nas, moving.bucket))
    clean_emulator.advance(300)
    assert told(moving, out)["FilesListed"]["AtSource"] == 0
    assert sorted(each.name for each in outside.iterdir()) == ["secret"]


def test_a_folder_that_holds_too_much_is_told(clean_emulator, moving):
    for at in range(5001):
        (moving.office / str(at)).touch()
    run = start(moving, task_of(moving, moving.nas, moving.bucket))
    clean_emulator.advance(300)
    result = told(moving, run)["Result"]
    assert (result["PrepareStatus"], "too much" in result["ErrorDetail"]) == ("ERROR", True)


def test_filters_and_files_that_stay(clean_emulator, moving):
    for name in ("plans/a.dxf", "plans/a.tmp", "old/b.dxf"):
        write(moving, name, b"new")
    moving.s3.put_object(Bucket="models-moved", Key="in/plans/a.dxf", Body=b"older")
    rules = {
        "Includes": [{"FilterType": "SIMPLE_PATTERN", "Value": "/plans"}],
        "Excludes": [{"FilterType": "SIMPLE_PATTERN", "Value": "*.tmp"}],
    }
    run = start(moving, task_of(moving, moving.nas, moving.bucket, Options={"OverwriteMode": "NEVER"}, **rules))
    clean_emulator.advance(300)
    answer = told(moving, run)
    assert (answer["FilesTransferred"], answer["FilesSkipped"]) == (0, 1)
    assert in_bucket(moving) == {"in/plans/a.dxf": b"older"}


def test_one_agent_one_task_at_a_time(clean_emulator, moving):
    write(moving, "a", b"a" * 100 * MB)
    first = start(moving, task_of(moving, moving.nas, moving.bucket, Options={"BytesPerSecond": 1000}))
    other = task_of(moving, moving.nas, moving.bucket, Options={"PreserveDeletedFiles": "PRESERVE"})
    second = start(moving, other)
    clean_emulator.advance(300)
    assert (told(moving, first)["Status"], told(moving, second)["Status"]) == ("TRANSFERRING", "QUEUED")
    assert "already running" in refused(moving.datasync.start_task_execution, TaskArn=other)
    moving.datasync.update_task_execution(TaskExecutionArn=first, Options={"BytesPerSecond": -1})
    clean_emulator.advance(120)
    assert told(moving, first)["Status"] == "SUCCESS"
    clean_emulator.advance(300)
    assert told(moving, second)["Status"] == "SUCCESS"


def test_a_cancelled_run_keeps_what_arrived(clean_emulator, moving):
    for at in range(10):
        write(moving, f"{at}", bytes([at]) * MB)
    task = task_of(moving, moving.nas, moving.bucket)
    run = start(moving, task)
    clean_emulator.advance(60 + 10 + 2.5)
    moving.datasync.cancel_task_execution(TaskExecutionArn=run)
    clean_emulator.advance(3600)
    assert (told(moving, run)["Status"], len(in_bucket(moving))) == ("ERROR", 2)
    moving.datasync.delete_task(TaskArn=task)
    assert moving.datasync.list_task_executions()["TaskExecutions"] == []


def test_a_schedule_runs_a_year_in_seconds(clean_emulator, moving):
    write(moving, "a", b"a")
    daily = {"ScheduleExpression": "cron(0 20 * * ? *)"}
    task = task_of(moving, moving.nas, moving.bucket, Schedule=daily)
    clean_emulator.advance(400 * 86_400)
    runs = moving.datasync.list_task_executions(TaskArn=task)["TaskExecutions"]
    assert len(runs) == 400
    assert {one["Status"] for one in runs} == {"SUCCESS"}
    off = {"ScheduleExpression": "cron(0 20 * * ? *)", "Status": "DISABLED"}
    moving.datasync.update_task(TaskArn=task, Schedule=off)
    clean_emulator.advance(2 * 86_400)
    assert len(moving.datasync.list_task_executions(TaskArn=task)["TaskExecutions"]) == 400
    soon = {"ScheduleExpression": "rate(5 minutes)"}
    assert "once an hour" in refused(moving.datasync.update_task, TaskArn=task, Schedule=soon)


def test_a_key_activates_one_agent_of_its_region_within_half_an_hour(clean_emulator, office, aws):
    datasync = aws("datasync")
    key = activation_key(clean_emulator)
    datasync.create_agent(ActivationKey=key)
    elsewhere, late = activation_key(clean_emulator, "us-west-2"), activation_key(clean_emulator)
    clean_emulator.advance(1801)
    for wrong in (key, elsewhere, late, "AAAAA-BBBBB"):
        assert "not valid" in refused(datasync.create_agent, ActivationKey=wrong)


def test_refusals(moving):
    datasync = moving.datasync
    assert "AWS storage" in refused(
        datasync.create_task, SourceLocationArn=moving.nas, DestinationLocationArn=moving.nas
    )
    both = {"TransferMode": "ALL", "PreserveDeletedFiles": "REMOVE"}
    ends = {"SourceLocationArn": moving.nas, "DestinationLocationArn": moving.bucket}
    assert "TransferMode ALL" in refused(datasync.create_task, Options=both, **ends)
    task = task_of(moving, moving.nas, moving.bucket)
    assert "in use" in refused(datasync.delete_agent, AgentArn=moving.agent)
    assert "in use" in refused(datasync.delete_location, LocationArn=moving.nas)
    datasync.delete_task(TaskArn=task)
    assert "not found" in refused(datasync.describe_task, TaskArn=task)


def test_a_role_that_may_not_is_refused_at_once(aws, moving):
    aws("iam").delete_role_policy(RoleName="moves", PolicyName="s3")
    config = {"BucketAccessRoleArn": moving.role}
    said = refused(moving.datasync.create_location_s3, S3BucketArn="arn:aws:s3:::models-moved", S3Config=config)
    assert "s3:ListBucket" in said


def test_a_run_goes_on_in_a_restored_cloud(clean_emulator, moving):
    write(moving, "a", b"a" * MB)
    run = start(moving, task_of(moving, moving.nas, moving.bucket))
    clean_emulator.advance(30)
    clean_emulator.save("moving")
    clean_emulator.reset()
    clean_emulator.restore("moving")
    clean_emulator.advance(300)
    assert (told(moving, run)["Status"], in_bucket(moving)) == ("SUCCESS", {"in/a": b"a" * MB})


def test_a_file_that_changes_before_it_is_verified_is_told(clean_emulator, moving):
    write(moving, "a", b"a" * 2 * MB)
    run = start(moving, task_of(moving, moving.nas, moving.bucket))
    clean_emulator.advance(60 + 10 + 2.2)
    assert told(moving, run)["Status"] == "VERIFYING"
    write(moving, "a", b"b" * 2 * MB)
    clean_emulator.advance(60)
    answer = told(moving, run)
    assert (answer["Status"], answer["Result"]["VerifyStatus"]) == ("ERROR", "ERROR")
    assert answer["FilesFailed"]["Verify"] == 1
