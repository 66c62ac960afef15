"""Which resources an experiment of the Fault Injection Service is aimed at: by ARN, tag and filter, all or some."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["INSTANCE", "ROLE", "SELECTION", "TargetError", "chosen", "instance_of"]

INSTANCE, ROLE = "aws:ec2:instance", "aws:iam:role"
#: ``ALL``, ``COUNT(2)``, ``PERCENT(50)``.
SELECTION = re.compile(r"ALL|COUNT\((\d+)\)|PERCENT\((\d+)\)")

#: What the filters of a target can look at: paths in the shape of DescribeInstances.
_PATHS: Mapping[str, Callable[[Any], Any]] = {
    "InstanceId": lambda instance: instance.id,
    "InstanceType": lambda instance: instance.instance_type,
    "Placement.AvailabilityZone": lambda instance: instance.availability_zone,
    "State.Name": lambda instance: instance.state,
    "SubnetId": lambda instance: instance.subnet_id,
    "VpcId": lambda instance: instance.vpc_id,
}


class TargetError(Exception):
    """A target that leads to nothing, or a filter that looks at what is not there."""


def chosen(target: Mapping[str, Any], account: str, region: str) -> list[str]:
    """The ARNs of a target, chosen among those that fit.

    Parameters
    ----------
    target : Mapping
        As in a template: resourceType, resourceArns or resourceTags, filters, selectionMode.
    account, region : str
        Where the experiment runs.

    Raises
    ------
    TargetError
        An ARN leads to nothing, or a filter has a path that is not known here.
    """
    fitting = target.get("resourceArns") or []
    if target["resourceType"] == INSTANCE:
        fitting = [_arn(one) for one in _instances(target, account, region)]
    mode = SELECTION.fullmatch(target["selectionMode"])
    if mode is None or mode[0] == "ALL":
        return list(fitting)
    count = int(mode[1]) if mode[1] else math.floor(len(fitting) * int(mode[2]) / 100)
    return _some(list(fitting), count)


def instance_of(arn: str, account: str, region: str) -> Any:
    """The instance of an ARN, or None."""
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region].get_instance_by_id(arn.rpartition("/")[2])


def _instances(target: Mapping[str, Any], account: str, region: str) -> list[Any]:
    from moto.ec2.models import ec2_backends

    arns = target.get("resourceArns") or []
    if arns:
        found = [instance_of(arn, account, region) for arn in arns]
        if None in found:
            raise TargetError(f"{arns[found.index(None)]} does not exist")
    else:
        tags = target.get("resourceTags") or {}
        found = [one for one in ec2_backends[account][region].all_instances() if tags.items() <= _tags(one).items()]
    return [one for one in found if one.state != "terminated" and _passes(one, target.get("filters") or [])]


def _passes(instance: Any, filters: list[Mapping[str, Any]]) -> bool:
    for each in filters:
        if each["path"] not in _PATHS:
            raise TargetError(f"the filter path {each['path']} is not in the embedded AWS")
        if _PATHS[each["path"]](instance) not in each["values"]:
            return False
    return True


def _tags(instance: Any) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in instance.get_tags()}


def _arn(instance: Any) -> str:
    owner = instance.ec2_backend
    return f"arn:aws:ec2:{owner.region_name}:{owner.account_id}:instance/{instance.id}"


def _some(arns: list[str], count: int) -> list[str]:
    from moto.moto_api._internal import mock_random

    picked = set(mock_random.sample(arns, min(count, len(arns))))
    return [arn for arn in arns if arn in picked]
