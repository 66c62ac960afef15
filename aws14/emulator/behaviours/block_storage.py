"""Volumes, snapshots and their copies: what is on them, and when they are there.

What AWS does
    A snapshot is pending until its blocks are in S3, a copy in another region until they have travelled; a volume made
    of it has the files of its time. The root volume ends with its instance unless DeleteOnTermination is off, other
    volumes stay unless it is on. A volume is attached in its own zone only, and to one instance. Its type and size say
    how many IOPS it may have.
What moto leaves out
    Snapshots are complete at once and empty, volumes hold nothing, the zone of an attachment is not looked at;
    any number of IOPS is taken, gp3 has no throughput of its own; detach_volume needs the instance; describe_snapshots
    lists those of Amazon's images as one's own.
What this adds
    States and progress on the clock, by size (data/durations.csv); contents that go with snapshots, copies and volumes,
    also into another region; volumes that stay keep what their instance had. A gp3 volume has the throughput that every
    one has. Machines see their volumes as devices: lsblk, mkfs, mount, umount, blkid, df and /etc/fstab; a stop empties
    instance store. InvalidParameterValue for IOPS that gp3, io1 and io2 do not go to.
What it still does not do
    Volumes are there at once, and never full; a script does
    not see one come that is attached while it runs. A root volume that is attached to another instance is there for
    its files. Partitions, LVM, RAID, multi-attach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.catalog import quota
from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.machines import blocks, contents, of, power, volumes
from aws14.emulator.machines.instances import root_of
from aws14.emulator.machines.registry import is_known, plug
from aws14.emulator.volume_limits import check_iops
from aws14.emulator.world import world

__all__ = ["begin_snapshot", "copy_between", "held_by", "install"]


def install() -> None:
    """Take hold of moto's volumes and snapshots, and of the end of an instance."""
    from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot
    from moto.ec2.models.instances import Instance
    from moto.ec2.responses.elastic_block_store import ElasticBlockStore

    around(EBSBackend, "create_snapshot", _create_snapshot)
    around(EBSBackend, "copy_snapshot", _copy_snapshot)
    around(EBSBackend, "create_volume", _create_volume)
    before(EBSBackend, "modify_volume", _check_change)
    around(EBSBackend, "delete_snapshot", _delete)
    around(EBSBackend, "delete_volume", _delete)
    around(EBSBackend, "detach_volume", _detach)
    before(EBSBackend, "attach_volume", _check_attachment)
    around(EBSBackend, "attach_volume", _attach)
    around(ElasticBlockStore, "describe_snapshots", _describe)
    around(Instance, "teardown_defaults", _keep_files)
    replace(Snapshot, "progress", property(_progress))


def held_by(volume: Any) -> contents.Contents | None:
    """What a volume of moto's holds now; None for nothing."""
    attachment = volume.attachment
    if attachment is None:
        return contents.find(volume.id)
    machine = of(attachment.instance.id)
    if root_of(attachment.instance) == volume.id:
        return contents.taken(machine)
    plugged = machine.volumes.get(volume.id)
    if plugged is None or not plugged.kind:
        return contents.find(volume.id) if plugged is None else None
    return contents.Contents(volumes.files_of(machine, plugged), plugged.kind)


def begin_snapshot(snapshot: Any, *, per_gib: str = "EBS snapshot, each GiB") -> float:
    """Let a snapshot be pending, and completed when its blocks are there; return when, in epoch seconds.

    Parameters
    ----------
    snapshot : moto.ec2.models.elastic_block_store.Snapshot
        Just made.
    per_gib : str, optional
        Row of data/durations.csv.
    """
    now, gib = world().clock.now(), int(snapshot.volume_size) * _share_to_store(snapshot)
    ends = now + typical_s("EBS snapshot, before the first GiB") + typical_s(per_gib) * gib
    snapshot.status, snapshot._aws14_times = "pending", (now, ends)  # noqa: SLF001 - ours, kept with the snapshot
    owner = snapshot.ec2_backend
    world().clock.at(ends, "snapshot.completes", (owner.account_id, owner.region_name, snapshot.id))
    return ends


def _share_to_store(snapshot: Any) -> float:
    """How much of a snapshot is not in the one of the same volume before it; 1 for the first."""
    before = [
        each
        for each in snapshot.ec2_backend.snapshots.values()
        if each.volume is snapshot.volume and each is not snapshot and each.status == "completed"
    ]
    if not before:
        return 1.0
    last = max(before, key=lambda each: each.start_time)
    held, earlier = (blocks.blocks_of(contents.find(each.id), int(each.volume_size)) for each in (snapshot, last))
    return blocks.stored(held, earlier) / max(1, len(held))


@handles("snapshot.completes")
def _completes(account: str, region: str, snapshot_id: str) -> None:
    from moto.ec2.models import ec2_backends

    snapshot = ec2_backends[account][region].snapshots.get(snapshot_id)
    if snapshot is not None and snapshot.status == "pending":
        snapshot.status = "completed"


def _progress(snapshot: Any) -> str:
    if snapshot.status == "completed":
        return "100%"
    began, ends = snapshot._aws14_times  # noqa: SLF001 - ours
    return f"{min(99, int(100 * (world().clock.now() - began) / (ends - began)))}%"


def _create_snapshot(original: Callable[..., Any], backend: Any, volume_id: str, *args: Any, **kwargs: Any) -> Any:
    snapshot = original(backend, volume_id, *args, **kwargs)
    if not kwargs.get("from_ami"):
        contents.put(snapshot.id, held_by(backend.get_volume(volume_id)))
        begin_snapshot(snapshot)
    return snapshot


