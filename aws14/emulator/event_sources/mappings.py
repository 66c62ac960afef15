"""Event source mappings: which there are, how they are, and when each looks at its source again.

A mapping looks when something arrived, when a message can be seen again, when a batch has waited long enough, when a
failed batch is to be tried again; nothing polls in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws14.emulator.event_sources.calling import Called, call
from aws14.emulator.world import world

__all__ = ["arm", "call_together", "failed_items", "find", "of_source", "on"]

#: What shows a time in milliseconds may round it down by one.
_AFTER_S = 0.002


def of_source(arn: str) -> Iterator[Any]:
    """The mappings (moto's) of a queue or stream, in its region."""
    from moto.awslambda.models import lambda_backends

    region, account = arn.split(":")[3:5]
    for mapping in list(lambda_backends[account][region].list_event_source_mappings("", "")):
        if mapping.event_source_arn == arn:
            yield mapping


def find(account: str, region: str, uuid: str) -> Any | None:
    """The mapping of that id, or None."""
    from moto.awslambda.models import lambda_backends

    return lambda_backends[account][region].get_event_source_mapping(uuid)


def on(mapping: Any) -> bool:
    """Whether a mapping takes events now."""
    return getattr(mapping, "aws14_state", "Enabled") == "Enabled"


def arm(mapping: Any, at: float | None = None) -> None:
    """Let a mapping look at its source at `at`, epoch seconds of AWS time (now, if None), unless it looks earlier."""
    now = world().clock.now()
    due = now if at is None or at <= now else at + _AFTER_S
    earlier = getattr(mapping, "aws14_due", None)
    if on(mapping) and (earlier is None or earlier > due):
        mapping.aws14_due = due
        args = (mapping.account_id, mapping.region, mapping.uuid, due)
        world().clock.at(due, "event_sources.looks", args)


def call_together(function: str, batches: Sequence[list[dict[str, Any]]]) -> list[Called]:
    """Run a function for several batches at the same time; the world lock is held, and let go of meanwhile."""
    if not batches:
        return []

    def one(batch: list[dict[str, Any]]) -> Called:
        with world().turn():
            return call(function, {"Records": batch})

    with world().released(), ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(one, batches))


def failed_items(mapping: Any, called: Called, names: Sequence[str]) -> list[str] | None:
    """Which items of a batch a function reported as failed; None when the batch as a whole failed.

    Parameters
    ----------
    mapping : Any
        moto's; says whether the function reports at all.
    called : Called
        What came of the call.
    names : sequence of str
        Identifiers of the items: message ids, sequence numbers.
    """
    if not called.ok:
        return None
    if "ReportBatchItemFailures" not in (mapping.function_response_types or ()):
        return []
    answer = called.answer if isinstance(called.answer, dict) else {}
    failures = answer.get("batchItemFailures") or []
    told = [each.get("itemIdentifier") if isinstance(each, dict) else None for each in failures]
    # An identifier that is empty or not of this batch fails the whole (Lambda developer guide).
    return None if any(name not in names for name in told) else [str(name) for name in told]
