"""Route 53's health checks: probes from the Internet, counts, and what a check is taken for.

What a probe finds can change only when something in this cloud changes. So a check that has nothing new to say is left
alone until the next change; then its next probe takes place at the time at which it would have been due.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aws14.emulator.clock import handles
from aws14.emulator.endpoint_probe import Finding, probe
from aws14.emulator.world import world

__all__ = ["ENDPOINT_TYPES", "Record", "begin", "find", "forget", "heard", "is_healthy", "record_of", "touch"]

ENDPOINT_TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
#: Events after which probes find what they found before.
_QUIET = ("health_checks.", "target_health.", "status_alarms.", "alarms.", "metrics.", "network_insights.", "snapshot.")
_DEEPEST = 8
_VERSION = [uuid4().int]  # of the world as probes see it; another one in each process


@dataclass
class Record:
    """What is known of an endpoint.

    Parameters
    ----------
    healthy : bool
        What it is taken for; True until enough probes have failed.
    streak : int
        Probes in a row that said otherwise.
    due, checked : float
        Epoch seconds of AWS time of the next and of the last probe.
    armed : bool
        Whether an event waits for the next.
    seen : int
        At which version of the world the last probe was made.
    number : int
        Changes when what was planned no longer holds.
    last, failure : tuple of (float, Finding) or None
        The last probe, and the last one that failed.
    """

    healthy: bool = True
    streak: int = 0
    due: float = 0.0
    armed: bool = False
    seen: int = -1
    number: int = 0
    last: tuple[float, Finding] | None = field(default=None)
    failure: tuple[float, Finding] | None = field(default=None)


def _kept() -> dict[str, Record]:
    kept: dict[str, Record] = world().state.setdefault("health_checks", {})
    return kept


def record_of(check_id: str) -> Record | None:
    """What is known of the endpoint of a check; None where it has none."""
    return _kept().get(check_id)


def find(account: str, check_id: str) -> Any:
    """Return moto's health check; None where it is gone."""
    from moto.route53.models import route53_backends

    found = (backend.health_checks.get(check_id) for backend in list(route53_backends[account].values()))
    return next((check for check in found if check is not None), None)


def begin(account: str, check: Any) -> None:
    """Begin to probe the endpoint of a check, or begin again after a change of it; its status stays.

    Parameters
    ----------
    account : str
        Twelve digits.
    check : moto.route53.models.HealthCheck
        New or changed.
    """
    before = _kept().pop(check.id, None)
    if check.type_ not in ENDPOINT_TYPES or check.disabled:
        return
    record = Record(due=world().clock.now(), number=_number())
    if before is not None:
        record.healthy, record.last, record.failure = before.healthy, before.last, before.failure
    _kept()[check.id] = record
    _arm(account, check, record)


def forget(check_id: str) -> None:
    """Note that a check is gone."""
    _kept().pop(check_id, None)


def is_healthy(account: str, check_id: str, depth: int = 0) -> bool:
    """Whether a check is healthy, now.

    Parameters
    ----------
    account : str
        Twelve digits.
    check_id : str
        Id; one that is gone counts as healthy.
    depth : int, optional
        How many calculated checks ask already.
    """
    check = find(account, check_id)
    if check is None or depth > _DEEPEST:
        return True
    return _state(account, check, depth) != bool(check.inverted)


def _state(account: str, check: Any, depth: int) -> bool:
    if check.disabled:
        return True
    if check.type_ == "CALCULATED":
        healthy = sum(is_healthy(account, child, depth + 1) for child in check.children or ())
        return healthy >= int(check.health_threshold or 0)
    if check.type_ == "CLOUDWATCH_METRIC":
        return _follows_alarm(account, check)
    record = _kept().get(check.id)
    return record is None or record.healthy


def _follows_alarm(account: str, check: Any) -> bool:
    from moto.cloudwatch.models import cloudwatch_backends

    named = vars(check).get("_aws14_alarm") or {}
    alarm = cloudwatch_backends[account][named.get("Region", "us-east-1")].alarms.get(str(named.get("Name")))
    state = getattr(alarm, "state_value", "INSUFFICIENT_DATA")
    if state == "INSUFFICIENT_DATA":
        wanted = vars(check).get("_aws14_insufficient") or "LastKnownStatus"
        if wanted != "LastKnownStatus":
            return bool(wanted == "Healthy")
        state = vars(alarm).get("_aws14_last_known", "OK") if alarm is not None else "OK"
    return bool(state == "OK")


def heard(event: str) -> None:
    """Note that an event has run."""
    if not event.startswith(_QUIET):
        touch()


def touch() -> None:
    """Note that something may have changed: every endpoint is probed again when that is due."""
    _VERSION[0] += 1
    for check_id, record in list(_kept().items()):
        if not record.armed:
            _rearm(check_id, record)


def _rearm(check_id: str, record: Record) -> None:
    from moto.core.models import DEFAULT_ACCOUNT_ID

    check = find(DEFAULT_ACCOUNT_ID, check_id)
    if check is None:
        forget(check_id)
    else:
        _arm(DEFAULT_ACCOUNT_ID, check, record)


def _arm(account: str, check: Any, record: Record) -> None:
    interval, now = float(check.request_interval), world().clock.now()
    if record.due < now:
        record.due += interval * math.ceil((now - record.due) / interval)
    record.armed = True
    world().clock.at(record.due, "health_checks.probes", (account, check.id, record.number))


@handles("health_checks.probes")
def _probes(account: str, check_id: str, number: int) -> None:
    check, record = find(account, check_id), _kept().get(check_id)
    if check is None or record is None or record.number != number:
        return
    now, version = world().clock.now(), _VERSION[0]
    record.armed, record.due = False, now + float(check.request_interval)
    # What follows from a probe changes nothing that a probe finds: the last answer holds while nothing else happened.
    known = record.last if record.seen == version else None
    found = known[1] if known is not None else probe(check)
    record.seen, record.last = version, (now, found)
    _count(check, record, found)
    settled = record.streak == 0 and found.passed == record.healthy
    if not settled:
        _arm(account, check, record)


def _count(check: Any, record: Record, found: Finding) -> None:
    if not found.passed:
        record.failure = (world().clock.now(), found)
    record.streak = record.streak + 1 if found.passed != record.healthy else 0
    if record.streak >= int(check.failure_threshold):
        record.healthy, record.streak = found.passed, 0


def _number() -> int:
    state = world().state
    state["health_check_number"] = state.get("health_check_number", 0) + 1
    return int(state["health_check_number"])
