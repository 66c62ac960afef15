"""A function may do what the policies of its role allow, and nothing else.

What AWS does
    A function calls AWS with the credentials of a session of its role. Each request is held to the role's identity
    policies: a Deny goes before an Allow, and what no policy allows is refused, with a sentence that names the session,
    the action and the resource. Without permission to write logs there are no logs. A mapping of a queue or a stream is
    made only for a role that may read it.
What moto leaves out
    No policy counts, unless it is told to count for everybody.
What this adds
    Inline policies and attached ones, AWS's and the account's own, with wildcards, resources, and conditions on
    ``aws:`` keys of the request; the refusals of each service. What is attached counts from the next request on. The
    learner's own calls are an administrator's: no policy holds them back.
What it still does not do
    Sessions that the learner makes, instances and pods are not held to policies, nor are the roles of Step Functions,
    EventBridge and other services. No permissions boundaries, session policies, policy variables or service control
    policies; resource policies give a function nothing that its role has not. Conditions on keys of single services, as
    dynamodb:LeadingKeys, let nobody in. A copy in S3 is not asked whether it may read; a role without s3:ListBucket is
    told that an object is not there. For services other than DynamoDB, S3, SQS, SNS, Lambda, CloudWatch Logs,
    EventBridge, Step Functions, Systems Manager, Secrets Manager and KMS the action counts, not the resource.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.behaviours.hooks import before
from aws14.emulator.permissions import may

__all__ = ["install"]

_QUEUE = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
_STREAM = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")


def install() -> None:
    """Ask the role where moto makes mappings; requests are asked in `aws14.emulator.api`."""
    from moto.awslambda.models import LambdaBackend

    before(LambdaBackend, "create_event_source_mapping", _role_may_read)


def _role_may_read(backend: Any, spec: dict[str, Any]) -> None:
    arn = str(spec.get("EventSourceArn") or "")
    service = arn.split(":")[2] if arn else ""
    role = str(backend.get_function(spec["FunctionName"]).role)
    if service == "sqs":
        for action in _QUEUE:
            if not may(role, f"sqs:{action}", arn, backend.region_name):
                _refuse(f"The provided execution role does not have permissions to call {action} on SQS")
    elif service in {"dynamodb", "kinesis"}:
        actions = _STREAM if service == "dynamodb" else _STREAM[:3]
        if not all(may(role, f"{service}:{each}", _of(arn, each), backend.region_name) for each in actions):
            told = "GetRecords, GetShardIterator, DescribeStream, and ListStreams"
            _refuse(
                f"Cannot access stream {arn}. Please ensure the role can perform the {told} Actions on your stream in "
                "IAM."
            )


def _of(arn: str, action: str) -> str:
    """What an action is for: streams are listed for a table, or for all."""
    return "" if action == "ListStreams" else arn


def _refuse(text: str) -> None:
    from moto.awslambda.exceptions import LambdaClientError

    raise LambdaClientError("InvalidParameterValueException", text)
