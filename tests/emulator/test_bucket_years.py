"""Buckets over years: lifecycles on the clock, copies out of Glacier, locks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from aws14.emulator.buckets import storage

REGION, BUCKET = "ap-northeast-1", "models-1"
HOUR, DAY = 3600.0, 86400.0
LARGE, SMALL = bytes(200 << 10), b"small"


@pytest.fixture
def s3(clean_emulator: Emulator, aws: Callable[..., Any]) -> Any:
    client = aws("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


@pytest.fixture
def versioned(s3: Any) -> Any:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


def follow(s3: Any, *rules: dict[str, Any], **more: Any) -> None:
    told = [{"ID": f"r{n}", "Status": "Enabled", "Filter": {}} | rule for n, rule in enumerate(rules)]
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": told}, **more)


def moves(*steps: tuple[int, str]) -> dict[str, Any]:
    return {"Transitions": [{"Days": days, "StorageClass": to} for days, to in steps]}


def put(s3: Any, key: str, body: bytes = LARGE, **more: Any) -> str:
    return str(s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more).get("VersionId", "null"))


def classes(s3: Any) -> dict[str, str]:
    return {each["Key"]: each["StorageClass"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())}


def versions(s3: Any) -> list[tuple[str, str]]:
    told = s3.list_object_versions(Bucket=BUCKET)
    return [(each["Key"], each["VersionId"]) for each in (*told.get("Versions", ()), *told.get("DeleteMarkers", ()))]


def to_midnight(emulator: Emulator) -> None:
    now, _ = emulator.advance(0.0)
    emulator.advance(DAY - now % DAY + 60.0)


def code(caught: Any) -> str:
    return str(caught.value.response["Error"]["Code"])


def test_objects_go_down_the_classes_at_midnights_and_end(s3: Any, emulator: Emulator) -> None:
    to_midnight(emulator)
    follow(s3, moves((30, "STANDARD_IA"), (90, "GLACIER"), (365, "DEEP_ARCHIVE")) | {"Expiration": {"Days": 2555}})
    put(s3, "plan")
    seen = []
    for days in (30, 1, 59, 1, 275, 2189):
        emulator.advance(days * DAY)
        seen.append(classes(s3).get("plan"))
    # Made a minute after midnight: 30 days on is a minute after the midnight that does not yet count.
    assert seen == ["STANDARD", "STANDARD_IA", "STANDARD_IA", "GLACIER", "DEEP_ARCHIVE", "DEEP_ARCHIVE"]
    emulator.advance(2 * DAY)
    assert classes(s3) == {}


def test_rules_choose_by_prefix_tag_and_size(s3: Any, emulator: Emulator) -> None:
    both = {"And": {"Prefix": "old/", "Tags": [{"Key": "keep", "Value": "cold"}], "ObjectSizeGreaterThan": 2}}
    follow(s3, moves((1, "GLACIER")) | {"Filter": both}, moves((1, "GLACIER_IR")) | {"Filter": {"Prefix": "new/"}})
    put(s3, "old/tagged", SMALL, Tagging="keep=cold")
    put(s3, "old/tiny", b"x", Tagging="keep=cold")
    put(s3, "old/bare")
    put(s3, "new/large")
    put(s3, "new/small", SMALL)
    put(s3, "other")
    emulator.advance(3 * DAY)
    assert classes(s3) == {
        "old/tagged": "GLACIER",
        "old/tiny": "STANDARD",
        "old/bare": "STANDARD",
        "new/large": "GLACIER_IR",
        "new/small": "STANDARD",
        "other": "STANDARD",
    }
    shown = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)
    assert shown["Rules"][0]["Filter"] == both
    assert shown["Rules"][0]["Transitions"] == [{"Days": 1, "StorageClass": "GLACIER"}]


def test_small_objects_move_to_glacier_where_the_bucket_says_so(s3: Any, emulator: Emulator) -> None:
    follow(s3, moves((1, "GLACIER")), TransitionDefaultMinimumObjectSize="varies_by_storage_class")
    put(s3, "small", SMALL)
    emulator.advance(3 * DAY)
    assert classes(s3) == {"small": "GLACIER"}


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (moves((29, "STANDARD_IA")), "InvalidArgument"),
        (moves((30, "STANDARD_IA"), (45, "GLACIER")), "InvalidArgument"),
        (moves((90, "DEEP_ARCHIVE"), (180, "GLACIER")), "InvalidArgument"),
        (moves((90, "GLACIER")) | {"Expiration": {"Days": 90}}, "InvalidArgument"),
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"Expiration": {"Date": datetime(2030, 1, 1, 5, tzinfo=UTC)}}, "InvalidArgument"),
        ({}, "InvalidRequest"),
    ],
)
def test_impossible_rules_are_refused(s3: Any, rule: dict[str, Any], error: str) -> None:
    with pytest.raises(ClientError) as caught:
        follow(s3, rule)
    assert code(caught) == error


def test_old_versions_end_but_for_the_newest_and_markers_with_nothing_behind_them(
    versioned: Any, emulator: Emulator
) -> None:
    old = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 1}}
    follow(versioned, old | {"Filter": {"Prefix": "a"}})
    written = [put(versioned, "a", SMALL) for _ in range(4)]
    emulator.advance(29 * DAY)
    assert len(versions(versioned)) == 4
    emulator.advance(3 * DAY)
    assert versions(versioned) == [("a", written[3]), ("a", written[2])]
    gone = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}, "Expiration": {"ExpiredObjectDeleteMarker": True}}
    follow(versioned, gone)
    versioned.delete_object(Bucket=BUCKET, Key="a")
    emulator.advance(3 * DAY)
    assert versions(versioned) == []


def test_an_expired_object_of_a_versioned_bucket_is_hidden_not_gone(versioned: Any, emulator: Emulator) -> None:
    follow(versioned, {"Expiration": {"Days": 5}})
    version = put(versioned, "a")
    emulator.advance(7 * DAY)
    assert classes(versioned) == {}
    assert len(versioned.get_object(Bucket=BUCKET, Key="a", VersionId=version)["Body"].read()) == len(LARGE)


def test_an_upload_that_was_never_completed_is_given_up(s3: Any, emulator: Emulator) -> None:
    follow(s3, {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}})
    s3.create_multipart_upload(Bucket=BUCKET, Key="half")
    emulator.advance(6 * DAY)
    assert len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]) == 1
    emulator.advance(3 * DAY)
    assert s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


@pytest.mark.parametrize(
    ("storage", "tier", "hours"),
    [
        ("GLACIER", "Expedited", 0.05),
        ("GLACIER", "Standard", 4),
        ("GLACIER", "Bulk", 8.5),
        ("DEEP_ARCHIVE", "Bulk", 48),
    ],
)
def test_an_archived_object_is_read_hours_after_it_was_asked_for_and_for_its_days(
    s3: Any, emulator: Emulator, storage: str, tier: str, hours: float
) -> None:
    put(s3, "a", SMALL, StorageClass=storage)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="a")
    assert code(caught) == "InvalidObjectState"
    asked = {"Days": 2, "GlacierJobParameters": {"Tier": tier}}
    s3.restore_object(Bucket=BUCKET, Key="a", RestoreRequest=asked)
    assert s3.head_object(Bucket=BUCKET, Key="a")["Restore"] == 'ongoing-request="true"'
    with pytest.raises(ClientError) as caught:
        s3.restore_object(Bucket=BUCKET, Key="a", RestoreRequest=asked)
    assert code(caught) == "RestoreAlreadyInProgress"
    emulator.advance(hours * HOUR * 0.9)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="a")
    assert code(caught) == "InvalidObjectState"
    emulator.advance(hours * HOUR * 0.2)
    assert 'ongoing-request="false", expiry-date="' in s3.head_object(Bucket=BUCKET, Key="a")["Restore"]
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == SMALL
    emulator.advance(3 * DAY)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="a")
    assert code(caught) == "InvalidObjectState"
    assert "Restore" not in s3.head_object(Bucket=BUCKET, Key="a")


def test_deep_archive_knows_no_haste(s3: Any) -> None:
    put(s3, "a", SMALL, StorageClass="DEEP_ARCHIVE")
    asked = {"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}}
    with pytest.raises(ClientError) as caught:
        s3.restore_object(Bucket=BUCKET, Key="a", RestoreRequest=asked)
    assert code(caught) == "InvalidArgument"


def lock(s3: Any, mode: str, days: int) -> None:
    told = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}}}
    s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=told)


def test_compliance_keeps_a_version_from_everybody_until_its_day(versioned: Any, emulator: Emulator) -> None:
    put(versioned, "before", SMALL)
    lock(versioned, "COMPLIANCE", 30)
    version = put(versioned, "a", SMALL)
    kept = versioned.get_object_retention(Bucket=BUCKET, Key="a")["Retention"]
    assert kept["Mode"] == "COMPLIANCE"
    sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": kept["RetainUntilDate"] - timedelta(days=1)}
    with pytest.raises(ClientError) as caught:
        versioned.put_object_retention(
            Bucket=BUCKET, Key="a", Retention=sooner, BypassGovernanceRetention=True, VersionId=version
        )
    assert code(caught) == "AccessDenied"
    with pytest.raises(ClientError, match="protected by object lock"):
        versioned.delete_object(Bucket=BUCKET, Key="a", VersionId=version, BypassGovernanceRetention=True)
    with pytest.raises(ClientError) as caught:
        versioned.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    assert code(caught) == "InvalidBucketState"
    later = {"Mode": "COMPLIANCE", "RetainUntilDate": kept["RetainUntilDate"] + timedelta(days=1)}
    versioned.put_object_retention(Bucket=BUCKET, Key="a", Retention=later)
    emulator.advance(30.5 * DAY)
    with pytest.raises(ClientError, match="protected by object lock"):
        versioned.delete_object(Bucket=BUCKET, Key="a", VersionId=version)
    emulator.advance(DAY)
    versioned.delete_object(Bucket=BUCKET, Key="a", VersionId=version)


def test_governance_lets_pass_who_says_so_and_a_legal_hold_nobody(versioned: Any) -> None:
    lock(versioned, "GOVERNANCE", 30)
    version = put(versioned, "a", SMALL)
    for told in ({}, {"BypassGovernanceRetention": False}):
        with pytest.raises(ClientError, match="protected by object lock"):
            versioned.delete_object(Bucket=BUCKET, Key="a", VersionId=version, **told)
    versioned.put_object_legal_hold(Bucket=BUCKET, Key="a", LegalHold={"Status": "ON"})
    with pytest.raises(ClientError, match="protected by object lock"):
        versioned.delete_object(Bucket=BUCKET, Key="a", VersionId=version, BypassGovernanceRetention=True)
    versioned.put_object_legal_hold(Bucket=BUCKET, Key="a", LegalHold={"Status": "OFF"})
    versioned.delete_object(Bucket=BUCKET, Key="a", VersionId=version, BypassGovernanceRetention=True)
    assert versions(versioned) == []


def test_a_lifecycle_waits_for_a_lock(versioned: Any, emulator: Emulator) -> None:
    lock(versioned, "COMPLIANCE", 20)
    follow(versioned, {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    put(versioned, "a", SMALL)
    newest = put(versioned, "a", SMALL)
    emulator.advance(10 * DAY)
    assert len(versions(versioned)) == 2
    emulator.advance(12 * DAY)
    assert versions(versioned) == [("a", newest)]


def test_seven_years_of_many_objects_are_few_events(s3: Any, emulator: Emulator) -> None:
    rules = moves((30, "STANDARD_IA"), (90, "GLACIER"), (365, "DEEP_ARCHIVE")) | {"Expiration": {"Days": 2555}}
    follow(s3, rules | {"Filter": {"ObjectSizeGreaterThan": 1}})
    for number in range(40):
        put(s3, f"plan-{number}", SMALL)
    _, told = emulator.advance(2600 * DAY)
    ours = [name for _, name in told if name.startswith("bucket_lifecycle")]
    assert classes(s3) == {}
    assert len(ours) <= 6


def test_suspended_versioning_keeps_versions_and_replaces_only_its_own(versioned: Any) -> None:
    first = put(versioned, "a", b"1")
    versioned.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    put(versioned, "a", b"2")
    put(versioned, "a", b"3")
    assert versions(versioned) == [("a", "null"), ("a", first)]
    assert versioned.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"3"
    assert versioned.get_object(Bucket=BUCKET, Key="a", VersionId=first)["Body"].read() == b"1"
    with pytest.raises(ClientError, match="storage class"):
        put(versioned, "a", b"4", StorageClass="ICE")
    assert len(versions(versioned)) == 2
    versioned.delete_object(Bucket=BUCKET, Key="a")
    assert classes(versioned) == {}
    assert sorted(versions(versioned)) == sorted([("a", first), ("a", "null")])
    versioned.delete_object(Bucket=BUCKET, Key="a", VersionId="null")
    assert versioned.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"1"


def test_mfa_delete_says_why_not(s3: Any) -> None:
    told = {"Status": "Enabled", "MFADelete": "Enabled"}
    with pytest.raises(ClientError, match="needs the root user"):
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=told, MFA="arn:aws:iam::1:mfa/d 123456")


def test_a_restored_version_is_that_version(versioned: Any, emulator: Emulator) -> None:
    old = put(versioned, "a", b"old", StorageClass="GLACIER")
    put(versioned, "a", b"new")
    versioned.restore_object(Bucket=BUCKET, Key="a", VersionId=old, RestoreRequest={"Days": 1})
    emulator.advance(5 * HOUR)
    assert versioned.get_object(Bucket=BUCKET, Key="a", VersionId=old)["Body"].read() == b"old"


def test_a_saved_cloud_goes_on_with_its_rules(s3: Any, emulator: Emulator) -> None:
    follow(s3, moves((1, "GLACIER_IR")))
    put(s3, "a")
    emulator.save("with-a-lifecycle")
    s3.delete_object(Bucket=BUCKET, Key="a")
    emulator.restore("with-a-lifecycle")
    emulator.advance(3 * DAY)
    assert classes(s3) == {"a": "GLACIER_IR"}


@pytest.mark.parametrize(
    ("storage_class", "age_days", "charged"),
    [
        ("STANDARD", 1, []),
        ("STANDARD_IA", 10, [20]),
        ("GLACIER_IR", 89, [1]),
        ("GLACIER", 90, []),
        ("DEEP_ARCHIVE", 100, [80]),
    ],
)
def test_leaving_a_class_early_is_charged_to_its_end(
    monkeypatch: pytest.MonkeyPatch, storage_class: str, age_days: float, charged: list[float]
) -> None:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    here = SimpleNamespace(state={}, clock=SimpleNamespace(now=lambda: made.timestamp() + age_days * DAY))
    monkeypatch.setattr(storage, "world", lambda: here)
    told = {"account_id": "1", "bucket_name": BUCKET, "name": "a", "size": 7, "storage_class": storage_class}
    storage.ends(SimpleNamespace(last_modified=made.replace(tzinfo=None), **told))  # moto has no zones
    assert [each.days for each in storage.early_ends()] == pytest.approx(charged)


def test_cloudwatch_knows_sizes_by_class_in_the_region(versioned: Any, aws: Callable[..., Any]) -> None:
    for body in (b"123", b"45"):
        put(versioned, "a", body)
    put(versioned, "cold", b"6789", StorageClass="GLACIER")
    found = {}
    for kind in ("StandardStorage", "GlacierStorage"):
        dimensions = [{"Name": "BucketName", "Value": BUCKET}, {"Name": "StorageType", "Value": kind}]
        now = versioned.list_buckets()["Buckets"][0]["CreationDate"]
        told = aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/S3",
            MetricName="BucketSizeBytes",
            Dimensions=dimensions,
            StartTime=now - timedelta(days=2),
            EndTime=now + timedelta(days=2),
            Period=86400,
            Statistics=["Average"],
        )
        found[kind] = [point["Average"] for point in told["Datapoints"]]
    assert found == {"StandardStorage": [5.0], "GlacierStorage": [4.0]}
    away = aws("cloudwatch", region="ap-northeast-3").list_metrics(Namespace="AWS/S3")["Metrics"]
    assert away == []
