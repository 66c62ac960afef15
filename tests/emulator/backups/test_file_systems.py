"""File systems of EFS and FSx through AWS Backup: taken by tag, kept, copied, and back with every byte."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from aws14.cloud.process import Emulator
from tests.emulator.backups.conftest import AWAY
from tests.emulator.backups.test_contents import point_of, prepared, restored
from tests.emulator.files.conftest import _office, office, run
from tests.emulator.files.test_fsx import _domain, domain, fsx, mount, refused

__all__ = ["_domain", "_office", "domain", "fsx", "office", "run"]

DAY = 86_400.0
TAG = {"Key": "backup", "Value": "daily"}


def efs_arn(key: str) -> str:
    return f"arn:aws:elasticfilesystem:ap-northeast-1:123456789012:file-system/{key}"


def plan(aws: Any, role: str, **rule: Any) -> None:
    told = {"RuleName": "daily", "TargetBackupVaultName": "main", "ScheduleExpression": "cron(0 5 * * ? *)"}
    made = aws("backup").create_backup_plan(BackupPlan={"BackupPlanName": "office", "Rules": [told | rule]})
    tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": TAG["Key"], "ConditionValue": TAG["Value"]}
    selection = {"SelectionName": "tagged", "IamRoleArn": role, "ListOfTags": [tag]}
    aws("backup").create_backup_selection(BackupPlanId=made["BackupPlanId"], BackupSelection=selection)


def points(aws: Any, vault: str = "main", **client: str) -> list[dict[str, Any]]:
    told = aws("backup", **client).list_recovery_points_by_backup_vault(BackupVaultName=vault)
    return sorted(told["RecoveryPoints"], key=lambda point: point["CreationDate"])


def mounted(key: str) -> str:
    return f"mkdir -p /m\nmount -t nfs4 {key}.efs.ap-northeast-1.amazonaws.com:/ /m"


def folder_of(run: Any, machine: str, key: str) -> str:
    """The folder that a restore made."""
    told = run(machine, f"umount /m\n{mounted(key)}\nls /m").out.split()
    (folder,) = (name for name in told if name.startswith("aws-backup-restore_"))
    return str(folder)


def test_a_plan_takes_a_tagged_file_system_every_day_and_copies_it_away(
    office: SimpleNamespace, aws: Any, emulator: Emulator, run: Any
) -> None:
    role = prepared(aws)
    there = aws("backup", region=AWAY).create_backup_vault(BackupVaultName="away")["BackupVaultArn"]
    plan(aws, role, CopyActions=[{"DestinationBackupVaultArn": there}], Lifecycle={"DeleteAfterDays": 35})
    emulator.advance(DAY)
    assert points(aws) == [], "it has no tag yet"
    aws("efs").tag_resource(ResourceId=office.efs, Tags=[TAG, {"Key": "Name", "Value": "shared"}])
    assert run(office.first, f"{mounted(office.efs)}\nprintf '%409600s' x > /m/big").status == 0
    emulator.advance(2 * DAY)
    found = points(aws)
    assert [(each["ResourceType"], each["ResourceName"], each["Status"]) for each in found] == [
        ("EFS", "shared", "COMPLETED")
    ] * 2
    assert found[0]["BackupSizeInBytes"] > 409_600
    assert len(points(aws, "away", region=AWAY)) == 2


def test_files_come_back_in_a_new_file_system(office: SimpleNamespace, aws: Any, emulator: Emulator, run: Any) -> None:
    role = prepared(aws)
    script = "mkdir -p /m/a/b\nprintf 'plan one' > /m/a/b/plan\necho other > /m/other\nchmod 600 /m/other"
    assert run(office.first, f"{mounted(office.efs)}\n{script}").status == 0
    point = point_of(aws, emulator, efs_arn(office.efs), role)
    run(office.first, "rm -r /m/a\necho spoilt > /m/other")
    told = aws("backup").get_recovery_point_restore_metadata(BackupVaultName="main", RecoveryPointArn=point)
    metadata = told["RestoreMetadata"]
    assert metadata["file-system-id"] == office.efs
    made = restored(aws, emulator, point, role, **(metadata | {"newFileSystem": "true", "CreationToken": "again"}))
    key = made.rpartition("/")[2]
    assert key != office.efs
    assert aws("efs").describe_file_systems(FileSystemId=key)["FileSystems"][0]["LifeCycleState"] == "available"
    aws("efs").create_mount_target(FileSystemId=key, SubnetId=office.subnets[0], SecurityGroups=[office.files])
    emulator.advance(300)
    folder = folder_of(run, office.first, key)
    found = run(office.first, f"cat /m/{folder}/a/b/plan\ncat /m/{folder}/other\nls -l /m/{folder}/other")
    assert found.out.startswith("plan oneother\n-rw------- ")


def test_one_item_comes_back_beside_what_is_there(
    office: SimpleNamespace, aws: Any, emulator: Emulator, run: Any
) -> None:
    role = prepared(aws)
    run(office.first, f"{mounted(office.efs)}\nmkdir /m/a\necho one > /m/a/one\necho two > /m/two")
    point = point_of(aws, emulator, efs_arn(office.efs), role)
    run(office.first, "echo new > /m/a/one")
    items = {"ItemsToRestore": json.dumps(["/a/one"]), "newFileSystem": "false", "file-system-id": office.efs}
    restored(aws, emulator, point, role, **items)
    folder = folder_of(run, office.first, office.efs)
    found = run(office.first, f"cat /m/a/one /m/{folder}/a/one\nls /m/{folder}")
    assert found.out == "new\none\na\n"
    wrong = items | {"ItemsToRestore": json.dumps(["/b"])}
    job = aws("backup").start_restore_job(RecoveryPointArn=point, Metadata=wrong, IamRoleArn=role)["RestoreJobId"]
    emulator.advance(7200)
    told = aws("backup").describe_restore_job(RestoreJobId=job)
    assert (told["Status"], "/b" in told["StatusMessage"]) == ("FAILED", True)


def test_only_what_changed_is_moved_and_old_points_get_cold(
    office: SimpleNamespace, aws: Any, emulator: Emulator
) -> None:
    role = prepared(aws)
    emulator.file_load({"file_system": office.efs, "stored_gib": 500})

    def job() -> dict[str, Any]:
        life = {"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 100}
        asked = {"BackupVaultName": "main", "ResourceArn": efs_arn(office.efs), "IamRoleArn": role, "Lifecycle": life}
        key = aws("backup").start_backup_job(**asked)["BackupJobId"]
        emulator.advance(DAY)
        told: dict[str, Any] = aws("backup").describe_backup_job(BackupJobId=key)
        return told

    first, second = job(), job()
    assert first["State"] == second["State"] == "COMPLETED"
    lasted = [each["CompletionDate"] - each["CreationDate"] for each in (first, second)]
    assert lasted[1] < lasted[0] / 2
    assert [each["BackupSizeInBytes"] // 2**30 for each in (first, second)] == [500, 500]
    emulator.advance(DAY)
    told = aws("backup").describe_recovery_point(BackupVaultName="main", RecoveryPointArn=first["RecoveryPointArn"])
    assert told["StorageClass"] == "COLD"


def test_a_share_comes_back_as_a_new_file_system(
    domain: SimpleNamespace, aws: Any, emulator: Emulator, run: Any, fsx: Any
) -> None:
    role = prepared(aws)
    arn = f"arn:aws:fsx:ap-northeast-1:123456789012:file-system/{domain.share}"
    fsx.tag_resource(ResourceARN=arn, Tags=[TAG])
    plan(aws, role, Lifecycle={"DeleteAfterDays": 3})
    assert run(domain.first, f"{mount(fsx, domain)}\necho plan > /mnt/share/plan.txt").status == 0
    emulator.advance(DAY)
    (point,) = points(aws)
    assert (point["ResourceType"], point["ResourceArn"]) == ("FSx", arn)
    (backup,) = fsx.describe_backups(Filters=[{"Name": "backup-type", "Values": ["AWS_BACKUP"]}])["Backups"]
    assert (backup["ResourceARN"], backup["Lifecycle"]) == (point["RecoveryPointArn"], "AVAILABLE")
    assert refused(fsx.delete_backup, BackupId=backup["BackupId"]) == "BadRequest"
    run(domain.first, "rm /mnt/share/plan.txt\numount /mnt/share")
    config = {"DeploymentType": "SINGLE_AZ_2", "ThroughputCapacity": "16"}
    made = restored(
        aws,
        emulator,
        point["RecoveryPointArn"],
        role,
        SubnetIds=json.dumps(domain.subnets[:1]),
        SecurityGroupIds=json.dumps([domain.files]),
        WindowsConfiguration=json.dumps(config),
    )
    (share,) = fsx.describe_file_systems(FileSystemIds=[made.rpartition("/")[2]])["FileSystems"]
    assert (share["Lifecycle"], share["StorageCapacity"]) == ("AVAILABLE", 300)
    script = f"mount -t cifs -o username=anna //{share['DNSName']}/share /mnt/share\ncat /mnt/share/plan.txt"
    assert run(domain.first, script).out == "plan\n"
    emulator.advance(3 * DAY)
    assert point["RecoveryPointArn"] not in {each["RecoveryPointArn"] for each in points(aws)}
    left = fsx.describe_backups(Filters=[{"Name": "backup-type", "Values": ["AWS_BACKUP"]}])["Backups"]
    assert backup["BackupId"] not in {each["BackupId"] for each in left}


def test_a_restore_of_a_share_says_what_it_lacks(domain: SimpleNamespace, aws: Any, emulator: Emulator) -> None:
    role = prepared(aws)
    arn = f"arn:aws:fsx:ap-northeast-1:123456789012:file-system/{domain.share}"
    point = point_of(aws, emulator, arn, role)
    job = aws("backup").start_restore_job(RecoveryPointArn=point, Metadata={"StorageType": "SSD"}, IamRoleArn=role)
    emulator.advance(7200)
    told = aws("backup").describe_restore_job(RestoreJobId=job["RestoreJobId"])
    assert (told["Status"], told["StatusMessage"]) == ("FAILED", "SubnetIds must be specified")


def test_what_cannot_be_backed_up_is_refused(office: SimpleNamespace, aws: Any) -> None:
    role = prepared(aws)
    asked = {"BackupVaultName": "main", "ResourceArn": efs_arn("fs-0123"), "IamRoleArn": role}
    assert refused(aws("backup").start_backup_job, **asked) == "ResourceNotFoundException"
