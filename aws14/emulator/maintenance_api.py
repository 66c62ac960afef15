"""ModifyInstanceMaintenanceOptions, as moto writes its own operations. Importing this imports moto."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses._base_response import EC2BaseResponse

__all__ = ["Maintenance", "check_auto_recovery"]

_CHOICES = ("default", "disabled")


class Maintenance(EC2BaseResponse):
    """The operation on an instance's maintenance options."""

    def modify_instance_maintenance_options(self) -> ActionResult:
        """Choose whether simplified automatic recovery acts for an instance."""
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        wanted = self._get_param("AutoRecovery")
        check_auto_recovery(wanted)
        self.error_on_dryrun()
        if wanted:
            instance._aws14_auto_recovery = wanted  # noqa: SLF001 - ours, kept with the instance
        return ActionResult({"InstanceId": instance.id, **instance.maintenance_options})


def check_auto_recovery(wanted: str | None) -> None:
    """Refuse what AutoRecovery cannot be; None is not said at all."""
    if wanted is not None and wanted not in _CHOICES:
        text = f"Invalid value '{wanted}' for AutoRecovery. Valid values are {', '.join(_CHOICES)}."
        raise EC2ClientError("InvalidParameterValue", text)
