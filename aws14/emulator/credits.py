"""The credit option of an instance: the one chosen, else the one its family starts with."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["STANDARD", "UNLIMITED", "credit_option", "is_burstable", "not_supported"]

STANDARD, UNLIMITED = "standard", "unlimited"
_BURSTABLE = re.compile(r"t\d[a-z]*\.")
#: RunInstances, CreditSpecification: "Default: standard (T2 instances) or unlimited (T3/T3a/T4g instances)".
_STARTS_STANDARD = "t2."


def is_burstable(instance_type: str) -> bool:
    """Whether a type lives on CPU credits: the T families."""
    return _BURSTABLE.match(instance_type) is not None


def credit_option(instance: Any) -> str:
    """``standard`` or ``unlimited``; an instance that is not burstable says ``standard``, unless it once was.

    Parameters
    ----------
    instance : moto.ec2.models.instances.Instance
        Whose.
    """
    chosen: str | None = vars(instance).get("_aws14_cpu_credits")
    if chosen is not None:
        return chosen
    unlimited = is_burstable(instance.instance_type) and not instance.instance_type.startswith(_STARTS_STANDARD)
    return UNLIMITED if unlimited else STANDARD


def not_supported(instance_type: str) -> tuple[str, str]:
    """Code and message of the refusal for a type without credits."""
    text = f"The {instance_type} instance type does not support CPU credit specifications."
    return "InstanceCreditSpecification.NotSupported", text
