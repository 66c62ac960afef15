"""The health of the targets of load balancers: states, reasons, and when the next check is due.

A check asks the machine as a load balancer's node does, by the network as it is. What it finds can change only when
something in this cloud changes. So a target whose checks have nothing new to say is left alone until the next change;
then its next check takes place at the time at which it would have been due. That is exact, and a quiet day is cheap.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from aws14.emulator import host_counts
from aws14.emulator.balancing import nodes
from aws14.emulator.balancing.probing import Finding, probe
from aws14.emulator.balancing.targets import all_groups, balancers_of, group_of, instance_of, zone_of
from aws14.emulator.clock import handles
from aws14.emulator.cloudwatch.host_metrics import keys_of
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["Health", "deregister", "forget", "health_of", "is_load_balancer_healthy", "register", "touch"]

State = Literal["initial", "healthy", "unhealthy", "draining", "unused"]

_REGISTERING = ("Elb.RegistrationInProgress", "Target registration is in progress")
_CHECKING = ("Elb.InitialHealthChecking", "Initial health checks in progress")
_DRAINING = ("Target.DeregistrationInProgress", "Target deregistration is in progress")
_NOT_IN_USE = ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
_OTHER_ZONE = ("Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer")
#: Events after which checks find what they found before.
_QUIET = (
    "target_health.",
    "status_alarms.",
    "cloudwatch.",
    "network_insights.",
    "rds.ships",
    "scaling.decides",
    "scaling.health_looks",
    "scaling.target_health",
)


@dataclass
class Health:
    """What is known of a target.

    Parameters
    ----------
    state : str
        As the API says it.
    reason, description : str
        Why; empty for a healthy one.
    since : float
        Epoch seconds of AWS time of the last change of state.
    good, bad : int
        Checks passed, failed, in a row.
    due : float
        When the next check is due.
    armed : bool
        Whether an event waits for that.
    seen : int
        At which version of the world the last check was made.
    number : int
        Changes when what was planned no longer holds.
    """

    state: State = "unused"
    reason: str = _NOT_IN_USE[0]
    description: str = _NOT_IN_USE[1]
    since: float = 0.0
    good: int = 0
    bad: int = 0
    due: float = 0.0
    armed: bool = False
    seen: int = -1
    number: int = 0


_VERSION = [0]  # of the world as checks see it, in this process


def health_of(group: Any) -> dict[str, Health]:
    """The targets of a group and their health, draining ones too; in the order of their registration."""
    kept: dict[str, dict[str, Health]] = world().state.setdefault("target_health", {})
    return kept.setdefault(group.arn, {})


def register(group: Any, target_ids: list[str]) -> None:
    """Note that targets were registered; those that were not known begin, or begin again."""
    known = health_of(group)
    for each in target_ids:
        if each not in known or known[each].state == "draining":
            known[each] = Health(since=world().clock.now(), number=_number())
    touch()


def deregister(group: Any, target_ids: list[str]) -> None:
    """Note that targets were deregistered: those in use drain for the group's deregistration delay."""
    known = health_of(group)
    for each in target_ids:
        record = known.get(each)
        if record is None or record.state == "unused":
            known.pop(each, None)
            continue
        _enter(group, each, "draining", _DRAINING)
        record.number = _number()
        delay = float(group.attributes["deregistration_delay.timeout_seconds"])
        world().clock.after(delay, "target_health.drained", (group.arn, each, record.number))


def forget(group_arn: str) -> None:
    """Note that a target group is gone."""
    world().state.get("target_health", {}).pop(group_arn, None)


def is_load_balancer_healthy(dns_name: str) -> bool:
    """Whether Route 53 takes a load balancer for healthy (``EvaluateTargetHealth``).

    Every target group that has targets has a healthy one, and one group at least has targets (Route 53 developer guide,
    "Values specific for alias records").

    Parameters
    ----------
    dns_name : str
        Of an application load balancer, in any spelling.
    """
    balancer = nodes.named(dns_name.lower().removesuffix("."))
    if balancer is None or balancer.state != "active" or not nodes.alive(balancer):
        return False
    used = [health_of(group) for group in all_groups() if balancer in balancers_of(group)]
    filled = [known for known in used if known]
    return not used or (bool(filled) and all(_has_healthy(known) for known in filled))


def _has_healthy(known: dict[str, Health]) -> bool:
    return any(each.state == "healthy" for each in known.values())


def heard(event: str) -> None:
    """Note that an event has run."""
    if not event.startswith(_QUIET):
        touch()


def touch() -> None:
    """Note that something may have changed: every target is looked at again when its next check is due."""
    _VERSION[0] += 1
    for arn, known in list(world().state.get("target_health", {}).items()):
        group = group_of(arn)
        if group is None:
            forget(arn)
            continue
        balancers = balancers_of(group)
        for target_id in list(known):
            _look(group, target_id, balancers)


