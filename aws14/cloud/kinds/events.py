"""Kinds of tables, queues, topics, rules, schedules, state machines and streams.

Rules, schedules and state machines go before the functions that they call; what functions use goes after them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind
from aws14.cloud.paths import pick
from aws14.cloud.presence import Params, is_missing


def _table_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the table is there, and not being deleted."""
    del params
    return _state(client, "describe_table", "Table.TableStatus", TableName=key) not in ("", "DELETING")


def _machine_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the state machine is there, and not being deleted."""
    del params
    return _state(client, "describe_state_machine", "status", stateMachineArn=key) not in ("", "DELETING")


def _stream_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the stream is there, and not being deleted."""
    del params
    path = "StreamDescriptionSummary.StreamStatus"
    return _state(client, "describe_stream_summary", path, StreamName=key) not in ("", "DELETING")


def _state(client: Any, operation: str, path: str, **which: str) -> str:
    """The state of something; empty when it is not there."""
    try:
        answer = getattr(client, operation)(**which)
    except ClientError as error:
        if is_missing(error):
            return ""
        raise
    return str(next(iter(pick(answer, path)), ""))


def _ttl_stands(client: Any, key: str, params: Params) -> bool:
    """Whether the table's items live as long as the call says."""
    wanted = params.get("TimeToLiveSpecification", {})
    try:
        told = client.describe_time_to_live(TableName=key)["TimeToLiveDescription"]
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    on = told.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    same = not wanted.get("Enabled") or told.get("AttributeName") == wanted.get("AttributeName")
    return on == bool(wanted.get("Enabled", True)) and same


def _delete_table(client: Any, key: str) -> object:
    """Delete a table, also one that is protected against that."""
    if client.describe_table(TableName=key)["Table"].get("DeletionProtectionEnabled"):
        client.update_table(TableName=key, DeletionProtectionEnabled=False)
    return client.delete_table(TableName=key)


def _queue_exists(client: Any, key: str, params: Params) -> bool:
    """Whether there is a queue of this name."""
    del params
    return bool(_state(client, "get_queue_url", "QueueUrl", QueueName=key))


def _delete_queue(client: Any, key: str) -> object:
    return client.delete_queue(QueueUrl=client.get_queue_url(QueueName=key)["QueueUrl"])


def _rule(arn: str) -> dict[str, str]:
    """Arguments that name a rule: its name, and its bus where that is not the default one."""
    bus, slash, name = arn.partition(":rule/")[2].rpartition("/")
    return {"Name": name, "EventBusName": bus} if slash else {"Name": name}


def _rule_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the rule is there."""
    del params
    try:
        client.describe_rule(**_rule(key))
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _delete_rule(client: Any, key: str) -> object:
    """Delete a rule, after its targets."""
    which = _rule(key)
    of = {"Rule": which["Name"], **{name: value for name, value in which.items() if name != "Name"}}
    targets = pick(client.list_targets_by_rule(**of), "Targets[].Id")
    if targets:
        client.remove_targets(**of, Ids=targets)
    return client.delete_rule(**which)


def _schedule(arn: str) -> dict[str, str]:
    """Arguments that name a schedule: its group and its name."""
    group, _, name = arn.partition(":schedule/")[2].partition("/")
    return {"GroupName": group, "Name": name}


def _schedule_exists(client: Any, key: str, params: Params) -> bool:
    """Whether the schedule is there."""
    del params
    try:
        client.get_schedule(**_schedule(key))
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


EVENTS: Mapping[str, Kind] = {
    "schedule": Kind(
        service="scheduler",
        order=9,
        exists=_schedule_exists,
        delete=lambda client, key: client.delete_schedule(**_schedule(key)),
    ),
    "schedule-group": Kind(
        service="scheduler",
        order=10,
        exists=presence.got("get_schedule_group", "Name"),
        delete=deletion.call("delete_schedule_group", "Name"),
    ),
    "rule": Kind(service="events", order=9, exists=_rule_exists, delete=_delete_rule),
    "event-bus": Kind(
        service="events",
        order=10,
        exists=presence.got("describe_event_bus", "Name"),
        delete=deletion.call("delete_event_bus", "Name"),
    ),
    "state-machine": Kind(
        service="stepfunctions",
        order=11,
        exists=_machine_exists,
        delete=deletion.call("delete_state_machine", "stateMachineArn"),
        lingers=lambda client, key, _: bool(_state(client, "describe_state_machine", "status", stateMachineArn=key)),
    ),
    "time-to-live": Kind(service="dynamodb", order=77, exists=_ttl_stands),
    "table": Kind(
        service="dynamodb",
        order=78,
        exists=_table_exists,
        delete=_delete_table,
        waiter=("table_not_exists", "TableName"),
        singly=True,
    ),
    "queue": Kind(service="sqs", order=79, exists=_queue_exists, delete=_delete_queue),
    "stream": Kind(
        service="kinesis",
        order=79,
        exists=_stream_exists,
        delete=deletion.call("delete_stream", "StreamName", EnforceConsumerDeletion=True),
        waiter=("stream_not_exists", "StreamName"),
        singly=True,
    ),
}
"""Kind -> how it is seen and deleted."""
