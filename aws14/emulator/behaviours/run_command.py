"""Systems Manager Run Command: scripts on instances without opening a port.

What AWS does
    The agent on an instance asks Systems Manager for work, so no port has to be open. It needs a role, by an instance
    profile, and a way to the service. ``send_command`` gives a script to instances named by id or tag; each invocation
    goes from Pending over InProgress to Success or Failed, with what the script wrote.
What moto leaves out
    Every command is Success at once, on any instance id, with nothing written; the lists of managed instances and of
    invocations are missing.
What this adds
    AWS-RunShellScript runs on the machine, as root, with the same interpreter as user data; status, exit code, standard
    output and error are real and shortened as AWS shortens them; AWS time passes by what the script does. Managed are
    instances with a role that are up and reach the Internet (or an interface endpoint of ssm);
    ``describe_instance_information`` lists them; others are refused. ``list_command_invocations``.
What it still does not do
    The policy of the role is not looked at. Other documents are refused. What a script changes is changed when it
    begins, though it is InProgress for as long as it takes; it is not cut off by its time-out. Output to S3, rate
    control, cancelling, State Manager. A Session Manager session cannot be opened: ``start_session`` is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.run_command_records import begin, finish, invocation, is_managed
from aws14.emulator.world import world

__all__ = ["install"]

DOCUMENT = "AWS-RunShellScript"


def install() -> None:
    """Take hold of commands, and give moto's SSM the two missing lists."""
    from moto.ssm.models import Command, SimpleSystemManagerBackend
    from moto.ssm.responses import SimpleSystemManagerResponse

    from aws14.emulator.run_command_api import RunCommand

    around(Command, "_get_instance_ids_from_targets", _by_targets)
    around(SimpleSystemManagerBackend, "send_command", _send)
    if RunCommand not in SimpleSystemManagerResponse.__bases__:
        SimpleSystemManagerResponse.__bases__ = (RunCommand, *SimpleSystemManagerResponse.__bases__)


def _by_targets(original: Callable[[Any], list[str]], command: Any) -> list[str]:
    """Targets by ``InstanceIds`` are named, not searched; a tag finds managed instances alone."""
    named = [each for target in command.targets if target["Key"] == "InstanceIds" for each in target["Values"]]
    tags = [target for target in command.targets if target["Key"] != "InstanceIds"]
    if not tags:
        return named
    every, command.targets = command.targets, tags
    try:
        return named + [each for each in original(command) if is_managed(each)]
    finally:
        command.targets = every


def _send(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.core.exceptions import JsonRESTError

    if kwargs["document_name"] != DOCUMENT:
        text = f"{kwargs['document_name']} is not run by the embedded AWS, only {DOCUMENT}: docs/fidelity.md."
        raise JsonRESTError("InvalidDocument", text)
    if not kwargs["parameters"].get("commands"):
        raise JsonRESTError("InvalidParameters", "The parameter commands is required.")
    strangers = sorted(each for each in kwargs["instance_ids"] if not is_managed(each))
    if strangers:
        text = f"Instances [[{', '.join(strangers)}]] not in a valid state for account {backend.account_id}"
        raise JsonRESTError("InvalidInstanceId", text)
    command = original(backend, *args, **kwargs)
    command.status = command.status_details = "Pending"
    command.completed_count = 0
    command.target_count = len(command.instance_ids)
    place = (backend.account_id, backend.region_name, command.command_id)
    for each in command.invocations:
        each |= {"Status": "Pending", "StatusDetails": "Pending", "ResponseCode": -1}
        each |= {"ExecutionStartDateTime": "", "ExecutionElapsedTime": "", "ExecutionEndDateTime": ""}
        reaches = typical_s("SSM command reaches the agent")
        world().clock.after(reaches, "run_command.begins", (*place, each["InstanceId"]))
    return command


@handles("run_command.begins")
def _begins(account: str, region: str, command_id: str, instance_id: str) -> None:
    found = invocation(account, region, command_id, instance_id)
    if found is not None:
        took = begin(*found)
        world().clock.after(took, "run_command.ends", (account, region, command_id, instance_id))


@handles("run_command.ends")
def _ends(account: str, region: str, command_id: str, instance_id: str) -> None:
    found = invocation(account, region, command_id, instance_id)
    if found is not None:
        finish(*found)
