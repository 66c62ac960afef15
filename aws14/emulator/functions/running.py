"""One invocation: let in, given an environment, run with the world going on, told in log and metrics."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aws14.emulator import permissions
from aws14.emulator.functions import admitting, environments, packages, telling, vpc
from aws14.emulator.functions.environment import Answered, Environment, Plan, error_payload
from aws14.emulator.functions.outcome import Outcome
from aws14.emulator.functions.provisions import provisioned
from aws14.emulator.functions.targets import Target
from aws14.emulator.functions.telling import Report
from aws14.emulator.world import world

__all__ = ["plan_of", "run"]

_LARGEST = 6_291_556
_TOO_LARGE = error_payload(
    "Function.ResponseSizeTooLarge",
    f"Response payload size exceeded maximum allowed payload size ({_LARGEST} bytes).",
)


def run(target: Target, event: bytes, *, request_id: str = "") -> Outcome:
    """Run one invocation to its end; the world lock is held, and let go of while the function runs.

    Parameters
    ----------
    target : Target
        What runs.
    event : bytes
        JSON.
    request_id : str
        Of an invocation that is tried again; left out: a new one.
    """
    request_id = request_id or str(uuid.uuid4())
    reason = admitting.enter(target)
    if not reason and not environments.of(environments.key_of(target)) and not admitting.may_start(target):
        admitting.leave(target)
        reason = admitting.RATE
    if reason:
        telling.measure(target, {"Throttles": (1.0, "Count")})
        return Outcome(status=429, reason=reason, request_id=request_id)
    concurrency = float(admitting.running(*target.place, target.name))
    try:
        return _ran(target, event, request_id, concurrency)
    finally:
        admitting.leave(target)


def plan_of(target: Target, *, provisioned: bool = False) -> Plan:
    """What a new environment of a target is started with; the world lock is held."""
    function = target.function
    return Plan(
        name=target.name,
        version=target.version,
        handler=str(function.handler),
        runtime=str(function.run_time),
        region=target.place[1],
        memory_mib=int(function.memory_size),
        timeout_s=float(function.timeout),
        variables={name: str(value) for name, value in function.environment_vars.items()},
        keys=_keys(target),
        code=packages.code_folder(function.code_bytes),
        layers=packages.layer_folder(packages.layers_of(function)),
        source=vpc.source_of(function),
        provisioned=provisioned,
        now=world().clock.now(),
    )


def _keys(target: Target) -> tuple[str, str, str]:
    """Keys of a session of the function's role."""
    from moto.sts.models import sts_backends

    account, region = target.place
    session = sts_backends[account]["aws"].assume_role(
        region_name=region,
        role_session_name=target.name,
        role_arn=target.function.role,
        policy="",
        duration=43200,
        external_id="",
    )
    permissions.begin(session.access_key, str(target.function.role), target.name)
    return str(session.access_key_id), str(session.secret_access_key), str(session.session_token)


def _ran(target: Target, event: bytes, request_id: str, concurrency: float) -> Outcome:
    key, plan = environments.key_of(target), plan_of(target)
    now = world().clock.now()
    with world().released():
        environment, new = environments.take(key, lambda: Environment(plan), alias=target.qualifier)
        told = {"request_id": request_id, "arn": target.arn, "now": now + (environment.init_s if new else 0.0)}
        failure = environment.failure
        answered = replace(failure, duration_s=0.0) if failure is not None else environment.handle(told, event)
    init_s = environment.init_s if new and not _is_ready(target) else 0.0
    outcome = _told(target, environment, answered, Report(
        request_id=request_id,
        version=target.version,
        duration_s=answered.duration_s,
        init_s=init_s,
        billed_s=Report.billed(answered.duration_s, init_s),
        memory_mib=plan.memory_mib,
        used_mib=environment.memory_mib,
        trouble=_trouble(answered),
    ))  # fmt: skip
    telling.measure(target, _figures(outcome, concurrency))
    if answered.kind in {"timed_out", "exited"} or environment.failure is not None:
        environments.throw_away(environment)
    else:
        environments.put_back(environment)
    world().announce()
    return outcome


def _is_ready(target: Target) -> bool:
    """Whether environments are kept ready for who calls so: then no event is told of a start."""
    return provisioned(target) is not None


def _trouble(answered: Answered) -> str:
    if answered.kind == "timed_out":
        return "timeout"
    return f"error\tError Type: {answered.payload.decode()}" if answered.kind == "exited" else ""


def _told(target: Target, environment: Environment, answered: Answered, report: Report) -> Outcome:
    payload, own = _payload(answered, report, environment.plan.timeout_s)
    lines = _lines(environment, report, own)
    telling.write(target, environment.stream, lines)
    return Outcome(
        status=200,
        payload=payload,
        error="" if answered.kind == "ok" and payload is answered.payload else "Unhandled",
        executed_version=target.version,
        request_id=report.request_id,
        log_tail=telling.tail(lines),
        duration_s=report.duration_s,
        init_s=report.init_s,
        billed_s=report.billed_s,
        memory_mib=report.used_mib,
    )


def _payload(answered: Answered, report: Report, timeout_s: float) -> tuple[bytes, str]:
    """What the caller gets, and what Lambda itself adds to the log."""
    if answered.kind == "timed_out":
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        text = f"Task timed out after {timeout_s:.2f} seconds"
        own = f"{moment}Z {report.request_id} {text}\n"
        return error_payload("Sandbox.Timedout", f"RequestId: {report.request_id} Error: {text}"), own
    if answered.kind == "exited":
        text = f"RequestId: {report.request_id} Error: Runtime exited with error: {answered.log}"
        return error_payload(answered.payload.decode(), text), f"{text}\n{answered.payload.decode()}"
    if answered.kind == "failed" and report.request_id:
        said: dict[str, Any] = json.loads(answered.payload)
        return json.dumps({**said, "requestId": report.request_id}).encode(), answered.log
    return (_TOO_LARGE, "") if len(answered.payload) > _LARGEST else (answered.payload, answered.log)


def _lines(environment: Environment, report: Report, own: str) -> list[str]:
    written = environment.lines()
    failed = environment.failure is not None
    head = [f"INIT_START Runtime Version: {environment.plan.runtime}"] if report.init_s else []
    if failed and own:
        status = f"Phase: init\tStatus: error\tError Type: {_kind(environment)}"
        head += [own, f"INIT_REPORT Init Duration: {report.init_s * 1000:.2f} ms\t{status}"]
    start = [f"START RequestId: {report.request_id} Version: {report.version}"]
    body = [*written, *([own] if own and not failed else [])]
    return [*head, *start, *body, f"END RequestId: {report.request_id}", report.line()]


def _kind(environment: Environment) -> str:
    failure = environment.failure
    if failure is None or failure.kind != "failed":
        return "Runtime.ExitError"
    return str(json.loads(failure.payload)["errorType"])


def _figures(outcome: Outcome, concurrency: float) -> dict[str, tuple[float, str]]:
    return {
        "Invocations": (1.0, "Count"),
        "Errors": (1.0 if outcome.error else 0.0, "Count"),
        "Throttles": (0.0, "Count"),
        "Duration": (outcome.duration_s * 1000, "Milliseconds"),
        "ConcurrentExecutions": (concurrency, "Count"),
    }
