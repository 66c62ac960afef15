"""EFS's automatic backups: the plan of AWS's own takes a file system while its policy is ENABLED, for 35 days."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import ACCOUNT, AWAY, role
from tests.emulator.files.test_fsx import refused

DAY = 86_400.0
VAULT = "aws/efs/automatic-backup-vault"
PLAN = "aws/efs/73d922fb-9312-3a70-99c3-e69367f9fdad"
TAG = {"Key": "aws:elasticfilesystem:default-backup", "Value": "enabled"}


@pytest.fixture
def backup(clean_emulator: Emulator, aws: Callable[..., Any]) -> Any:
    del clean_emulator
    return aws("backup")


@pytest.fixture
def efs(aws: Callable[..., Any]) -> Any:
    return aws("efs")


def make(efs: Any, emulator: Emulator, token: str = "shared", **more: Any) -> str:
    tags = [{"Key": "Name", "Value": token}]
    key = str(efs.create_file_system(CreationToken=token, Tags=tags, **more)["FileSystemId"])
    emulator.advance(60)
    return key


def policy(efs: Any, key: str, status: str) -> None:
    efs.put_backup_policy(FileSystemId=key, BackupPolicy={"Status": status})


def points(backup: Any) -> list[dict[str, Any]]:
    told = backup.list_recovery_points_by_backup_vault(BackupVaultName=VAULT)
    return sorted(told["RecoveryPoints"], key=lambda point: point["CreationDate"])


def tags(efs: Any, key: str) -> list[dict[str, str]]:
    told: list[dict[str, str]] = efs.describe_file_systems(FileSystemId=key)["FileSystems"][0]["Tags"]
    return told


def opened(backup: Any, *actions: str) -> None:
    """Let the vault's policy deny these no longer."""
    told = json.loads(backup.get_backup_vault_access_policy(BackupVaultName=VAULT)["Policy"])
    (statement,) = told["Statement"]
    statement["Action"] = [each for each in statement["Action"] if each not in actions]
    backup.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=json.dumps(told))


def test_a_file_system_made_with_backups_is_taken_at_five_every_day(backup: Any, efs: Any, emulator: Emulator) -> None:
    key = make(efs, emulator, Backup=True)
    emulator.advance(3 * DAY)
    found = points(backup)
    assert [point["Status"] for point in found] == ["COMPLETED"] * 3
    assert {point["ResourceArn"].rpartition("/")[2] for point in found} == {key}
    begun = [point["CreationDate"].astimezone(UTC) for point in found]
    assert {(when.hour, when.minute < 30) for when in begun} == {(5, True)}
    assert [later - one for one, later in pairwise(begun)] == [timedelta(days=1)] * 2
    first = found[0]
    assert first["IamRoleArn"].endswith(":role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")
    assert (first["CreatedBy"]["BackupPlanId"], first["Lifecycle"]) == (PLAN, {"DeleteAfterDays": 35})
    told = backup.list_tags(ResourceArn=first["RecoveryPointArn"])["Tags"]
    assert told == {"Name": "shared"}, "tags of the file system, without AWS's own"


