"""Snapshots are incremental: which blocks they hold, which changed, and the archive tier.

What AWS does
    A snapshot stores the blocks that changed since the one before; it takes as long as those take. Deleting an older
    one frees only what no other needs. The EBS direct APIs list the blocks of a snapshot and those that differ between
    two. A snapshot in the archive tier is stored in full, and has to be restored, in one to three days, before a volume
    is made of it; for some days, or for good.
What moto leaves out
    The EBS direct APIs know only snapshots that were written through them; a snapshot has no size; volumes are made of
    archived ones, and a restore takes no time.
What this adds
    Blocks of 512 KiB by what the files of a volume hold; FullSnapshotSizeInBytes; ListSnapshotBlocks and
    ListChangedBlocks; a second snapshot is faster than the first; the restore from the archive on the clock, the end of
    a temporary one, and the refusal before it.
What it still does not do
    Files stand in whole blocks of their own, and free space takes none. GetSnapshotBlock gives blocks only of snapshots
    that were written block by block. The archiving itself takes no time. Recycle bin, fast snapshot restore.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from aws14.emulator.behaviours.hooks import add, around, before
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.machines import blocks, contents
from aws14.emulator.world import world

__all__ = ["install"]

_MOST = 10_000


def install() -> None:
    """Take hold of moto's snapshots and of its EBS direct APIs."""
    import moto.ebs.responses
    from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot

    add(Snapshot, "full_snapshot_size_in_bytes", property(_full_size))
    before(EBSBackend, "create_volume", _refuse_archived)
    around(EBSBackend, "restore_snapshot_tier", _restore)
    around(moto.ebs.responses.EBSResponse, "list_snapshot_blocks", _list)
    around(moto.ebs.responses.EBSResponse, "list_changed_blocks", _list_changed)


def _blocks(snapshot: Any) -> dict[int, str]:
    return blocks.blocks_of(contents.find(snapshot.id), int(snapshot.volume_size))


def _full_size(snapshot: Any) -> int:
    return blocks.held(contents.find(snapshot.id), int(snapshot.volume_size)) * blocks.block_bytes()


def _known(response: Any, key: str) -> Any:
    """The snapshot of EC2 that is asked for; None where it was written block by block."""
    from moto.ec2.models import ec2_backends

    if key in response.ebs_backend.snapshots:
        return None
    return ec2_backends[response.current_account][response.region].get_snapshot(key)


def _token(snapshot_id: str, index: int, told: str) -> str:
    return base64.b64encode(f"{snapshot_id} {index} {told}".encode()).decode()


def _page(response: Any, name: str, items: Iterator[dict[str, Any]], snapshot: Any) -> Any:
    from moto.core.responses import ActionResult

    first, token = int(response._get_param("StartingBlockIndex") or 0), response._get_param("NextToken")  # noqa: SLF001
    first = int(token) if token else first
    most = int(response._get_param("MaxResults") or _MOST)  # noqa: SLF001 - moto's way to a parameter
    found = [each for each in items if each["BlockIndex"] >= first]
    told = {
        name: found[:most],
        "VolumeSize": snapshot.volume_size,
        "BlockSize": blocks.block_bytes(),
        "NextToken": str(found[most]["BlockIndex"]) if len(found) > most else None,
    }
    return ActionResult({key: value for key, value in told.items() if value is not None})


def _list(original: Callable[[Any], Any], response: Any) -> Any:
    snapshot = _known(response, response._get_param("SnapshotId"))  # noqa: SLF001 - moto's way to a parameter
    if snapshot is None:
        return original(response)
    held = sorted(_blocks(snapshot).items())
    told = ({"BlockIndex": index, "BlockToken": _token(snapshot.id, index, each)} for index, each in held)
    return _page(response, "Blocks", told, snapshot)


def _list_changed(original: Callable[[Any], Any], response: Any) -> Any:
    second = _known(response, response._get_param("SecondSnapshotId"))  # noqa: SLF001 - moto's way to a parameter
    if second is None:
        return original(response)
    key = response._get_param("FirstSnapshotId")  # noqa: SLF001 - as above
    held = _blocks(second)
    first = _known(response, key) if key else None
    earlier = _blocks(first) if first is not None else {}
    return _page(response, "ChangedBlocks", _differing((key or "", earlier), (second.id, held)), second)


def _differing(first: tuple[str, dict[int, str]], second: tuple[str, dict[int, str]]) -> Iterator[dict[str, Any]]:
    for index in blocks.changed(first[1], second[1]):
        told: dict[str, Any] = {"BlockIndex": index}
        for name, (key, held) in (("FirstBlockToken", first), ("SecondBlockToken", second)):
            if index in held:
                told[name] = _token(key, index, held[index])
        yield told


def _refuse_archived(backend: Any, *_: Any, **asked: Any) -> None:
    snapshot = backend.snapshots.get(asked.get("snapshot_id") or "")
    if snapshot is not None and snapshot.storage_tier == "archive" and not snapshot.restore_expiry_time:
        from moto.ec2.exceptions import EC2ClientError

        text = f"The snapshot {snapshot.id} is in the archive tier. Restore it to use it."
        raise EC2ClientError("IncorrectState", text)


def _restore(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Restored after days, whatever moto says at once."""
    snapshot = original(backend, *args, **kwargs)
    days = kwargs.get("temporary_restore_days")
    snapshot.storage_tier, snapshot.restore_expiry_time = "archive", None
    after = typical_s("EBS snapshot restored from the archive tier")
    where = (backend.account_id, backend.region_name, snapshot.id)
    world().clock.after(after, "snapshot.is_restored", (*where, int(days or 0)))
    return snapshot


@handles("snapshot.is_restored")
def _is_restored(account: str, region: str, snapshot_id: str, days: int) -> None:
    from moto.core.utils import utcnow
    from moto.ec2.models import ec2_backends

    snapshot = ec2_backends[account][region].snapshots.get(snapshot_id)
    if snapshot is None:
        return
    if not days:
        snapshot.storage_tier, snapshot.restore_expiry_time = "standard", None
        return
    snapshot.restore_expiry_time = utcnow() + timedelta(days=days)
    world().clock.after(86400.0 * days, "snapshot.restore_ends", (account, region, snapshot_id))


@handles("snapshot.restore_ends")
def _restore_ends(account: str, region: str, snapshot_id: str) -> None:
    from moto.ec2.models import ec2_backends

    snapshot = ec2_backends[account][region].snapshots.get(snapshot_id)
    if snapshot is not None and snapshot.storage_tier == "archive":
        snapshot.restore_expiry_time = None
