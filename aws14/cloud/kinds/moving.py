"""Kinds of DataSync: tasks, the locations they need, the agents those need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind

_GOES_ON = ("QUEUED", "LAUNCHING", "PREPARING", "TRANSFERRING", "VERIFYING")


def _listed(operation: str, things: str, arn: str) -> presence.Exists:
    """By the list: DataSync answers for what is not there as for any other wrong request."""

    def exists(client: Any, key: str, params: presence.Params) -> bool:
        del params
        pages = client.get_paginator(operation).paginate()
        return any(one[arn] == key for page in pages for one in page[things])

    return exists


def _delete_task(client: Any, key: str) -> object:
    """Cancel what still runs, then delete."""
    for page in client.get_paginator("list_task_executions").paginate(TaskArn=key):
        for one in page["TaskExecutions"]:
            if one["Status"] in _GOES_ON:
                client.cancel_task_execution(TaskExecutionArn=one["TaskExecutionArn"])
    return client.delete_task(TaskArn=key)


MOVING: Mapping[str, Kind] = {
    "datasync-task": Kind(
        service="datasync", order=11, exists=_listed("list_tasks", "Tasks", "TaskArn"), delete=_delete_task
    ),
    "datasync-location": Kind(
        service="datasync",
        order=12,
        exists=_listed("list_locations", "Locations", "LocationArn"),
        delete=deletion.call("delete_location", "LocationArn"),
    ),
    "datasync-agent": Kind(
        service="datasync",
        order=13,
        exists=_listed("list_agents", "Agents", "AgentArn"),
        delete=deletion.call("delete_agent", "AgentArn"),
    ),
}
"""Kind -> how it is seen and deleted."""
