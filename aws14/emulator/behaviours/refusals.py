"""What AWS refuses and moto lets pass, in AWS's words: what is in use, what does not exist, what is in the wrong state.

What AWS does
    Refuses to delete what something else depends on, to launch from an image, type, group or key pair that does not
    exist, to change the type of an instance that runs, to detach an internet gateway that carries public addresses,
    to release an Elastic IP that is associated, to attach a second internet gateway, to delete a hosted zone that has
    records.
What moto leaves out
    Subnets vanish under their instances and groups under their rules; gateways and addresses go whenever asked;
    unknown images, types and key pairs are accepted unless switched on; some refusals say so in other words than
    AWS's.
What this adds
    Those refusals, with the codes and messages of AWS. A subnet that is deleted no longer holds its route table.
What it still does not do
    Quotas, IAM permissions, and refusals of services outside EC2 and Route 53.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from aws14.emulator.behaviours.hooks import around, before

__all__ = ["install"]


def install() -> None:
    """Take hold of moto's deletions, detachments and changes."""
    from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.models.internet_gateways import InternetGatewayBackend
    from moto.ec2.models.security_groups import SecurityGroupBackend
    from moto.ec2.models.subnets import SubnetBackend
    from moto.ec2.models.vpcs import VPCBackend
    from moto.ec2.responses.security_groups import SecurityGroups

    around(SubnetBackend, "create_subnet", _zone)
    around(SubnetBackend, "delete_subnet", _subnet)
    before(VPCBackend, "delete_vpc", _vpc)
    before(SecurityGroupBackend, "delete_security_group", _group)
    before(SecurityGroups, "delete_security_group", _default_group)
    before(InternetGatewayBackend, "attach_internet_gateway", _second_gateway)
    before(InternetGatewayBackend, "detach_internet_gateway", _gateway_in_use)
    before(InternetGatewayBackend, "delete_internet_gateway", _gateway)
    before(ElasticAddressBackend, "release_address", _address)
    before(InstanceBackend, "modify_instance_attribute", _attribute)
    around(InstanceBackend, "run_instances", _launch)


def _say(code: str, message: str) -> NoReturn:
    from moto.ec2.exceptions import EC2ClientError

    raise EC2ClientError(code, message)


def _has_dependencies(kind: str, resource_id: str) -> NoReturn:
    _say("DependencyViolation", f"The {kind} '{resource_id}' has dependencies and cannot be deleted.")


def _living(backend: Any) -> Iterator[Any]:
    return (instance for instance in backend.all_instances() if instance.state != "terminated")


def _zone(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.ec2.exceptions import EC2ClientError, InvalidAvailabilityZoneError

    try:
        return original(backend, *args, **kwargs)
    except InvalidAvailabilityZoneError as refused:
        # moto lists the zones of the whole world here, AWS those of the region.
        told, colon, _ = str(refused.message).rpartition("availability zones: ")
        names = ", ".join(zone.name for zone in backend.describe_availability_zones())
        raise EC2ClientError("InvalidParameterValue", f"{told}{colon}{names}.") from None


def _subnet(original: Callable[..., Any], backend: Any, subnet_id: str) -> Any:
    if any(eni.subnet.id == subnet_id for eni in backend.enis.values() if not _of_terminated(eni)):
        _has_dependencies("subnet", subnet_id)
    if any(instance.subnet_id == subnet_id for instance in _living(backend)):
        _has_dependencies("subnet", subnet_id)
    deleted = original(backend, subnet_id)
    for table in backend.route_tables.values():
        held = table._associations  # noqa: SLF001 - moto keeps them here; a subnet that is gone holds no table
        table._associations = {key: target for key, target in held.items() if target != subnet_id}  # noqa: SLF001
    return deleted


def _of_terminated(eni: Any) -> bool:
    return eni.instance is not None and eni.instance.state == "terminated"


def _vpc(backend: Any, vpc_id: str) -> None:
    gateways = any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values())
    groups = any(group.name != "default" for group in backend.groups.get(vpc_id, {}).values())
    if gateways or groups:
        _has_dependencies("vpc", vpc_id)


def _group(backend: Any, name: str | None = None, group_id: str | None = None) -> None:
    group = backend.get_security_group_by_name_or_id(group_id or name)
    if group is None:
        return
    interfaces = any(group in eni.group_set for eni in backend.enis.values() if not _of_terminated(eni))
    instances = any(group in instance.security_groups for instance in _living(backend))
    if interfaces or instances or _is_named(backend, group):
        _say("DependencyViolation", f"resource {group.id} has a dependent object")


def _is_named(backend: Any, group: Any) -> bool:
    """Whether a rule of another group names this one."""
    others = (other for groups in backend.groups.values() for other in groups.values() if other is not group)
    rules = (rule for other in others for rule in (*other.ingress_rules, *other.egress_rules))
    return any(rule.source_group and rule.source_group.get("GroupId") == group.id for rule in rules)


def _default_group(response: Any) -> None:
    # Only when asked for by name: moto deletes it itself with its VPC.
    wanted = response._get_param("GroupId") or response._get_param("GroupName")  # noqa: SLF001 - moto's way to a parameter
    group = response.ec2_backend.get_security_group_by_name_or_id(wanted)
    if group is not None and group.name == "default":
        _say("CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user')


def _second_gateway(backend: Any, internet_gateway_id: str, vpc_id: str) -> None:
    for gateway in backend.internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc_id and gateway.id != internet_gateway_id:
            _say("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")


def _gateway_in_use(backend: Any, internet_gateway_id: str, vpc_id: str) -> None:
    attached = backend.get_internet_gateway(internet_gateway_id).vpc
    if attached is None or attached.id != vpc_id:
        return
    if any(eni.public_ip and eni.subnet.vpc_id == vpc_id for eni in backend.enis.values()):
        text = f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before"
        _say("DependencyViolation", f"{text} detaching the gateway.")


def _gateway(backend: Any, internet_gateway_id: str) -> None:
    if backend.get_internet_gateway(internet_gateway_id).vpc:
        _has_dependencies("internetGateway", internet_gateway_id)


def _address(backend: Any, address: str | None = None, allocation_id: str | None = None) -> None:
    found = backend.address_by_ip([address]) if address else backend.address_by_allocation([allocation_id])
    if found[0].association_id:
        _say("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")


def _attribute(backend: Any, instance_id: str, key: str, value: Any) -> None:
    if key not in {"instance_type", "kernel", "ramdisk", "user_data", "ebs_optimized"}:
        return
    if backend.get_instance(instance_id).state != "stopped":
        _say("IncorrectInstanceState", f"The instance '{instance_id}' is not in the 'stopped' state.")
    if key == "instance_type" and not _is_type(backend, value):
        _say("InvalidInstanceAttributeValue", f"The instanceType '{value}' is not supported.")


def _is_type(backend: Any, name: str) -> bool:
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    return any(offer["InstanceType"] == name for offer in INSTANCE_TYPE_OFFERINGS["region"][backend.region_name])


def _launch(original: Callable[..., Any], backend: Any, image_id: str, *args: Any, **kwargs: Any) -> Any:
    from moto.ec2.exceptions import InvalidInstanceTypeError

    key = kwargs.get("key_name")
    if key and key not in backend.key_pairs:
        _say("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    if not image_id and not kwargs.get("launch_template"):
        _say("MissingParameter", "The request must contain the parameter ImageId")
    try:
        return original(backend, image_id, *args, **kwargs)
    except InvalidInstanceTypeError:
        _say("InvalidParameterValue", f"Invalid value '{kwargs['instance_type']}' for InstanceType.")
