"""The two operations on credit specifications, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses._base_response import EC2BaseResponse

from aws14.emulator.credits import UNLIMITED, credit_option, is_burstable, not_supported

__all__ = ["Credits", "check_cpu_credits"]

_OPTIONS = ("standard", UNLIMITED)
_CHANGEABLE = ("pending", "running", "stopping", "stopped")


class Credits(EC2BaseResponse):
    """Which credit option instances have."""

    def describe_instance_credit_specifications(self) -> ActionResult:
        """List the options of the instances asked for; without ids, those of the unlimited ones."""
        self.error_on_dryrun()
        asked = self._get_param("InstanceIds", [])
        filters = self._filters_from_querystring()
        for name in filters:
            if name != "instance-id":
                raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
        found = self.ec2_backend.get_multi_instances_by_id(asked) if asked else self.ec2_backend.all_instances()
        shown = [
            {"InstanceId": one.id, "CpuCredits": credit_option(one)}
            for one in found
            if (asked or credit_option(one) == UNLIMITED) and one.id in filters.get("instance-id", [one.id])
        ]
        return ActionResult({"InstanceCreditSpecifications": shown})

    def modify_instance_credit_specification(self) -> ActionResult:
        """Change the options of instances, each for itself."""
        self.error_on_dryrun()
        wanted = self._get_param("InstanceCreditSpecifications", [])
        for each in wanted:
            check_cpu_credits(each.get("CpuCredits"))
        refused = {each["InstanceId"]: self._problem(each["InstanceId"]) for each in wanted}
        done = []
        for each in wanted:
            if refused[each["InstanceId"]] is None:
                instance = self.ec2_backend.get_instance_by_id(each["InstanceId"])
                instance._aws14_cpu_credits = each["CpuCredits"]  # noqa: SLF001 - ours, kept with the instance
                done.append({"InstanceId": each["InstanceId"]})
        failed = [{"InstanceId": key, "Error": problem} for key, problem in refused.items() if problem is not None]
        return ActionResult(
            {"SuccessfulInstanceCreditSpecifications": done, "UnsuccessfulInstanceCreditSpecifications": failed}
        )

    def _problem(self, instance_id: str) -> dict[str, Any] | None:
        instance = self.ec2_backend.get_instance_by_id(instance_id)
        if instance is None:
            text = f"The instance ID '{instance_id}' does not exist"
            return {"Code": "InvalidInstanceID.NotFound", "Message": text}
        if instance.state not in _CHANGEABLE:
            text = f"The instance '{instance_id}' is {instance.state}."
            return {"Code": "IncorrectInstanceState", "Message": text}
        if not is_burstable(instance.instance_type):
            code, text = not_supported(instance.instance_type)
            return {"Code": code, "Message": text}
        return None


def check_cpu_credits(wanted: str | None) -> None:
    """Refuse what is no credit option."""
    if wanted not in _OPTIONS:
        text = f"Invalid value '{wanted}' for CpuCredits. Valid values are {' and '.join(_OPTIONS)}."
        raise EC2ClientError("InvalidParameterValue", text)
