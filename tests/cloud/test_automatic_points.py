"""EFS's automatic backups through a session: AWS's own vault is nobody's, what lies in it goes with its source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aws14 import cost
from aws14.cloud.ledger import Ledger
from aws14.cloud.readback import read_back
from aws14.cloud.scan import leftovers
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from tests.cloud.test_shared_files import build_efs, build_network, tags

DAY = 86_400.0
VAULT = "aws/efs/automatic-backup-vault"


def backed_up(session: Session, name: str) -> str:
    made = session.client("efs").create_file_system(CreationToken=name, Backup=True, Tags=tags(name))
    session.advance(60)
    return str(made["FileSystemId"])


def left(session: Session) -> list[str]:
    """Ids of the file systems of which the vault holds points."""
    client = session.client("backup")
    points = client.list_recovery_points_by_backup_vault(BackupVaultName=VAULT)["RecoveryPoints"]
    return [point["ResourceArn"].rpartition("/")[2] for point in points]


def policy(session: Session) -> Any:
    client = session.client("backup")
    return json.loads(client.get_backup_vault_access_policy(BackupVaultName=VAULT)["Policy"])


@pytest.fixture
def other(session: Session, tmp_path: Path) -> Session:
    """Another pattern in the same account."""
    return Session(session.place, ledger=Ledger(tmp_path / "other.jsonl"), pattern="p02", say=lambda _: None)


@pytest.mark.parametrize("word", ["p01", ""])
def test_the_vault_and_the_plan_of_aws_are_no_part_of_a_pattern(session: Session, word: str) -> None:
    backed_up(session, "shared")
    session.advance(2 * DAY)
    assert len(left(session)) == 2
    kinds = {node.kind for node in read_back(session, pattern=word).nodes}
    assert "file_system" in kinds
    assert not kinds & {"backup_vault", "backup_plan"}


def test_who_tags_the_vault_sees_it(session: Session) -> None:
    backed_up(session, "shared")
    session.advance(DAY)
    backup = session.client("backup")
    arn = backup.describe_backup_vault(BackupVaultName=VAULT)["BackupVaultArn"]
    backup.tag_resource(ResourceArn=arn, Tags={"aws14:pattern": "p01"})
    (vault,) = read_back(session).of_kind("backup_vault")
    assert (vault.id, len(vault.attributes["points"])) == (VAULT, 1)


def test_what_was_taken_of_a_file_system_goes_with_it(session: Session, other: Session) -> None:
    build_efs(session, build_network(session))
    backed_up(session, "one")
    theirs = backed_up(other, "theirs")
    session.advance(3 * DAY)
    before = policy(session)
    report = tear_down(session)
    assert report.ok, [each.detail for each in report.findings]
    assert left(session) == [theirs] * 3
    assert policy(session) == before
    session.advance(DAY)
    assert leftovers(session) == ()
    assert left(session) == [theirs] * 4


def test_points_of_what_was_deleted_before_are_found_and_go(session: Session) -> None:
    key = backed_up(session, "shared")
    session.advance(3 * DAY)
    session.client("efs").delete_file_system(FileSystemId=key)
    session.advance(3600)
    assert [(thing.kind, thing.aws_id) for thing in leftovers(session)] == [("automatic-backups", key)]
    assert tear_down(session).ok
    assert left(session) == []


def test_a_backup_that_is_on_its_way_is_stopped(session: Session) -> None:
    key = backed_up(session, "shared")
    session.place.control.file_load({"file_system": key, "stored_gib": 2000})
    backup = session.client("backup")
    for _ in range(30):
        session.advance(3600)
        if backup.list_backup_jobs(ByState="RUNNING")["BackupJobs"]:
            break
    (job,) = backup.list_backup_jobs(ByState="RUNNING")["BackupJobs"]
    assert tear_down(session).ok
    assert backup.describe_backup_job(BackupJobId=job["BackupJobId"])["State"] == "ABORTED"
    session.advance(DAY)
    assert left(session) == []


def test_a_policy_of_the_learners_own_is_kept(session: Session) -> None:
    backed_up(session, "shared")
    session.advance(DAY)
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "backup:StartRestoreJob", "Resource": "*"}
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    wanted = {"Version": "2012-10-17", "Statement": [deny, allow]}
    client = session.client("backup")
    client.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=json.dumps(wanted))
    assert tear_down(session).ok
    assert (left(session), policy(session)) == ([], wanted)


def test_a_file_system_without_backups_leaves_none(session: Session) -> None:
    build_efs(session, build_network(session))
    session.advance(2 * DAY)
    assert tear_down(session).ok
    assert session.client("backup").list_backup_vaults()["BackupVaultList"] == []


def test_the_bill_counts_a_copy_of_what_is_backed_up(session: Session) -> None:
    key = backed_up(session, "shared")
    session.place.control.file_load({"file_system": key, "stored_gib": 100})

    def kept(**more: float) -> float:
        lines = cost.standing(read_back(session), hours=730, **more)
        return sum(line.quantity for line in lines if line.item == "EFS warm storage")

    assert kept() == pytest.approx(100, abs=0.1)
    assert kept(changed_gib=2) == pytest.approx(100 + 34 * 2, abs=0.1)
    session.client("efs").put_backup_policy(FileSystemId=key, BackupPolicy={"Status": "DISABLED"})
    assert kept() == 0