def test_the_vault_and_the_plan_are_told_as_aws_does(backup: Any, efs: Any, emulator: Emulator) -> None:
    make(efs, emulator)
    assert backup.list_backup_vaults()["BackupVaultList"] == backup.list_backup_plans()["BackupPlansList"] == []
    key = make(efs, emulator, "other")
    policy(efs, key, "ENABLED")
    assert TAG in tags(efs, key)
    (vault,) = backup.list_backup_vaults()["BackupVaultList"]
    assert vault["BackupVaultArn"] == f"arn:aws:backup:ap-northeast-1:{ACCOUNT}:backup-vault:{VAULT}"
    assert backup.describe_backup_vault(BackupVaultName=VAULT)["NumberOfRecoveryPoints"] == 0
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    assert (plan["BackupPlanId"], plan["BackupPlanName"]) == (PLAN, "aws/efs/automatic-backup-plan")
    told = backup.get_backup_plan(BackupPlanId=PLAN)
    assert told["BackupPlanArn"] == f"arn:aws:backup:ap-northeast-1:{ACCOUNT}:backup-plan:{PLAN}"
    (rule,) = told["BackupPlan"]["Rules"]
    expected = {
        "RuleName": "aws/efs/automatic-backup-rule",
        "TargetBackupVaultName": VAULT,
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "StartWindowMinutes": 480,
        "CompletionWindowMinutes": 10080,
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    assert expected.items() <= rule.items()
    (selection,) = backup.list_backup_selections(BackupPlanId=PLAN)["BackupSelectionsList"]
    chosen = backup.get_backup_selection(BackupPlanId=PLAN, SelectionId=selection["SelectionId"])["BackupSelection"]
    assert chosen["SelectionName"] == "aws/efs/automatic-backup-selection"
    (condition,) = chosen["ListOfTags"]
    assert (condition["ConditionKey"], condition["ConditionValue"]) == (TAG["Key"], TAG["Value"])


def test_a_zone_of_its_own_is_backed_up_by_default_and_others_are_not(
    backup: Any, efs: Any, emulator: Emulator
) -> None:
    make(efs, emulator, "regional")
    one = make(efs, emulator, "one", AvailabilityZoneName="ap-northeast-1a")
    make(efs, emulator, "none", AvailabilityZoneName="ap-northeast-1a", Backup=False)
    emulator.advance(DAY)
    assert [point["ResourceArn"].rpartition("/")[2] for point in points(backup)] == [one]


def test_disabled_ends_further_backups_and_enabled_begins_again(backup: Any, efs: Any, emulator: Emulator) -> None:
    first, second = (make(efs, emulator, name, Backup=True) for name in ("first", "second"))
    emulator.advance(DAY)
    policy(efs, first, "DISABLED")
    assert TAG not in tags(efs, first)
    emulator.advance(DAY)
    assert sorted(p["ResourceArn"].rpartition("/")[2] for p in points(backup)) == sorted([first, second, second])
    policy(efs, second, "DISABLED")
    emulator.advance(3 * DAY)
    assert len(points(backup)) == 3, "nobody is taken any more"
    policy(efs, first, "ENABLED")
    policy(efs, first, "ENABLED")
    emulator.advance(DAY)
    assert len(points(backup)) == 4, "once a day, though it was put twice"


def test_points_expire_after_35_days_and_outlive_their_file_system(backup: Any, efs: Any, emulator: Emulator) -> None:
    key = make(efs, emulator, Backup=True)
    now = datetime.fromtimestamp(emulator.advance(400 * DAY)[0], UTC)
    kept = points(backup)
    assert len(kept) == 35
    assert min(point["CreationDate"].astimezone(UTC) for point in kept) > now - timedelta(days=35)
    efs.delete_file_system(FileSystemId=key)
    emulator.advance(2 * DAY)
    assert len(points(backup)) == 33
    emulator.advance(40 * DAY)
    assert points(backup) == []


def test_nothing_waits_on_the_clock_when_nobody_is_taken(backup: Any, efs: Any, emulator: Emulator) -> None:
    key = make(efs, emulator, Backup=True)
    policy(efs, key, "DISABLED")
    jobs = backup.list_backup_jobs()["BackupJobs"]
    emulator.advance(30 * DAY)
    assert jobs == backup.list_backup_jobs()["BackupJobs"] == []
    assert "LastExecutionDate" not in backup.get_backup_plan(BackupPlanId=PLAN), "the rule was never due"


def test_each_region_has_its_own(backup: Any, efs: Any, aws: Callable[..., Any], emulator: Emulator) -> None:
    make(aws("efs", region=AWAY), emulator, Backup=True)
    emulator.advance(DAY)
    assert backup.list_backup_vaults()["BackupVaultList"] == []
    assert len(points(aws("backup", region=AWAY))) == 1


def test_the_vault_gives_nothing_away_before_its_policy_is_changed(
    backup: Any, efs: Any, aws: Callable[..., Any], emulator: Emulator
) -> None:
    key = make(efs, emulator, Backup=True)
    emulator.advance(DAY)
    point = points(backup)[0]["RecoveryPointArn"]
    keeper = role(aws("iam"))
    there = aws("backup", region=AWAY).create_backup_vault(BackupVaultName="away")["BackupVaultArn"]
    back = {"newFileSystem": "false", "file-system-id": key}
    restore = {"RecoveryPointArn": point, "IamRoleArn": keeper, "Metadata": back}
    copy = {
        "RecoveryPointArn": point,
        "IamRoleArn": keeper,
        "SourceBackupVaultName": VAULT,
        "DestinationBackupVaultArn": there,
    }
    named = {"BackupVaultName": VAULT, "RecoveryPointArn": point}
    denied = (
        (backup.start_restore_job, restore),
        (backup.start_copy_job, copy),
        (backup.delete_recovery_point, named),
        (backup.update_recovery_point_lifecycle, named | {"Lifecycle": {"DeleteAfterDays": 99}}),
        (backup.delete_backup_vault_access_policy, {"BackupVaultName": VAULT}),
    )
    for call, asked in denied:
        assert refused(call, **asked) == "AccessDeniedException", call
    opened(backup, "backup:StartRestoreJob", "backup:StartCopyJob", "backup:DeleteRecoveryPoint")
    job = backup.start_restore_job(**restore)["RestoreJobId"]
    made = backup.start_copy_job(**copy)["CopyJobId"]
    emulator.advance(7200)
    assert backup.describe_restore_job(RestoreJobId=job)["Status"] == "COMPLETED"
    assert backup.describe_copy_job(CopyJobId=made)["CopyJob"]["State"] == "COMPLETED"
    backup.delete_recovery_point(**named)
    assert points(backup) == []


def test_vault_and_plan_cannot_be_deleted_nor_used_by_others(
    backup: Any, efs: Any, aws: Callable[..., Any], emulator: Emulator
) -> None:
    key = make(efs, emulator, Backup=True)
    opened(backup, "backup:DeleteBackupVault", "backup:StartCopyJob")
    keeper = role(aws("iam"))
    (selection,) = backup.list_backup_selections(BackupPlanId=PLAN)["BackupSelectionsList"]
    arn = f"arn:aws:elasticfilesystem:ap-northeast-1:{ACCOUNT}:file-system/{key}"
    rule = {"RuleName": "mine", "TargetBackupVaultName": VAULT}
    away = {"DestinationBackupVaultArn": f"arn:aws:backup:ap-northeast-1:{ACCOUNT}:backup-vault:{VAULT}"}
    backup.create_backup_vault(BackupVaultName="main")
    copying = {"RuleName": "mine", "TargetBackupVaultName": "main", "CopyActions": [away]}
    not_theirs = (
        (backup.delete_backup_vault, {"BackupVaultName": VAULT}),
        (backup.delete_backup_plan, {"BackupPlanId": PLAN}),
        (backup.delete_backup_selection, {"BackupPlanId": PLAN, "SelectionId": selection["SelectionId"]}),
        (backup.start_backup_job, {"BackupVaultName": VAULT, "ResourceArn": arn, "IamRoleArn": keeper}),
        (backup.create_backup_plan, {"BackupPlan": {"BackupPlanName": "mine", "Rules": [rule]}}),
        (backup.create_backup_plan, {"BackupPlan": {"BackupPlanName": "mine", "Rules": [copying]}}),
    )
    for call, asked in not_theirs:
        assert refused(call, **asked) == "AccessDeniedException", asked


def test_how_long_they_are_kept_can_be_changed_in_the_plan(backup: Any, efs: Any, emulator: Emulator) -> None:
    make(efs, emulator, Backup=True)
    told = backup.get_backup_plan(BackupPlanId=PLAN)["BackupPlan"]
    wanted = [{name: value for name, value in rule.items() if name != "RuleId"} for rule in told["Rules"]]
    wanted[0]["Lifecycle"] = {"DeleteAfterDays": 7}
    changed = {"BackupPlanName": told["BackupPlanName"], "Rules": wanted}
    backup.update_backup_plan(BackupPlanId=PLAN, BackupPlan=changed)
    emulator.advance(20 * DAY)
    assert len(points(backup)) == 7


def test_the_role_of_aws_restores_nothing(backup: Any, efs: Any, emulator: Emulator) -> None:
    key = make(efs, emulator, Backup=True)
    emulator.advance(DAY)
    (point,) = points(backup)
    opened(backup, "backup:StartRestoreJob")
    back = {"newFileSystem": "false", "file-system-id": key}
    asked = {"RecoveryPointArn": point["RecoveryPointArn"], "IamRoleArn": point["IamRoleArn"], "Metadata": back}
    job = backup.start_restore_job(**asked)["RestoreJobId"]
    emulator.advance(7200)
    assert backup.describe_restore_job(RestoreJobId=job)["Status"] == "FAILED"


def test_a_saved_cloud_goes_on_being_backed_up(backup: Any, efs: Any, emulator: Emulator) -> None:
    key = make(efs, emulator, Backup=True)
    emulator.advance(DAY)
    emulator.save("backed-up")
    emulator.reset()
    emulator.restore("backed-up")
    emulator.advance(2 * DAY)
    assert len(points(backup)) == 3
    policy(efs, key, "DISABLED")
    emulator.advance(2 * DAY)
    assert len(points(backup)) == 3
