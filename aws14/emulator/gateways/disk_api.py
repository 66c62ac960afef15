"""Operations on volumes that the office's servers use by iSCSI, and their snapshots in EBS."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from aws14.catalog import quota
from aws14.emulator.backups.records import moment
from aws14.emulator.behaviours.block_storage import begin_snapshot
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache, uploads
from aws14.emulator.gateways.asking import Asking, new_id, tags_of
from aws14.emulator.gateways.gateway_api import BUFFER
from aws14.emulator.gateways.models import Gateway, storagegateway_backends
from aws14.emulator.gateways.records import Disk, Volume
from aws14.emulator.gateways.refusals import refuse
from aws14.emulator.machines import contents
from aws14.emulator.world import world

__all__ = ["VolumeOperations"]

_GIB = 1024**3
_ISCSI_PORT = 3260
_STORED = "STORED iSCSI VOLUME"


class VolumeOperations(Asking):
    """Volumes."""

    def create_cachedi_scsi_volume(self) -> ActionResult:
        """Make a volume that lies in AWS, with what is used of it in the cache."""
        gateway, size = self.gateway(), int(self.params["VolumeSizeInBytes"])
        if gateway.kind != "CACHED" or not gateway.room(cache.CACHE) or not gateway.room(BUFFER):
            refuse("The specified gateway has no cache or upload buffer, or is not a cached volume gateway.")
        if not 0 < size <= quota("Storage Gateway", "largest cached volume").value * _GIB or size % _GIB:
            refuse("The specified volume size is not valid: whole GiB, up to 32 TiB.")
        return self._create_volume(gateway, "CACHED", size)

    def create_storedi_scsi_volume(self) -> ActionResult:
        """Make a volume that lies on a disk of the office, and goes to AWS as snapshots."""
        gateway = self.gateway()
        if gateway.kind != "STORED" or not gateway.room(BUFFER):
            refuse("The specified gateway has no upload buffer, or is not a stored volume gateway.")
        disk = next((each for each in gateway.disks if each.id == self.params["DiskId"]), None)
        if disk is None or disk.use != "AVAILABLE":
            refuse("The specified disk does not exist, or is already allocated.")
        disk.use = _STORED
        return self._create_volume(gateway, "STORED", disk.size, disk)

    def _create_volume(self, gateway: Gateway, kind: str, size: int, disk: Disk | None = None) -> ActionResult:
        asked, key = self.params, new_id("vol", 17).lower()
        if len(gateway.volumes) >= quota("Storage Gateway", "volumes per gateway").value:
            refuse("The maximum number of volumes of this gateway has been reached.")
        if any(one.told["TargetName"] == asked["TargetName"] for one in gateway.volumes.values()):
            refuse("The specified iSCSI target is in use.")
        arn = f"{gateway.arn}/volume/{key}"
        volume = Volume(key, arn, kind, dict(asked), size, tags_of(asked), world().clock.now())
        if asked.get("SnapshotId"):
            self._restore(volume, asked["SnapshotId"])
        gateway.volumes[key] = volume
        if disk is not None:
            disk.holder = arn
        args = (self.current_account, self.region, gateway.id, key)
        world().clock.after(typical_s("Storage Gateway volume creating"), "gateway.volume_is_there", args)
        more = {"VolumeSizeInBytes": size} if kind == "STORED" else {}
        return ActionResult({"VolumeARN": arn, "TargetARN": _target(gateway, volume), **more})

    def _restore(self, volume: Volume, snapshot_id: str) -> None:
        snapshot = self._ec2().snapshots.get(snapshot_id)
        if snapshot is None or snapshot.status != "completed":
            refuse("The specified snapshot was not found, or is not completed.")
        if int(snapshot.volume_size) * _GIB > volume.size:
            refuse("The volume is smaller than the snapshot.")
        volume.held, volume.used = contents.find(snapshot_id), int(snapshot.volume_size) * _GIB

    def _ec2(self) -> Any:
        from moto.ec2.models import ec2_backends

        return ec2_backends[self.current_account][self.region]

    def _volume(self, arn: str) -> tuple[Gateway, Volume]:
        there = self.backend.gateways.values()
        found = next(((one, each) for one in there for each in one.volumes.values() if each.arn == arn), None)
        if found is None:
            refuse("The specified volume was not found.")
        return found

    def describe_cachedi_scsi_volumes(self) -> ActionResult:
        """Tell cached volumes."""
        return ActionResult({"CachediSCSIVolumes": self._volumes_told("CACHED")})

    def describe_storedi_scsi_volumes(self) -> ActionResult:
        """Tell stored volumes."""
        return ActionResult({"StorediSCSIVolumes": self._volumes_told("STORED")})

    def _volumes_told(self, kind: str) -> list[dict[str, Any]]:
        found = [self._volume(arn) for arn in self.params["VolumeARNs"]]
        return [_volume_told(gateway, volume) for gateway, volume in found if volume.kind == kind]

    def list_volumes(self) -> ActionResult:
        """List volumes."""
        arn = self.params.get("GatewayARN")
        told = [
            {
                "VolumeARN": volume.arn,
                "VolumeId": volume.id,
                "GatewayARN": gateway.arn,
                "GatewayId": gateway.id,
                "VolumeType": _type(volume),
                "VolumeSizeInBytes": volume.size,
                "VolumeAttachmentStatus": "ATTACHED",
            }
            for gateway in self.backend.gateways.values()
            for volume in gateway.volumes.values()
            if arn in (None, gateway.arn)
        ]
        page, more = self.page(told)
        return ActionResult({"VolumeInfos": page, **more, **({"GatewayARN": arn} if arn else {})})

    def delete_volume(self) -> ActionResult:
        """Delete a volume; its snapshots stay."""
        gateway, volume = self._volume(self.params["VolumeARN"])
        uploads.forget(self.backend, gateway, volume.id)
        cache.drop(gateway, volume.id)
        gateway.volumes.pop(volume.id)
        for disk in gateway.disks:
            if disk.holder == volume.arn:
                disk.use, disk.holder = "AVAILABLE", ""
        return ActionResult({"VolumeARN": volume.arn})

    def create_snapshot(self) -> ActionResult:
        """Take a snapshot of what of a volume is in AWS by now; it is one of EBS's."""
        _, volume = self._volume(self.params["VolumeARN"])
        if volume.status != "AVAILABLE":
            refuse("The specified volume is not available.")
        made = _snapshot(self._ec2(), volume, self.params["SnapshotDescription"])
        tags = tags_of(self.params)
        if tags:
            made.add_tags(tags)
        return ActionResult({"VolumeARN": volume.arn, "SnapshotId": made.id})


