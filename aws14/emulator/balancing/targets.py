"""The targets of a group: where they are, in which zone, and whether they are of any use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["address_of", "all_groups", "balancers_of", "group_of", "instance_of", "zone_of"]


def all_groups() -> Iterator[Any]:
    """Moto's target groups, of all regions."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.elbv2.models import elbv2_backends

    for backend in list(elbv2_backends[DEFAULT_ACCOUNT_ID].values()):
        yield from backend.target_groups.values()


def group_of(arn: str) -> Any | None:
    """Moto's target group; None where it is gone."""
    from moto.elbv2.models import elbv2_backends

    region, account = arn.split(":")[3:5]
    return elbv2_backends[account][region].target_groups.get(arn)


def balancers_of(group: Any) -> list[Any]:
    """Moto's application load balancers with a rule that forwards to a group."""
    from moto.elbv2.models import elbv2_backends

    backend = elbv2_backends[group.account_id][group.region_name]
    return [each for each in backend.load_balancers.values() if group.arn in set(_forwarded(backend, each))]


def _forwarded(backend: Any, balancer: Any) -> Iterator[str]:
    for listener in balancer.listeners.values():
        for rule in listener.rules.values():
            for action in rule.actions:
                yield from backend._get_target_group_arns_from(action.data)  # noqa: SLF001 - moto reads them so


def instance_of(group: Any, target_id: str) -> Any | None:
    """Moto's instance behind a target; None for an address, and where it is gone."""
    return group.ec2_backend.get_instance_by_id(target_id) if target_id.startswith("i-") else None


def address_of(group: Any, target_id: str) -> str:
    """The private IPv4 address of a target; empty where it is gone."""
    if not target_id.startswith("i-"):
        return target_id
    instance = instance_of(group, target_id)
    return str(instance.private_ip or "") if instance is not None else ""


def zone_of(group: Any, target_id: str) -> str:
    """The Availability Zone of a target; empty where it has none in this VPC."""
    instance = instance_of(group, target_id)
    if instance is not None:
        return str(instance.availability_zone)
    holders = (eni for eni in group.ec2_backend.enis.values() if eni.private_ip_address == target_id)
    return next((str(eni.subnet.availability_zone) for eni in holders if eni.subnet.vpc_id == group.vpc_id), "")
