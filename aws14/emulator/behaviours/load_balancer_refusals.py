"""What Elastic Load Balancing refuses and moto lets pass, in AWS's words.

What AWS does
    Refuses an Application Load Balancer with subnets in fewer than two zones, with two in one zone, or facing the
    Internet from a VPC without an internet gateway; an HTTPS listener without a certificate, and an HTTP one with; a
    second listener on a port; a certificate that does not exist or is not issued; instances that do not exist or
    are in another VPC as targets; a target group that belongs to another load balancer; health checks that begin anew
    before the last one timed out; thresholds, matchers and attributes out of bounds, or of unknown names, or that
    exclude each other; deleting what is protected.
What moto leaves out
    All of these are accepted.
What this adds
    Those refusals, with the codes of AWS and its messages as far as they are known.
What it still does not do
    Quotas, names, and most checks of the combination of attributes; those of Network Load Balancers.
"""

from __future__ import annotations

from typing import Any, NoReturn

from aws14.emulator.balancing import settings
from aws14.emulator.balancing.targets import balancers_of
from aws14.emulator.behaviours.hooks import before
from aws14.emulator.certificates import bundle_of, shown

__all__ = ["install"]

#: The highest HTTP code a health check may take for success, by protocol; Network Load Balancers take any up to 599.
_MOST_CODE = {"HTTP": 499, "HTTPS": 499}


def install() -> None:
    """Take hold of moto's creating and registering calls."""
    from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
    from moto.elbv2.models import ELBv2Backend

    before(ELBv2Backend, "create_load_balancer", _create)
    before(ELBv2Backend, "delete_load_balancer", _protected)
    before(ELBv2Backend, "create_listener", _listener)
    before(ELBv2Backend, "modify_listener", _changed_listener)
    before(ELBv2Backend, "add_listener_certificates", _certificates)
    before(ELBv2Backend, "register_targets", _register)
    before(ELBv2Backend, "create_target_group", _new_checks)
    before(ELBv2Backend, "modify_target_group", _changed_checks)
    before(ELBv2Backend, "modify_target_group_attributes", _group_attributes)
    before(ELBv2Backend, "modify_load_balancer_attributes", _attributes)
    before(NetworkInterfaceBackend, "delete_network_interface", _not_yours)


def _say(code: str, message: str) -> NoReturn:
    from moto.elbv2.exceptions import ELBClientError

    raise ELBClientError(code, message)


def _create(
    backend: Any,
    *,
    name: str,
    security_groups: list[str],
    subnet_ids: list[str],
    subnet_mappings: list[dict[str, str]] | None = None,
    scheme: str = "internet-facing",
    loadbalancer_type: str | None = None,
    **_: Any,
) -> None:
    _new_name(backend, name)
    ids = [*(subnet_ids or ()), *(each["SubnetId"] for each in subnet_mappings or ())]
    subnets = [_subnet(backend, each) for each in ids]
    if (loadbalancer_type or "application") != "application" or not subnets:
        return
    _two_zones(subnets)
    _same_vpc(subnets)
    if scheme != "internal":
        _has_gateway(backend, subnets)
    for group in security_groups or ():
        found = backend.ec2_backend.get_security_group_from_id(group)
        if found is None or found.vpc_id != subnets[0].vpc_id:
            _say("InvalidSecurityGroup", f"One or more security groups are invalid: '{group}'")


def _new_name(backend: Any, name: str) -> None:
    from moto.elbv2.exceptions import DuplicateLoadBalancerName

    if any(each.name == name for each in backend.load_balancers.values()):
        raise DuplicateLoadBalancerName


def _subnet(backend: Any, subnet_id: str) -> Any:
    from moto.ec2.exceptions import InvalidSubnetIdError

    try:
        return backend.ec2_backend.get_subnet(subnet_id)
    except InvalidSubnetIdError:
        _say("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")


def _two_zones(subnets: list[Any]) -> None:
    zones = [subnet.availability_zone for subnet in subnets]
    if len(zones) != len(set(zones)):
        _say("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")  # fmt: skip  # noqa: E501 - AWS's own words
    if len(zones) < 2:
        _say("ValidationError", "At least two subnets in two different Availability Zones must be specified")


def _same_vpc(subnets: list[Any]) -> None:
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        _say("InvalidConfigurationRequest", "All subnets must belong to the same VPC")


def _has_gateway(backend: Any, subnets: list[Any]) -> None:
    gateways = backend.ec2_backend.internet_gateways.values()
    if not any(each.vpc and each.vpc.id == subnets[0].vpc_id for each in gateways):
        _say("InvalidSubnet", f"VPC {subnets[0].vpc_id} has no internet gateway")


def _protected(backend: Any, arn: str) -> None:
    balancer = backend.load_balancers.get(arn)
    if balancer is not None and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
        _say("OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled")


def _listener(
    backend: Any,
    *,
    load_balancer_arn: str,
    protocol: str,
    port: str,
    ssl_policy: str,
    certificate: str | None,
    actions: list[dict[str, Any]],
    **_: Any,
) -> None:
    del ssl_policy
    balancer = backend.load_balancers.get(load_balancer_arn)
    if balancer is None:
        return
    if any(int(each.port) == int(port) for each in balancer.listeners.values() if port is not None):
        _say("DuplicateListener", "A listener already exists on this port for this load balancer '{load_balancer_arn}'".format(load_balancer_arn=load_balancer_arn))  # fmt: skip  # noqa: E501, UP032 - AWS's own words
    if balancer.type == "application":
        _fits(protocol, [certificate] if certificate else [])
    _own_groups(backend, balancer, actions)


