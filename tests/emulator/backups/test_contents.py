"""Files and rows come back through AWS Backup as they were."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import ACCOUNT, role
from tests.emulator.conftest import named
from tests.emulator.databases.conftest import PASSWORD, _databases, connect, from_web, look, rds, site
from tests.emulator.test_block_storage import READS, WRITES, disk, launch, page, volume_of

__all__ = ["_databases", "connect", "from_web", "look", "rds", "site"]


def prepared(aws: Any) -> Any:
    aws("backup").create_backup_vault(BackupVaultName="main")
    return role(aws("iam"))


def point_of(aws: Any, emulator: Emulator, arn: str, role_arn: str) -> str:
    asked = {"BackupVaultName": "main", "ResourceArn": arn, "IamRoleArn": role_arn}
    job = aws("backup").start_backup_job(**asked)["BackupJobId"]
    emulator.advance(7200)
    told = aws("backup").describe_backup_job(BackupJobId=job)
    assert told["State"] == "COMPLETED", told
    return str(told["RecoveryPointArn"])


def restored(aws: Any, emulator: Emulator, point: str, role_arn: str, **metadata: str) -> str:
    job = aws("backup").start_restore_job(RecoveryPointArn=point, Metadata=metadata, IamRoleArn=role_arn)
    emulator.advance(7200)
    told = aws("backup").describe_restore_job(RestoreJobId=job["RestoreJobId"])
    assert (told["Status"], told.get("StatusMessage")) == ("COMPLETED", None)
    return str(told["CreatedResourceArn"])


def test_the_files_of_a_volume_come_back(
    small_network: SimpleNamespace, aws: Any, ami: str, emulator: Emulator
) -> None:
    ec2, role_arn = aws("ec2"), prepared(aws)
    where = (small_network.public, small_network.web_group)
    first = launch(ec2, ami, *where, UserData=WRITES, BlockDeviceMappings=disk(33))
    emulator.advance(600)
    assert page(emulator, ec2, first, "/data/log.txt") == "kept\n"
    arn = f"arn:aws:ec2:ap-northeast-1:{ACCOUNT}:volume/{volume_of(ec2, 33)}"
    point = point_of(aws, emulator, arn, role_arn)
    found = ec2.describe_snapshots(SnapshotIds=[point.rpartition("/")[2]])["Snapshots"][0]
    assert found["FullSnapshotSizeInBytes"] > 0
    ec2.terminate_instances(InstanceIds=[first])
    emulator.advance(600)
    volume = restored(aws, emulator, point, role_arn, availabilityZone="ap-northeast-1a").rpartition("/")[2]
    second = launch(ec2, ami, *where, UserData=READS)
    emulator.advance(600)
    ec2.attach_volume(VolumeId=volume, InstanceId=second, Device="/dev/sdf")
    ec2.reboot_instances(InstanceIds=[second])
    emulator.advance(300)
    assert page(emulator, ec2, second, "/data/log.txt") == "kept\n"


def test_the_rows_of_a_database_come_back(
    emulator: Emulator, aws: Any, look: Any, connect: Any, site: SimpleNamespace
) -> None:
    role_arn = prepared(aws)
    here = connect()
    with here.cursor() as cursor:
        cursor.execute("CREATE TABLE projects (name VARCHAR(20))")
        cursor.execute("INSERT INTO projects VALUES ('tower')")
    here.commit()
    point = point_of(aws, emulator, look()["DBInstanceArn"], role_arn)
    now = connect()
    with now.cursor() as cursor:
        cursor.execute("DELETE FROM projects")
    now.commit()
    name = point.split(":", 6)[6]
    code = ""
    try:
        aws("rds").delete_db_snapshot(DBSnapshotIdentifier=name)
    except aws("rds").exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
    assert code == "InvalidDBSnapshotState"
    place = {"DBSubnetGroupName": "db", "VpcSecurityGroupIds": json.dumps([site.db_group])}
    restored(aws, emulator, point, role_arn, DBInstanceIdentifier="again", **place)
    there = connect(host=look("again")["Endpoint"]["Address"], password=PASSWORD)
    with there.cursor() as cursor:
        cursor.execute("SELECT name FROM projects")
        assert cursor.fetchall() == (("tower",),)


def test_restored_things_get_the_tags_if_told_so(clean_emulator: Emulator, aws: Any) -> None:
    role_arn = prepared(aws)
    tags = named("volume", "plans-data")
    key = aws("ec2").create_volume(Size=5, AvailabilityZone="ap-northeast-1a", TagSpecifications=tags)["VolumeId"]
    point = point_of(aws, clean_emulator, f"arn:aws:ec2:ap-northeast-1:{ACCOUNT}:volume/{key}", role_arn)
    job = aws("backup").start_restore_job(
        RecoveryPointArn=point,
        Metadata={"availabilityZone": "ap-northeast-1a"},
        IamRoleArn=role_arn,
        CopySourceTagsToRestoredResource=True,
    )["RestoreJobId"]
    clean_emulator.advance(7200)
    made = aws("backup").describe_restore_job(RestoreJobId=job)["CreatedResourceArn"].rpartition("/")[2]
    assert aws("ec2").describe_volumes(VolumeIds=[made])["Volumes"][0]["Tags"] == [
        {"Key": "Name", "Value": "plans-data"}
    ]
