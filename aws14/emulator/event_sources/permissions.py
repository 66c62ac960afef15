"""Whether a service of AWS may call a function, send to a queue, publish to a topic: by their own policies."""

from __future__ import annotations

import json
from typing import Any

from aws14.emulator.buckets.policy import Caller, verdict

__all__ = ["may_call", "may_publish", "may_send"]


def may_call(function: str, service: str, source: str) -> bool:
    """Whether a function's own policy lets a service call it.

    Parameters
    ----------
    function : str
        ARN, with version or alias where one is meant.
    service : str
        ``events.amazonaws.com``.
    source : str
        ARN of what the service calls for.
    """
    found = _function(function)
    if found is None:
        return False
    policy = json.dumps({"Version": "2012-10-17", "Statement": found.policy.statements})
    return _says(policy, service, source, action="lambda:InvokeFunction", resource=function)


def may_send(queue: Any, service: str, source: str) -> bool:
    """Whether a queue's own policy lets a service send to it; `queue` is moto's."""
    return _says(queue.policy, service, source, action="sqs:SendMessage", resource=queue.queue_arn)


def may_publish(topic: Any, service: str, source: str) -> bool:
    """Whether a topic's own policy lets a service publish to it; `topic` is moto's."""
    # A topic lets its own account publish from the start (SNS developer guide, "Example cases"): moto spells that so.
    policy = topic.policy
    return _says(policy, service, source, action="sns:Publish", resource=topic.arn)


def _function(arn: str) -> Any | None:
    from moto.awslambda.exceptions import UnknownFunctionException
    from moto.awslambda.models import lambda_backends

    region, account = arn.split(":")[3:5]
    try:
        return lambda_backends[account][region].get_function(arn)
    except UnknownFunctionException:
        return None


def _says(policy: str | None, service: str, source: str, *, action: str, resource: str) -> bool:
    facts = {"aws:sourcearn": source, "aws:sourceaccount": resource.split(":")[4]}
    caller = Caller(kind="service", service=service, facts=facts)
    return verdict(policy, caller, action, resource) == "allow"
