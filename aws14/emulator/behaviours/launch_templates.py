"""Launch templates: what an instance takes from one, and what a version takes from another.

What AWS does
    A launch from a template takes from it whatever the call does not say: network interfaces with their groups, the
    instance profile, monitoring, metadata options, the credit option. Without any group it gets its VPC's default one.
    A new version with a SourceVersion has everything that the source has and it does not say itself.
What moto leaves out
    All of these: of a template it takes image, type, key pair, user data, volumes, tags and groups. A launch without
    groups has none at all. User data of a later version it keeps in a form that no launch takes.
What this adds
    All of that, for launches by the call and by Auto Scaling groups.
What it still does not do
    Instance requirements, capacity reservations, spot options, licences, placement groups of a template.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around

__all__ = ["install"]


def install() -> None:
    """Take hold of launches, and of new versions."""
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.responses.launch_templates import LaunchTemplates

    around(InstanceBackend, "run_instances", _run)
    around(LaunchTemplates, "create_launch_template_version", _from_source)


def _run(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    named = kwargs.get("launch_template")
    if not named:
        return original(backend, *args, **kwargs)
    data = backend._get_template_from_args(named).data  # noqa: SLF001 - moto's way to a template
    reservation = original(backend, *args, **_filled(backend, kwargs, data, has_groups=bool(args[3])))
    asked_profile = kwargs.get("iam_instance_profile_name") or kwargs.get("iam_instance_profile_arn")
    profile = {} if asked_profile else data.get("IamInstanceProfile") or {}
    credits_wanted = (data.get("CreditSpecification") or {}).get("CpuCredits")
    for instance in reservation.instances:
        if credits_wanted:
            instance._aws14_cpu_credits = credits_wanted  # noqa: SLF001 - ours, kept with the instance
        if profile:
            backend.associate_iam_instance_profile(
                instance_id=instance.id,
                iam_instance_profile_name=profile.get("Name"),
                iam_instance_profile_arn=profile.get("Arn"),
            )
    return reservation


def _filled(backend: Any, asked: dict[str, Any], data: dict[str, Any], *, has_groups: bool) -> dict[str, Any]:
    """The arguments of a launch, with what the template says beyond them."""
    found, nics = dict(asked), asked.get("nics") or [dict(one) for one in data.get("NetworkInterfaces") or ()]
    own = nics and not asked.get("nics")
    _put_in_subnet(backend, found, nics[0] if own else {}, data)
    groups = list(asked.get("security_group_ids") or data.get("SecurityGroupIds") or ())
    if own:
        groups = groups or list(nics[0].pop("Groups", None) or ())
        found["nics"] = [{"DeviceIndex": 0, **nics[0], "SubnetId": found["subnet_id"]}, *nics[1:]]
    has_groups = has_groups or bool(groups or data.get("SecurityGroups") or asked.get("nics"))
    found["security_group_ids"] = groups if has_groups else _default_group(backend, found.get("subnet_id"))
    if (data.get("Monitoring") or {}).get("Enabled"):
        found["monitoring_state"] = "enabled"
    for given, name in (("MetadataOptions", "metadata_options"), ("EbsOptimized", "ebs_optimized")):
        if data.get(given) and not asked.get(name):
            found[name] = data[given]
    return found


def _put_in_subnet(backend: Any, found: dict[str, Any], nic: dict[str, Any], data: dict[str, Any]) -> None:
    """In the subnet of the call, else of the template's interface, else in the default one of the zone."""
    if found.get("subnet_id") or found.get("nics"):
        return
    zone = found.get("placement") or (data.get("Placement") or {}).get("AvailabilityZone")
    defaults = backend.get_default_subnets()
    zone = zone or next(iter(sorted(defaults)), None)
    found["subnet_id"] = nic.get("SubnetId") or (defaults[zone].id if zone in defaults else None)


def _default_group(backend: Any, subnet_id: str | None) -> list[str]:
    if not subnet_id:
        return []
    group = backend.get_security_group_from_name("default", backend.get_subnet(subnet_id).vpc_id)
    return [] if group is None else [group.id]


def _from_source(original: Callable[[Any], Any], response: Any) -> Any:
    from moto.ec2.utils import parse_user_data

    asked = response._get_param("LaunchTemplateData", {})  # noqa: SLF001 - moto's way to a parameter
    user_data = parse_user_data(asked.get("UserData"))
    answer = original(response)
    told = answer.result["LaunchTemplateVersion"]
    template = response.ec2_backend.get_launch_template(told["LaunchTemplateId"])
    version = template.versions[-1]
    if user_data is not None:
        version.data["UserData"] = user_data
    source = response._get_param("SourceVersion")  # noqa: SLF001 - moto's way to a parameter
    if source:
        version.data = told["LaunchTemplateData"] = {**template.get_version(source).data, **version.data}
        version.instance_tags = {**template.get_version(source).instance_tags, **version.instance_tags}
    return answer