def _copy_snapshot(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.ec2.models import ec2_backends

    copied = original(backend, *args, **kwargs)
    key, region = kwargs.get("source_snapshot_id") or args[0], kwargs.get("source_region") or args[1]
    source = ec2_backends[backend.account_id][region].snapshots[key]
    if source.status != "completed":
        backend.snapshots.pop(copied.id)
        raise _incorrect_state(source)
    contents.put(copied.id, contents.find(key))
    copied.encrypted = copied.encrypted or bool(copied.kms_key_id)
    begin_snapshot(copied, per_gib="EBS snapshot copied to another region, each GiB")
    return copied


def copy_between(source: Any, backend: Any, *, description: str, key: str) -> Any:
    """Copy a snapshot into another region or account, as AWS Backup does.

    Parameters
    ----------
    source : moto.ec2.models.elastic_block_store.Snapshot
        Completed.
    backend : moto.ec2.models.EC2Backend
        Where to.
    description : str
        Of the copy.
    key : str
        KMS key of the copy; empty for that of the source.
    """
    from moto.ec2.models.elastic_block_store import Snapshot
    from moto.ec2.utils import random_snapshot_id

    if source.status != "completed":
        raise _incorrect_state(source)
    copied = Snapshot(
        backend,
        random_snapshot_id(),
        source.volume,
        description,
        encrypted=source.encrypted or bool(key),
        kms_key_id=key or source.kms_key_id,
    )
    backend.snapshots[copied.id] = copied
    contents.put(copied.id, contents.find(source.id))
    begin_snapshot(copied, per_gib="EBS snapshot copied to another region, each GiB")
    return copied


def _create_volume(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    key = kwargs.get("snapshot_id")
    if key and (snapshot := backend.get_snapshot(key)).status != "completed":
        raise _incorrect_state(snapshot)
    check_iops(kwargs.get("volume_type"), kwargs.get("size"), kwargs.get("iops"))
    volume = original(backend, *args, **kwargs)
    if volume.volume_type == "gp3" and not volume.throughput:
        volume.throughput = int(quota("EBS", "gp3 baseline throughput").value)
    if key:
        contents.put(volume.id, contents.find(key))
    return volume


def _check_change(backend: Any, key: str, *asked: Any) -> None:
    """What is not asked for stays as it is; a volume that only grows keeps what it has."""
    size, kind, iops = (*asked, None, None, None)[:3]
    volume = backend.get_volume(key)
    check_iops(kind or volume.volume_type, size or volume.size, iops)


def _incorrect_state(snapshot: Any) -> Exception:
    from moto.ec2.exceptions import EC2ClientError

    problem: Exception = EC2ClientError(
        "IncorrectState", f"Snapshot {snapshot.id} is in an invalid state: {snapshot.status}"
    )
    return problem


def _delete(original: Callable[..., Any], backend: Any, key: str, *args: Any) -> Any:
    deleted = original(backend, key, *args)
    contents.drop(key)
    return deleted


def _detach(original: Callable[..., Any], backend: Any, volume_id: str, instance_id: Any, *args: Any) -> Any:
    attachment = backend.get_volume(volume_id).attachment
    if not instance_id and attachment is not None:
        instance_id = attachment.instance.id
    if attachment is not None:
        contents.put(volume_id, held_by(attachment.volume))
        for machine in power.forms_of(attachment.instance.id):
            volumes.detach(machine, volume_id)
    return original(backend, volume_id, instance_id, *args)


def _attach(original: Callable[..., Any], backend: Any, volume_id: str, instance_id: str, *args: Any, **kw: Any) -> Any:
    attachment = original(backend, volume_id, instance_id, *args, **kw)
    # Of an instance that is being launched there is no machine yet: it will be made with its volumes.
    if attachment is not None and is_known(instance_id) and root_of(attachment.instance) != volume_id:
        for machine in power.forms_of(instance_id):
            plug(machine, attachment.volume, attachment.device)
    return attachment


def _check_attachment(backend: Any, volume_id: str, instance_id: str, *_: Any, **__: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    volume, instance = backend.get_volume(volume_id), backend.get_instance(instance_id)
    if volume.attachment is not None:
        text = f"{volume_id} is already attached to an instance"
        raise EC2ClientError("VolumeInUse", text)
    if volume.zone is not None and instance.availability_zone != volume.zone.name:
        text = f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'"
        raise EC2ClientError("InvalidVolume.ZoneMismatch", text)


def _describe(original: Callable[[Any], Any], response: Any) -> Any:
    answer = original(response)
    owners = response._get_param("OwnerIds", [])  # noqa: SLF001 - moto's way to a parameter
    if owners:
        own = response.ec2_backend.account_id
        wanted = {own if each == "self" else each for each in owners}
        aliases = {"amazon"} & wanted
        answer.result["Snapshots"] = [
            each for each in answer.result["Snapshots"] if each.owner_id in wanted or (aliases and each.owner_id != own)
        ]
    return answer


def _keep_files(original: Callable[[Any], None], instance: Any) -> None:
    """Volumes that outlive their instance keep their files."""
    there = instance.ec2_backend.volumes
    held = {block.volume_id: held_by(there[block.volume_id]) for _, block in instance.get_block_device_mapping}
    original(instance)
    for key, kept in held.items():
        if key in there:
            contents.put(key, kept)
