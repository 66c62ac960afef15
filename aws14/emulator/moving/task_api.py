"""Operations on tasks and their executions, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.moving import running, scheduling
from aws14.emulator.moving.location_api import tags_of
from aws14.emulator.moving.models import DataSyncBackend, Execution, Task, datasync_backends, new_id, refuse
from aws14.emulator.moving.task_options import options_of
from aws14.emulator.moving.telling import told
from aws14.emulator.world import world

__all__ = ["Executions", "Tasks"]

_SETTINGS = (
    "Name",
    "Options",
    "Excludes",
    "Includes",
    "Schedule",
    "CloudWatchLogGroupArn",
    "ManifestConfig",
    "TaskReportConfig",
    "TaskMode",
)
_ABSENT = ("ManifestConfig", "TaskReportConfig")


class _Asked(BaseResponse):
    params: dict[str, Any]

    @property
    def backend(self) -> DataSyncBackend:
        """What is kept for who asks."""
        return datasync_backends[self.current_account][self.region]

    def _task(self) -> Task:
        found = self.backend.tasks.get(self.params["TaskArn"])
        if found is None:
            refuse(f"Task {self.params['TaskArn']} is not found.")
        return found

    def _settings(self) -> dict[str, Any]:
        """What a call says of a task, checked."""
        said = {name: self.params[name] for name in _SETTINGS if self.params.get(name) is not None}
        for name in _ABSENT:
            if name in said:
                refuse(f"{name} is not part of the embedded AWS.")
        options_of(said.get("Options"))
        scheduling.check((said.get("Schedule") or {}).get("ScheduleExpression") or "")
        return said


class Tasks(_Asked):
    """Tasks."""

    def create_task(self) -> ActionResult:
        """Make a task, and let it start by itself if it has a schedule."""
        source, destination = self.params["SourceLocationArn"], self.params["DestinationLocationArn"]
        for each in (source, destination):
            if each not in self.backend.locations:
                refuse(f"Location {each} is not found.")
        if all(self.backend.locations[each].agents for each in (source, destination)):
            refuse("A task needs a location of AWS storage as its source or its destination.")
        said = self._settings()
        arn = f"arn:aws:datasync:{self.region}:{self.current_account}:task/{new_id('task')}"
        task = Task(arn, source, destination, world().clock.now(), said, tags_of(self.params.get("Tags")))
        self.backend.tasks[arn] = task
        scheduling.arm(task)
        return ActionResult({"TaskArn": arn})

    def describe_task(self) -> ActionResult:
        """Tell a task."""
        task = self._task()
        current = self.backend.executions.get(task.current)
        answer = {
            **task.told,
            "TaskArn": task.arn,
            "Status": running.task_status(self.backend, task),
            "SourceLocationArn": task.source,
            "DestinationLocationArn": task.destination,
            "Options": options_of(task.told.get("Options")),
            "CreationTime": task.created,
            "TaskMode": task.told.get("TaskMode") or "BASIC",
        }
        if current is not None and not current.is_over:
            answer["CurrentTaskExecutionArn"] = current.arn
        return ActionResult(answer)

    def list_tasks(self) -> ActionResult:
        """List tasks."""
        listed = [
            {
                "TaskArn": task.arn,
                "Status": running.task_status(self.backend, task),
                "Name": task.told.get("Name") or "",
                "TaskMode": task.told.get("TaskMode") or "BASIC",
            }
            for task in self.backend.tasks.values()
        ]
        return ActionResult({"Tasks": listed})

    def update_task(self) -> EmptyResult:
        """Change a task; what runs goes on as it began."""
        task, said = self._task(), self._settings()
        options_of(task.told.get("Options"), said.get("Options"))
        said["Options"] = {**(task.told.get("Options") or {}), **(said.get("Options") or {})}
        task.told.update(said)
        if "Schedule" in said:
            scheduling.arm(task)
        return EmptyResult()

    def delete_task(self) -> EmptyResult:
        """Delete a task that does not run, with what is known of its executions."""
        task = self._task()
        if running.task_status(self.backend, task) in ("QUEUED", "RUNNING"):
            refuse(f"Task {task.arn} is in use: cancel its execution first.")
        for arn in [one.arn for one in self.backend.executions.values() if one.task_arn == task.arn]:
            del self.backend.executions[arn]
        del self.backend.tasks[task.arn]
        return EmptyResult()


class Executions(_Asked):
    """Executions of tasks."""

    def start_task_execution(self) -> ActionResult:
        """Start a task."""
        task = self._task()
        status = running.task_status(self.backend, task)
        if status == "UNAVAILABLE":
            refuse(f"Task {task.arn} is unavailable: its agent is offline.")
        if status != "AVAILABLE":
            refuse(f"Task {task.arn} is already running.")
        for name in _ABSENT:
            if self.params.get(name) is not None:
                refuse(f"{name} is not part of the embedded AWS.")
        return ActionResult({"TaskExecutionArn": scheduling.start(self.backend, task, self.params).arn})

    def _execution(self) -> Execution:
        found = self.backend.executions.get(self.params["TaskExecutionArn"])
        if found is None:
            refuse(f"Task execution {self.params['TaskExecutionArn']} is not found.")
        running.settle(self.backend, found)
        return found

    def describe_task_execution(self) -> ActionResult:
        """Tell an execution."""
        found = self._execution()
        mode = self.backend.tasks[found.task_arn].told.get("TaskMode") or "BASIC"
        return ActionResult({**told(found), "TaskMode": mode})

    def list_task_executions(self) -> ActionResult:
        """List executions, of one task or of all."""
        wanted = self.params.get("TaskArn")
        listed = [
            {"TaskExecutionArn": one.arn, "Status": one.status}
            for one in self.backend.executions.values()
            if wanted in (None, one.task_arn)
        ]
        return ActionResult({"TaskExecutions": listed})

    def update_task_execution(self) -> EmptyResult:
        """Change how many bytes a second a running execution may carry."""
        found = self._execution()
        if found.is_over:
            refuse(f"Task execution {found.arn} is over.")
        found.options = options_of(found.options, self.params["Options"])
        running.changed()
        return EmptyResult()

    def cancel_task_execution(self) -> EmptyResult:
        """Cancel an execution."""
        found = self._execution()
        if found.is_over:
            refuse(f"Task execution {found.arn} cannot be cancelled: it is over.")
        running.stop(self.backend, found)
        return EmptyResult()
