"""What nobody may delete: vault locks, legal holds, policies; lifecycles that do not fit."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import back_up

DAY = 86400
LOCKED = r"InvalidRequestException.*RecoveryPoint cannot be deleted or updated \(Backup vault configured with Lock\)"


def remove(cloud: SimpleNamespace, point: str) -> None:
    cloud.backup.delete_recovery_point(BackupVaultName="main", RecoveryPointArn=point)


def left(cloud: SimpleNamespace) -> int:
    return int(cloud.backup.describe_backup_vault(BackupVaultName="main")["NumberOfRecoveryPoints"])


def lock(cloud: SimpleNamespace, **more: int) -> None:
    cloud.backup.put_backup_vault_lock_configuration(BackupVaultName="main", **more)


def test_a_lock_in_governance_mode_holds_until_it_is_lifted(cloud: SimpleNamespace, emulator: Emulator) -> None:
    point = back_up(cloud, emulator, Lifecycle={"DeleteAfterDays": 60})["RecoveryPointArn"]
    lock(cloud, MinRetentionDays=30, MaxRetentionDays=365)
    with pytest.raises(ClientError, match=LOCKED):
        remove(cloud, point)
    with pytest.raises(ClientError, match=LOCKED):
        cloud.backup.update_recovery_point_lifecycle(
            BackupVaultName="main", RecoveryPointArn=point, Lifecycle={"DeleteAfterDays": 1}
        )
    cloud.backup.delete_backup_vault_lock_configuration(BackupVaultName="main")
    remove(cloud, point)
    assert left(cloud) == 0
    assert cloud.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_a_lock_in_compliance_mode_is_final_after_its_grace(cloud: SimpleNamespace, emulator: Emulator) -> None:
    lock(cloud, MinRetentionDays=30, ChangeableForDays=3)
    emulator.advance(2 * DAY)
    lock(cloud, MinRetentionDays=20, ChangeableForDays=3)
    point = back_up(cloud, emulator, Lifecycle={"DeleteAfterDays": 60})["RecoveryPointArn"]
    emulator.advance(4 * DAY)
    with pytest.raises(ClientError, match="immutable"):
        cloud.backup.delete_backup_vault_lock_configuration(BackupVaultName="main")
    with pytest.raises(ClientError, match=LOCKED):
        remove(cloud, point)
    with pytest.raises(ClientError, match=r"contains 1 recovery points"):
        cloud.backup.delete_backup_vault(BackupVaultName="main")
    emulator.advance(60 * DAY)
    assert left(cloud) == 0, "its own lifecycle ends it nevertheless"
    cloud.backup.delete_backup_vault(BackupVaultName="main")


@pytest.mark.parametrize("days", [7, 400])
def test_a_locked_vault_takes_no_lifecycle_outside_its_range(
    cloud: SimpleNamespace, emulator: Emulator, days: int
) -> None:
    lock(cloud, MinRetentionDays=30, MaxRetentionDays=365)
    told = back_up(cloud, emulator, Lifecycle={"DeleteAfterDays": days})
    assert (told["State"], "outside the valid range" in told["StatusMessage"]) == ("FAILED", True)
    assert left(cloud) == 0


def test_cold_storage_lasts_ninety_days(cloud: SimpleNamespace) -> None:
    asked = {"BackupVaultName": "main", "ResourceArn": cloud.arn, "IamRoleArn": cloud.role}
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*90"):
        cloud.backup.start_backup_job(**asked, Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 119})
    cloud.backup.start_backup_job(**asked, Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 120})


def test_a_legal_hold_outlasts_the_lifecycle(cloud: SimpleNamespace, emulator: Emulator) -> None:
    point = back_up(cloud, emulator, Lifecycle={"DeleteAfterDays": 5})["RecoveryPointArn"]
    hold = cloud.backup.create_legal_hold(
        Title="dispute", Description="court", RecoveryPointSelection={"VaultNames": ["main"]}
    )["LegalHoldId"]
    emulator.advance(10 * DAY)
    told = cloud.backup.describe_recovery_point(BackupVaultName="main", RecoveryPointArn=point)
    assert told["Status"] == "EXPIRED"
    with pytest.raises(ClientError, match="active legal hold"):
        remove(cloud, point)
    cloud.backup.cancel_legal_hold(LegalHoldId=hold, CancelDescription="over")
    emulator.advance(2 * DAY)
    assert left(cloud) == 0


def test_a_policy_denies_what_it_names(cloud: SimpleNamespace, emulator: Emulator) -> None:
    point = back_up(cloud, emulator)["RecoveryPointArn"]
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "backup:DeleteRecoveryPoint",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.backup.put_backup_vault_access_policy(BackupVaultName="main", Policy=policy)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        remove(cloud, point)
    assert cloud.backup.get_backup_vault_access_policy(BackupVaultName="main")["Policy"] == policy
    cloud.backup.delete_backup_vault_access_policy(BackupVaultName="main")
    remove(cloud, point)
    assert left(cloud) == 0


def test_tags_of_a_recovery_point(cloud: SimpleNamespace, emulator: Emulator) -> None:
    point = back_up(cloud, emulator, RecoveryPointTags={"kept": "long"})["RecoveryPointArn"]
    assert cloud.backup.list_tags(ResourceArn=point)["Tags"] == {
        "Name": "plans-data",
        "backup": "daily",
        "kept": "long",
    }
    cloud.backup.untag_resource(ResourceArn=point, TagKeyList=["kept"])
    assert "kept" not in cloud.backup.list_tags(ResourceArn=point)["Tags"]
