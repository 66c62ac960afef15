"""The network interfaces of functions in a VPC: one for each subnet and set of security groups, shared by functions."""

from __future__ import annotations

from typing import Any

from aws14.sim.reachability import INTERNET

__all__ = ["place", "source_of", "sweep"]


def source_of(function: Any) -> str:
    """Where a function is in the network: the Internet, or the id of an interface in the first of its subnets."""
    place(function)
    config = _config(function)
    if not config:
        return INTERNET
    found = (_interface(function, subnet, config[1]) for subnet in config[0])
    return next((str(each.id) for each in found if each is not None), INTERNET)


def place(function: Any) -> None:
    """Give a function an interface in each of its subnets."""
    config = _config(function)
    if not config:
        return
    ec2 = _ec2(function)
    for subnet_id in config[0]:
        if _interface(function, subnet_id, config[1]) is None:
            subnet = ec2.get_subnet(subnet_id)
            eni = ec2.create_network_interface(
                subnet,
                subnet.get_available_subnet_ip(instance=None),
                group_ids=list(config[1]),
                description=f"AWS Lambda VPC ENI-{function.function_name}-{subnet_id}",
                tags={},
            )
            eni.requester_managed, eni.requester_id, eni.status = True, "amazon-lambda", "in-use"
            eni.interface_type = "lambda"


def sweep(account: str, region: str, functions: list[Any]) -> None:
    """Take away the interfaces that no function uses any more."""
    from moto.ec2.models import ec2_backends

    used = {(subnet, config[1]) for each in functions if (config := _config(each)) for subnet in config[0]}
    for eni in list(ec2_backends[account][region].enis.values()):
        if _is_ours(eni) and (eni.subnet.id, _groups(eni)) not in used:
            eni.status = "available"  # what is in use is refused to whoever asks
            eni.delete()


def _config(function: Any) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    config = function._vpc_config or {}  # noqa: SLF001 - moto shows another VPC's id
    subnets = tuple(config.get("SubnetIds") or ())
    return (subnets, tuple(sorted(config.get("SecurityGroupIds") or ()))) if subnets else None


def _interface(function: Any, subnet_id: str, groups: tuple[str, ...]) -> Any:
    enis = _ec2(function).enis.values()
    return next((one for one in enis if _is_ours(one) and one.subnet.id == subnet_id and _groups(one) == groups), None)


def _is_ours(eni: Any) -> bool:
    return str(eni.description or "").startswith("AWS Lambda VPC ENI-")


def _groups(eni: Any) -> tuple[str, ...]:
    return tuple(sorted(group.id for group in eni.group_set))


def _ec2(function: Any) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[function.account_id][function.region]
