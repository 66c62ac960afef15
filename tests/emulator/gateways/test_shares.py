"""File shares: from the office's folder to the bucket and back, at the pace of the line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from aws14.errors import Aws14Error
from tests.conftest import client
from tests.emulator.gateways.conftest import BUCKET, GIB, REGION, activated, built, fetch, taken_by_gateways

HOUR = 3600.0


def did(office: SimpleNamespace, do: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = office.emulator.gateway({"do": do, "target": BUCKET, **more})
    return answer


def keys(office: SimpleNamespace) -> dict[str, int]:
    return {one["Key"]: one["Size"] for one in office.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())}


def test_a_file_in_the_folder_becomes_an_object_with_the_same_bytes(share: SimpleNamespace) -> None:
    folder = Path(did(share, "look")["folder"])
    (folder / "plans").mkdir()
    (folder / "plans" / "house.dxf").write_bytes(bytes(range(256)) * 40)
    share.emulator.advance(5)
    assert keys(share) == {}, "written, but still waiting"
    share.emulator.advance(60)
    found = share.s3.get_object(Bucket=BUCKET, Key="plans/house.dxf")
    assert found["Body"].read() == bytes(range(256)) * 40
    (folder / "plans" / "house.dxf").write_text("changed")
    share.emulator.advance(60)
    assert share.s3.get_object(Bucket=BUCKET, Key="plans/house.dxf")["Body"].read() == b"changed"
    (folder / "plans" / "house.dxf").unlink()
    share.emulator.advance(60)
    assert keys(share) == {}


def test_links_and_paths_lead_nowhere_else(share: SimpleNamespace, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not the office's")
    folder = Path(did(share, "look")["folder"])
    (folder / "link").symlink_to(secret)
    (folder / "links").symlink_to(tmp_path, target_is_directory=True)
    share.emulator.advance(600)
    assert keys(share) == {}
    for path in ("../escape.txt", "links/escape.txt", "", "a/../../b"):
        with pytest.raises(Aws14Error, match="leads out"):
            did(share, "write", path=path, text="x")
    assert not (tmp_path / "escape.txt").exists()


def test_uploads_take_the_time_of_the_line_and_wait_while_it_is_cut(share: SimpleNamespace) -> None:
    share.emulator.office({"upload_mbps": 100})
    did(share, "write", path="models/tower.ifc", gib=45)
    whole = 45 * GIB * 8 / 100e6  # 1 h 4 min
    share.emulator.advance(whole - 60)
    assert keys(share) == {}
    assert did(share, "look")["waiting_bytes"] == pytest.approx(70 * 100e6 / 8, rel=0.1)
    share.emulator.office({"cut": True})
    share.emulator.advance(6 * HOUR)
    assert keys(share) == {}
    assert did(share, "look")["dirty_bytes"] == 45 * GIB
    share.emulator.office({"cut": False})
    share.emulator.advance(60)
    assert keys(share) == {}
    share.emulator.advance(30)
    assert keys(share) == {"models/tower.ifc": 45 * GIB}
    assert did(share, "look")["files"] == {"models/tower.ifc": "cached"}


def test_a_cache_full_of_what_waits_refuses_writes(share: SimpleNamespace) -> None:
    share.emulator.office({"cut": True})
    did(share, "write", path="a", gib=100)
    with pytest.raises(Aws14Error, match="full of what waits"):
        did(share, "write", path="b", gib=60)
    did(share, "write", path="b", gib=50)
    folder = Path(did(share, "look")["folder"])
    (folder / "late.txt").write_text("no room")
    assert did(share, "look")["refused"] == ["late.txt"]
    share.emulator.office({"cut": False, "upload_mbps": 1000})
    share.emulator.advance(HOUR)
    assert set(keys(share)) == {"a", "b", "late.txt"}
    assert did(share, "look")["refused"] == []


def test_the_cache_keeps_what_was_used_last_and_cold_files_cost_the_line(share: SimpleNamespace) -> None:
    share.emulator.office({"upload_mbps": 10_000, "download_mbps": 200})
    for name in ("a", "b"):
        did(share, "write", path=name, gib=70)
    share.emulator.advance(HOUR)
    assert did(share, "read", path="a")["hit"]
    did(share, "write", path="c", gib=70)
    share.emulator.advance(HOUR)
    assert did(share, "look")["files"] == {"a": "cached", "b": "in S3", "c": "cached"}
    before = share.emulator.advance(0)[0]
    cold = did(share, "read", path="b")
    assert not cold["hit"]
    assert cold["seconds"] == pytest.approx(70 * GIB * 8 / 200e6, rel=0.001)
    assert cold["now"] - before == pytest.approx(cold["seconds"], abs=5)
    assert did(share, "read", path="b")["seconds"] == 0
    share.emulator.office({"cut": True})
    with pytest.raises(Aws14Error, match="line is cut"):
        did(share, "read", path="a")


def test_what_others_put_into_the_bucket_is_seen_after_a_refresh(share: SimpleNamespace) -> None:
    share.s3.put_object(Bucket=BUCKET, Key="from-home/sketch.txt", Body=b"a roof")
    share.emulator.advance(HOUR)
    assert did(share, "look")["files"] == {}
    share.api.refresh_cache(FileShareARN=share.share)
    share.emulator.advance(60)
    told = did(share, "look")
    assert told["files"] == {"from-home/sketch.txt": "in S3"}
    assert (Path(told["folder"]) / "from-home" / "sketch.txt").read_bytes() == b"a roof"
    share.emulator.advance(HOUR)
    versions = share.s3.list_object_versions(Bucket=BUCKET)["Versions"]
    assert len(versions) == 1, "a copy for the folder is no write"
    assert not did(share, "read", path="from-home/sketch.txt")["hit"]
    share.s3.delete_object(Bucket=BUCKET, Key="from-home/sketch.txt")
    share.api.refresh_cache(FileShareARN=share.share)
    share.emulator.advance(60)
    assert did(share, "look")["files"] == {}


def test_an_archived_object_cannot_be_read_through_the_share(share: SimpleNamespace) -> None:
    share.s3.put_object(Bucket=BUCKET, Key="old", Body=b"1998", StorageClass="GLACIER")
    share.api.refresh_cache(FileShareARN=share.share)
    share.emulator.advance(60)
    with pytest.raises(Aws14Error, match="input/output error"):
        did(share, "read", path="old")


def test_a_role_without_leave_keeps_files_waiting_until_it_has_it(
    office: SimpleNamespace, aws: Callable[..., Any]
) -> None:
    taken_by_gateways(aws("iam"), "reader", action="s3:GetObject")
    asked = {"ClientToken": "reader", "GatewayARN": office.gateway, "LocationARN": f"arn:aws:s3:::{BUCKET}"}
    with pytest.raises(ClientError, match="cannot be assumed"):
        office.api.create_nfs_file_share(**asked, Role="arn:aws:iam::123456789012:role/nobody")
    office.api.create_nfs_file_share(**asked, Role="arn:aws:iam::123456789012:role/reader")
    office.emulator.advance(60)
    did(office, "write", path="a.txt", text="a")
    office.emulator.advance(400 * 86400)
    assert keys(office) == {}
    aws("iam").attach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    office.emulator.advance(60)
    assert keys(office) == {"a.txt": 1}


def test_metrics_say_how_the_cache_is(share: SimpleNamespace, aws: Callable[..., Any]) -> None:
    share.emulator.office({"upload_mbps": 100})
    start = share.emulator.advance(0)[0]
    did(share, "write", path="a", gib=15)
    share.emulator.office({"cut": True})
    share.emulator.advance(2 * HOUR)
    share.emulator.office({"cut": False})
    share.emulator.advance(2 * HOUR)
    did(share, "read", path="a")

    def said(name: str, statistic: str, dimensions: list[dict[str, str]]) -> list[float]:
        found = aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/StorageGateway",
            MetricName=name,
            Dimensions=dimensions,
            StartTime=datetime.fromtimestamp(start, UTC),
            EndTime=datetime.fromtimestamp(start + 5 * HOUR, UTC),
            Period=300,
            Statistics=[statistic],
        )["Datapoints"]
        return [one[statistic] for one in sorted(found, key=lambda each: each["Timestamp"])]

    share.emulator.advance(600)
    gateway = share.gateway.rpartition("/")[2]
    whole = [{"Name": "GatewayId", "Value": gateway}, {"Name": "GatewayName", "Value": "office-files"}]
    one = [{"Name": "ShareId", "Value": share.share.rpartition("/")[2]}]
    for dimensions in (whole, one):
        dirty = said("CachePercentDirty", "Average", dimensions)
        assert max(dirty) == pytest.approx(10.0)
        assert len([each for each in dirty if each > 9]) == pytest.approx(24 + 4, abs=2)
        assert dirty[-1] == 0
        assert sum(said("CloudBytesUploaded", "Sum", dimensions)) == 15 * GIB
        assert said("CacheHitPercent", "Average", dimensions) == [100.0]
    names = {each["MetricName"] for each in aws("cloudwatch").list_metrics(Namespace="AWS/StorageGateway")["Metrics"]}
    assert "CachePercentUsed" in names


def test_smb_needs_a_domain_or_guests(office: SimpleNamespace) -> None:
    asked = {"GatewayARN": office.gateway, "Role": office.role, "LocationARN": f"arn:aws:s3:::{BUCKET}"}
    with pytest.raises(ClientError, match="domain"):
        office.api.create_smb_file_share(ClientToken="guests", **asked)
    with pytest.raises(ClientError, match="guest password"):
        office.api.create_smb_file_share(ClientToken="guests", Authentication="GuestAccess", **asked)
    office.api.set_smb_guest_password(GatewayARN=office.gateway, Password="secret-enough")
    office.api.create_smb_file_share(ClientToken="guests", Authentication="GuestAccess", **asked)
    joined = office.api.join_domain(
        GatewayARN=office.gateway, DomainName="corp.example.com", UserName="Admin", Password="secret-enough"
    )
    assert joined["ActiveDirectoryStatus"] in ("JOINED", "JOINING")
    made = office.api.create_smb_file_share(ClientToken="domain", FileShareName="share", **asked)["FileShareARN"]
    assert (
        office.api.create_smb_file_share(ClientToken="domain", FileShareName="share", **asked)["FileShareARN"] == made
    )
    office.emulator.advance(60)
    told = office.api.describe_smb_file_shares(FileShareARNList=[made])["SMBFileShareInfoList"][0]
    assert (told["FileShareStatus"], told["Authentication"], told["Path"]) == ("AVAILABLE", "ActiveDirectory", "/share")
    assert len(office.api.list_file_shares(GatewayARN=office.gateway)["FileShareInfoList"]) == 2
    assert office.api.describe_smb_settings(GatewayARN=office.gateway)["DomainName"] == "corp.example.com"


def test_gateways_are_activated_once_shut_down_and_deleted(office: SimpleNamespace) -> None:
    page = f"http://gateway.office/?activationRegion={REGION}&no_redirect"
    with pytest.raises(ClientError, match="activation key"):
        activated(office.emulator, office.api)
    assert len(fetch(office.emulator, page).replace("-", "")) == 25
    with pytest.raises(ClientError, match="already allocated"):
        office.api.add_cache(GatewayARN=office.gateway, DiskIds=[office.disks[0]["DiskId"]])
    told = office.api.describe_cache(GatewayARN=office.gateway)
    assert (told["CacheAllocatedInBytes"], told["CacheDirtyPercentage"]) == (150 * GIB, 0)
    office.api.shutdown_gateway(GatewayARN=office.gateway)
    with pytest.raises(ClientError, match="not connected"):
        office.api.list_local_disks(GatewayARN=office.gateway)
    office.api.start_gateway(GatewayARN=office.gateway)
    assert office.api.describe_gateway_information(GatewayARN=office.gateway)["GatewayState"] == "RUNNING"
    key = fetch(office.emulator, page)
    office.api.delete_gateway(GatewayARN=office.gateway)
    assert office.api.list_gateways()["Gateways"] == []
    assert fetch(office.emulator, page) != key
    activated(office.emulator, office.api)


def test_a_share_that_is_deleted_uploads_what_waits_first(share: SimpleNamespace) -> None:
    share.emulator.office({"cut": True})
    did(share, "write", path="last.txt", text="last words")
    folder = Path(did(share, "look")["folder"])
    share.api.delete_file_share(FileShareARN=share.share)
    share.emulator.advance(2 * 86400)
    assert share.api.list_file_shares()["FileShareInfoList"][0]["FileShareStatus"] == "DELETING"
    share.emulator.office({"cut": False})
    share.emulator.advance(2 * 86400)
    assert keys(share) == {"last.txt": 10}
    assert share.api.list_file_shares()["FileShareInfoList"] == []
    assert not folder.exists()


def test_a_save_brings_the_folder_back_as_it_was(share: SimpleNamespace) -> None:
    folder = Path(did(share, "look")["folder"])
    (folder / "a.txt").write_text("first")
    share.emulator.advance(60)
    (folder / "b.txt").write_text("waits")
    did(share, "look")
    share.emulator.save("gateway")
    (folder / "a.txt").write_text("second")
    (folder / "c.txt").write_text("later")
    share.emulator.advance(60)
    assert set(keys(share)) == {"a.txt", "b.txt", "c.txt"}
    share.emulator.restore("gateway")
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.txt"]
    assert (folder / "a.txt").read_text() == "first"
    share.emulator.advance(60)
    assert keys(share) == {"a.txt": 5, "b.txt": 5}
    assert share.s3.get_object(Bucket=BUCKET, Key="a.txt")["Body"].read() == b"first"


def test_a_folder_that_is_taken_away_deletes_nothing(share: SimpleNamespace) -> None:
    folder = Path(did(share, "look")["folder"])
    (folder / "a.txt").write_text("kept")
    share.emulator.advance(60)
    shutil.rmtree(folder)
    share.emulator.advance(600)
    assert keys(share) == {"a.txt": 4}
    assert (folder / "a.txt").read_text() == "kept"


def test_a_reset_takes_the_folders_away(share: SimpleNamespace) -> None:
    folder = Path(did(share, "look")["folder"])
    (folder / "a.txt").write_text("of another cloud")
    share.emulator.advance(60)
    share.emulator.reset()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"do": "shred"}, "nobody can"),
        ({"do": "write", "path": "a", "gib": -1}, "GiB"),
        ({"do": "write", "path": "folder", "text": "x"}, "in its place"),
        ({"do": "read", "path": "nothing"}, "no such file"),
        ({"do": "eject"}, "no tape"),
        ({"do": "look", "target": "other"}, "no gateway has 'other'"),
        ({"do": "write", "target": "office-files", "path": "a", "text": "x"}, "no file share"),
    ],
)
def test_orders_that_cannot_be(share: SimpleNamespace, wrong: dict[str, Any], because: str) -> None:
    did(share, "write", path="folder/file", text="")
    with pytest.raises(Aws14Error, match=because):
        share.emulator.gateway({"target": BUCKET, **wrong})


def test_a_slower_limit_than_the_line_and_a_shut_gateway(share: SimpleNamespace) -> None:
    share.emulator.office({"upload_mbps": 1000})
    share.api.update_bandwidth_rate_limit(GatewayARN=share.gateway, AverageUploadRateLimitInBitsPerSec=100_000_000)
    did(share, "write", path="a", gib=45)
    share.emulator.advance(HOUR)
    assert keys(share) == {}
    share.api.shutdown_gateway(GatewayARN=share.gateway)
    share.emulator.advance(24 * HOUR)
    assert keys(share) == {}
    with pytest.raises(Aws14Error, match="shut down"):
        did(share, "look")
    share.api.start_gateway(GatewayARN=share.gateway)
    share.emulator.advance(600)
    assert set(keys(share)) == {"a"}


def test_an_uploaded_file_is_a_version_of_a_bucket_that_keeps_them(share: SimpleNamespace) -> None:
    share.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for text in ("first", "second"):
        did(share, "write", path="plan.txt", text=text)
        share.emulator.advance(60)
    (Path(did(share, "look")["folder"]) / "plan.txt").unlink()
    share.emulator.advance(60)
    found = share.s3.list_object_versions(Bucket=BUCKET)
    assert len(found["Versions"]) == 2 and found["DeleteMarkers"][0]["IsLatest"]


def test_a_process_that_starts_again_takes_in_what_was_written_meanwhile(start: Callable[..., Emulator]) -> None:
    office = built(start())
    office.emulator.gateway({"do": "write", "target": BUCKET, "path": "a.txt", "text": "first"})
    office.emulator.advance(60)
    office.emulator.save("before")
    folder = Path(did(office, "look")["folder"])
    office.emulator.shutdown()
    (folder / "b.txt").write_text("meanwhile")
    again = start()
    office.emulator, office.s3 = again, client(again, "s3")
    office.emulator.advance(60)
    assert set(keys(office)) == {"a.txt", "b.txt"}
    office.emulator.shutdown()
    (folder / "a.txt").unlink()
    again = start()
    again.restore("before")
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt"]
    again.advance(60)
    office.s3 = client(again, "s3")
    assert set(keys(office)) == {"a.txt"}
