"""DynamoDB tables: a recovery point holds the table as it was, with its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind, parts_of
from aws14.emulator.backups.resources.stored import lasts_s, recovery_point_arn

__all__ = ["TABLES"]


def _backend(account: str, region: str) -> Any:
    from moto.dynamodb.models import dynamodb_backends

    return dynamodb_backends[account][region]


def _find(arn: str) -> Found | None:
    account, region, key = parts_of(arn)
    table = _backend(account, region).tables.get(key)
    return None if table is None else _found(table)


def _found(table: Any) -> Found:
    tags = {tag["Key"]: tag["Value"] for tag in table.tags or ()}
    return Found(arn=table.table_arn, name=table.name, tags=tags)


def _everything(account: str, region: str) -> Iterator[Found]:
    yield from (_found(table) for table in list(_backend(account, region).tables.values()))


def _take(found: Found, point: Point) -> float:
    from moto.dynamodb.models.table import Backup

    table = _backend(point.account, point.region).tables[found.name]
    point.held = Backup(point.account, point.region, found.name, table)
    point.arn, point.size_bytes = recovery_point_arn(point), _size(table)
    point.metadata = {"targetTableName": found.name, "encryptionType": "Default"}
    return lasts_s(point.size_bytes)


def _size(table: Any) -> int:
    return sum(item.size() for item in table.all_items())


def _copy(source: Point, point: Point) -> float:
    point.arn, point.held, point.size_bytes = recovery_point_arn(point), source.held, source.size_bytes
    return lasts_s(point.size_bytes)


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    from moto.dynamodb.models import table

    backend, name = _backend(point.account, point.region), asked.get("targetTableName") or ""
    if not name or name in backend.tables:
        raise JobFailure(f"Table already exists: {name}" if name else "targetTableName must be specified")
    restored: Any = table.RestoredTable
    made = restored(name, account_id=point.account, region=point.region, backup=point.held)
    backend.tables[name] = made
    return str(made.table_arn), lasts_s(point.size_bytes)


def _drop(point: Point) -> None:
    point.held = None


def _delete(arn: str) -> None:
    account, region, key = parts_of(arn)
    _backend(account, region).tables.pop(key, None)


TABLES = ResourceKind(
    name="DynamoDB",
    prefix="dynamodb:table/",
    cold="always",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    delete=_delete,
)
"""DynamoDB tables."""
