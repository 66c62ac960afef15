"""All operations of DataSync. Importing this imports moto."""

from __future__ import annotations

from aws14.emulator.moving.location_api import Agents, Locations
from aws14.emulator.moving.task_api import Executions, Tasks

__all__ = ["DataSyncResponse"]


class DataSyncResponse(Agents, Locations, Tasks, Executions):
    """Agents, locations, tasks, executions."""

    def __init__(self) -> None:
        super().__init__(service_name="datasync")
        self.automated_parameter_parsing = True