def _fits(protocol: str | None, certificates: list[str]) -> None:
    if protocol == "HTTPS" and not certificates:
        _say("ValidationError", "A certificate must be specified for HTTPS listeners")
    if protocol == "HTTP" and certificates:
        _say("ValidationError", "You cannot specify a certificate for HTTP listeners")
    for each in certificates:
        _usable(each)


def _usable(certificate: str) -> None:
    if shown(certificate) is not None:
        return
    if bundle_of(certificate) is None:
        _say("CertificateNotFound", f"Certificate '{certificate}' not found")
    text = "must have a fully-qualified domain name, a supported signature, and a supported key size."
    _say("UnsupportedCertificate", f"The certificate '{certificate}' {text}")


def _changed_listener(backend: Any, arn: str, *changes: Any) -> None:
    port, protocol, _, certificates, actions = changes
    balancer = next((each for each in backend.load_balancers.values() if arn in each.listeners), None)
    if balancer is None:
        return
    others = [each for each in balancer.listeners.values() if each.arn != arn]
    if port is not None and any(int(each.port) == int(port) for each in others):
        _say("DuplicateListener", "A listener already exists on this port for this load balancer")
    listener = balancer.listeners[arn]
    given = [each["CertificateArn"] for each in certificates or ()]
    if balancer.type == "application":
        kept = listener.certificates if (protocol or listener.protocol) == "HTTPS" else []
        _fits(protocol or listener.protocol, given or kept)
    _own_groups(backend, balancer, actions or [])


def _certificates(_: Any, arn: str, certificates: list[dict[str, Any]]) -> None:
    del arn
    for each in certificates:
        _usable(each["CertificateArn"])


def _own_groups(backend: Any, balancer: Any, actions: list[dict[str, Any]]) -> None:
    for action in actions:
        for arn in backend._get_target_group_arns_from(action):  # noqa: SLF001 - moto reads them so
            group = backend.target_groups.get(arn)
            if group is None:
                continue
            if any(each.arn != balancer.arn for each in balancers_of(group)):
                _say("TargetGroupAssociationLimit", "The following target groups cannot be associated with more than one load balancer: " + arn)  # fmt: skip  # noqa: E501 - AWS's own words
            if group.vpc_id and group.vpc_id != balancer.vpc_id:
                _say("InvalidConfigurationRequest", "The following target groups are in a different VPC than load balancer '" + balancer.arn + "': " + arn)  # fmt: skip  # noqa: E501 - AWS's own words


def _group_attributes(backend: Any, target_group_arn: str, attributes: dict[str, str]) -> None:
    group = backend.target_groups.get(target_group_arn)
    if group is not None:
        _unless_well(settings.of_group(attributes, group.attributes))


def _attributes(backend: Any, arn: str, attrs: dict[str, str]) -> None:
    balancer = backend.load_balancers.get(arn)
    if balancer is not None:
        _unless_well(settings.of_balancer(attrs, balancer.VALID_ATTRS))


def _unless_well(refusal: settings.Refusal | None) -> None:
    if refusal is not None:
        _say(*refusal)


def _within(protocol: str | None, healthy: Any, unhealthy: Any, codes: str | None) -> None:
    thresholds = {"healthyThresholdCount": healthy, "unhealthyThresholdCount": unhealthy}
    _unless_well(settings.of_health_checks(thresholds, codes, most=_MOST_CODE.get(protocol or "", 599)))


def _new_checks(_: Any, name: str, **given: Any) -> None:
    del name
    codes = (given.get("matcher") or {}).get("HttpCode")
    _within(given.get("protocol"), given.get("healthy_threshold_count"), given.get("unhealthy_threshold_count"), codes)
    if given.get("target_type") != "lambda":
        _in_time(given.get("healthcheck_interval_seconds") or 30, given.get("healthcheck_timeout_seconds") or 5)


def _changed_checks(backend: Any, arn: str, *given: Any, **_: Any) -> None:
    group = backend.target_groups.get(arn)
    if group is not None:
        interval, timeout, healthy, unhealthy, codes = (*given, *[None] * 8)[3:8]
        _within(group.protocol, healthy, unhealthy, codes)
        _in_time(interval or group.health_check_interval_seconds, timeout or group.health_check_timeout_seconds)


def _in_time(interval: str | int, timeout: str | int) -> None:
    if int(interval) <= int(timeout):
        _say("ValidationError", "Health check interval must be greater than the timeout.")


def _register(backend: Any, target_group_arn: str, instances: list[Any]) -> None:
    group = backend.target_groups.get(target_group_arn)
    if group is None or group.target_type != "instance":
        return
    for each in instances:
        instance = backend.ec2_backend.get_instance_by_id(each["Id"])
        if instance is None:
            _say("InvalidTarget", f"The following targets are not valid instances: '{each['Id']}'")
        if instance.vpc_id != group.vpc_id:
            _say("InvalidTarget", f"The following targets are not in the target group VPC '{group.vpc_id}': '{each['Id']}'")  # fmt: skip  # noqa: E501 - AWS's own words


def _not_yours(backend: Any, eni_id: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    eni = backend.enis.get(eni_id)
    if eni is not None and eni.requester_managed and eni.status == "in-use":
        raise EC2ClientError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
