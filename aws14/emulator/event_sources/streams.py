"""Streams as event sources: changes in tables of DynamoDB, records of Kinesis, in their order, shard by shard.

Source: Lambda developer guide, "Process Amazon DynamoDB records with Lambda" and "... Kinesis ...": a failed batch
blocks its shard until it succeeds, was tried often enough, or is too old; it may be split in two; a function may report
from which record on it failed. Records stay in the stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from aws14.emulator.durations import typical_s
from aws14.emulator.event_sources.failures import report
from aws14.emulator.event_sources.filtering import passes
from aws14.emulator.event_sources.mappings import arm, call_together, failed_items, of_source
from aws14.emulator.event_sources.records import of_change, of_record
from aws14.emulator.world import world

__all__ = ["arrived", "begin", "look"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Records of a shard that go to the function together.

    Parameters
    ----------
    start, end : int
        Places in the shard.
    tries : int
        How often it has failed.
    at : float
        When it is due, epoch seconds.
    """

    start: int
    end: int
    tries: int = 0
    at: float = 0.0


@dataclass(kw_only=True)
class Place:
    """How far a mapping has read in a shard: up to `next`, except for the spans that are still to be tried."""

    next: int
    open: list[Span] = field(default_factory=list)


def begin(mapping: Any) -> None:
    """Set out from where the mapping is to start."""
    latest = mapping.starting_position == "LATEST"
    since = mapping.starting_position_timestamp if mapping.starting_position == "AT_TIMESTAMP" else None
    mapping.aws14_places = {
        shard: Place(next=len(records) if latest else sum(1 for each in records if _time(each) < (since or 0)))
        for shard, records in _shards(mapping.event_source_arn)
    }


def arrived(arn: str) -> None:
    """Tell the mappings of a stream that a record came."""
    for mapping in of_source(arn):
        _arm(mapping)


def look(mapping: Any) -> None:
    """Run the function for the next batch of each shard."""
    now = world().clock.now()
    work = []
    for shard, records in _shards(mapping.event_source_arn):
        place = mapping.aws14_places.setdefault(shard, Place(next=0))
        if not place.open:
            _open(mapping, place, records)
        if place.open and place.open[0].at <= now:
            batch = _batch(mapping, shard, records, place.open[0])
            if batch:
                work.append((shard, place, batch))
            else:
                place.open.pop(0)
    called = call_together(mapping.function_arn, [batch for _, _, batch in work])
    for (shard, place, batch), each in zip(work, called, strict=True):
        names = [_name(record) for record in batch]
        failed = failed_items(mapping, each, names)
        mapping.aws14_result = "OK" if failed == [] else "PROBLEM: Function call failed"
        _settle(mapping, shard, place, failed=names if failed is None else failed, batch=batch)
    _arm(mapping)


def _open(mapping: Any, place: Place, records: list[Any]) -> None:
    """Begin a new batch where there are records, and it is full or has waited long enough."""
    size = min(len(records) - place.next, mapping.batch_size)
    if size <= 0:
        return
    window = mapping.max_batch_window or 0
    full = size == mapping.batch_size or world().clock.now() >= _time(records[place.next]) + window
    if full:
        place.open.append(Span(start=place.next, end=place.next + size))
        place.next += size


def _batch(mapping: Any, shard: str, records: list[Any], span: Span) -> list[dict[str, Any]]:
    told = [_told(mapping, shard, record) for record in records[span.start : span.end]]
    return [each for each in told if passes(mapping.filter_criteria, each)]


def _settle(mapping: Any, shard: str, place: Place, *, failed: list[str], batch: list[dict[str, Any]]) -> None:
    """After a call: go on, or try again from the first that failed, or give up and report."""
    span = place.open.pop(0)
    if not failed:
        return
    records = dict(_shards(mapping.event_source_arn)).get(shard, [])
    numbers = [_number(record) for record in records[span.start : span.end]]
    whole = len(failed) == len(batch)
    start = span.start if whole else span.start + min(numbers.index(each) for each in failed if each in numbers)
    tries = span.tries + 1
    limit, oldest = mapping.max_retry_attempts, mapping.max_record_age
    now = world().clock.now()
    if mapping.bisect_on_error and span.end - start > 1:
        # Splitting a batch does not count as a retry.
        middle = (start + span.end) // 2
        place.open[:0] = [Span(start=start, end=middle, at=now), Span(start=middle, end=span.end, at=now)]
    elif limit is not None and 0 <= limit < tries:
        report(mapping, shard, batch, "RetryAttemptsExhausted", calls=tries)
    elif oldest is not None and 0 <= oldest < now - _time(records[start]):
        report(mapping, shard, batch, "RecordAgeExceeded", calls=tries)
    else:
        place.open.insert(0, replace(span, start=start, tries=tries, at=now + _pause_s(tries)))


def _pause_s(tries: int) -> float:
    longest = typical_s("Lambda stream batch: longest pause between retries")
    return min(float(2 ** min(tries - 1, 20)), longest)


def _arm(mapping: Any) -> None:
    window = mapping.max_batch_window or 0
    for shard, records in _shards(mapping.event_source_arn):
        place = mapping.aws14_places.setdefault(shard, Place(next=0))
        if place.open:
            arm(mapping, place.open[0].at)
        elif len(records) - place.next >= mapping.batch_size:
            arm(mapping)
        elif len(records) > place.next:
            arm(mapping, _time(records[place.next]) + window)


def _shards(arn: str) -> Iterator[tuple[str, list[Any]]]:
    """Shards of a stream, and moto's records in each."""
    from moto.dynamodb.models import dynamodb_backends
    from moto.kinesis.models import kinesis_backends

    service, region, account, rest = arn.split(":")[2], *arn.split(":", 5)[3:]
    if service == "dynamodb":
        table = dynamodb_backends[account][region].tables.get(rest.split("/")[1])
        if table is not None and table.stream_shard is not None and f"{table.latest_stream_label}" in arn:
            yield table.stream_shard.id, table.stream_shard.items
    else:
        stream = kinesis_backends[account][region].streams.get(rest.split("/")[1])
        for shard in stream.shards.values() if stream is not None else ():
            yield shard.shard_id, list(shard.records.values())


def _told(mapping: Any, shard: str, record: Any) -> dict[str, Any]:
    if ":kinesis:" in mapping.event_source_arn:
        from moto.awslambda.models import lambda_backends

        function = lambda_backends[mapping.account_id][mapping.region].get_function(mapping.function_arn)
        return of_record(record, shard, mapping.event_source_arn, function.role)
    return of_change(record, mapping.event_source_arn)


def _name(record: dict[str, Any]) -> str:
    return str((record["kinesis"]["sequenceNumber"]) if "kinesis" in record else record["dynamodb"]["SequenceNumber"])


def _number(record: Any) -> str:
    """Sequence number of moto's record."""
    return str(record.record["dynamodb"]["SequenceNumber"] if hasattr(record, "record") else record.sequence_number)


def _time(record: Any) -> float:
    """When moto's record came, epoch seconds."""
    if hasattr(record, "record"):
        return float(record.record["dynamodb"]["ApproximateCreationDateTime"].timestamp())
    return float(record.created_at)
