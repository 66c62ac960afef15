"""Snapshots are incremental, by blocks; the archive tier."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from aws14.emulator.machines.blocks import blocks_of, changed, stored
from aws14.emulator.machines.contents import Contents
from aws14.emulator.machines.disk import Disk

KIB512 = 512 * 1024
DAY = 86400


def contents(**files: bytes) -> Contents:
    disk = Disk()
    for name, data in files.items():
        disk.write(f"/{name}", data)
    return Contents(disk)


def test_a_change_costs_the_blocks_that_it_touches() -> None:
    plan = bytes(3 * KIB512)
    before = blocks_of(contents(plan=plan, small=b"x"), 100)
    assert len(before) == 1 + 3 + 1
    touched = plan[:KIB512] + b"!" + plan[KIB512 + 1 :]
    after = blocks_of(contents(plan=touched, small=b"x"), 100)
    assert len(changed(before, after)) == 1, "one byte in the second block, and no name or size changed"
    assert stored(after, before) == 1
    grown = blocks_of(contents(plan=plan, small=b"x", new=b"y"), 100)
    assert stored(grown, before) == 2, "the new file, and the names"
    assert stored(grown, None) == len(grown)
    assert blocks_of(None, 100) == {}


def test_snapshots_tell_their_blocks_and_are_faster_the_second_time(
    cloud: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    first = cloud.ec2.create_snapshot(VolumeId=cloud.volume)["SnapshotId"]
    emulator.advance(120)
    told = cloud.ec2.describe_snapshots(SnapshotIds=[first])["Snapshots"][0]
    assert (told["State"], told["FullSnapshotSizeInBytes"]) == ("pending", 0)
    emulator.advance(600)
    second = cloud.ec2.create_snapshot(VolumeId=cloud.volume)["SnapshotId"]
    emulator.advance(120)
    assert cloud.ec2.describe_snapshots(SnapshotIds=[second])["Snapshots"][0]["State"] == "completed"
    told = aws("ebs").list_changed_blocks(FirstSnapshotId=first, SecondSnapshotId=second)
    assert (told["ChangedBlocks"], told["BlockSize"], told["VolumeSize"]) == ([], KIB512, 10)
    assert aws("ebs").list_snapshot_blocks(SnapshotId=first)["Blocks"] == []


def test_an_archived_snapshot_is_restored_before_it_is_used(cloud: SimpleNamespace, emulator: Emulator) -> None:
    made = cloud.ec2.create_snapshot(VolumeId=cloud.volume)["SnapshotId"]
    emulator.advance(3600)
    cloud.ec2.modify_snapshot_tier(SnapshotId=made, StorageTier="archive")
    place = {"SnapshotId": made, "AvailabilityZone": "ap-northeast-1a"}
    with pytest.raises(ClientError, match="IncorrectState"):
        cloud.ec2.create_volume(**place)
    cloud.ec2.restore_snapshot_tier(SnapshotId=made, TemporaryRestoreDays=5)
    emulator.advance(DAY)
    with pytest.raises(ClientError, match="IncorrectState"):
        cloud.ec2.create_volume(**place)
    emulator.advance(DAY)
    assert cloud.ec2.create_volume(**place)["State"] != "error"
    emulator.advance(5 * DAY)
    with pytest.raises(ClientError, match="IncorrectState"):
        cloud.ec2.create_volume(**place)
    cloud.ec2.restore_snapshot_tier(SnapshotId=made, PermanentRestore=True)
    emulator.advance(3 * DAY)
    assert cloud.ec2.describe_snapshots(SnapshotIds=[made])["Snapshots"][0]["StorageTier"] == "standard"
