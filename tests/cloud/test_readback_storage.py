"""Read-back of what keeps copies and shares files: every attribute as born, or as changed through boto3."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud import read_back
from aws14.cloud.session import Session
from aws14.model.kinds import ATTRIBUTES
from tests.cloud import test_keeping
from tests.cloud.test_shared_files import build_efs, build_network, tags

DAY_S = 86_400.0


class Like:
    """Equal to what a pattern describes: names of which AWS chooses a part."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __eq__(self, other: object) -> bool:
        texts = other if isinstance(other, tuple) else (other,)
        return bool(texts) and all(re.fullmatch(self.pattern, str(text)) for text in texts)

    def __hash__(self) -> int:
        return hash(self.pattern)

    def __repr__(self) -> str:
        return f"like {self.pattern}"


ZONES = ("ap-northeast-1a", "ap-northeast-1c")

COVERED = {
    "main": "backup_vault",
    "office": "backup_plan",
    "twice a day": "dlm_policy",
    "vault-key": "key",
    "other-key": "key",
    "shared": "file_system",
    "one": "file_system",
    "shared-1a": "mount_target",
    "sales": "access_point",
    "share": "windows_share",
    "ad": "directory",
}
"""Node -> its kind."""

BORN: dict[str, dict[str, Any]] = {
    "main": {"key": Like("arn:aws:kms:.*:key/.*")},
    "shared": {"performance_mode": "generalPurpose", "encrypted": True, "zones": (*ZONES, "ap-northeast-1d")},
    "one": {"encrypted": False, "zones": ZONES[1:]},
    "shared-1a": {"private_ipv4": Like(r"10\.6\.0\.\d+")},
    "sales": {"path": "/sales", "user": "1000:1000", "creates": "1000:1000 750", "state": "available"},
    "share": {
        "file_system_type": "WINDOWS",
        "deployment_type": "MULTI_AZ_1",
        "storage_type": "SSD",
        "zones": ZONES,
        "dns_name": Like(r"amznfsx\w+\.corp\.example\.com"),
        "directory": Like(r"d-\w+"),
        "security_groups": ("files",),
    },
    "ad": {"directory_type": "MicrosoftAD", "edition": "Standard", "name": "corp.example.com", "zones": ZONES},
}
"""Node -> attributes that nobody can change."""

CHANGED: dict[str, dict[str, Any]] = {
    "main": {"lock": "GOVERNANCE 7 -", "points": Like(r"plans-data EBS \S+ 10( cold)?")},
    "office": {
        "rules": ("weekly cron(0 4 ? * SUN *) main 90 - away",),
        "selections": ("backup=daily", "arn:aws:s3:::*"),
    },
    "twice a day": {"schedules": ("every=24h at=01:00 keep=9",), "targets": ("backup=hourly",), "state": "DISABLED"},
    "vault-key": {"state": "PendingDeletion"},
    "other-key": {"rotates": True},
    "shared": {
        "lifecycle": ("IA 30", "ARCHIVE 90", "back"),
        "archive_gib": 80.0,
        "standard_gib": pytest.approx(20.0, abs=0.001),
        "backed_up": True,
    },
    "one": {"throughput_mode": "provisioned", "provisioned_mibps": 64.0, "ia_gib": 30.0, "state": "updating"},
    "shared-1a": {"security_groups": ("closed",), "state": "deleting"},
    "share": {"gib": 400, "throughput_mibps": 64, "iops": 1200, "backup_retention_days": 30},
}
"""Node -> attributes as they read after the steps; each read otherwise before."""


STATES = {"ad": ("Creating", "Active"), "share": ("CREATING", "AVAILABLE")}
"""Node -> its state while it comes, and once it is there."""


def covered() -> set[tuple[str, str]]:
    """(kind, attribute) of everything that this module asks for."""
    return {(COVERED[node], name) for table in (BORN, CHANGED) for node, names in table.items() for name in names} | {
        (COVERED[node], "state") for node in STATES
    }


def build(session: Session) -> SimpleNamespace:
    """All of it, just made: nothing is there for long, and nothing is backed up."""
    test_keeping.build(session)
    kms, efs = session.client("kms"), session.client("efs")
    other = kms.create_key(Tags=[{"TagKey": "Name", "TagValue": "other-key"}])["KeyMetadata"]["KeyId"]
    net = build_network(session)
    shared = build_efs(session, net)
    efs.put_backup_policy(FileSystemId=shared, BackupPolicy={"Status": "DISABLED"})
    one = efs.create_file_system(
        CreationToken="one", AvailabilityZoneName=ZONES[1], ThroughputMode="bursting", Tags=tags("one")
    )["FileSystemId"]
    session.advance(60)
    site = SimpleNamespace(net=net, shared=shared, one=one, other=other)
    directory = _directory(session, net)
    site.coming = {"ad": read_back(session).node("ad")}
    session.advance(7200)
    _share_of(session, net, directory)
    site.coming["share"] = read_back(session).node("share")
    session.advance(7200)
    return site


def _directory(session: Session, net: SimpleNamespace) -> str:
    settings = {"VpcId": net.vpc, "SubnetIds": net.subnets}
    made = session.client("ds").create_microsoft_ad(
        Name="corp.example.com", Password="Correct-horse-1", Edition="Standard", VpcSettings=settings, Tags=tags("ad")
    )
    return str(made["DirectoryId"])


