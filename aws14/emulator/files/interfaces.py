"""Network interfaces that AWS keeps in the customer's subnets for EFS, FSx and directories.

Who connects is decided on them as on any other, by routes, network ACLs and security groups.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.failure_records import records

__all__ = ["address_of", "create", "delete", "ec2_of", "known_groups", "of_aws", "regroup", "zone_is_down", "zone_of"]


def ec2_of(account: str, region: str) -> Any:
    """EC2 of an account and region, moto's."""
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def create(ec2: Any, subnet: Any, *, groups: list[str], description: str, requester: str, address: str = "") -> Any:
    """Make an interface.

    Parameters
    ----------
    ec2 : moto.ec2.models.EC2Backend
        Where.
    subnet : moto.ec2.models.subnets.Subnet
        It stands in.
    groups : list of str
        Ids of its security groups; empty for the VPC's default group.
    description, requester : str
        As AWS writes them.
    address : str, optional
        Its private address; one that is free when left out.
    """
    chosen = groups or [ec2.get_default_security_group(subnet.vpc_id).id]
    eni = ec2.create_network_interface(
        subnet,
        address or subnet.get_available_subnet_ip(instance=None),
        group_ids=list(chosen),
        description=description,
    )
    return of_aws(eni, requester)


def of_aws(eni: Any, requester: str) -> Any:
    """Let an interface be one of AWS's own, in use."""
    eni.requester_managed, eni.requester_id, eni.status = True, requester, "in-use"
    return eni


def delete(ec2: Any, eni_id: str) -> None:
    """Take an interface away."""
    eni = ec2.enis.get(eni_id)
    if eni is not None:
        eni.status = "available"  # what is in use is refused to whoever asks
        eni.subnet.del_subnet_ip(eni.private_ip_address)
        ec2.enis.pop(eni_id, None)


def regroup(ec2: Any, eni_id: str, groups: list[str]) -> None:
    """Put other security groups on an interface."""
    eni = ec2.enis.get(eni_id)
    if eni is not None:
        found = [ec2.get_security_group_from_id(each) for each in groups]
        eni._group_set = [each for each in found if each is not None]  # noqa: SLF001 - moto keeps them here


def known_groups(ec2: Any, wanted: list[str]) -> list[str]:
    """Those of the wanted security groups that are not there."""
    return [each for each in wanted if ec2.get_security_group_from_id(each) is None]


def address_of(ec2: Any, eni_id: str) -> str:
    """The private address of an interface; empty for one that is gone."""
    eni = ec2.enis.get(eni_id)
    return str(eni.private_ip_address) if eni is not None else ""


def zone_of(ec2: Any, eni_id: str) -> str:
    """The zone of an interface; empty for one that is gone."""
    eni = ec2.enis.get(eni_id)
    return str(eni.subnet.availability_zone) if eni is not None else ""


def zone_is_down(zone: str) -> bool:
    """Whether a zone has lost its power."""
    return zone in records("zone")
