"""Queues as event sources: Lambda receives batches, runs the function, and deletes what was done.

Source: Lambda developer guide, "Using Lambda with Amazon SQS": batches and windows; a failed batch is seen again after
the visibility time-out; what was received too often goes to the dead-letter queue; five pollers at the start.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from aws14 import catalog
from aws14.emulator.event_sources.filtering import passes
from aws14.emulator.event_sources.mappings import arm, call_together, failed_items, of_source
from aws14.emulator.event_sources.records import of_message
from aws14.emulator.world import world

__all__ = ["arrived", "look", "queue_of"]

Batch = list[dict[str, Any]]


def queue_of(arn: str) -> Any | None:
    """The queue, moto's, of an ARN, or None."""
    from moto.sqs.models import sqs_backends

    region, account, name = arn.split(":")[3:6]
    return sqs_backends[account][region].queues.get(name)


def arrived(queue: Any) -> None:
    """Tell the mappings of a queue that a message came, or can be seen again."""
    for mapping in of_source(queue.queue_arn):
        _arm(mapping, queue)


def look(mapping: Any) -> None:
    """Take what is there, up to as many batches as may run at a time, and run the function for them."""
    queue = queue_of(mapping.event_source_arn)
    if queue is None:
        mapping.aws14_result = "PROBLEM: Lambda could not find the queue. Please check that it exists."
        return
    batches = _take(mapping, queue)
    called = call_together(mapping.function_arn, batches)
    for batch, each in zip(batches, called, strict=True):
        names = [record["messageId"] for record in batch]
        failed = failed_items(mapping, each, names)
        mapping.aws14_result = "PROBLEM: Function call failed" if failed is None else "OK"
        done = [record for record in batch if failed is not None and record["messageId"] not in failed]
        _delete(queue, done)
    _arm(mapping, queue, idle=not batches)


def _take(mapping: Any, queue: Any) -> list[Batch]:
    """Batches that the function gets; what no filter lets through is deleted on the way."""
    batches: list[Batch] = []
    for _ in range(_at_a_time(mapping)):
        due = _due(mapping, queue)
        received = _receive(queue, mapping.batch_size) if due is not None and due <= world().clock.now() else []
        if not received:
            break
        wanted = [record for record in received if passes(mapping.filter_criteria, record)]
        _delete(queue, [record for record in received if record not in wanted])
        if wanted:
            batches.append(wanted)
    return batches


def _at_a_time(mapping: Any) -> int:
    most = int(catalog.quota("Lambda", "SQS event source: batches at a time at the start").value)
    wanted = (mapping.scaling_config or {}).get("MaximumConcurrency")
    return min(most, int(wanted)) if wanted else most


def _receive(queue: Any, count: int) -> Batch:
    from moto.sqs.models import sqs_backends

    backend = sqs_backends[queue.account_id][queue.region]
    visibility = max(1, int(queue.visibility_timeout))
    return [of_message(each, queue) for each in backend.receive_message(queue.name, count, 0, visibility, ["All"])]


def _delete(queue: Any, records: Batch) -> None:
    from moto.sqs.exceptions import ReceiptHandleIsInvalid

    for record in records:
        # Somebody may have purged the queue while the function ran.
        with suppress(ReceiptHandleIsInvalid):
            queue.delete_message(record["receiptHandle"])


def _due(mapping: Any, queue: Any) -> float | None:
    """When the next batch of what can be seen now goes, epoch seconds; None where nothing can be seen."""
    now = world().clock.now()
    here = [each for each in _times(queue) if each <= now]
    if not here:
        return None
    return now if len(here) >= mapping.batch_size else here[0] + (mapping.max_batch_window or 0)


def _arm(mapping: Any, queue: Any, *, idle: bool = False) -> None:
    """Look again when the next batch is due; `idle`: nothing that can be seen now is to be had."""
    now, due = world().clock.now(), _due(mapping, queue)
    if due is not None and not (idle and due <= now):
        arm(mapping, due)
    later = [each for each in _times(queue) if each > now]
    if later:
        arm(mapping, later[0])


def _times(queue: Any) -> list[float]:
    """From when on each message can be received, epoch seconds, ascending."""
    messages = queue._messages  # noqa: SLF001 - moto's only list of all
    times = (max(each.visible_at, each.delayed_until, each.sent_timestamp or 0) for each in messages)
    return sorted(float(each) / 1000 for each in times)