def _share_of(session: Session, net: SimpleNamespace, directory: str) -> None:
    windows = {
        "ActiveDirectoryId": directory,
        "DeploymentType": "MULTI_AZ_1",
        "PreferredSubnetId": net.subnets[0],
        "ThroughputCapacity": 32,
        "AutomaticBackupRetentionDays": 7,
    }
    session.client("fsx").create_file_system(
        FileSystemType="WINDOWS",
        StorageCapacity=300,
        StorageType="SSD",
        SubnetIds=net.subnets,
        SecurityGroupIds=[net.group],
        Tags=tags("share"),
        WindowsConfiguration=windows,
    )


def _copies(session: Session, site: SimpleNamespace) -> None:
    backup = session.client("backup")
    backup.put_backup_vault_lock_configuration(BackupVaultName="main", MinRetentionDays=7)
    plans = backup.list_backup_plans()["BackupPlansList"]
    (plan,) = (each for each in plans if each["BackupPlanName"] == "office")
    away = session.client("backup", test_keeping.AWAY).describe_backup_vault(BackupVaultName="away")
    rule = {
        "RuleName": "weekly",
        "TargetBackupVaultName": "main",
        "ScheduleExpression": "cron(0 4 ? * SUN *)",
        "Lifecycle": {"DeleteAfterDays": 90},
        "CopyActions": [{"DestinationBackupVaultArn": away["BackupVaultArn"]}],
    }
    told = {"BackupPlanName": "office", "Rules": [rule]}
    backup.update_backup_plan(BackupPlanId=plan["BackupPlanId"], BackupPlan=told)
    role = session.client("iam").get_role(RoleName="backup")["Role"]["Arn"]
    selection = {"SelectionName": "buckets", "IamRoleArn": role, "Resources": ["arn:aws:s3:::*"]}
    backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=selection)


def _policy(session: Session, site: SimpleNamespace) -> None:
    dlm = session.client("dlm")
    (policy,) = dlm.get_lifecycle_policies()["Policies"]
    schedule = {
        "Name": "nightly",
        "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["01:00"]},
        "RetainRule": {"Count": 9},
    }
    tag = {"Key": "backup", "Value": "hourly"}
    details = {"ResourceTypes": ["VOLUME"], "TargetTags": [tag], "Schedules": [schedule]}
    dlm.update_lifecycle_policy(PolicyId=policy["PolicyId"], State="DISABLED", PolicyDetails=details)


def _shared(session: Session, site: SimpleNamespace) -> None:
    efs = session.client("efs")
    names = ("TransitionToIA", "TransitionToArchive", "TransitionToPrimaryStorageClass")
    after = ("AFTER_30_DAYS", "AFTER_90_DAYS", "AFTER_1_ACCESS")
    policies = [{name: when} for name, when in zip(names, after, strict=True)]
    efs.put_lifecycle_configuration(FileSystemId=site.shared, LifecyclePolicies=policies)
    efs.put_backup_policy(FileSystemId=site.shared, BackupPolicy={"Status": "ENABLED"})
    efs.put_lifecycle_configuration(FileSystemId=site.one, LifecyclePolicies=policies[:1])
    control = session.place.control
    control.file_load({"file_system": site.shared, "stored_gib": 100, "active_gib": 20})
    control.file_load({"file_system": site.one, "stored_gib": 30, "active_gib": 0})


def _share(session: Session, site: SimpleNamespace) -> None:
    fsx = session.client("fsx")
    (share,) = fsx.describe_file_systems()["FileSystems"]
    windows = {"ThroughputCapacity": 64, "AutomaticBackupRetentionDays": 30}
    fsx.update_file_system(FileSystemId=share["FileSystemId"], StorageCapacity=400, WindowsConfiguration=windows)


def _at_last(session: Session, site: SimpleNamespace) -> None:
    """What would be over, or stop the others, by the time that is read back."""
    kms, efs, ec2 = session.client("kms"), session.client("efs"), session.client("ec2")
    kms.enable_key_rotation(KeyId=site.other)
    kms.schedule_key_deletion(
        KeyId=kms.describe_key(KeyId="alias/plans")["KeyMetadata"]["KeyId"], PendingWindowInDays=7
    )
    closed = ec2.create_security_group(GroupName="closed", Description="closed", VpcId=site.net.vpc)["GroupId"]
    targets = efs.describe_mount_targets(FileSystemId=site.shared)["MountTargets"]
    (target,) = (one for one in targets if one["SubnetId"] == site.net.subnets[0])
    efs.modify_mount_target_security_groups(MountTargetId=target["MountTargetId"], SecurityGroups=[closed])
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    efs.update_file_system(FileSystemId=site.one, ThroughputMode="provisioned", ProvisionedThroughputInMibps=64)


def test_storage_is_read_back_as_made_and_as_changed(session: Session) -> None:
    site = build(session)
    before = read_back(session)
    for name, kind in COVERED.items():
        node = before.node(name)
        assert (node.kind, set(node.attributes)) == (kind, set(ATTRIBUTES[kind])), name
    for name, expected in BORN.items():
        assert {key: before.node(name).attributes[key] for key in expected} == expected, name
    for name, (coming, there) in STATES.items():
        assert (site.coming[name].require("state"), before.node(name).require("state")) == (coming, there)
    for step in (_copies, _policy, _shared, _share):
        step(session, site)
    session.advance(130 * DAY_S)
    _at_last(session, site)
    after = read_back(session)
    for name, changes in CHANGED.items():
        for attribute, expected in changes.items():
            was, now = before.node(name).attributes[attribute], after.node(name).attributes[attribute]
            assert was != now, f"{name}.{attribute} proves nothing"
            assert expected == now, f"{name}.{attribute}"
