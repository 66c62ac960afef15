"""The network interfaces of DB instances: one a host, in a subnet of its zone, with the instance's security groups.

They belong to RDS (``RequesterManaged``), and who connects is decided on them as on any other. Their description ends
with the identifier, where AWS's is the one word ``RDSNetworkInterface``; their name tag is the identifier, too.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.databases.records import life_of

__all__ = ["place", "regroup", "remove", "subnets_of", "vpc_of"]


def subnets_of(instance: Any) -> list[Any]:
    """The subnets that a DB instance may stand in, moto's: those of its subnet group, else the default VPC's."""
    group = getattr(instance, "db_subnet_group", None)
    if group is not None:
        return list(group._subnets)  # noqa: SLF001 - moto keeps them here
    ec2 = _ec2(instance)
    default = ec2.default_vpc
    zones = ec2.subnets.values()
    return [one for zone in zones for one in zone.values() if default is not None and one.vpc_id == default.id]


def vpc_of(instance: Any) -> str:
    """The VPC that a DB instance stands in; empty for none."""
    subnets = subnets_of(instance)
    return str(subnets[0].vpc_id) if subnets else ""


def place(instance: Any) -> None:
    """Give each host its interface, and take away those of hosts that are no more."""
    life = life_of(instance)
    wanted = {zone for zone in (instance.availability_zone, life.secondary_zone) if zone}
    for zone in set(life.interfaces) - wanted:
        _delete(instance, life.interfaces.pop(zone))
    for zone in sorted(wanted - set(life.interfaces)):
        subnet = next((each for each in subnets_of(instance) if each.availability_zone == zone), None)
        if subnet is not None:
            life.interfaces[zone] = _create(instance, subnet)


def regroup(instance: Any) -> None:
    """Put the security groups of a DB instance on its interfaces, and its identifier."""
    ec2 = _ec2(instance)
    for eni_id in life_of(instance).interfaces.values():
        eni = ec2.enis.get(eni_id)
        if eni is not None:
            groups = [ec2.get_security_group_from_id(each) for each in instance.vpc_security_group_ids]
            eni._group_set = [group for group in groups if group is not None]  # noqa: SLF001 - moto keeps them here
            eni.description = _description(instance)
            eni.add_tags({"Name": instance.db_instance_identifier})


def remove(instance: Any) -> None:
    """Take all of its interfaces away."""
    life = life_of(instance)
    for eni_id in life.interfaces.values():
        _delete(instance, eni_id)
    life.interfaces.clear()


def _create(instance: Any, subnet: Any) -> str:
    ec2 = _ec2(instance)
    address = subnet.get_available_subnet_ip(instance=None)
    eni = ec2.create_network_interface(
        subnet,
        address,
        group_ids=list(instance.vpc_security_group_ids),
        description=_description(instance),
        tags={"Name": instance.db_instance_identifier},
    )
    eni.requester_managed, eni.requester_id, eni.status = True, "amazon-rds", "in-use"
    return str(eni.id)


def _delete(instance: Any, eni_id: str) -> None:
    eni = _ec2(instance).enis.get(eni_id)
    if eni is not None:
        eni.status = "available"  # what is in use is refused to whoever asks
        eni.delete()


def _description(instance: Any) -> str:
    return f"RDSNetworkInterface {instance.db_instance_identifier}"


def _ec2(instance: Any) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[instance.account_id][instance.region]
