"""AWS Lambda runs functions: execution environments, time-outs, errors, logs, events for later.

What AWS does
    Invoke runs a function's code in an execution environment: started for the first event (its module is imported
    once), kept for the next ones, so that what stands in global variables and in /tmp is found again; it handles one
    event at a time, and another event at the same time gets another environment. After some idle minutes it is given
    up. A handler that takes too long is ended, one that raises answers with its error; all of it is told in CloudWatch
    Logs, with a REPORT line, and in CloudWatch. Events of type Event are queued, and tried twice more; those that end
    go to a dead-letter queue and to destinations. Layers are found under /opt. Aliases with weights share events out.
What moto leaves out
    It runs code in Docker, and without Docker not at all: no environment lives on, there is no context, no time-out,
    no queue. Its answers to Event and DryRun are those of a run.
What this adds
    All of that, in local Python processes, confined to a folder of their own: they see no credentials of the learner,
    only AWS's; /var/task, /opt and /tmp are folders; the packages are the standard library, what the zip brings, and
    boto3. What they write shows the paths of Lambda. The API, databases and names of the embedded AWS are reached as
    the function's place in the network allows. Starts and durations are real, measured on this machine. Time in the
    function is AWS time.
What it still does not do
    Other runtimes than Python; container images; the Python is this machine's, whatever the runtime says. Memory does
    not give more or less CPU; /tmp has no limit; environments are not frozen between events; extensions, SnapStart,
    response streaming, X-Ray, JSON log format. At most twelve processes run at once: beyond that an event, which counts
    as running, waits for its turn. Events for later are handled one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from aws14 import catalog
from aws14.emulator.behaviours.hooks import replace
from aws14.emulator.functions import asynchronous, environments, invoke
from aws14.emulator.functions.outcome import Outcome
from aws14.emulator.functions.targets import target

__all__ = ["install"]

_MIB = 1024 * 1024


def install() -> None:
    """Take hold of where moto invokes functions."""
    from moto.awslambda.models import LambdaBackend, LambdaFunction
    from moto.awslambda.responses import LambdaResponse

    replace(LambdaResponse, "invoke", _invoke)
    replace(LambdaResponse, "invoke_async", _invoke_async)
    replace(LambdaBackend, "invoke", _called)
    replace(LambdaFunction, "invoke", _called_directly)
    replace(LambdaFunction, "_invoke_lambda", _run_by_moto)
    for name in ("put", "update", "get", "delete"):
        replace(LambdaResponse, f"{name}_function_event_invoke_config", _CONFIGURING[name])
    replace(LambdaResponse, "list_function_event_invoke_configs", _list_configs)
    environments.look_after()


def _invoke(response: Any) -> tuple[int, dict[str, str], str | bytes]:
    """The operation Invoke."""
    kind = response.headers.get("X-Amz-Invocation-Type") or "RequestResponse"
    body = _body(response)
    _refuse_too_large(len(body), kind)
    _refuse_what_is_no_json(body)
    outcome = invoke(
        response.current_account,
        response.region,
        unquote(response.path.rsplit("/", 2)[-2]),
        body,
        qualifier=response._get_param("Qualifier"),  # noqa: SLF001 - moto's way to the query
        invocation_type=kind,
    )
    if outcome.throttled:
        return _throttled(outcome)
    headers = {"x-amzn-RequestId": outcome.request_id} if outcome.request_id else {}
    if outcome.status != 200:
        return outcome.status, {**headers, "status": str(outcome.status)}, ""
    headers |= {"Content-Type": "application/json", "X-Amz-Executed-Version": outcome.executed_version}
    if outcome.error:
        headers["X-Amz-Function-Error"] = outcome.error
    if response.headers.get("X-Amz-Log-Type") == "Tail":
        headers["X-Amz-Log-Result"] = outcome.log_tail
    return 200, headers, outcome.payload


def _body(response: Any) -> bytes:
    body = response.raw_body if getattr(response, "raw_body", None) else response.body
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _throttled(outcome: Outcome) -> tuple[int, dict[str, str], str]:
    told = {"Reason": outcome.reason, "Type": "User", "message": "Rate Exceeded."}
    return 429, {"x-amzn-ErrorType": "TooManyRequestsException", "status": "429"}, json.dumps(told)


def _refuse_too_large(size: int, kind: str) -> None:
    name = "async payload" if kind == "Event" else "sync payload"
    most = int(catalog.quota("Lambda", name).value * _MIB)
    if size > most:
        text = f"{size} byte payload is too large for the {kind} invocation type (limit {most} bytes)"
        raise _refusal("RequestTooLargeException", text, 413)


def _refuse_what_is_no_json(body: bytes) -> None:
    try:
        json.loads(body or b"{}")
    except ValueError as error:
        text = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise _refusal("InvalidRequestContentException", text, 400) from None


def _refusal(code: str, message: str, status: int) -> Exception:
    from moto.awslambda.exceptions import LambdaClientError

    error = LambdaClientError(code, message)
    error.code = status
    return error


def _invoke_async(response: Any) -> tuple[int, dict[str, str], str]:
    """The old operation InvokeAsync."""
    name = unquote(response.path.strip("/").split("/")[-2])
    invoke(response.current_account, response.region, name, _body(response), invocation_type="Event")
    return 202, {}, "{}"


def _called(backend: Any, function_name: str, qualifier: str | None, body: Any, **named: Any) -> bytes:
    """Moto's other services call a function by name: at once."""
    payload, headers = body.encode() if isinstance(body, str) else body or b"", named["headers"]
    kind = headers.get("X-Amz-Invocation-Type") or headers.get("x-amz-invocation-type") or "RequestResponse"
    place = backend.account_id, backend.region_name
    outcome = invoke(*place, function_name, payload, qualifier=qualifier, invocation_type=kind)
    return _for_moto(outcome, named["response_headers"])


