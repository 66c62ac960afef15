"""In which zones and with which security groups a new DB instance stands, and what of it moto makes up."""

from __future__ import annotations

from typing import Any

from aws14.emulator.databases.image import Image
from aws14.emulator.databases.interfaces import subnets_of, vpc_of
from aws14.emulator.databases.records import Life, life_of

__all__ = ["begin", "other_zone", "settle"]


def settle(instance: Any) -> None:
    """Give a new DB instance its own life, zones, security groups and resource id."""
    vars(instance)["_aws14"] = Life(image=begin(instance.db_name))
    instance.dbi_resource_id = _resource_id()
    zones = [each.availability_zone for each in subnets_of(instance)]
    if zones and instance.availability_zone not in zones:
        instance.availability_zone = sorted(zones)[0]
    life_of(instance).secondary_zone = other_zone(instance) if instance.multi_az else ""
    vpc = vpc_of(instance)
    if vpc:
        _regroup(instance, vpc)


def begin(database: str | None) -> Image:
    """The image of a new DB instance, with its first database."""
    from contextlib import closing

    from aws14.emulator.databases.catalogue import SETUP

    image = Image()
    with closing(image.connect()) as connection:
        for each in SETUP:
            connection.execute(each)
        if database:
            connection.execute('INSERT INTO "_schemas" VALUES (?)', (database,))
    image.changed()
    return image


def other_zone(instance: Any) -> str:
    """Where a standby would stand; empty where the subnet group covers one zone alone."""
    zones = {each.availability_zone for each in subnets_of(instance)} - {instance.availability_zone}
    return min(zones, default="")


def _regroup(instance: Any, vpc: str) -> None:
    """The default group of its own VPC, where moto took that of the default VPC."""
    from moto.ec2.models import ec2_backends

    ec2 = ec2_backends[instance.account_id][instance.region]
    kept = [each for each in instance.vpc_security_group_ids if _vpc_of_group(ec2, each) == vpc]
    default = ec2.get_default_security_group(vpc)
    instance.vpc_security_group_ids = kept or ([default.id] if default is not None else [])


def _vpc_of_group(ec2: Any, group_id: str) -> str:
    group = ec2.get_security_group_from_id(group_id)
    return str(group.vpc_id) if group is not None else ""


def _resource_id() -> str:
    from moto.moto_api._internal import mock_random

    return f"db-{mock_random.get_random_string(length=26, include_digits=True).upper()}"
