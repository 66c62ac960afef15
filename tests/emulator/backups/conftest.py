"""What is backed up in these tests: a volume with files, a bucket with versions, a role, vaults in two regions."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.conftest import named

AWAY = "ap-northeast-3"
ACCOUNT = "123456789012"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")


def role(iam: Any, name: str = "backup", *, policies: tuple[str, ...] = _POLICIES) -> str:
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for each in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/service-role/{each}")
    return str(made)


@pytest.fixture
def cloud(clean_emulator: Emulator, aws: Callable[..., Any]) -> SimpleNamespace:
    """Clients, a role, vaults ``main`` and ``away``, a tagged volume."""
    del clean_emulator
    made = SimpleNamespace(ec2=aws("ec2"), backup=aws("backup"), s3=aws("s3"), kms=aws("kms"), rds=aws("rds"))
    made.away = aws("backup", region=AWAY)
    made.role = role(aws("iam"))
    made.main_vault = made.backup.create_backup_vault(BackupVaultName="main")["BackupVaultArn"]
    made.away_vault = made.away.create_backup_vault(BackupVaultName="away")["BackupVaultArn"]
    made.volume = volume(made.ec2)
    made.arn = f"arn:aws:ec2:ap-northeast-1:{ACCOUNT}:volume/{made.volume}"
    return made


def volume(ec2: Any, name: str = "plans-data", **more: Any) -> str:
    tags = named("volume", name)
    tags[0]["Tags"].append({"Key": "backup", "Value": "daily"})
    wanted = {"Size": 10, "AvailabilityZone": "ap-northeast-1a", "VolumeType": "gp3", "TagSpecifications": tags}
    return str(ec2.create_volume(**(wanted | more))["VolumeId"])


def back_up(cloud: SimpleNamespace, emulator: Emulator, arn: str = "", **more: Any) -> dict[str, Any]:
    """A job on demand that has ended; returns what is told of it."""
    wanted = {"BackupVaultName": "main", "ResourceArn": arn or cloud.arn, "IamRoleArn": cloud.role}
    job = cloud.backup.start_backup_job(**(wanted | more))["BackupJobId"]
    emulator.advance(2 * 3600)
    told: dict[str, Any] = cloud.backup.describe_backup_job(BackupJobId=job)
    return told


def restore(cloud: SimpleNamespace, emulator: Emulator, point: str, **metadata: str) -> dict[str, Any]:
    """A restore job that has ended."""
    job = cloud.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata, IamRoleArn=cloud.role)
    emulator.advance(6 * 3600)
    told: dict[str, Any] = cloud.backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])
    return told
