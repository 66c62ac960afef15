"""AWS Backup: plans, selections, jobs, copies, restores, on the clock and with contents."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import AWAY, back_up, restore, role, volume

DAILY = {
    "RuleName": "daily",
    "TargetBackupVaultName": "main",
    "ScheduleExpression": "cron(0 5 * * ? *)",
    "StartWindowMinutes": 60,
    "CompletionWindowMinutes": 180,
    "Lifecycle": {"DeleteAfterDays": 35},
}


def plan(cloud: SimpleNamespace, *rules: dict[str, Any]) -> str:
    asked = {"BackupPlanName": "daily", "Rules": list(rules or (DAILY,))}
    return str(cloud.backup.create_backup_plan(BackupPlan=asked)["BackupPlanId"])


def select(cloud: SimpleNamespace, key: str, **more: Any) -> str:
    tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}
    told = {"SelectionName": "tagged", "IamRoleArn": cloud.role, "ListOfTags": [tag]} | more
    return str(cloud.backup.create_backup_selection(BackupPlanId=key, BackupSelection=told)["SelectionId"])


def points(client: Any, vault: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]
    return found


def test_a_job_goes_through_its_states_and_leaves_a_snapshot(cloud: SimpleNamespace, emulator: Emulator) -> None:
    asked = {"BackupVaultName": "main", "ResourceArn": cloud.arn, "IamRoleArn": cloud.role}
    job = cloud.backup.start_backup_job(**asked)["BackupJobId"]
    states = []
    for _ in range(6):
        told = cloud.backup.describe_backup_job(BackupJobId=job)
        states.append((told["State"], float(told["PercentDone"])))
        emulator.advance(120)
    assert states[0] == ("CREATED", 0.0)
    assert any(state == "RUNNING" and 0 < done < 100 for state, done in states)
    assert states[-1] == ("COMPLETED", 100.0)
    point = points(cloud.backup, "main")[0]
    snapshot = point["RecoveryPointArn"].rpartition("/")[2]
    found = cloud.ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert (found["VolumeId"], found["State"]) == (cloud.volume, "completed")
    assert {"Key": "backup", "Value": "daily"} in found["Tags"]
    assert point["BackupSizeInBytes"] == 10 * 1024**3
    with pytest.raises(ClientError, match="managed by the AWS Backup service"):
        cloud.ec2.delete_snapshot(SnapshotId=snapshot)
    protected = cloud.backup.list_protected_resources()["Results"]
    assert [each["ResourceArn"] for each in protected] == [cloud.arn]


def test_a_plan_runs_at_its_hour_and_keeps_its_days(cloud: SimpleNamespace, emulator: Emulator) -> None:
    select(cloud, plan(cloud))
    other = volume(cloud.ec2, "untagged", TagSpecifications=[])
    emulator.advance(60 * 86400)
    kept = points(cloud.backup, "main")
    assert 34 <= len(kept) <= 36
    assert {each["ResourceArn"] for each in kept} == {cloud.arn}
    assert {(each["CreationDate"].astimezone(UTC).hour) for each in kept} == {5}
    assert kept[0]["CreatedBy"]["BackupRuleName"] == "daily"
    assert all(each["CalculatedLifecycle"]["DeleteAt"] - each["CreationDate"] == timedelta(days=35) for each in kept)
    snapshots = cloud.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert len(snapshots) == len(kept), "expired recovery points leave snapshots behind"
    assert other not in {each["VolumeId"] for each in snapshots}


def test_a_schedule_follows_its_time_zone_and_a_deleted_selection_ends_it(
    cloud: SimpleNamespace, emulator: Emulator
) -> None:
    key = plan(cloud, DAILY | {"ScheduleExpression": "cron(0 3 * * ? *)", "ScheduleExpressionTimezone": "Asia/Tokyo"})
    chosen = select(cloud, key)
    emulator.advance(3 * 86400)
    assert {each["CreationDate"].astimezone(UTC).hour for each in points(cloud.backup, "main")} == {18}
    before = len(points(cloud.backup, "main"))
    with pytest.raises(ClientError, match="selections must be deleted"):
        cloud.backup.delete_backup_plan(BackupPlanId=key)
    cloud.backup.delete_backup_selection(BackupPlanId=key, SelectionId=chosen)
    emulator.advance(3 * 86400)
    assert len(points(cloud.backup, "main")) == before
    cloud.backup.delete_backup_plan(BackupPlanId=key)
    assert cloud.backup.list_backup_plans()["BackupPlansList"] == []


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ({"ListOfTags": [], "Resources": ["arn:aws:ec2:*:*:volume/*"]}, {"plans-data", "scratch"}),
        (
            {
                "ListOfTags": [],
                "Resources": ["*"],
                "Conditions": {"StringEquals": [{"ConditionKey": "aws:ResourceTag/Name", "ConditionValue": "scratch"}]},
            },
            {"scratch"},
        ),
        ({"NotResources": ["arn:aws:ec2:*:*:volume/*"]}, set()),
    ],
)
def test_selections_take_what_they_say(
    cloud: SimpleNamespace, emulator: Emulator, told: dict[str, Any], taken: set[str]
) -> None:
    volume(cloud.ec2, "scratch")
    select(cloud, plan(cloud), **told)
    emulator.advance(86400)
    assert {each["ResourceName"] for each in points(cloud.backup, "main")} == taken


def test_copies_go_to_the_other_region_with_their_own_days(cloud: SimpleNamespace, emulator: Emulator) -> None:
    copied = {"DestinationBackupVaultArn": cloud.away_vault, "Lifecycle": {"DeleteAfterDays": 3}}
    select(cloud, plan(cloud, DAILY | {"CopyActions": [copied]}))
    emulator.advance(10 * 86400)
    there = points(cloud.away, "away")
    assert 2 <= len(there) <= 3
    assert len(points(cloud.backup, "main")) >= 9
    assert all(AWAY in each["RecoveryPointArn"] for each in there)
    assert there[0]["SourceBackupVaultArn"] == cloud.main_vault
    jobs = cloud.backup.list_copy_jobs(ByState="COMPLETED")["CopyJobs"]
    assert len(jobs) >= 9 and jobs[0]["DestinationBackupVaultArn"] == cloud.away_vault


def test_a_bucket_comes_back_as_it_was(cloud: SimpleNamespace, emulator: Emulator) -> None:
    place = {"CreateBucketConfiguration": {"LocationConstraint": "ap-northeast-1"}}
    cloud.s3.create_bucket(Bucket="models", **place)
    cloud.s3.put_object(Bucket="models", Key="house.dwg", Body=b"first", Metadata={"by": "sato"})
    told = back_up(cloud, emulator, "arn:aws:s3:::models")
    assert (told["State"], "Versioning is not enabled" in told["StatusMessage"]) == ("FAILED", True)
    cloud.s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    cloud.s3.put_object(Bucket="models", Key="house.dwg", Body=b"good", Metadata={"by": "sato"})
    cloud.s3.put_object(Bucket="models", Key="gone.dwg", Body=b"gone")
    cloud.s3.delete_object(Bucket="models", Key="gone.dwg")
    point = back_up(cloud, emulator, "arn:aws:s3:::models")["RecoveryPointArn"]
    cloud.s3.put_object(Bucket="models", Key="house.dwg", Body=b"encrypted by thieves")
    told = restore(cloud, emulator, point, DestinationBucketName="again", NewBucket="true")
    assert told["Status"] == "COMPLETED", told
    assert told["CreatedResourceArn"] == "arn:aws:s3:::again"
    found = cloud.s3.get_object(Bucket="again", Key="house.dwg")
    assert (found["Body"].read(), found["Metadata"]) == (b"good", {"by": "sato"})
    assert [each["Key"] for each in cloud.s3.list_objects_v2(Bucket="again")["Contents"]] == ["house.dwg"]


def test_a_table_comes_back_with_its_items(cloud: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]) -> None:
    dynamodb = aws("dynamodb")
    key = {"AttributeName": "id", "AttributeType": "S"}
    arn = dynamodb.create_table(
        TableName="projects",
        AttributeDefinitions=[key],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    emulator.advance(60)
    dynamodb.put_item(TableName="projects", Item={"id": {"S": "tower"}})
    point = back_up(cloud, emulator, arn)["RecoveryPointArn"]
    dynamodb.delete_item(TableName="projects", Key={"id": {"S": "tower"}})
    told = restore(cloud, emulator, point, targetTableName="projects-again")
    assert told["Status"] == "COMPLETED", told
    assert dynamodb.scan(TableName="projects-again")["Items"] == [{"id": {"S": "tower"}}]


def test_jobs_and_points_are_listed_by_when_they_were_made(cloud: SimpleNamespace, emulator: Emulator) -> None:
    first = back_up(cloud, emulator)
    restore(cloud, emulator, first["RecoveryPointArn"], availabilityZone="ap-northeast-1a")
    between = datetime.fromtimestamp(emulator.status()["now"], UTC)
    second = back_up(cloud, emulator)
    after = cloud.backup.list_backup_jobs(ByCreatedAfter=between)["BackupJobs"]
    assert [each["BackupJobId"] for each in after] == [second["BackupJobId"]]
    assert len(cloud.backup.list_restore_jobs(ByCreatedBefore=between)["RestoreJobs"]) == 1
    asked = {"BackupVaultName": "main", "ByCreatedBefore": between}
    before = cloud.backup.list_recovery_points_by_backup_vault(**asked)["RecoveryPoints"]
    assert [each["RecoveryPointArn"] for each in before] == [first["RecoveryPointArn"]]


def test_a_restore_makes_a_volume_and_tells_why_it_cannot(cloud: SimpleNamespace, emulator: Emulator) -> None:
    point = back_up(cloud, emulator)["RecoveryPointArn"]
    offered = cloud.backup.get_recovery_point_restore_metadata(BackupVaultName="main", RecoveryPointArn=point)
    assert offered["RestoreMetadata"]["volumeId"] == cloud.volume
    told = restore(cloud, emulator, point, **offered["RestoreMetadata"])
    made = told["CreatedResourceArn"].rpartition("/")[2]
    found = cloud.ec2.describe_volumes(VolumeIds=[made])["Volumes"][0]
    assert (found["Size"], found["VolumeType"]) == (10, "gp3")
    assert found["SnapshotId"] == point.rpartition("/")[2]
    told = restore(cloud, emulator, point, volumeSize="10")
    assert (told["Status"], told["StatusMessage"]) == ("FAILED", "Availability zone must be specified")
    last = cloud.backup.describe_protected_resource(ResourceArn=cloud.arn)
    assert last["LatestRestoreExecutionTimeMinutes"] > 0


def test_jobs_fail_for_want_of_a_role(cloud: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]) -> None:
    told = back_up(cloud, emulator, IamRoleArn="arn:aws:iam::123456789012:role/nobody")
    assert (told["State"], "cannot be assumed" in told["StatusMessage"]) == ("FAILED", True)
    only = role(aws("iam"), "only-backup", policies=("AWSBackupServiceRolePolicyForBackup",))
    point = back_up(cloud, emulator, IamRoleArn=only)["RecoveryPointArn"]
    cloud.role = only
    told = restore(cloud, emulator, point, availabilityZone="ap-northeast-1a")
    assert (told["Status"], "ForRestores" in told["StatusMessage"]) == ("FAILED", True)


def test_a_vault_of_another_account_takes_copies_only_if_it_says_so(
    cloud: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    keys = aws("sts").assume_role(RoleArn="arn:aws:iam::222222222222:role/keeper", RoleSessionName="keeper")[
        "Credentials"
    ]
    from tests.conftest import client

    theirs = client(
        emulator,
        "backup",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    vault = theirs.create_backup_vault(BackupVaultName="safe")["BackupVaultArn"]
    point = back_up(cloud, emulator)["RecoveryPointArn"]
    asked = {
        "RecoveryPointArn": point,
        "SourceBackupVaultName": "main",
        "DestinationBackupVaultArn": vault,
        "IamRoleArn": cloud.role,
    }

    def copied() -> str:
        job = cloud.backup.start_copy_job(**asked)["CopyJobId"]
        emulator.advance(7200)
        return str(cloud.backup.describe_copy_job(CopyJobId=job)["CopyJob"]["State"])

    assert copied() == "FAILED"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    theirs.put_backup_vault_access_policy(BackupVaultName="safe", Policy=policy)
    assert copied() == "COMPLETED"
    assert len(points(theirs, "safe")) == 1


def test_a_restore_test_restores_and_deletes(cloud: SimpleNamespace, emulator: Emulator) -> None:
    back_up(cloud, emulator)
    chosen = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
    told = {
        "RestoreTestingPlanName": "drill",
        "ScheduleExpression": "cron(0 10 ? * * *)",
        "RecoveryPointSelection": chosen,
    }
    cloud.backup.create_restore_testing_plan(RestoreTestingPlan=told)
    selection = {
        "RestoreTestingSelectionName": "volumes",
        "ProtectedResourceType": "EBS",
        "IamRoleArn": cloud.role,
        "ProtectedResourceArns": ["*"],
        "ValidationWindowHours": 2,
    }
    cloud.backup.create_restore_testing_selection(RestoreTestingPlanName="drill", RestoreTestingSelection=selection)
    ten = 10 * 3600
    emulator.advance((ten - emulator.status()["now"]) % 86400 + 6 * 3600)
    jobs = cloud.backup.list_restore_jobs()["RestoreJobs"]
    assert jobs and {each["Status"] for each in jobs} == {"COMPLETED"}
    assert jobs[-1]["CreatedBy"]["RestoreTestingPlanArn"].endswith("restore-testing-plan:drill")
    assert (jobs[-1]["ValidationStatus"], jobs[-1]["DeletionStatus"]) == ("TIMED_OUT", "SUCCESSFUL")
    made = [each["VolumeId"] for each in cloud.ec2.describe_volumes()["Volumes"]]
    assert made == [cloud.volume], "what a test restored is still there"


def test_years_of_daily_backups_pass_quickly(cloud: SimpleNamespace, emulator: Emulator) -> None:
    monthly = DAILY | {
        "RuleName": "monthly",
        "ScheduleExpression": "cron(0 6 1 * ? *)",
        "Lifecycle": {
            "MoveToColdStorageAfterDays": 30,
            "DeleteAfterDays": 2555,
            "OptInToArchiveForSupportedResources": True,
        },
    }
    select(cloud, plan(cloud, DAILY, monthly))
    emulator.advance(2 * 365 * 86400)
    kept = points(cloud.backup, "main")
    of_months = [each for each in kept if each["CreatedBy"]["BackupRuleName"] == "monthly"]
    assert 23 <= len(of_months) <= 25 and len(kept) - len(of_months) in (34, 35, 36)
    oldest = of_months[-1]["RecoveryPointArn"]
    told = cloud.backup.describe_recovery_point(BackupVaultName="main", RecoveryPointArn=oldest)
    assert told["StorageClass"] == "COLD"
    assert told["CreationDate"] < datetime.now(UTC) + timedelta(days=2 * 365)