def _snapshot(ec2: Any, volume: Volume, description: str) -> Any:
    """A snapshot in EC2, of a volume that EC2 itself does not list."""
    from moto.ec2.models import elastic_block_store
    from moto.ec2.utils import random_snapshot_id

    models: Any = elastic_block_store
    encrypted = bool(volume.told.get("KMSEncrypted"))
    block = models.Volume(ec2, volume.id, volume.size // _GIB, None, encrypted=encrypted)
    made = models.Snapshot(ec2, random_snapshot_id(), block, description, encrypted)
    ec2.snapshots[made.id] = made
    contents.put(made.id, volume.held)
    begin_snapshot(made)
    return made


@handles("gateway.volume_is_there")
def _is_there(account: str, region: str, gateway_id: str, volume_id: str) -> None:
    gateway = storagegateway_backends[account][region].gateways.get(gateway_id)
    volume = gateway.volumes.get(volume_id) if gateway is not None else None
    if volume is not None:
        volume.status = "AVAILABLE"


def _type(volume: Volume) -> str:
    return f"{volume.kind} iSCSI"


def _target(gateway: Gateway, volume: Volume) -> str:
    return f"{gateway.arn}/target/iqn.1997-05.com.amazon:{volume.told['TargetName']}"


def _volume_told(gateway: Gateway, volume: Volume) -> dict[str, Any]:
    asked = volume.told
    told = {
        "VolumeARN": volume.arn,
        "VolumeId": volume.id,
        "VolumeType": _type(volume),
        "VolumeStatus": volume.status,
        "VolumeAttachmentStatus": "ATTACHED",
        "VolumeSizeInBytes": volume.size,
        "VolumeUsedInBytes": volume.used,
        "CreatedDate": moment(volume.created),
        "TargetName": asked["TargetName"],
        "VolumeiSCSIAttributes": {
            "TargetARN": _target(gateway, volume),
            "NetworkInterfaceId": asked["NetworkInterfaceId"],
            "NetworkInterfacePort": _ISCSI_PORT,
            "LunNumber": 0,
            "ChapEnabled": False,
        },
    }
    if volume.kind == "STORED":
        told |= {"VolumeDiskId": asked["DiskId"], "PreservedExistingData": bool(asked["PreserveExistingData"])}
    return told | ({"SourceSnapshotId": asked["SnapshotId"]} if asked.get("SnapshotId") else {})
