"""DynamoDB: tables come and go on the clock, and expired items are deleted.

What AWS does
    A table is CREATING before it is ACTIVE. An item whose TTL attribute lies in the past is deleted some time later,
    within hours as a rule, and can be read until then; the deletion stands in the stream as DynamoDB's own. What is not
    a number, or lies more than five years back, never expires. A write that changes nothing is not in the stream.
What moto leaves out
    Tables are ACTIVE at once; TTL is noted, and nothing is ever deleted. A table whose stream has ended cannot be
    written to, nor get a stream again.
What this adds
    States on the clock, so that waiters wait; deletions two hours after the item's time; ``userIdentity`` and the
    region in the stream; streams that end and begin again.
What it still does not do
    Provisioned units do not throttle. TTL is enabled and disabled at once. Indexes have no states of their own. A
    deleted table is gone at once; a table that is being created can be written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from aws14.emulator.behaviours.hooks import around
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["install"]

_TOO_OLD_S = 5 * 365 * 86400.0
_SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def install() -> None:
    """Take hold of tables, their items and their TTL."""
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.table import StreamShard, Table

    around(DynamoDBBackend, "create_table", _create)
    around(DynamoDBBackend, "update_time_to_live", _set_ttl)
    around(DynamoDBBackend, "update_item", _written)
    around(DynamoDBBackend, "update_table_streams", _set_stream)
    around(Table, "describe", _describe)
    around(Table, "put_item", _put)
    around(StreamShard, "add", _changed)


def _create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    table = original(backend, *args, **kwargs)
    table.aws14_active_at = world().clock.now() + typical_s("DynamoDB table creating to active")
    return table


def _describe(original: Callable[..., dict[str, Any]], table: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    told = original(table, *args, **kwargs)
    for part in told.values():
        if isinstance(part, dict) and "TableStatus" in part and world().clock.now() < _active_at(table):
            part["TableStatus"] = "CREATING"
    return told


def _active_at(table: Any) -> float:
    return float(getattr(table, "aws14_active_at", 0.0))


def _set_ttl(original: Callable[..., None], backend: Any, table_name: str, ttl_spec: dict[str, Any]) -> None:
    from moto.dynamodb.exceptions import MockValidationException

    table = backend.tables.get(table_name)
    if table is not None and ttl_spec.get("Enabled") == (table.ttl.get("TimeToLiveStatus") == "ENABLED"):
        word = "enabled" if ttl_spec.get("Enabled") else "disabled"
        raise MockValidationException(f"TimeToLive is already {word}")
    original(backend, table_name, ttl_spec)
    _arm(backend.tables[table_name])


def _put(original: Callable[..., Any], table: Any, *args: Any, **kwargs: Any) -> Any:
    item = original(table, *args, **kwargs)
    _arm(table, [item])
    return item


def _written(original: Callable[..., Any], backend: Any, table_name: str, *args: Any, **kwargs: Any) -> Any:
    answer = original(backend, table_name, *args, **kwargs)
    _arm(backend.get_table(table_name))
    return answer


def _set_stream(original: Callable[..., None], backend: Any, table: Any, stream_specification: dict[str, Any]) -> None:
    if not _streams(table):
        table.latest_stream_label = None  # moto takes the label of one that has ended for a stream
    original(backend, table, stream_specification)


def _streams(table: Any) -> bool:
    return bool((table.stream_specification or {}).get("StreamEnabled"))


def _changed(original: Callable[..., None], shard: Any, old: Any, new: Any) -> None:
    if old is not None and new is not None and old.to_json() == new.to_json():
        return
    if not _streams(shard.table):
        return  # a stream that was ended can still be read
    original(shard, old, new)
    shard.items[-1].record["awsRegion"] = shard.table.region_name


def _arm(table: Any, items: list[Any] | None = None) -> None:
    """Post the next deletion, of these items or of any, unless one that is earlier is posted."""
    if table.ttl.get("TimeToLiveStatus") != "ENABLED":
        return
    now = world().clock.now()
    times = [at for _, at in _mortal(table, items) if at > now - _TOO_OLD_S]
    if not times:
        return
    due = max(now, min(times)) + typical_s("DynamoDB item expired to deleted")
    earlier = getattr(table, "aws14_sweep", None)
    if earlier is None or earlier > due:
        table.aws14_sweep = due
        world().clock.at(due, "tables.sweeps", (table.account_id, table.region_name, table.name, due))


def _mortal(table: Any, items: list[Any] | None = None) -> Iterator[tuple[Any, float]]:
    """Items with a time in the TTL attribute, and that time."""
    name = table.ttl["AttributeName"]
    for item in list(table.all_items()) if items is None else items:
        value = item.attrs.get(name)
        if value is not None and value.type == "N":
            yield item, float(value.value)


@handles("tables.sweeps")
def _sweeps(account: str, region: str, name: str, due: float) -> None:
    from moto.dynamodb.models import dynamodb_backends

    backend = dynamodb_backends[account][region]
    table: Any = backend.tables.get(name)
    if table is None or getattr(table, "aws14_sweep", None) != due:
        return
    table.aws14_sweep = None
    if table.ttl.get("TimeToLiveStatus") == "ENABLED":
        limit = due - typical_s("DynamoDB item expired to deleted")
        for item, at in _mortal(table):
            # A millisecond: what shows the time may round it.
            if limit - _TOO_OLD_S < at <= limit + 1e-3:
                _expire(table, item)
        _arm(table)


def _expire(table: Any, item: Any) -> None:
    before = len(table.stream_shard.items) if table.stream_shard else 0
    table.delete_item(item.hash_key, item.range_key)
    if table.stream_shard:
        for record in table.stream_shard.items[before:]:
            record.record["userIdentity"] = dict(_SERVICE)
