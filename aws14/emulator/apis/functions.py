"""Running a function for an API: whether it may be run, and for how long it is waited for.

The world lock is let go of meanwhile. A function that takes longer than there is time goes on, as on AWS.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from typing import Any

from aws14.emulator.buckets.policy import Caller, verdict
from aws14.emulator.world import world

__all__ = ["Ran", "Reference", "may_run", "reference", "run"]

_URI = re.compile(r"arn:aws:apigateway:[^:]+:lambda:path/[^/]+/functions/(?P<function>.+)/invocations")
_FUNCTION = re.compile(
    r"arn:aws:lambda:(?P<region>[^:]+):(?P<account>\d{12}):function:(?P<name>[^:/]+)(:(?P<at>[^:/]+))?"
)
_DONE, _ACCEPTED = 200, 202


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Which function, and where.

    Parameters
    ----------
    account, region, name : str
        Of the function.
    qualifier : str
        Version or alias; empty for none.
    """

    account: str
    region: str
    name: str
    qualifier: str = ""

    @property
    def arn(self) -> str:
        """As policies name it."""
        end = f":{self.qualifier}" if self.qualifier else ""
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}{end}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What came of it.

    Parameters
    ----------
    payload : bytes
        What it returned, or its error as JSON.
    error : str
        ``Unhandled``, or empty.
    status : int
        That of the service: 200; 429 where it was throttled; 404 where there is no such function.
    in_time : bool
        Whether it ended in time.
    """

    payload: bytes = b""
    error: str = ""
    status: int = _DONE
    in_time: bool = True

    @property
    def throttled(self) -> bool:
        """Whether it did not run, for want of an environment."""
        return self.status == 429

    @property
    def refused(self) -> bool:
        """Whether the service did not run it."""
        return self.status not in (_DONE, _ACCEPTED, 204)


def reference(uri: str) -> Reference | None:
    """The function that the address of an integration, or an ARN, means; None for none."""
    match = _URI.fullmatch(uri)
    found = _FUNCTION.fullmatch(match["function"] if match else uri)
    if found is None:
        return None
    return Reference(account=found["account"], region=found["region"], name=found["name"], qualifier=found["at"] or "")


def may_run(function: Reference, service: str, sources: tuple[str, ...]) -> bool:
    """Whether the function's own policy lets a service run it.

    Parameters
    ----------
    function : Reference
        With the qualifier it is called by: a permission is for that alone.
    service : str
        ``apigateway.amazonaws.com``.
    sources : tuple of str
        ARNs of what calls, any of which may be meant.
    """
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements(function)})
    for source in sources:
        facts = {"aws:sourcearn": source, "aws:sourceaccount": source.split(":")[4]}
        caller = Caller(kind="service", service=service, facts=facts)
        if verdict(policy, caller, "lambda:InvokeFunction", function.arn) == "allow":
            return True
    return False


def statements(function: Reference) -> list[dict[str, Any]]:
    """The statements of a function's policies: its own, its versions' and aliases'; none where it is not there."""
    from moto.awslambda import models
    from moto.core.exceptions import JsonRESTError

    backend = models.lambda_backends[function.account][function.region]
    found: dict[str, dict[str, Any]] = {}
    for qualifier in dict.fromkeys((None, function.qualifier or None)):
        try:
            one = backend.get_function(function.name, qualifier)
        except JsonRESTError:
            continue
        for each in one.policy.statements:
            found[json.dumps(each, sort_keys=True)] = each
    return list(found.values())


def run(function: Reference, event: Any, timeout_s: float) -> Ran:
    """Run a function and wait for it; the world lock is held before and after, not meanwhile.

    Parameters
    ----------
    function : Reference
        Which.
    event : any
        What JSON can say.
    timeout_s : float
        For how long it is waited for, s.
    """
    payload = json.dumps(event).encode()
    came: list[Ran] = []

    def work() -> None:
        with world().turn():
            came.append(_invoked(function, payload))

    thread = threading.Thread(target=work, name=f"api {function.name}", daemon=True)
    with world().released():
        thread.start()
        thread.join(timeout_s)
    return came[0] if came else Ran(in_time=False)


def _invoked(function: Reference, payload: bytes) -> Ran:
    from moto.core.exceptions import JsonRESTError

    from aws14.emulator import functions

    try:
        outcome = functions.invoke(function.account, function.region, function.arn, payload)
    except JsonRESTError as error:
        return Ran(payload=str(error.description).encode(), status=int(error.code))
    return Ran(payload=outcome.payload, error=outcome.error, status=outcome.status)
