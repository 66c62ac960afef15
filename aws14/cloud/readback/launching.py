"""What an Auto Scaling group launches: its launch template, version resolved, or its launch configuration."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.seen import Resource, required, tags_of
from aws14.errors import ReadbackError

_NO_TEMPLATE = (
    "InvalidLaunchTemplateId.NotFound",
    "InvalidLaunchTemplateName.NotFoundException",
    "InvalidLaunchTemplateId.VersionNotFound",
)
_BORN_STANDARD = re.compile(r"t[12]\.")
"""T2 starts in standard mode, later T families in unlimited mode (EC2 user guide, "Burstable performance")."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What every new instance of a group is.

    Parameters
    ----------
    instance_type, image_id, startup_script : str
        The user data as text.
    cpu_credits : str
        ``standard``, ``unlimited`` or ``none``.
    groups : tuple of str
        Ids of its security groups.
    public : bool or None
        Whether it asks for a public address; None: the subnet decides.
    root_gib : int
        Size of the root volume.
    root_volume_type : str
        Its type.
    detailed_monitoring : bool
        Whether CloudWatch gets metrics each minute.
    tags : Mapping[str, str]
        Tags that the template gives to instances.
    """

    instance_type: str
    image_id: str
    startup_script: str
    cpu_credits: str
    groups: tuple[str, ...]
    public: bool | None
    root_gib: int
    root_volume_type: str
    detailed_monitoring: bool
    tags: Mapping[str, str]


def launch_of(group: Resource, asking: Asking, region: str) -> Launch:
    """What a group launches.

    Raises
    ------
    ReadbackError
        When the group, its template or its image does not say it.
    """
    of = f"Auto Scaling group {group['AutoScalingGroupName']}"
    given, of = _given(group, asking, region, of)
    kind, image = required(given, "InstanceType", of), _image_id(given, asking, region, of)
    card = next(iter(_cards(given)), {})
    root = _root(given, image, asking, region)
    return Launch(
        instance_type=kind,
        image_id=image,
        startup_script=b64decode(given.get("UserData") or "").decode(errors="replace"),
        cpu_credits=_cpu_credits(kind, given),
        groups=_groups(group, given, asking, region),
        public=card.get("AssociatePublicIpAddress", given.get("AssociatePublicIpAddress")),
        root_gib=required(root, "VolumeSize", f"the root volume of {of}"),
        root_volume_type=required(root, "VolumeType", f"the root volume of {of}"),
        detailed_monitoring=_detailed(given),
        tags={
            key: value
            for one in given.get("TagSpecifications", ())
            if one["ResourceType"] == "instance"
            for key, value in tags_of(one).items()
        },
    )


def _given(group: Resource, asking: Asking, region: str, of: str) -> tuple[Resource, str]:
    """The data of the template's version, or the launch configuration, and what to call it."""
    mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    template = group.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    if template:
        data = _version(template, asking, region)
        types = [one["InstanceType"] for one in mixed.get("Overrides", ()) if one.get("InstanceType")]
        found = {**data, "InstanceType": types[0]} if types else data
        return found, f"launch template {template.get('LaunchTemplateName') or template['LaunchTemplateId']}"
    name = group.get("LaunchConfigurationName")
    if not name:
        raise ReadbackError(
            f"{of} has neither a launch template nor a launch configuration",
            cure="give it a launch template with autoscaling.update_auto_scaling_group",
        )
    operation, key = "describe_launch_configurations", "LaunchConfigurations"
    found = asking.listed("autoscaling", region, operation, key, LaunchConfigurationNames=[name])[0]
    return found, f"launch configuration {name}"


def _version(template: Resource, asking: Asking, region: str) -> Resource:
    named = {key: template[key] for key in ("LaunchTemplateId", "LaunchTemplateName") if template.get(key)}
    # AWS takes one of the two, not both.
    wanted = dict(list(named.items())[:1]) | {"Versions": [template.get("Version") or "$Default"]}
    found = unless(
        _NO_TEMPLATE,
        lambda: asking.listed("ec2", region, "describe_launch_template_versions", "LaunchTemplateVersions", **wanted),
    )
    if not found:
        raise ReadbackError(
            f"there is no version {wanted['Versions'][0]} of the launch template {next(iter(named.values()))}",
            cure="give the group another with autoscaling.update_auto_scaling_group, or delete the group",
        )
    data: Resource = found[0]["LaunchTemplateData"]
    return data


def _image_id(given: Resource, asking: Asking, region: str, of: str) -> str:
    image = str(required(given, "ImageId", of))
    if not image.startswith("resolve:ssm:"):
        return image
    parameter = asking.client("ssm", region).get_parameter(Name=image.removeprefix("resolve:ssm:"))
    return str(parameter["Parameter"]["Value"])


def _cpu_credits(kind: str, given: Resource) -> str:
    if not ec2.BURSTABLE.match(kind):
        return "none"
    born = "standard" if _BORN_STANDARD.match(kind) else "unlimited"
    return str(given.get("CreditSpecification", {}).get("CpuCredits") or born)


def _groups(group: Resource, given: Resource, asking: Asking, region: str) -> tuple[str, ...]:
    """Ids of the groups that the template names by id or name, else the default group of the VPC."""
    ids = [*given.get("SecurityGroupIds", ()), *(key for card in _cards(given) for key in card.get("Groups", ()))]
    named = {*given.get("SecurityGroups", ())}
    subnets = group.get("VPCZoneIdentifier", "").split(",")
    places = asking.listed("ec2", region, "describe_subnets", "Subnets")
    vpcs = {place["VpcId"] for place in places if place["SubnetId"] in subnets}
    if not ids and not named:
        named = {"default"}
    there = asking.listed("ec2", region, "describe_security_groups", "SecurityGroups")
    ids += [one["GroupId"] for one in there if one["VpcId"] in vpcs and named & {one["GroupId"], one["GroupName"]}]
    return tuple(dict.fromkeys(ids))


def _root(given: Resource, image_id: str, asking: Asking, region: str) -> Resource:
    """The root volume: what the image says, with what the template changes of it."""
    found = asking.listed("ec2", region, "describe_images", "Images", ImageIds=[image_id])
    image = found[0] if found else {}
    device = image.get("RootDeviceName", "")
    own = _disk(image, device) or next((disk["Ebs"] for disk in _disks(image)), {})
    return {**own, **{key: value for key, value in _disk(given, device).items() if value is not None}}


def _cards(given: Resource) -> tuple[Resource, ...]:
    return tuple(given.get("NetworkInterfaces", ()))


def _disks(given: Resource) -> list[Resource]:
    return [mapping for mapping in given.get("BlockDeviceMappings", ()) if "Ebs" in mapping]


def _disk(given: Resource, device: str) -> Resource:
    return next((disk["Ebs"] for disk in _disks(given) if disk["DeviceName"] == device), {})


def _detailed(given: Resource) -> bool:
    if "InstanceMonitoring" in given:  # a launch configuration, where detailed is what AWS gives unasked
        return bool(given["InstanceMonitoring"].get("Enabled", True))
    return bool(given.get("Monitoring", {}).get("Enabled", False))
