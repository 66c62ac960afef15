"""Queues and streams bring their events to functions: event source mappings.

What AWS does
    Lambda polls a queue, a table's stream or a Kinesis stream, and runs the function with batches: as many records as
    `BatchSize`, gathered for `MaximumBatchingWindowInSeconds` at most, those that a filter lets through. From a queue
    the batch is deleted when the function returns; else its messages are seen again after the visibility time-out, and
    go to the dead-letter queue when they were received too often. A shard of a stream waits until its batch succeeds,
    was tried often enough or is too old; a batch may be halved; what is given up is reported to a queue or topic. A
    function may report single records as failed. A mapping is Creating, then Enabled; changes and removal take time.
    The sender of a message never hears of any of it.
What moto leaves out
    It runs the function inside the sender's request, one message at a time, with invented attributes; a failing
    function fails the sender; a stream forgets its records; windows, filters, retries and reports are kept and ignored.
What this adds
    All of it, on the clock, and the refusals: a visibility time-out shorter than the function's time-out, a second
    mapping of the same pair, a large batch without a window, a filter that is none.
What it still does not do
    A FIFO queue's groups are kept in order, but no faster than batches at a time; pollers of a queue do not grow in
    number: five batches at a time, fewer by `MaximumConcurrency`; no parallelization factor, tumbling windows, Kafka,
    MQ or DocumentDB, no destination in S3. Throttled batches wait like failed ones. The execution role is asked when a
    mapping is made, not at every batch. AWS time stands still while the functions of a batch run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, before
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.event_sources import patterns, queues, streams
from aws14.emulator.event_sources.mappings import find, of_source
from aws14.emulator.world import world

__all__ = ["install"]

_QUEUE_BATCH = 10


def install() -> None:
    """Take hold of mappings, and of where queues and streams take something in."""
    from moto.awslambda.models import EventSourceMapping, LambdaBackend
    from moto.dynamodb.models.table import StreamShard
    from moto.kinesis.models import Stream
    from moto.sqs.models import Queue, SQSBackend

    before(LambdaBackend, "create_event_source_mapping", _check)
    around(LambdaBackend, "create_event_source_mapping", _create)
    around(LambdaBackend, "update_event_source_mapping", _update)
    around(LambdaBackend, "list_event_source_mappings", _list)
    around(EventSourceMapping, "get_configuration", _configuration)
    around(Queue, "add_message", _sent)
    around(SQSBackend, "change_message_visibility", _seen_again)
    around(StreamShard, "add", _changed)
    around(Stream, "put_record", _put)


def _check(backend: Any, spec: dict[str, Any]) -> None:
    arn, name = spec.get("EventSourceArn", ""), spec.get("FunctionName", "")
    function = backend.get_function(name)
    same = [each for each in of_source(arn) if _bare(each.function_arn) == _bare(function.function_arn)] if arn else []
    if same:
        text = (
            f'The event source arn (" {arn} ") and function (" {function.function_name} ") provided mapping already '
            f"exists. Please update or delete the existing mapping with UUID {same[0].uuid}"
        )
        raise _refused("ResourceConflictException", text, 409)
    _check_filters(spec)
    if ":sqs:" in arn:
        _check_queue(spec, arn, function)
    elif arn and not spec.get("StartingPosition"):
        text = "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
        raise _invalid(f"{text}Member must not be null.")


def _check_queue(spec: dict[str, Any], arn: str, function: Any) -> None:
    queue = queues.queue_of(arn)
    if queue is None:
        text = "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue."
        raise _invalid(f"{text} SQS Error Message: The specified queue does not exist.")
    visible_s, runs_s = int(queue.visibility_timeout), int(function.timeout)
    if visible_s < runs_s:
        text = f"Queue visibility timeout: {visible_s} seconds is less than Function timeout: {runs_s} seconds"
        raise _invalid(f"Invalid request provided: {text}")
    if (spec.get("BatchSize") or 0) > _QUEUE_BATCH and not spec.get("MaximumBatchingWindowInSeconds"):
        text = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        raise _invalid(text)


def _check_filters(spec: dict[str, Any]) -> None:
    for each in (spec.get("FilterCriteria") or {}).get("Filters") or ():
        try:
            patterns.parsed(each.get("Pattern") or "{}")
        except patterns.BadPatternError as bad:
            raise _invalid(f"Invalid filter pattern definition. ({bad})") from None


def _invalid(text: str) -> Exception:
    return _refused("InvalidParameterValueException", text, 400)


def _refused(code: str, text: str, status: int) -> Exception:
    from moto.awslambda.exceptions import LambdaClientError

    error = LambdaClientError(code, text)
    error.code = status
    return error


def _create(original: Callable[..., Any], backend: Any, spec: dict[str, Any]) -> Any:
    mapping = original(backend, spec)
    _let_go(mapping)
    mapping.function_arn = _meant(backend, spec["FunctionName"])
    mapping.aws14_places = {}
    mapping.aws14_result = "No records processed"
    if ":sqs:" not in mapping.event_source_arn:
        streams.begin(mapping)
    wanted = "Enabled" if mapping.enabled else "Disabled"
    _becomes(mapping, "Creating", wanted, "Lambda event source mapping creating to enabled")
    return mapping


def _let_go(mapping: Any) -> None:
    """Take out of queues and streams what would run the function inside the sender's request."""
    from moto.dynamodb.models import dynamodb_backends
    from moto.kinesis.models import kinesis_backends
    from moto.sqs.models import sqs_backends

    where = mapping.account_id, mapping.region
    holders: tuple[Any, ...] = (
        *sqs_backends[where[0]][where[1]].queues.values(),
        *dynamodb_backends[where[0]][where[1]].tables.values(),
        *kinesis_backends[where[0]][where[1]].streams.values(),
    )
    for holder in holders:
        holder.lambda_event_source_mappings.clear()


