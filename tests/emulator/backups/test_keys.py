"""KMS keys on the clock, and what a key that is away takes with it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import back_up, restore, volume

DAY = 86400


@pytest.fixture
def key(cloud: SimpleNamespace) -> str:
    return str(cloud.kms.create_key(Description="plans")["KeyMetadata"]["Arn"])


def state(cloud: SimpleNamespace, key: str) -> str:
    return str(cloud.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"])


def test_a_key_is_deleted_when_its_days_are_over(cloud: SimpleNamespace, emulator: Emulator, key: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        cloud.kms.schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=3)
    secret = cloud.kms.encrypt(KeyId=key, Plaintext=b"plan")["CiphertextBlob"]
    cloud.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with pytest.raises(ClientError, match=r"KMSInvalidStateException.*is pending deletion"):
        cloud.kms.decrypt(CiphertextBlob=secret)
    emulator.advance(6 * DAY)
    assert state(cloud, key) == "PendingDeletion"
    emulator.advance(1 * DAY + 60)
    with pytest.raises(ClientError, match="NotFoundException"):
        cloud.kms.describe_key(KeyId=key)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        cloud.kms.decrypt(CiphertextBlob=secret)


def test_a_deletion_can_be_cancelled_and_the_key_enabled(cloud: SimpleNamespace, emulator: Emulator, key: str) -> None:
    name = key.rpartition("/")[2]
    secret = cloud.kms.encrypt(KeyId=key, Plaintext=b"plan")["CiphertextBlob"]
    with pytest.raises(ClientError, match="is not pending deletion"):
        cloud.kms.cancel_key_deletion(KeyId=name)
    cloud.kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=7)
    with pytest.raises(ClientError, match="is pending deletion"):
        cloud.kms.enable_key(KeyId=name)
    cloud.kms.cancel_key_deletion(KeyId=name)
    emulator.advance(30 * DAY)
    assert state(cloud, key) == "Disabled"
    with pytest.raises(ClientError, match="DisabledException"):
        cloud.kms.decrypt(CiphertextBlob=secret)
    cloud.kms.enable_key(KeyId=name)
    assert cloud.kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"plan"


def test_an_encrypted_volume_cannot_be_restored_without_its_key(
    cloud: SimpleNamespace, emulator: Emulator, key: str
) -> None:
    made = volume(cloud.ec2, "secret", Encrypted=True, KmsKeyId=key)
    point = back_up(cloud, emulator, cloud.arn.rpartition("/")[0] + f"/{made}")["RecoveryPointArn"]
    snapshot = point.rpartition("/")[2]
    zone = {"availabilityZone": "ap-northeast-1a"}
    assert restore(cloud, emulator, point, **zone)["Status"] == "COMPLETED"
    cloud.kms.disable_key(KeyId=key.rpartition("/")[2])
    told = restore(cloud, emulator, point, **zone)
    assert (told["Status"], "is disabled" in told["StatusMessage"]) == ("FAILED", True)
    broken = cloud.ec2.create_volume(SnapshotId=snapshot, AvailabilityZone="ap-northeast-1a")
    assert broken["State"] == "error"
    copied = cloud.ec2.copy_snapshot(SourceSnapshotId=snapshot, SourceRegion="ap-northeast-1")["SnapshotId"]
    emulator.advance(3600)
    assert cloud.ec2.describe_snapshots(SnapshotIds=[copied])["Snapshots"][0]["State"] == "error"
    cloud.kms.enable_key(KeyId=key.rpartition("/")[2])
    assert restore(cloud, emulator, point, **zone)["Status"] == "COMPLETED"


def test_objects_are_unreadable_without_their_key(cloud: SimpleNamespace, key: str) -> None:
    cloud.s3.create_bucket(Bucket="locked", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    sealed: dict[str, Any] = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    cloud.s3.put_object(Bucket="locked", Key="plan", Body=b"plan", **sealed)
    cloud.s3.put_object(Bucket="locked", Key="open", Body=b"open")
    cloud.kms.disable_key(KeyId=key.rpartition("/")[2])
    with pytest.raises(ClientError, match=r"KMS\.DisabledException"):
        cloud.s3.get_object(Bucket="locked", Key="plan")
    with pytest.raises(ClientError, match=r"KMS\.DisabledException"):
        cloud.s3.put_object(Bucket="locked", Key="more", Body=b"more", **sealed)
    assert cloud.s3.get_object(Bucket="locked", Key="open")["Body"].read() == b"open"
    cloud.kms.enable_key(KeyId=key.rpartition("/")[2])
    assert cloud.s3.get_object(Bucket="locked", Key="plan")["Body"].read() == b"plan"
