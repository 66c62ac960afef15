"""Clean-up of vaults: what a lock lets one delete goes, what it keeps is told with its last day."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws14.cloud import Session, tear_down

DAY = 86_400


@pytest.fixture
def backup(session: Session) -> Any:
    """A vault with a point that is kept for forty days."""
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam, client = session.client("iam"), session.client("backup")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="keeper", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    to_back_up = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
    iam.attach_role_policy(RoleName="keeper", PolicyArn=to_back_up)
    client.create_backup_vault(BackupVaultName="safe")
    volume = session.client("ec2").create_volume(Size=5, AvailabilityZone=f"{session.region}a")["VolumeId"]
    asked = {
        "BackupVaultName": "safe",
        "ResourceArn": f"arn:aws:ec2:{session.region}:{session.account_id}:volume/{volume}",
        "IamRoleArn": role,
        "Lifecycle": {"DeleteAfterDays": 40},
    }
    client.start_backup_job(**asked)
    session.advance(7_200)
    return client


def locked(client: Any, **more: int) -> None:
    client.put_backup_vault_lock_configuration(BackupVaultName="safe", MinRetentionDays=30, **more)


@pytest.mark.parametrize("more", [{}, {"ChangeableForDays": 3}])
def test_a_lock_that_can_be_lifted_is_lifted(session: Session, backup: Any, more: dict[str, int]) -> None:
    locked(backup, **more)
    assert tear_down(session).ok


def test_a_final_lock_says_what_it_keeps_and_until_when(session: Session, backup: Any) -> None:
    locked(backup, ChangeableForDays=3)
    session.advance(35 * DAY)
    report = tear_down(session)
    told = next(each.detail for each in report.findings if each.name == "safe is deleted")
    assert "its lock keeps 1 recovery points in safe until " in told
    assert not report.ok
    session.advance(6 * DAY)
    assert tear_down(session).ok


def test_a_copy_outlives_the_vault_it_came_from(session: Session, backup: Any) -> None:
    """The account can be read although a link begins at nothing."""
    point = backup.list_recovery_points_by_backup_vault(BackupVaultName="safe")["RecoveryPoints"][0]["RecoveryPointArn"]
    second = backup.create_backup_vault(BackupVaultName="second")["BackupVaultArn"]
    role = session.client("iam").get_role(RoleName="keeper")["Role"]["Arn"]
    asked = {"SourceBackupVaultName": "safe", "DestinationBackupVaultArn": second, "IamRoleArn": role}
    jobs = [
        backup.start_copy_job(RecoveryPointArn=point, **asked, IdempotencyToken="once")["CopyJobId"] for _ in range(2)
    ]
    assert jobs[0] == jobs[1], "the same token makes no second job"
    session.advance(7_200)
    backup.delete_recovery_point(BackupVaultName="safe", RecoveryPointArn=point)
    backup.delete_backup_vault(BackupVaultName="safe")
    assert tear_down(session).ok
