"""File systems of EFS: a recovery point holds every file, and is restored into a folder of its own.

Source: AWS Backup developer guide, "Restore an Amazon EFS file system".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind, parts_of
from aws14.emulator.backups.resources.stored import last_of, lasts_s, recovery_point_arn
from aws14.emulator.durations import typical_s
from aws14.emulator.files import trees
from aws14.emulator.files.efs_records import file_systems
from aws14.emulator.files.trees import Bulk, Tree
from aws14.emulator.machines.disk import FOLDER, Node, clean
from aws14.emulator.world import world

__all__ = ["FILE_SYSTEMS"]

_THERE = ("available", "updating")


def _at(arn: str) -> Any:
    """Moto's file system of an ARN; None where there is none."""
    return next((one for one in file_systems() if one.file_system_arn == arn), None)


def _find(arn: str) -> Found | None:
    file_system = _at(arn)
    return None if file_system is None else _found(file_system)


def _found(file_system: Any) -> Found:
    told = file_system._context.list_tags_for_resource(file_system.file_system_id)  # noqa: SLF001 - moto's
    tags = {tag["Key"]: tag["Value"] for tag in told}
    key = file_system.kms_key_id if file_system.encrypted else ""
    return Found(arn=file_system.file_system_arn, name=tags.get("Name", ""), tags=tags, key=key or "")


def _everything(account: str, region: str) -> Iterator[Found]:
    for one in file_systems():
        if parts_of(one.file_system_arn)[:2] == (account, region) and one.life_cycle_state in _THERE:
            yield _found(one)


def _take(found: Found, point: Point) -> float:
    file_system = _at(found.arn)
    if file_system.life_cycle_state not in _THERE:
        raise JobFailure(f"The file system {file_system.file_system_id} is {file_system.life_cycle_state}.")
    tree = trees.find(file_system.file_system_id) or Tree()
    before = last_of(found.arn, vault=point.vault, region=point.region)
    point.arn, point.held = recovery_point_arn(point), trees.copied(tree)
    point.size_bytes = trees.sizes(tree).total
    point.metadata = {
        "file-system-id": file_system.file_system_id,
        "newFileSystem": "false",
        "Encrypted": str(bool(file_system.encrypted)).lower(),
        "PerformanceMode": file_system.performance_mode,
    }
    if found.key:
        point.metadata["KmsKeyId"] = found.key
    return lasts_s(_new_bytes(point.held, before.held if before is not None else Tree()))


def _new_bytes(now: Tree, before: Tree) -> int:
    """What lies in the one and not in the other: it has to be moved."""
    changed = sum(len(node.data) for path, node in now.disk.nodes.items() if before.disk.nodes.get(path) != node)
    declared = [tree.bulk.bytes if tree.bulk is not None else 0 for tree in (now, before)]
    return changed + max(0, declared[0] - declared[1])


def _copy(source: Point, point: Point) -> float:
    before = last_of(source.resource_arn, vault=point.vault, region=point.region)
    point.arn, point.held, point.size_bytes = recovery_point_arn(point), source.held, source.size_bytes
    return lasts_s(_new_bytes(source.held, before.held if before is not None else Tree()))


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    items = [clean(path) for path in json.loads(asked.get("ItemsToRestore") or asked.get("itemsToRestore") or "[]")]
    chosen = {path: node for path, node in point.held.disk.nodes.items() if _is_of(path, items)}
    if items and not chosen:
        raise JobFailure(f"Items to restore do not exist in the recovery point: {', '.join(items)}")
    is_new = asked.get("newFileSystem") == "true"
    target = _new(point, asked) if is_new else _there(point, asked.get("file-system-id") or "")
    now = world().clock.now()
    folder = datetime.fromtimestamp(now, UTC).strftime("/aws-backup-restore_%Y-%m-%dT%H-%M-%SZ")
    tree = trees.find(target.file_system_id) or trees.put(target.file_system_id, Tree())
    _put(tree, folder, chosen, now)
    moved = sum(len(node.data) for node in chosen.values())
    if point.held.bulk is not None and not items:
        moved += point.held.bulk.bytes
        tree.bulk = _joined(tree.bulk, point.held.bulk, now)
    return str(target.file_system_arn), lasts_s(moved) + (typical_s("EFS file system creating") if is_new else 0.0)


def _is_of(path: str, items: list[str]) -> bool:
    return not items or any(path == item or path.startswith(f"{item.rstrip('/')}/") for item in items)


def _new(point: Point, asked: Mapping[str, str]) -> Any:
    from moto.efs.models import efs_backends

    backend: Any = efs_backends[point.account][point.region]
    return backend.create_file_system(
        creation_token=asked.get("CreationToken") or point.arn,
        performance_mode=asked.get("PerformanceMode") or "generalPurpose",
        encrypted=asked.get("Encrypted") == "true",
        kms_key_id=asked.get("KmsKeyId") or None,
        throughput_mode="bursting",
        provisioned_throughput_in_mibps=None,
        availability_zone_name=None,
        backup=False,
        tags=[],
    )


def _there(point: Point, key: str) -> Any:
    target = _at(f"arn:aws:elasticfilesystem:{point.region}:{point.account}:file-system/{key}")
    if target is None:
        raise JobFailure(f"File system '{key}' does not exist.")
    return target


def _put(tree: Tree, folder: str, chosen: Mapping[str, Node], now: float) -> None:
    """Lay nodes into a folder of a file system, with the folders above them."""
    tree.disk.nodes[folder] = Node(FOLDER, 0o755, changed=now)
    for path, node in sorted(chosen.items()):
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts)):
            tree.disk.nodes.setdefault("/".join((folder, *parts[:depth])), Node(FOLDER, 0o755, changed=now))
        if path != "/":
            tree.disk.nodes[f"{folder}{path}"] = copy(node)
            trees.changed(tree, f"{folder}{path}", now)


def _joined(there: Bulk | None, restored: Bulk, now: float) -> Bulk:
    if there is None:
        return replace(restored, active=0, accessed=now)
    return replace(there, bytes=there.bytes + restored.bytes)


def _drop(point: Point) -> None:
    point.held = None


def _delete(arn: str) -> None:
    file_system = _at(arn)
    if file_system is not None:
        file_system._context.delete_file_system(file_system.file_system_id)  # noqa: SLF001 - moto's


def _tag(arn: str, tags: Mapping[str, str]) -> None:
    file_system = _at(arn)
    file_system._context.tag_resource(file_system.file_system_id, dict(tags))  # noqa: SLF001 - moto's


FILE_SYSTEMS = ResourceKind(
    name="EFS",
    prefix="elasticfilesystem:file-system/",
    cold="always",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    delete=_delete,
    tag=_tag,
)
"""File systems of EFS."""
