"""The states of a function: pending until it can be invoked, updates that take a moment, both on the clock."""

from __future__ import annotations

from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.functions.targets import functions_of
from aws14.emulator.world import world

__all__ = ["begin_creation", "begin_update", "refuse_unless_active", "refuse_while_updating", "shown"]


def begin_creation(function: Any) -> None:
    """Let a new function be pending."""
    function.state = "Pending"
    thing = "Lambda function in a VPC becomes active" if function._vpc_config else "Lambda function becomes active"  # noqa: SLF001
    world().clock.after(typical_s(thing), "lambda.becomes_active", _name(function))


def begin_update(function: Any) -> None:
    """Let an update take its moment."""
    function.aws14_updating = True
    world().clock.after(typical_s("Lambda function update"), "lambda.is_updated", _name(function))


def refuse_unless_active(function: Any) -> None:
    """Refuse to invoke a function that is not there yet, in Lambda's words."""
    if function.state != "Active":
        _conflict(
            "The operation cannot be performed at this time. "
            f"The function is currently in the following state: {function.state}"
        )


def refuse_while_updating(function: Any) -> None:
    """Refuse to change what is being changed, in Lambda's words."""
    if function.state == "Pending":
        _conflict(
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
        )
    if getattr(function, "aws14_updating", False):
        _conflict(
            "The operation cannot be performed at this time. "
            f"An update is in progress for resource: {function.function_arn}"
        )


def shown(function: Any) -> dict[str, str]:
    """State and last update as the API shows them."""
    told = {"State": function.state, "LastUpdateStatus": "Successful"}
    if function.state == "Pending":
        told |= {"StateReason": "The function is being created.", "StateReasonCode": "Creating"}
        told["LastUpdateStatus"] = "InProgress"
    if getattr(function, "aws14_updating", False):
        told |= {
            "LastUpdateStatus": "InProgress",
            "LastUpdateStatusReason": "The function is being updated.",
            "LastUpdateStatusReasonCode": "Creating",
        }
    return told


@handles("lambda.becomes_active")
def _becomes_active(account: str, region: str, name: str) -> None:
    for function in functions_of(account, region):
        if function.function_name == name:
            function.state = "Active"


@handles("lambda.is_updated")
def _is_updated(account: str, region: str, name: str) -> None:
    for function in functions_of(account, region):
        if function.function_name == name:
            function.aws14_updating = False


def _name(function: Any) -> tuple[str, str, str]:
    return str(function.account_id), str(function.region), str(function.function_name)


def _conflict(message: str) -> None:
    from moto.awslambda.exceptions import LambdaClientError

    error = LambdaClientError("ResourceConflictException", message)
    error.code = 409
    raise error
