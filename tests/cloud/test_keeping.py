"""Vaults, plans, policies and keys through a course session: built once, read back with every attribute, deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws14 import cost
from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.model import Topology
from aws14.model.kinds import ATTRIBUTES
from aws14.sim.backups.built import copies_built
from aws14.sim.backups.points import read_point
from tests.cloud.test_shared_files import build_efs, build_fsx, build_network

AWAY = "ap-northeast-3"
_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"


def build(session: Session) -> None:
    iam, backup, away = session.client("iam"), session.client("backup"), session.client("backup", AWAY)
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="backup", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="backup", PolicyArn=_POLICY)
    key = session.client("kms").create_key(Description="plans", Tags=[{"TagKey": "Name", "TagValue": "vault-key"}])
    session.client("kms").create_alias(AliasName="alias/plans", TargetKeyId=key["KeyMetadata"]["KeyId"])
    backup.create_backup_vault(BackupVaultName="main", EncryptionKeyArn=key["KeyMetadata"]["Arn"])
    there = away.create_backup_vault(BackupVaultName="away")["BackupVaultArn"]
    rules = [
        {
            "RuleName": "daily",
            "TargetBackupVaultName": "main",
            "ScheduleExpression": "cron(0 5 * * ? *)",
            "Lifecycle": {"DeleteAfterDays": 35},
            "CopyActions": [{"DestinationBackupVaultArn": there, "Lifecycle": {"DeleteAfterDays": 7}}],
        },
        {
            "RuleName": "monthly",
            "TargetBackupVaultName": "main",
            "ScheduleExpression": "cron(0 6 1 * ? *)",
            "Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 2555},
        },
    ]
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "office", "Rules": rules})["BackupPlanId"]
    tag = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}
    selection = {"SelectionName": "tagged", "IamRoleArn": role, "ListOfTags": [tag]}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    tags = [{"Key": "Name", "Value": "plans-data"}, {"Key": "backup", "Value": "daily"}]
    session.client("ec2").create_volume(
        Size=10,
        AvailabilityZone="ap-northeast-1a",
        VolumeType="gp3",
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags}],
    )
    schedule = {
        "Name": "hourly",
        "CreateRule": {"Interval": 12, "IntervalUnit": "HOURS", "Times": ["03:00"]},
        "RetainRule": {"Count": 4},
        "CopyTags": True,
    }
    details = {"ResourceTypes": ["VOLUME"], "TargetTags": [tags[1]], "Schedules": [schedule]}
    session.client("dlm").create_lifecycle_policy(
        ExecutionRoleArn=role, Description="twice a day", State="ENABLED", PolicyDetails=details
    )


def nodes(topology: Topology, kind: str) -> dict[str, dict[str, Any]]:
    return {node.id: dict(node.attributes) for node in topology.nodes if node.kind == kind}


def test_what_keeps_copies_is_read_back_with_every_attribute(session: Session) -> None:
    build(session)
    session.advance(3 * 86400)
    built = read_back(session)
    for kind in ("backup_vault", "backup_plan", "dlm_policy", "key"):
        found = nodes(built, kind)
        assert found, kind
        assert all(set(each) == set(ATTRIBUTES[kind]) for each in found.values()), kind
    plan = nodes(built, "backup_plan")["office"]
    assert plan["rules"] == (
        "daily cron(0 5 * * ? *) main 35 - away",
        "monthly cron(0 6 1 * ? *) main 2555 30",
    )
    assert plan["selections"] == ("backup=daily",)
    assert nodes(built, "dlm_policy")["twice a day"]["schedules"] == ("every=12h at=03:00 keep=4",)
    assert nodes(built, "key")["vault-key"] == {"state": "Enabled", "rotates": False}
    vaults = nodes(built, "backup_vault")
    assert len(vaults["main"]["points"]) >= 2 and len(vaults["away"]["points"]) >= 2
    name, kind, when, gib = vaults["main"]["points"][0].split()
    assert (name, kind, when[10:13], gib) == ("plans-data", "EBS", "T05", "10")
    assert built.node("away").aws_id == "away,arn:aws:backup:ap-northeast-3:123456789012:backup-vault:away"
    snapshots = nodes(built, "snapshot")
    assert len(snapshots) == 4, "what the policy keeps has the tags of its volume; what the plan made is in its vault"
    assert {each["of"] for each in snapshots.values()} == {built.node("plans-data").aws_id}
    assert built.node("plans-data").kind == "volume", "which keeps its name"
    links = {(link.source, link.target, link.label) for link in built.links}
    assert {("office", "main", "daily"), ("office", "main", "monthly"), ("main", "away", "copies")} <= links


def test_a_lock_is_read_back(session: Session) -> None:
    session.client("backup").create_backup_vault(BackupVaultName="main")
    lock = session.client("backup").put_backup_vault_lock_configuration
    lock(BackupVaultName="main", MinRetentionDays=30)
    assert nodes(read_back(session), "backup_vault")["main"]["lock"] == "GOVERNANCE 30 -"
    lock(BackupVaultName="main", MinRetentionDays=30, MaxRetentionDays=365, ChangeableForDays=3)
    assert nodes(read_back(session), "backup_vault")["main"]["lock"] == "COMPLIANCE 30 365"


def test_building_again_builds_nothing_and_teardown_leaves_nothing(session: Session) -> None:
    build(session)
    before = session.ledger.ids(session.pattern)
    build(session)
    assert session.ledger.ids(session.pattern) == before
    session.advance(2 * 86400)
    report = tear_down(session)
    assert report.ok, [each.detail for each in report.findings]
    assert session.client("backup").list_backup_vaults()["BackupVaultList"] == []
    assert session.client("dlm").get_lifecycle_policies()["Policies"] == []
    states = [
        session.client("kms").describe_key(KeyId=one["KeyId"])["KeyMetadata"]["KeyState"]
        for one in session.client("kms").list_keys()["Keys"]
    ]
    assert states == ["PendingDeletion"]
    assert session.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_file_systems_in_a_vault_are_seen_billed_and_go_with_it(session: Session) -> None:
    build(session)
    net = build_network(session)
    shared = build_efs(session, net)
    build_fsx(session, net)
    efs, fsx = session.client("efs"), session.client("fsx")
    daily = [{"Key": "backup", "Value": "daily"}]
    efs.tag_resource(ResourceId=shared, Tags=daily)
    (share,) = fsx.describe_file_systems()["FileSystems"]
    fsx.tag_resource(ResourceARN=share["ResourceARN"], Tags=daily)
    session.place.control.file_load({"file_system": shared, "stored_gib": 100})
    session.advance(2 * 86400)
    built = read_back(session)
    points = [read_point(text) for text in nodes(built, "backup_vault")["main"]["points"]]
    found = {(point.kind, point.of) for point in points}
    assert found == {("EBS", "plans-data"), ("EFS", "shared"), ("FSx", "share")}
    assert all(point.gib == pytest.approx(100, abs=0.01) for point in points if point.kind == "EFS")
    assert {line.item for line in cost.standing(built, hours=730)} >= {"EFS warm storage", "FSx warm storage"}
    assert {copy.name for copy in copies_built(built, "shared")} == {"vault main", "vault away"}
    report = tear_down(session)
    assert report.ok, [each.detail for each in report.findings]
    assert fsx.describe_backups()["Backups"] == []
