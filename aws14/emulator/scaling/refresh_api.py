"""The operations of instance refreshes, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend
from moto.core.responses import ActionResult, BaseResponse

from aws14.emulator.scaling.records import record_of
from aws14.emulator.scaling.refresh import begin, cancel, live_refresh
from aws14.emulator.scaling.refusals import known_group, refuse

__all__ = ["Refreshes"]

_MIN_HEALTHY = 90


class Refreshes(BaseResponse):
    """Start, list, cancel."""

    autoscaling_backend: AutoScalingBackend

    def _group(self) -> Any:
        return known_group(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))

    def start_instance_refresh(self) -> ActionResult:
        """Begin to replace the instances of a group."""
        group, asked = self._group(), self._get_params()
        if live_refresh(group) is not None:
            text = "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh."
            refuse("InstanceRefreshInProgress", text)
        _take_over(group, asked.get("DesiredConfiguration") or {})
        given = asked.get("Preferences") or {}
        default = getattr(group, "default_instance_warmup", None)
        warmups = (given.get("InstanceWarmup"), default, group.health_check_grace_period, 0)
        warmup = int(next(one for one in warmups if one is not None))
        least = int(given.get("MinHealthyPercentage", _MIN_HEALTHY))
        filled = {"SkipMatching": False, **given, "MinHealthyPercentage": least, "InstanceWarmup": warmup}
        made = begin(group, filled, min_healthy=float(least), warmup_s=float(warmup))
        return ActionResult({"InstanceRefreshId": made.instance_refresh_id})

    def describe_instance_refreshes(self) -> ActionResult:
        """List the refreshes of a group, newest first."""
        group, wanted = self._group(), self._get_param("InstanceRefreshIds", [])
        found = [one for one in record_of(group).refreshes if not wanted or one.instance_refresh_id in wanted]
        return ActionResult({"InstanceRefreshes": found})

    def cancel_instance_refresh(self) -> ActionResult:
        """Begin no further batch."""
        group = self._group()
        going = live_refresh(group)
        if going is None:
            refuse(
                "ActiveInstanceRefreshNotFound",
                f"No in progress or pending Instance Refresh found for Auto Scaling group {group.name}",
            )
        cancel(group, going)
        return ActionResult({"InstanceRefreshId": going.instance_refresh_id})


def _take_over(group: Any, wanted: dict[str, Any]) -> None:
    """A refresh may bring the template that it is for."""
    template = wanted.get("LaunchTemplate")
    if template:
        group._set_launch_configuration(None, template, None)  # noqa: SLF001 - moto's way to another template
