"""Invoke a function, as every caller in this process does: the API, event sources, API Gateway, function URLs."""

from __future__ import annotations

import uuid
from typing import Literal

from aws14.emulator.functions import states
from aws14.emulator.functions.outcome import Outcome
from aws14.emulator.functions.running import run
from aws14.emulator.functions.targets import target
from aws14.emulator.functions.waiting import accept

__all__ = ["InvocationType", "invoke"]

InvocationType = Literal["RequestResponse", "Event", "DryRun"]


def invoke(
    account: str,
    region: str,
    function: str,
    payload: bytes,
    *,
    qualifier: str | None = None,
    invocation_type: InvocationType | str = "RequestResponse",
) -> Outcome:
    """Invoke a function. The world lock is held; it is let go of while the function runs.

    Parameters
    ----------
    account, region : str
        Of the caller.
    function : str
        Name, ``name:qualifier``, or ARN with or without a qualifier.
    payload : bytes
        The event, JSON; empty: ``{}``.
    qualifier : str, optional
        Version or alias, where `function` does not say it.
    invocation_type : {'RequestResponse', 'Event', 'DryRun'}
        Now and with its answer (an `Outcome` with status 200, also when the function failed, or 429 when it is
        throttled), later and with retries (202), or not at all (204).

    Raises
    ------
    moto.awslambda.exceptions.UnknownFunctionException
        There is no such function, version or alias.
    moto.awslambda.exceptions.LambdaClientError
        It cannot be invoked in its present state.
    """
    meant = target(account, region, function, qualifier)
    states.refuse_unless_active(meant.function)
    if invocation_type == "DryRun":
        return Outcome(status=204, executed_version=meant.version)
    if invocation_type == "Event":
        request_id = str(uuid.uuid4())
        accept(meant, payload or b"{}", request_id)
        return Outcome(status=202, request_id=request_id)
    return run(meant, payload or b"{}")
