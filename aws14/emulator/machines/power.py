"""Power on, boot, user data, ready; power off. The steps are events of the clock.

The world lock is held by whoever calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.machines import console, shares, sharing, units, volumes
from aws14.emulator.machines.first_start import initialise
from aws14.emulator.machines.images import authorize
from aws14.emulator.machines.instances import find_instance, user_data_of
from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.registry import forget, keep, of
from aws14.emulator.machines.shell.errors import RefusedError, SuspendedError, UnsupportedError
from aws14.emulator.machines.way import network
from aws14.emulator.world import world

__all__ = ["forms_of", "off", "on", "reboot", "remove"]


@dataclass
class _Job:
    """User data on its way: the machine as it was when it began, and what it was answered."""

    before: Machine
    data: bytes
    began: float
    answers: list[Any] = field(default_factory=list)


def _jobs() -> dict[str, _Job]:
    jobs: dict[str, _Job] = world().state.setdefault("user_data", {})
    return jobs


def on(instance: Any) -> None:
    """Start the machine of an instance that has begun to run.

    Parameters
    ----------
    instance : moto.ec2.models.instances.Instance
        Whose key and user data count at its first start.
    """
    machine = of(instance.id)
    if machine.starts is not None:
        return
    now = world().clock.now()
    machine.starts, machine.boots, machine.console = now, machine.boots + 1, []
    console.begins(machine, now)
    if machine.boots == 1:
        pair = instance.ec2_backend.key_pairs.get(instance.key_name)
        if pair is not None:
            authorize(machine, pair.public_key)
    after = typical_s("EC2 instance running to user data begins")
    world().clock.after(after, "machine.is_up", (instance.id, machine.boots))


def off(instance_id: str, *, moves: bool = True) -> None:
    """Take the power away: what runs ends, files stay, but for instance store where the instance moves.

    Parameters
    ----------
    instance_id : str
        Whose.
    moves : bool, optional
        Whether it will start on other hardware, if at all; a reboot does not.
    """
    machine = of(instance_id)
    shares.unmount_all(machine)
    volumes.unmount_all(machine)
    if moves:
        volumes.lose_stores(machine)
    now = world().clock.now()
    for service in machine.services.values():
        units.stop(service, now)
    machine.processes.clear()
    machine.starts, machine.ready = None, False
    _jobs().pop(instance_id, None)


def reboot(instance: Any) -> None:
    """Restart the machine: what was started by hand is gone, enabled services come back."""
    off(instance.id, moves=False)
    on(instance)


def remove(instance_id: str) -> None:
    """Forget the machine of an instance that is gone."""
    forget(instance_id)
    _jobs().pop(instance_id, None)


def forms_of(instance_id: str) -> Iterator[Machine]:
    """The machine of an instance, and while its user data runs the one that it begins with again and again."""
    yield of(instance_id)
    job = _jobs().get(instance_id)
    if job is not None:
        yield job.before


def _current(instance_id: str, boots: int) -> Machine | None:
    """The machine, unless it was stopped or started again meanwhile."""
    try:
        machine = of(instance_id)
    except KeyError:
        return None
    return machine if machine.boots == boots and machine.starts is not None else None


@handles("machine.is_up")
def _is_up(instance_id: str, boots: int) -> None:
    machine = _current(instance_id, boots)
    if machine is None:
        return
    now = world().clock.now()
    volumes.mount_listed(machine)
    _mount_shares(instance_id, boots, True)
    _start_enabled(machine, now)
    if machine.initialised:
        console.ends(machine, now)
        machine.ready = True
        return
    data = user_data_of(find_instance(instance_id))
    _jobs()[instance_id] = _Job(deepcopy(machine), data, now)
    _go_on(instance_id, boots)


@handles("machine.mounts_again")
def _mount_shares(instance_id: str, boots: int, again: bool) -> None:
    """Mount what file servers have; what is silent is tried once more, as the network may not be up yet."""
    machine = _current(instance_id, boots)
    if machine is not None and not sharing.mount_listed(machine) and again:
        after = typical_s("TCP connection attempt given up")
        world().clock.after(after, "machine.mounts_again", (instance_id, boots, False))


def _start_enabled(machine: Machine, now: float) -> None:
    for service in machine.services.values():
        if service.enabled:
            try:
                units.start(machine, service, now)
            except (RefusedError, UnsupportedError) as problem:
                machine.say(now, f"Failed to start {service.description}: {problem}")


@handles("machine.goes_on")
def _go_on(instance_id: str, boots: int) -> None:
    """Run user data from its begin, as far as AWS time and its questions allow."""
    job = _jobs().get(instance_id)
    if job is None or _current(instance_id, boots) is None:
        return
    clock, machine = world().clock, deepcopy(job.before)
    outside = Outside(instance_id, network(), job.began, answers=job.answers, until=clock.now())
    try:
        initialise(machine, job.data, outside)
    except SuspendedError as suspended:
        clock.at(suspended.until, "machine.goes_on", (instance_id, boots))
    else:
        del _jobs()[instance_id]
        shares.publish(machine, outside.now)
        clock.at(outside.now, "machine.is_ready", (instance_id, boots))
    keep(machine)


@handles("machine.is_ready")
def _is_ready(instance_id: str, boots: int) -> None:
    machine = _current(instance_id, boots)
    if machine is not None:
        machine.ready = True
