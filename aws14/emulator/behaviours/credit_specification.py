"""The credit option of burstable instances: standard or unlimited.

What AWS does
    A burstable instance is launched with the credit option that the call names, else with that of its family: T2
    standard, T3, T3a and T4g unlimited. It can be changed while the instance runs or is stopped, and stays when the
    type changes. Asked for by id, an instance that is not burstable says "standard".
What moto leaves out
    The option of a launch; every instance says "standard"; it cannot be changed.
What this adds
    All of that, with AWS's refusals for types without credits.
What it still does not do
    Defaults of the account (ModifyDefaultCreditSpecification), host tenancy, options in launch templates. The credits
    themselves are counted by the simulation, not here: CPUCreditBalance is not a metric of the embedded AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.credits import credit_option, is_burstable, not_supported

__all__ = ["install"]


def install() -> None:
    """Take hold of launches, of changes of type, and of moto's own description; add the change."""
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.responses import EC2Response
    from moto.ec2.responses.instances import InstanceResponse

    from aws14.emulator.credit_api import Credits

    around(InstanceResponse, "run_instances", _run)
    around(InstanceBackend, "modify_instance_attribute", _keeps_its_option)
    name = "describe_instance_credit_specifications"
    replace(InstanceResponse, name, vars(Credits)[name])
    if Credits not in EC2Response.__bases__:
        EC2Response.__bases__ = (*EC2Response.__bases__, Credits)


def _run(original: Callable[[Any], Any], response: Any) -> Any:
    from moto.ec2.exceptions import EC2ClientError

    from aws14.emulator.credit_api import check_cpu_credits

    wanted = response._get_param("CreditSpecification.CpuCredits")  # noqa: SLF001 - moto's way to a parameter
    if wanted is not None:
        check_cpu_credits(wanted)
        instance_type = response._get_param("InstanceType", "m1.small")  # noqa: SLF001 - the same
        if not is_burstable(instance_type):
            raise EC2ClientError(*not_supported(instance_type))
    result = original(response)
    for instance in result.result.instances:
        if wanted is not None:
            instance._aws14_cpu_credits = wanted  # noqa: SLF001 - ours, kept with the instance
    return result


def _keeps_its_option(original: Callable[..., Any], backend: Any, instance_id: str, *change: Any) -> Any:
    instance = backend.get_instance(instance_id)
    if change[0] == "instance_type" and is_burstable(instance.instance_type):
        instance._aws14_cpu_credits = credit_option(instance)  # noqa: SLF001 - ours, kept with the instance
    return original(backend, instance_id, *change)
