"""Volumes with snapshots in EBS, and tapes on their way to the archive and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from aws14.errors import Aws14Error
from tests.emulator.gateways.conftest import GIB, activated

HOUR = 3600.0
ADDRESS = "192.168.0.10"


def gateway(emulator: Emulator, api: Any, kind: str) -> str:
    emulator.reset()
    arn = activated(emulator, api, kind)
    disks = api.list_local_disks(GatewayARN=arn)["Disks"]
    if kind != "STORED":
        api.add_cache(GatewayARN=arn, DiskIds=[disks[0]["DiskId"]])
    api.add_upload_buffer(GatewayARN=arn, DiskIds=[disks[1]["DiskId"]])
    return arn


def test_a_snapshot_of_a_cached_volume_is_one_of_ebs(aws: Callable[..., Any], emulator: Emulator) -> None:
    api, ec2 = aws("storagegateway"), aws("ec2")
    arn = gateway(emulator, api, "CACHED")
    asked = {"GatewayARN": arn, "NetworkInterfaceId": ADDRESS, "ClientToken": "volume-a"}
    made = api.create_cached_iscsi_volume(VolumeSizeInBytes=200 * GIB, TargetName="plans", **asked)["VolumeARN"]
    with pytest.raises(ClientError, match="not available"):
        api.create_snapshot(VolumeARN=made, SnapshotDescription="early")
    emulator.advance(120)
    emulator.office({"upload_mbps": 100})
    emulator.gateway({"do": "write", "target": "plans", "gib": 45})
    assert api.describe_upload_buffer(GatewayARN=arn)["UploadBufferUsedInBytes"] > 44 * GIB
    emulator.advance(2 * HOUR)
    assert api.describe_upload_buffer(GatewayARN=arn)["UploadBufferUsedInBytes"] == 0
    told = api.describe_cached_iscsi_volumes(VolumeARNs=[made])["CachediSCSIVolumes"][0]
    assert (told["VolumeStatus"], told["VolumeUsedInBytes"]) == ("AVAILABLE", 45 * GIB)
    snapshot = api.create_snapshot(VolumeARN=made, SnapshotDescription="weekly")["SnapshotId"]
    emulator.save("pending")
    emulator.restore("pending")
    emulator.advance(6 * HOUR)
    found = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert (found["State"], found["VolumeSize"], found["VolumeId"]) == ("completed", 200, told["VolumeId"])
    volume = ec2.create_volume(SnapshotId=snapshot, AvailabilityZone="ap-northeast-1a")
    assert volume["Size"] == 200
    again = api.create_cached_iscsi_volume(
        **asked | {"ClientToken": "volume-b"}, VolumeSizeInBytes=200 * GIB, TargetName="back", SnapshotId=snapshot
    )["VolumeARN"]
    assert (
        api.describe_cached_iscsi_volumes(VolumeARNs=[again])["CachediSCSIVolumes"][0]["SourceSnapshotId"] == snapshot
    )
    emulator.office({"cut": True})
    emulator.gateway({"do": "write", "target": "plans", "gib": 140})
    with pytest.raises(Aws14Error, match="upload buffer"):
        emulator.gateway({"do": "write", "target": "plans", "gib": 12})
    for each in (made, again):
        api.delete_volume(VolumeARN=each)
    assert api.list_volumes(GatewayARN=arn)["VolumeInfos"] == []


def test_a_stored_volume_takes_a_disk_of_the_office(aws: Callable[..., Any], emulator: Emulator) -> None:
    api = aws("storagegateway")
    arn = gateway(emulator, api, "STORED")
    disk = api.list_local_disks(GatewayARN=arn)["Disks"][2]["DiskId"]
    asked = {"GatewayARN": arn, "DiskId": disk, "PreserveExistingData": True, "NetworkInterfaceId": ADDRESS}
    made = api.create_stored_iscsi_volume(TargetName="plans", **asked)
    assert made["VolumeSizeInBytes"] == 150 * GIB
    told = api.describe_stored_iscsi_volumes(VolumeARNs=[made["VolumeARN"]])["StorediSCSIVolumes"][0]
    assert (told["VolumeDiskId"], told["VolumeStatus"]) == (disk, "CREATING")
    with pytest.raises(ClientError, match="already allocated"):
        api.create_stored_iscsi_volume(TargetName="other", **asked)
    api.delete_volume(VolumeARN=made["VolumeARN"])
    assert api.list_local_disks(GatewayARN=arn)["Disks"][2]["DiskAllocationType"] == "AVAILABLE"


def test_a_tape_goes_to_the_archive_and_comes_back_after_hours(aws: Callable[..., Any], emulator: Emulator) -> None:
    api = aws("storagegateway")
    arn = gateway(emulator, api, "VTL")
    tapes = api.create_tapes(
        GatewayARN=arn,
        TapeSizeInBytes=100 * GIB,
        ClientToken="weekly",
        NumTapesToCreate=2,
        TapeBarcodePrefix="WK",
        PoolId="DEEP_ARCHIVE",
    )["TapeARNs"]
    single = api.create_tape_with_barcode(GatewayARN=arn, TapeSizeInBytes=100 * GIB, TapeBarcode="YEAR2026")["TapeARN"]
    emulator.advance(120)
    emulator.office({"upload_mbps": 100})
    emulator.gateway({"do": "write", "target": "YEAR2026", "gib": 45})
    assert emulator.gateway({"do": "eject", "target": "YEAR2026"})["status"] == "IN TRANSIT TO VTS"
    emulator.advance(HOUR)
    assert api.describe_tape_archives()["TapeArchives"] == [], "the line takes longer"
    emulator.advance(HOUR)
    archived = api.describe_tape_archives()["TapeArchives"]
    assert [(one["TapeBarcode"], one["TapeStatus"], one["TapeUsedInBytes"]) for one in archived] == [
        ("YEAR2026", "ARCHIVED", 45 * GIB)
    ]
    assert {one["TapeARN"] for one in api.describe_tapes(GatewayARN=arn)["Tapes"]} == set(tapes)
    emulator.save("tapes")
    emulator.restore("tapes")
    api.retrieve_tape_archive(TapeARN=single, GatewayARN=arn)
    emulator.advance(2.5 * HOUR)
    assert _status(api, arn, single) == "RETRIEVING"
    emulator.advance(3 * HOUR)
    assert _status(api, arn, single) == "RETRIEVED"
    with pytest.raises(Aws14Error, match="RETRIEVED"):
        emulator.gateway({"do": "write", "target": "YEAR2026", "gib": 1})
    emulator.gateway({"do": "eject", "target": "YEAR2026"})
    emulator.advance(HOUR)
    api.delete_tape_archive(TapeARN=single)
    for tape in tapes:
        api.delete_tape(GatewayARN=arn, TapeARN=tape)
    assert api.list_tapes()["TapeInfos"] == []
    assert len(api.describe_vtl_devices(GatewayARN=arn)["VTLDevices"]) == 11


def _status(api: Any, gateway_arn: str, tape: str) -> str:
    return str(api.describe_tapes(GatewayARN=gateway_arn, TapeARNs=[tape])["Tapes"][0]["TapeStatus"])