def _meant(backend: Any, name: str) -> str:
    """ARN of the function, with the version or alias that was asked for."""
    bare = _bare(backend.get_function(name).function_arn)
    asked = name.rpartition(":function:")[2].split(":")
    return f"{bare}:{asked[1]}" if len(asked) == 2 else bare


def _bare(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def _update(original: Callable[..., Any], backend: Any, uuid: str, spec: dict[str, Any]) -> Any:
    _check_filters(spec)
    mapping = original(backend, uuid, spec)
    if mapping is not None:
        if "FunctionName" in spec:
            mapping.function_arn = _meant(backend, spec["FunctionName"])
        _let_go(mapping)
        wanted = "Enabled" if mapping.enabled else "Disabled"
        passing = {True: "Enabling", False: "Disabling"}[mapping.enabled] if "Enabled" in spec else "Updating"
        _becomes(mapping, passing, wanted, "Lambda event source mapping updating to enabled")
    return mapping


def _becomes(mapping: Any, passing: str, wanted: str, duration: str) -> None:
    mapping.aws14_state = passing
    mapping.aws14_due = None
    args = (mapping.account_id, mapping.region, mapping.uuid, wanted)
    world().clock.after(typical_s(duration), "event_sources.becomes", args)


@handles("event_sources.becomes")
def _has_become(account: str, region: str, uuid: str, state: str) -> None:
    mapping = find(account, region, uuid)
    if mapping is None or (state == "Enabled") != mapping.enabled:
        return
    mapping.aws14_state = state
    _arrived(mapping.event_source_arn)


@handles("event_sources.looks")
def _looks(account: str, region: str, uuid: str, due: float) -> None:
    mapping = find(account, region, uuid)
    if mapping is None or getattr(mapping, "aws14_due", None) != due:
        return
    mapping.aws14_due = None
    if mapping.aws14_state == "Enabled":
        (queues if ":sqs:" in mapping.event_source_arn else streams).look(mapping)


def _arrived(arn: str) -> None:
    if ":sqs:" not in arn:
        streams.arrived(arn)
    elif (queue := queues.queue_of(arn)) is not None:
        queues.arrived(queue)


def _list(original: Callable[..., Any], backend: Any, event_source_arn: str | None, function_name: str | None) -> Any:
    found = original(backend, event_source_arn, "")
    wanted = (function_name or "").rpartition(":function:")[2]
    return [each for each in found if not wanted or each.function_arn.endswith(f":function:{wanted}")]


def _configuration(original: Callable[..., dict[str, Any]], mapping: Any) -> dict[str, Any]:
    told = original(mapping)
    told["State"] = getattr(mapping, "aws14_state", told["State"])
    told["StateTransitionReason"] = "USER_INITIATED"
    told["LastProcessingResult"] = getattr(mapping, "aws14_result", None)
    told["LastModified"] = mapping.last_modified
    return {name: value for name, value in told.items() if value is not None}


def _sent(original: Callable[..., None], queue: Any, message: Any) -> None:
    original(queue, message)
    queues.arrived(queue)


def _seen_again(original: Callable[..., None], backend: Any, queue_name: str, *args: Any, **kwargs: Any) -> None:
    original(backend, queue_name, *args, **kwargs)
    queues.arrived(backend.get_queue(queue_name))


def _changed(original: Callable[..., None], shard: Any, old: Any, new: Any) -> None:
    original(shard, old, new)
    streams.arrived(f"{shard.table.table_arn}/stream/{shard.table.latest_stream_label}")


def _put(original: Callable[..., Any], stream: Any, *args: Any, **kwargs: Any) -> Any:
    answer = original(stream, *args, **kwargs)
    streams.arrived(stream.arn)
    return answer
