"""The life of an instance: pending, running, stopping, stopped, shutting-down, terminated, each in its time.

What AWS does
    An instance that is asked for is pending until its host runs it; its two status checks pass minutes later.
    Stopping and terminating take their time. Some changes are refused in some states. A terminated instance is listed
    for about an hour; its network interfaces are gone, its Elastic IP is free again.
What moto leaves out
    Every state is reached within the request. Status checks pass at once, terminated instances are listed for ever
    and keep their interfaces, a terminated instance can be started again.
What this adds
    The states follow the clock, with the typical durations of data/durations.csv; status checks are "initializing" at
    first; start, stop and terminate are refused where AWS refuses them; about an hour after its end an instance
    vanishes.
What it still does not do
    Instances that other services start (ECS, EMR, fleets) run at once; those of Auto Scaling do not. Hibernation and
    spot interruptions do not occur. Durations do not vary.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from aws14.emulator.behaviours.addresses import free_elastic_ips
from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["begin_life", "boot_checks", "install", "on_state"]

_LISTENERS: list[Callable[[Any], None]] = []
_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


def install() -> None:
    """Take hold of how moto's instances change their state."""
    from moto.ec2.models.instances import Instance, InstanceBackend
    from moto.ec2.responses.instances import InstanceResponse

    replace(InstanceBackend, "get_instance_by_id", _by_id)
    around(InstanceResponse, "run_instances", _run)
    around(Instance, "start", _start)
    around(Instance, "stop", _stop)
    around(Instance, "terminate", _terminate)
    for name in ("instance_status", "system_status"):
        replace(Instance, name, property(_checks))


def _by_id(backend: Any, instance_id: str) -> Any:
    """Find an instance without copying every reservation, as moto does: a played minute asks a hundred times."""
    for reservation in backend.reservations.values():
        for instance in reservation.instances:
            if instance.id == instance_id:
                return instance
    return None


def _run(original: Callable[[Any], Any], response: Any) -> Any:
    backend = response.ec2_backend
    there = set(backend.enis)
    result = original(response)
    for instance in result.result.instances:
        begin_life(instance, there)
    return result


def begin_life(instance: Any, there: set[str]) -> None:
    """Let an instance that moto has just made be pending.

    Parameters
    ----------
    instance : moto.ec2.models.instances.Instance
        Which.
    there : set of str
        Ids of the network interfaces that were there before: those that came with it go with it.
    """
    for eni in instance.nics.values():
        eni.delete_on_termination = eni.delete_on_termination or eni.id not in there
    _enter(instance, "pending", then="running", after=typical_s("EC2 instance pending to running"))


def _start(original: Callable[[Any], Any], instance: Any) -> Any:
    from moto.core.utils import utcnow

    _refuse(instance, {"pending", "running", "stopped"}, "started")
    if instance.state != "stopped":
        return copy(instance._state)  # noqa: SLF001 - moto keeps it here
    previous = original(instance)
    instance.launch_time = utcnow()  # AWS counts it from the last start
    _enter(instance, "pending", then="running", after=typical_s("EC2 instance pending to running"))
    return previous


def _stop(original: Callable[[Any], Any], instance: Any) -> Any:
    _refuse(instance, {"running", "stopping", "stopped"}, "stopped")
    if instance.state != "running":
        return copy(instance._state)  # noqa: SLF001 - moto keeps it here
    previous = original(instance)
    _enter(instance, "stopping", then="stopped", after=typical_s("EC2 instance stopping to stopped"))
    return previous


def _terminate(original: Callable[[Any], Any], instance: Any) -> Any:
    if instance.state in {"shutting-down", "terminated"}:
        return copy(instance._state)  # noqa: SLF001 - moto keeps it here
    free_elastic_ips(instance.ec2_backend, list(instance.nics.values()))
    previous = original(instance)
    _enter(instance, "shutting-down", then="terminated", after=typical_s("EC2 instance shutting down to terminated"))
    return previous


def _refuse(instance: Any, allowed: set[str], verb: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    if instance.state not in allowed:
        text = f"The instance '{instance.id}' is not in a state from which it can be {verb}."
        raise EC2ClientError("IncorrectInstanceState", text)


def _enter(instance: Any, state: str, *, then: str, after: float) -> None:
    """Be in `state` now, and in `then` after so many seconds, unless something else happens first."""
    _set(instance, state)
    instance._aws14_turn = turn = getattr(instance, "_aws14_turn", 0) + 1  # noqa: SLF001 - ours, kept with the instance
    owner = instance.ec2_backend
    world().clock.after(after, "instance.enters", (owner.account_id, owner.region_name, instance.id, (turn, then)))


def _set(instance: Any, state: str) -> None:
    from moto.ec2.models.instances import InstanceState

    instance._state = InstanceState(state, _CODES[state])  # noqa: SLF001 - moto keeps it here
    if state == "running":
        boot_checks(instance)
    for listener in _LISTENERS:
        listener(instance)


def on_state(listener: Callable[[Any], None]) -> None:
    """Call `listener` with an instance whenever the clock, or a call, has changed its state."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def boot_checks(instance: Any) -> None:
    """Begin the status checks of an instance anew: it boots now."""
    instance._aws14_running_since = world().clock.now()  # noqa: SLF001 - ours


@handles("instance.enters")
def _enters(account: str, region: str, instance_id: str, change: tuple[int, str]) -> None:
    from moto.ec2.models import ec2_backends

    turn, state = change
    instance = ec2_backends[account][region].get_instance_by_id(instance_id)
    if instance is None or vars(instance).get("_aws14_turn") != turn:
        return
    _set(instance, state)
    if state == "terminated":
        visible = typical_s("EC2 terminated instance remains visible")
        world().clock.after(visible, "instance.vanishes", (account, region, instance_id))


@handles("instance.vanishes")
def _vanishes(account: str, region: str, instance_id: str) -> None:
    from moto.ec2.models import ec2_backends

    reservations = ec2_backends[account][region].reservations
    for reservation in list(reservations.values()):
        reservation.instances = [each for each in reservation.instances if each.id != instance_id]
        if not reservation.instances:
            del reservations[reservation.id]


def _checks(instance: Any) -> dict[str, Any]:
    if instance.state_code != _CODES["running"]:
        return {"Status": "not-applicable"}
    since = getattr(instance, "_aws14_running_since", 0.0)
    passed = world().clock.now() - since >= typical_s("EC2 instance running to status checks passed")
    status, check = ("ok", "passed") if passed else ("initializing", "initializing")
    return {"Details": [{"Name": "reachability", "Status": check}], "Status": status}
