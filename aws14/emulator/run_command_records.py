"""Commands of Run Command as moto keeps them: begun on a machine, finished with what it wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aws14.catalog import quota
from aws14.emulator.machines import Session, network, of
from aws14.emulator.machines.instances import find_instance
from aws14.emulator.machines.metadata import role_of
from aws14.emulator.world import world

__all__ = ["begin", "finish", "invocation", "is_managed"]

Record = dict[str, Any]


def is_managed(instance_id: str) -> bool:
    """Whether the agent of an instance has reached Systems Manager: a role, power, a way there.

    Parameters
    ----------
    instance_id : str
        Of any instance; one that does not exist is not managed.
    """
    try:
        instance = find_instance(instance_id)
    except KeyError:
        return False
    if instance.state != "running" or role_of(instance) is None or not of(instance_id).ready:
        return False
    machine = of(instance_id)
    if machine.image == "other" or not machine.runs("amazon-ssm-agent"):
        return False
    return network().has_internet(instance_id) or _has_endpoint(instance)


def _has_endpoint(instance: Any) -> bool:
    endpoints = instance.ec2_backend.vpc_end_points.values()
    return any(
        one.vpc_id == instance.vpc_id and one.service_name.endswith(".ssm") and one.state.lower() == "available"
        for one in endpoints
    )


def invocation(account: str, region: str, command_id: str, instance_id: str) -> tuple[Any, Record] | None:
    """Return a command and its invocation on one instance; None where they are gone."""
    from moto.ssm.models import ssm_backends

    commands = ssm_backends[account][region]._commands  # noqa: SLF001 - moto keeps them here
    command = next((one for one in commands if one.command_id == command_id), None)
    if command is None:
        return None
    found = next((one for one in command.invocations if one["InstanceId"] == instance_id), None)
    return None if found is None else (command, found)


def _results() -> dict[tuple[str, str], tuple[int, str, str, float]]:
    """What scripts came to whose time has not passed yet: status, output, errors, begin."""
    kept: dict[tuple[str, str], tuple[int, str, str, float]] = world().state.setdefault("run_command", {})
    return kept


def begin(command: Any, found: Record) -> float:
    """Run the script of a command on one machine; return how long that takes, in seconds of AWS time."""
    now = world().clock.now()
    command.status = command.status_details = "InProgress"
    found |= {"Status": "InProgress", "StatusDetails": "InProgress", "ExecutionStartDateTime": _stamp(now)}
    if not is_managed(found["InstanceId"]):
        _results()[command.command_id, found["InstanceId"]] = (1, "", "Undeliverable", now)
        return 0.0
    given = command.parameters
    folder = (given.get("workingDirectory") or [""])[0] or "/var/lib/amazon/ssm"
    machine = of(found["InstanceId"])
    machine.disk.make_folders("/var/lib/amazon/ssm")
    ended = Session(machine, "root", now, folder).run("\n".join(given["commands"]), now)
    _results()[command.command_id, machine.instance_id] = (ended.status, ended.output, ended.errors, now)
    return ended.took_s


def finish(command: Any, found: Record) -> None:
    """Tell what came of it, once its time has passed."""
    status, output, errors, began = _results().pop((command.command_id, found["InstanceId"]))
    now = world().clock.now()
    said = "Success" if status == 0 else "Failed"
    found |= {"Status": said, "StatusDetails": said, "ResponseCode": status, "ExecutionEndDateTime": _stamp(now)}
    found["ExecutionElapsedTime"] = f"PT{now - began:.3f}S"
    found["StandardOutputContent"] = output[: int(quota("SSM", "command output shown").value)]
    failed = f"failed to run commands: exit status {status}" if status else ""
    shown = errors + ("\n" if errors and failed and not errors.endswith("\n") else "") + failed
    found["StandardErrorContent"] = shown[: int(quota("SSM", "command error output shown").value)]
    _count(command)


def _count(command: Any) -> None:
    done = [one for one in command.invocations if one["Status"] in ("Success", "Failed")]
    command.completed_count = len(done)
    command.error_count = sum(1 for one in done if one["Status"] == "Failed")
    if len(done) == len(command.invocations):
        command.status = command.status_details = "Failed" if command.error_count else "Success"


def _stamp(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
