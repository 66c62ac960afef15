"""Calling a function for an event: waiting for its answer, or leaving the event to Lambda's own queue."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Called", "call", "post"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """What came of a call.

    Parameters
    ----------
    ok : bool
        Whether the function ran and returned.
    answer : Any
        What it returned, or its error, of JSON.
    status : int
        Of the Invoke operation: 200, 404, 429...
    """

    ok: bool
    answer: Any
    status: int


def call(arn: str, event: Any) -> Called:
    """Run a function and wait for its answer. The world lock may be held: it is let go of meanwhile.

    Parameters
    ----------
    arn : str
        Of the function, with its version or alias where one is meant.
    event : Any
        Of JSON.
    """
    outcome = _invoke(arn, event, "RequestResponse")
    try:
        answer = json.loads(outcome.payload or b"null")
    except ValueError:
        answer = None
    return Called(ok=outcome.status < 300 and not outcome.error, answer=answer, status=outcome.status)


def post(arn: str, event: Any) -> int:
    """Give Lambda an event to run the function with, once it can; return the status of the Invoke operation."""
    return int(_invoke(arn, event, "Event").status)


def _invoke(arn: str, event: Any, kind: Literal["RequestResponse", "Event"]) -> Any:
    from moto.awslambda.exceptions import LambdaClientError, UnknownFunctionException

    from aws14.emulator import functions

    region, account = arn.split(":")[3:5]
    payload = json.dumps(event, separators=(",", ":")).encode()
    try:
        return functions.invoke(account, region, arn, payload, invocation_type=kind)
    except (LambdaClientError, UnknownFunctionException) as refused:
        return functions.Outcome(status=int(refused.code), error="Refused")
    except Exception:  # of the embedded AWS itself: the batch has failed, its source goes on
        _log.exception("running %s", arn)
        return functions.Outcome(status=500, error="InternalError")
