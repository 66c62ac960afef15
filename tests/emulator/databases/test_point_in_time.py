"""DB instances restored to a second; automated backups that outlive their instance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.emulator.databases.conftest import PASSWORD


def clock(emulator) -> datetime:
    return datetime.fromtimestamp(emulator.status()["now"], UTC)


def ask(connection, sql: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = tuple(cursor.fetchall())
    connection.commit()
    return rows


def restored(emulator, rds, look, site, **when) -> str:
    asked = {"SourceDBInstanceIdentifier": "db", "TargetDBInstanceIdentifier": "then", "DBSubnetGroupName": "db"}
    rds.restore_db_instance_to_point_in_time(**asked, VpcSecurityGroupIds=[site.db_group], **when)
    emulator.advance(2400)
    assert look("then")["DBInstanceStatus"] == "available"
    return str(look("then")["Endpoint"]["Address"])


def test_the_rows_of_that_second_come_back(emulator, rds, look, connect, site) -> None:
    here = connect()
    ask(here, "CREATE TABLE projects (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20))")
    ask(here, "INSERT INTO projects (name) VALUES ('tower')")
    emulator.advance(26 * 3600)  # a backup lies between the two
    ask(connect(), "INSERT INTO projects (name) VALUES ('bridge')")
    emulator.advance(3600)
    good = clock(emulator)
    emulator.advance(60)
    ask(connect(), "DELETE FROM projects")
    emulator.advance(3600)
    there = restored(emulator, rds, look, site, RestoreTime=good)
    assert ask(connect(host=there, password=PASSWORD), "SELECT name FROM projects ORDER BY id") == (
        ("tower",),
        ("bridge",),
    )
    assert ask(connect(), "SELECT COUNT(*) FROM projects") == ((0,),)


def test_the_latest_time_lags_five_minutes_at_most(emulator, rds, look, connect, site) -> None:
    ask(connect(), "CREATE TABLE t (id INT)")
    emulator.advance(900)
    ask(connect(), "INSERT INTO t VALUES (1)")
    now = clock(emulator)
    latest = look()["LatestRestorableTime"]
    assert timedelta(0) <= now - latest <= timedelta(seconds=301)
    target = {"SourceDBInstanceIdentifier": "db", "TargetDBInstanceIdentifier": "then"}
    with pytest.raises(ClientError, match="later than"):
        rds.restore_db_instance_to_point_in_time(**target, RestoreTime=now + timedelta(hours=1))
    with pytest.raises(ClientError, match="earlier than"):
        rds.restore_db_instance_to_point_in_time(**target, RestoreTime=now - timedelta(days=30))
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        rds.restore_db_instance_to_point_in_time(**target)
    there = restored(emulator, rds, look, site, UseLatestRestorableTime=True)
    assert ask(connect(host=there, password=PASSWORD), "SELECT COUNT(*) FROM t") == ((0,),)


def test_a_week_later_only_the_retention_period_is_left(emulator, rds, look, site) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", BackupRetentionPeriod=3, ApplyImmediately=True)
    emulator.advance(10 * 86400)
    told = rds.describe_db_instance_automated_backups(DBInstanceIdentifier="db")["DBInstanceAutomatedBackups"][0]
    window = told["RestoreWindow"]
    assert told["Status"] == "active"
    assert timedelta(days=2.9) < window["LatestTime"] - window["EarliestTime"] <= timedelta(days=3, seconds=301)


@pytest.mark.parametrize("keep", [True, False])
def test_automated_backups_outlive_their_instance_if_told_so(emulator, rds, look, connect, site, keep) -> None:
    ask(connect(), "CREATE TABLE t (id INT)")
    ask(connect(), "INSERT INTO t VALUES (7)")
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="by-hand")
    emulator.advance(3600)
    key = look()["DbiResourceId"]
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True, DeleteAutomatedBackups=not keep)
    emulator.advance(3600)
    told = rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert [each["Status"] for each in told] == (["retained"] if keep else [])
    assert [each["DBSnapshotIdentifier"] for each in rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]]
    if not keep:
        return
    rds.restore_db_instance_to_point_in_time(
        SourceDbiResourceId=key,
        TargetDBInstanceIdentifier="db",
        UseLatestRestorableTime=True,
        DBSubnetGroupName="db",
        VpcSecurityGroupIds=[site.db_group],
    )
    emulator.advance(2400)
    assert ask(connect(), "SELECT id FROM t") == ((7,),)
    rds.delete_db_instance_automated_backup(DbiResourceId=key)
    assert [each["Status"] for each in rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]] == [
        "active"
    ]
    emulator.advance(2 * 86400)
    assert look()["DBInstanceStatus"] == "available"


def test_automated_snapshots_do_not_fill_the_quota(emulator, rds, look, site) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", BackupRetentionPeriod=35, ApplyImmediately=True)
    emulator.advance(130 * 86400)
    kept = rds.describe_db_snapshots(SnapshotType="automated", DBInstanceIdentifier="db")["DBSnapshots"]
    assert 34 <= len(kept) <= 36
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="by-hand")
