"""Events for later: a queue that is emptied at once, two retries, and what becomes of an event in the end.

A function that fails is tried again after one minute, then after two; one that is throttled after growing pauses, for
as long as the event may live. An event that ends goes to the function's dead-letter queue and to its destination.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.functions import destinations, telling
from aws14.emulator.functions.outcome import Outcome
from aws14.emulator.functions.running import run
from aws14.emulator.functions.targets import Target, target
from aws14.emulator.functions.waiting import Waiting
from aws14.emulator.world import world

__all__ = ["config_of", "configs"]

_LONGEST_PAUSE_S = 300.0


def configs(account: str, region: str, name: str) -> dict[str, dict[str, Any]]:
    """How a function's events are handled, by qualifier (``$LATEST`` for none), as the API has it."""
    kept: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = world().state.setdefault("lambda_event_configs", {})
    return kept.setdefault((account, region, name), {})


def config_of(waiting: Waiting) -> dict[str, Any]:
    """How this event is handled."""
    return configs(waiting.account, waiting.region, waiting.name).get(waiting.qualifier or "$LATEST", {})


@handles("lambda.delivers")
def _delivers(waiting: Waiting) -> None:
    from moto.awslambda.exceptions import LambdaClientError

    try:
        meant = target(waiting.account, waiting.region, waiting.name, waiting.qualifier or None)
    except LambdaClientError:  # it was deleted, and its events with it
        return
    config = config_of(waiting)
    if world().clock.now() - waiting.born > _most_age_s(config):
        _ends(meant, waiting, "EventAgeExceeded", Outcome(status=0))
        return
    outcome = run(meant, waiting.event, request_id=waiting.request_id)
    if outcome.throttled:
        _try_again(replace(waiting, throttled=waiting.throttled + 1), min(_LONGEST_PAUSE_S, 2.0**waiting.throttled))
    elif outcome.error:
        _failed(meant, replace(waiting, failed=waiting.failed + 1), outcome)
    else:
        _ends(meant, waiting, "Success", outcome)


def _failed(meant: Target, waiting: Waiting, outcome: Outcome) -> None:
    most = config_of(waiting).get("MaximumRetryAttempts")
    if waiting.failed > (2 if most is None else int(most)):
        _ends(meant, waiting, "RetriesExhausted", outcome)
    else:
        ordinal = ("first", "second")[waiting.failed - 1]
        _try_again(waiting, typical_s(f"Lambda asynchronous event, before the {ordinal} retry"))


def _try_again(waiting: Waiting, pause_s: float) -> None:
    world().clock.after(pause_s, "lambda.delivers", (waiting,))


def _most_age_s(config: dict[str, Any]) -> float:
    return float(config.get("MaximumEventAgeInSeconds") or typical_s("Lambda asynchronous event is kept"))


def _ends(meant: Target, waiting: Waiting, condition: str, outcome: Outcome) -> None:
    if condition != "Success":
        telling.measure(meant, {"AsyncEventsDropped": (1.0, "Count")})
        destinations.to_dead_letters(meant, waiting, condition, outcome)
    where = config_of(waiting).get("DestinationConfig") or {}
    which = "OnSuccess" if condition == "Success" else "OnFailure"
    arn = str((where.get(which) or {}).get("Destination") or "")
    if arn:
        destinations.deliver(meant, arn, destinations.record(meant, waiting, condition, outcome))
