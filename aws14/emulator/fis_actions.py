"""What the actions of the Fault Injection Service do to the embedded cloud: how each begins, how long, how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.emulator.behaviours.zone_capacity import restore_capacity, withhold_capacity
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import records
from aws14.emulator.fis_targets import INSTANCE, ROLE, instance_of

__all__ = ["ACTIONS", "Action", "ActionError", "Aim", "duration_s"]

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SHORTEST_S, _LONGEST_S = 60, 12 * 3600
_FOR, _START = "duration", "startInstancesAfterDuration"


class ActionError(Exception):
    """An action that could not be carried out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """What an action is aimed at.

    Parameters
    ----------
    account, region : str
        Where.
    arns : tuple of str
        The resources.
    parameters : Mapping
        Of the action.
    """

    account: str
    region: str
    arns: tuple[str, ...]
    parameters: Mapping[str, str]

    @property
    def instances(self) -> list[Any]:
        """The instances that are still there."""
        found = (instance_of(arn, self.account, self.region) for arn in self.arns)
        return [one for one in found if one is not None and one.state not in {"shutting-down", "terminated"}]


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One kind of action.

    Parameters
    ----------
    target : str
        Name of its target: ``Instances``, ``Roles``; empty for none.
    resource : str
        The type of resource that the target must have.
    begin : callable
        Does it.
    lasts : callable
        Seconds until it ends by itself.
    end : callable, optional
        Undoes it: the post action, also of an experiment that is stopped.
    durations : tuple of str
        Parameters that are durations.
    needs : tuple of str
        Parameters that must be given.
    """

    target: str = ""
    resource: str = ""
    begin: Callable[[Aim], None]
    lasts: Callable[[Aim], float]
    end: Callable[[Aim], None] = lambda _: None
    durations: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def duration_s(text: str) -> float:
    """Seconds of an ISO 8601 duration such as ``PT30M``.

    Raises
    ------
    ActionError
        It is not one, or not between one minute and twelve hours.
    """
    match = _DURATION.fullmatch(text)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if not _SHORTEST_S <= total <= _LONGEST_S:
        raise ActionError(f"The duration {text} is not between one minute and twelve hours (PT1M to PT12H).")
    return float(total)


def _backend(aim: Aim) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[aim.account][aim.region]


def _stop(aim: Aim) -> None:
    _backend(aim).stop_instances([one.id for one in aim.instances])


def _stop_lasts(aim: Aim) -> float:
    after = aim.parameters.get(_START)
    return duration_s(after) if after else typical_s("EC2 instance stopping to stopped")


def _start_again(aim: Aim) -> None:
    if _START not in aim.parameters:
        return
    gone = len(aim.arns) - len(aim.instances)
    if gone and aim.parameters.get("completeIfInstancesTerminated") != "true":
        raise ActionError(f"{gone} of the instances were terminated meanwhile.")
    for one in aim.instances:
        if one.availability_zone in records("zone"):
            raise ActionError(f"Insufficient capacity in {one.availability_zone} to start {one.id} again.")
        if one.state == "stopped":
            one.start()  # not by a call: withheld capacity is meant for others than the experiment's own role


def _terminate(aim: Aim) -> None:
    _backend(aim).terminate_instances([one.id for one in aim.instances])


def _reboot(aim: Aim) -> None:
    _backend(aim).reboot_instances([one.id for one in aim.instances])


def _zones(aim: Aim) -> list[str]:
    known = _backend(aim).describe_availability_zones()
    asked = [each.strip() for each in aim.parameters["availabilityZoneIdentifiers"].split(",")]
    found = [zone.name for zone in known if zone.name in asked or zone.zone_id in asked]
    if len(found) < len(asked):
        raise ActionError(f"{aim.parameters['availabilityZoneIdentifiers']} are not all zones of {aim.region}.")
    return found


def _withhold(aim: Aim) -> None:
    for zone in _zones(aim):
        withhold_capacity(zone, percentage=float(aim.parameters.get("percentage", 100)))


def _give_back(aim: Aim) -> None:
    for zone in _zones(aim):
        restore_capacity(zone)


def _as_long_as_said(aim: Aim) -> float:
    return duration_s(aim.parameters[_FOR])


ACTIONS: Mapping[str, Action] = {
    "aws:ec2:stop-instances": Action(
        target="Instances", resource=INSTANCE, begin=_stop, lasts=_stop_lasts, end=_start_again, durations=(_START,)
    ),
    "aws:ec2:terminate-instances": Action(
        target="Instances",
        resource=INSTANCE,
        begin=_terminate,
        lasts=lambda _: typical_s("EC2 instance shutting down to terminated"),
    ),
    "aws:ec2:reboot-instances": Action(
        target="Instances", resource=INSTANCE, begin=_reboot, lasts=lambda _: typical_s("EC2 instance reboot")
    ),
    "aws:ec2:api-insufficient-instance-capacity-error": Action(
        target="Roles",
        resource=ROLE,
        begin=_withhold,
        lasts=_as_long_as_said,
        end=_give_back,
        durations=(_FOR,),
        needs=(_FOR, "availabilityZoneIdentifiers"),
    ),
    "aws:fis:wait": Action(begin=lambda _: None, lasts=_as_long_as_said, durations=(_FOR,), needs=(_FOR,)),
}
