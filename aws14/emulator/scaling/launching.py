"""One instance of a group, launched as its template says; and the places where that can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws14.emulator.behaviours.instance_life import begin_life
from aws14.emulator.scaling.activities import begin, placed
from aws14.emulator.scaling.records import Stay, record_of

__all__ = ["Place", "launch", "places", "template_of"]


@dataclass(frozen=True)
class Place:
    """Where an instance can stand: a zone, and the subnet there (empty: the default one)."""

    zone: str
    subnet: str


def places(group: Any) -> list[Place]:
    """The places of a group, one a zone, in its own order."""
    found: dict[str, Place] = {}
    if group.vpc_zone_identifier:
        for subnet_id in group.vpc_zone_identifier.replace(" ", "").split(","):
            zone = str(group.ec2_backend.get_subnet(subnet_id).availability_zone)
            found.setdefault(zone, Place(zone, subnet_id))
    else:
        defaults = group.ec2_backend.get_default_subnets()
        for zone in group.availability_zones:
            found[zone] = Place(zone, defaults[zone].id if zone in defaults else "")
    return list(found.values())


def template_of(group: Any) -> dict[str, str] | None:
    """The launch template that the group launches from now, with the number of its version; None without one."""
    template = group.ec2_launch_template
    if template is None:
        return None
    number = template.get_version(group.launch_template_version).number
    return {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(number)}


def launch(group: Any, place: Place, causes: Sequence[str]) -> Any:
    """Launch one instance; it is pending, and a member.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        For whom.
    place : Place
        Where.
    causes : sequence of str
        Why, for the activity history.

    Returns
    -------
    moto.autoscaling.models.InstanceState
        The new member.

    Raises
    ------
    moto.core.exceptions.ServiceException
        EC2 refused.
    """
    from moto.autoscaling.models import InstanceState

    backend, template = group.ec2_backend, template_of(group)
    there = set(backend.enis)
    reservation = backend.run_instances(group.image_id, 1, group.user_data, [], **_asked(group, place, template))
    instance = reservation.instances[0]
    begin_life(instance, there)
    if template is None:
        _give_profile(group, instance)
    instance.autoscaling_group = group
    protected = group.new_instances_protected_from_scale_in
    member = InstanceState(instance, "Pending", protected_from_scale_in=bool(protected))
    group.instance_states.append(member)
    details = placed(instance.availability_zone, instance.subnet_id or "")
    text = f"Launching a new EC2 instance: {instance.id}"
    activity = begin(group, text, causes, details=details, status="PreInService")
    record_of(group).stays[instance.id] = Stay(template=template, activity=activity)
    return member


def _asked(group: Any, place: Place, template: dict[str, str] | None) -> dict[str, Any]:
    from moto.autoscaling.models import ASG_NAME_TAG

    tags = {**group.get_propagated_tags(), ASG_NAME_TAG: group.name}
    asked: dict[str, Any] = {
        "instance_type": group.instance_type,
        "is_instance_type_default": False,
        "region_name": group.region,
        "placement": place.zone,
        "subnet_id": place.subnet or None,
        "tags": {"instance": {**group.instance_tags, **tags}, "volume": _volume_tags(group)},
        "associate_public_ip": None,
    }
    if template is None:
        return asked | _from_configuration(group, place)
    # By its id alone: moto takes the name where both are given to mean two templates.
    return asked | {"launch_template": {name: template[name] for name in ("LaunchTemplateId", "Version")}}


def _volume_tags(group: Any) -> dict[str, str]:
    """What the template puts on volumes: a group's own tags reach its instances alone."""
    from moto.ec2.utils import convert_tag_spec

    if not group.ec2_launch_template:
        return {}
    version = group.ec2_launch_template.get_version(group.launch_template_version)
    tags: dict[str, str] = convert_tag_spec(version.data.get("TagSpecifications", [])).get("volume", {})
    return tags


def _from_configuration(group: Any, place: Place) -> dict[str, Any]:
    configuration = group.launch_config
    groups = [_group_id(group, name) for name in configuration.security_groups]
    return {
        "launch_config": configuration,
        "key_name": configuration.key_name,
        "associate_public_ip": configuration.associate_public_ip_address or None,
        "monitoring_state": "enabled" if configuration.instance_monitoring_enabled else "disabled",
        "security_group_ids": groups or _default_group(group, place),
    }


def _group_id(group: Any, name: str) -> str:
    return str(group.ec2_backend.get_security_group_by_name_or_id(name).id)


def _default_group(group: Any, place: Place) -> list[str]:
    if not place.subnet:
        return []
    vpc = group.ec2_backend.get_subnet(place.subnet).vpc_id
    found = group.ec2_backend.get_security_group_from_name("default", vpc)
    return [found.id] if found is not None else []


def _give_profile(group: Any, instance: Any) -> None:
    named = group.launch_config.iam_instance_profile
    if named:
        by_arn = str(named).startswith("arn:")
        group.ec2_backend.associate_iam_instance_profile(
            instance_id=instance.id,
            iam_instance_profile_name=None if by_arn else named,
            iam_instance_profile_arn=named if by_arn else None,
        )