def _called_directly(function: Any, body: Any, request_headers: Any, response_headers: Any) -> bytes:
    """Moto's event sources have the function in hand."""
    del request_headers
    payload = body.encode() if isinstance(body, str) else body or b""
    outcome = invoke(function.account_id, function.region, function.function_arn, payload)
    return _for_moto(outcome, response_headers)


def _for_moto(outcome: Outcome, headers: Any) -> bytes:
    if outcome.error or outcome.throttled:
        headers["x-amz-function-error"] = outcome.error or "Unhandled"
    return outcome.payload


def _run_by_moto(function: Any, event: Any = None) -> tuple[str, bool, str]:
    """What is left of moto's own way."""
    outcome = invoke(function.account_id, function.region, function.function_arn, json.dumps(event or {}).encode())
    return outcome.payload.decode(), not outcome.ok, outcome.log_tail


def _place(response: Any) -> tuple[Any, dict[str, dict[str, Any]], str]:
    """The function an event configuration is for, all of its configurations, and the qualifier meant."""
    name = unquote(response.path.split("/functions/")[1].partition("/")[0])
    qualifier = response._get_param("Qualifier")  # noqa: SLF001 - moto's way to the query
    meant = target(response.current_account, response.region, name, qualifier)
    return meant, asynchronous.configs(*meant.place, meant.name), meant.qualifier or "$LATEST"


def _shown_config(meant: Any, qualifier: str, config: dict[str, Any]) -> dict[str, Any]:
    plain = meant.arn if meant.qualifier else f"{meant.arn}:{qualifier}"
    return {"FunctionArn": plain, **config}


def _put_config(response: Any) -> str:
    from moto.awslambda.models import EventInvokeConfig

    meant, known, qualifier = _place(response)
    given = {name: value for name, value in response.json_body.items() if value is not None}
    EventInvokeConfig(meant.arn, "", given)  # refuses what is out of bounds
    known[qualifier] = {"LastModified": _now(), **given}
    return json.dumps(_shown_config(meant, qualifier, known[qualifier]))


def _update_config(response: Any) -> str:
    meant, known, qualifier = _place(response)
    given = {name: value for name, value in response.json_body.items() if value is not None}
    known[qualifier] = {**_known(meant, known, qualifier), **given, "LastModified": _now()}
    return json.dumps(_shown_config(meant, qualifier, known[qualifier]))


def _get_config(response: Any) -> str:
    meant, known, qualifier = _place(response)
    return json.dumps(_shown_config(meant, qualifier, _known(meant, known, qualifier)))


def _delete_config(response: Any) -> tuple[int, dict[str, str], str]:
    meant, known, qualifier = _place(response)
    _known(meant, known, qualifier)
    del known[qualifier]
    return 204, {}, ""


def _list_configs(response: Any) -> str:
    meant, known, _ = _place(response)
    shown = [_shown_config(meant, qualifier, config) for qualifier, config in known.items()]
    return json.dumps({"FunctionEventInvokeConfigs": shown})


def _known(meant: Any, known: dict[str, dict[str, Any]], qualifier: str) -> dict[str, Any]:
    from moto.awslambda.exceptions import UnknownEventConfig

    if qualifier not in known:
        raise UnknownEventConfig(_shown_config(meant, qualifier, {})["FunctionArn"])
    return known[qualifier]


def _now() -> float:
    from aws14.emulator.world import world

    return world().clock.now()


_CONFIGURING: dict[str, Callable[[Any], Any]] = {
    "put": _put_config,
    "update": _update_config,
    "get": _get_config,
    "delete": _delete_config,
}