def _look(group: Any, target_id: str, balancers: list[Any]) -> None:
    """Whether a target is of use at all; arm its next check."""
    record = health_of(group)[target_id]
    if record.state == "draining":
        return
    instance = instance_of(group, target_id)
    if target_id.startswith("i-") and (instance is None or instance.state in ("shutting-down", "terminated")):
        _drop(group, target_id)
        return
    unused = _no_use(group, target_id, balancers)
    if unused is not None:
        record.number, record.armed = _number() if record.armed else record.number, False
        _enter(group, target_id, "unused", unused)
    elif record.state == "unused":
        _begin(group, target_id, record)
    elif not record.armed and record.reason != _REGISTERING[0]:
        _arm(group, target_id, record)


def _drop(group: Any, target_id: str) -> None:
    health_of(group).pop(target_id, None)
    _count_hosts(group)
    group.targets.pop(target_id, None)
    group.terminated_targets.pop(target_id, None)


def _no_use(group: Any, target_id: str, balancers: list[Any]) -> tuple[str, str] | None:
    if not balancers:
        return _NOT_IN_USE
    instance = instance_of(group, target_id)
    if instance is not None and instance.state in ("stopping", "stopped"):
        return "Target.InvalidState", "Target is in the stopped state"
    zone = zone_of(group, target_id)
    enabled = {subnet.availability_zone for each in balancers for subnet in each.subnets}
    return _OTHER_ZONE if zone and zone not in enabled else None


def _begin(group: Any, target_id: str, record: Health) -> None:
    record.good = record.bad = 0
    record.number, record.armed = _number(), True
    _enter(group, target_id, "initial", _REGISTERING)
    args = (group.arn, target_id, record.number)
    world().clock.after(typical_s("ELB target registered to first health check"), "target_health.checks", args)


def _arm(group: Any, target_id: str, record: Health) -> None:
    interval, now = float(group.health_check_interval_seconds), world().clock.now()
    if record.due < now:
        record.due += interval * math.ceil((now - record.due) / interval)
    record.armed = True
    world().clock.at(record.due, "target_health.checks", (group.arn, target_id, record.number))


def _found(group_arn: str, target_id: str, number: int) -> tuple[Any, Health] | None:
    group = group_of(group_arn)
    record = health_of(group).get(target_id) if group is not None else None
    return (group, record) if record is not None and record.number == number else None


@handles("target_health.checks")
def _check(group_arn: str, target_id: str, number: int) -> None:
    found = _found(group_arn, target_id, number)
    if found is None:
        return
    group, record = found
    if record.reason == _REGISTERING[0]:
        _enter(group, target_id, "initial", _CHECKING)
    now = world().clock.now()
    record.due, record.seen = now + float(group.health_check_interval_seconds), _VERSION[0]
    said = probe(group, target_id, _VERSION[0])
    if said is not None and said.waits:
        patience = float(group.health_check_timeout_seconds)
        world().clock.after(patience, "target_health.hears", (group_arn, target_id, number, said))
    else:
        _hear(group_arn, target_id, number, said)


@handles("target_health.hears")
def _hear(group_arn: str, target_id: str, number: int, said: Finding | None) -> None:
    found = _found(group_arn, target_id, number)
    if found is None:
        return
    group, record = found
    settled = said is None or _is_settled(record, said)
    if said is not None:
        _count(group, target_id, record, said)
    record.armed = False
    if not settled or record.seen != _VERSION[0]:
        _arm(group, target_id, record)


def _is_settled(record: Health, said: Finding) -> bool:
    if said.passed:
        return record.state == "healthy" and record.bad == 0
    told = (record.reason, record.description) == (said.reason, said.description)
    return record.state == "unhealthy" and record.good == 0 and told


def _count(group: Any, target_id: str, record: Health, said: Finding) -> None:
    record.good, record.bad = (record.good + 1, 0) if said.passed else (0, record.bad + 1)
    first = record.state == "initial"  # one check passed is enough to begin with
    if said.passed and record.state != "healthy" and (first or record.good >= int(group.healthy_threshold_count)):
        _enter(group, target_id, "healthy", ("", ""))
    elif not said.passed and (record.state == "unhealthy" or record.bad >= int(group.unhealthy_threshold_count)):
        _enter(group, target_id, "unhealthy", (said.reason, said.description))


@handles("target_health.drained")
def _drained(group_arn: str, target_id: str, number: int) -> None:
    found = _found(group_arn, target_id, number)
    if found is not None:
        del health_of(found[0])[target_id]


def _enter(group: Any, target_id: str, state: State, why: tuple[str, str]) -> None:
    record = health_of(group)[target_id]
    record.reason, record.description = why
    if record.state != state:
        record.state, record.since = state, world().clock.now()
        _count_hosts(group)
        with suppress(KeyError):  # nobody listens: there is no Auto Scaling in this process
            world().clock.after(0.0, "scaling.target_health", (group.arn, target_id, state, record.reason))


def _count_hosts(group: Any) -> None:
    """Let CloudWatch know how many are healthy, and the alarms on that look."""
    if host_counts.note(group.arn, [each.state for each in health_of(group).values()]):
        metrics = [tuple(key) for key in keys_of(group.arn, [each.arn for each in balancers_of(group)])]
        with suppress(KeyError):  # nobody listens: there is no CloudWatch in this process
            world().clock.after(0.0, "alarms.data_changed", ((group.account_id, group.region_name), metrics))


def _number() -> int:
    state = world().state
    state["target_health_number"] = state.get("target_health_number", 0) + 1
    return int(state["target_health_number"])
