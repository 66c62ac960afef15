"""Two operations of Systems Manager that moto lacks, as moto writes its own.

Importing this imports moto.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.models import ec2_backends

from aws14.emulator.machines import Machine, of
from aws14.emulator.run_command_records import is_managed
from aws14.emulator.world import world

__all__ = ["RunCommand"]

_AGENT = "3.3.3050.0"
_PLATFORMS = {"al2023": ("Amazon Linux", "2023"), "al2": ("Amazon Linux", "2"), "ubuntu": ("Ubuntu", "16.04")}


class RunCommand(BaseResponse):
    """Managed instances, invocations."""

    def describe_instance_information(self) -> ActionResult:
        """List the managed instances."""
        backend = ec2_backends[self.current_account][self.region]
        wanted = self._wanted_ids()
        found = [one for one in backend.all_instances() if is_managed(one.id) and (wanted is None or one.id in wanted)]
        return ActionResult({"InstanceInformationList": [_information(one) for one in found]})

    def _wanted_ids(self) -> set[str] | None:
        filters = {one["Key"]: one["Values"] for one in self._get_param("Filters", [])}
        filters |= {one["key"]: one["valueSet"] for one in self._get_param("InstanceInformationFilterList", [])}
        return set(filters["InstanceIds"]) if "InstanceIds" in filters else None

    def list_command_invocations(self) -> ActionResult:
        """List what commands came to, instance by instance."""
        backend: Any = getattr(self, "ssm_backend")  # noqa: B009 - of the class that inherits this
        command_id, instance_id = self._get_param("CommandId"), self._get_param("InstanceId")
        details = bool(self._get_param("Details"))
        found = [
            _invocation(command, each, details=details)
            for command in backend.list_commands(command_id, None)
            for each in command.invocations
            if instance_id in (None, each["InstanceId"])
        ]
        return ActionResult({"CommandInvocations": found})


def _information(instance: Any) -> dict[str, Any]:
    machine: Machine = of(instance.id)
    name, version = _PLATFORMS[machine.image]
    return {
        "InstanceId": instance.id,
        "PingStatus": "Online",
        "LastPingDateTime": datetime.fromtimestamp(world().clock.now(), UTC),
        "AgentVersion": _AGENT,
        "IsLatestVersion": True,
        "PlatformType": "Linux",
        "PlatformName": name,
        "PlatformVersion": version,
        "ResourceType": "EC2Instance",
        "IPAddress": instance.private_ip,
        "ComputerName": machine.hostname,
        "SourceId": instance.id,
        "SourceType": "AWS::EC2::Instance",
    }


def _invocation(command: Any, each: dict[str, Any], *, details: bool) -> dict[str, Any]:
    plugin = {
        "Name": each["PluginName"],
        "Status": each["Status"],
        "StatusDetails": each["StatusDetails"],
        "ResponseCode": each["ResponseCode"],
        "Output": each["StandardOutputContent"] + each["StandardErrorContent"],
    }
    return {
        "CommandId": command.command_id,
        "InstanceId": each["InstanceId"],
        "Comment": command.comment,
        "DocumentName": command.document_name,
        "RequestedDateTime": command.requested_date_time,
        "Status": each["Status"],
        "StatusDetails": each["StatusDetails"],
        "CommandPlugins": [plugin] if details else [],
    }
