"""Buckets kept for years: what is read back of them, and what teardown says of locked ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.cloud import leftovers, read_back, tear_down
from aws14.cloud.session import Session

BUCKET = "aws14-models"
DAY = 86400.0


def make(session: Session, mode: str = "", days: int = 0) -> Any:
    s3 = session.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": session.region})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    if mode:
        told = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}}}
        s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=told)
    return s3


def test_a_bucket_is_read_with_its_rules_and_what_lies_where(session: Session) -> None:
    s3 = make(session)
    archive = {
        "ID": "archive",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 1}},
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
        "Expiration": {"Days": 2555},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }
    off = {"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [archive, off]})
    for key in ("logs/a", "logs/a", "plan"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=bytes(1 << 20))
    told = read_back(session).node(BUCKET).attributes
    assert told["lifecycle"] == ("archive logs/ 30:STANDARD_IA 90:GLACIER expire=2555 noncurrent=30 least=2",)
    assert told["stored"] == ("STANDARD 0.0029296875 3",)
    assert told["object_lock"] == ""
    session.advance(95 * DAY)
    assert read_back(session).node(BUCKET).attributes["stored"] == ("GLACIER 0.0009765625 1", "STANDARD 0.0009765625 1")


def test_a_bucket_under_compliance_stays_until_its_day_and_teardown_says_when(
    session: Session, aws: Callable[..., Any]
) -> None:
    s3 = make(session, "COMPLIANCE", 40)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")
    day = s3.get_object_retention(Bucket=BUCKET, Key="a")["Retention"]["RetainUntilDate"]
    assert read_back(session).node(BUCKET).attributes["object_lock"] == "COMPLIANCE 40"
    report = tear_down(session)
    assert not report.ok
    assert f"until {day:%Y-%m-%d}" in str(report)
    assert [thing.aws_id for thing in leftovers(session)] == [BUCKET]
    session.advance(41 * DAY)
    assert tear_down(session).ok
    assert aws("s3").list_buckets()["Buckets"] == []


def test_governance_does_not_stop_a_teardown_a_legal_hold_does(session: Session) -> None:
    s3 = make(session, "GOVERNANCE", 40)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")
    s3.put_object_legal_hold(Bucket=BUCKET, Key="a", LegalHold={"Status": "ON"})
    report = tear_down(session)
    assert not report.ok
    assert "legal hold" in str(report)
    s3.put_object_legal_hold(Bucket=BUCKET, Key="a", LegalHold={"Status": "OFF"})
    assert tear_down(session).ok
