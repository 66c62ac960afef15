"""What Elastic Load Balancing refuses, by AWS's codes."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.balancing.balanced_site import forward, listen, target_group

Aws = Callable[..., Any]


def one_subnet(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").create_load_balancer(Name="x", Subnets=site.elb_subnets[:1])


def one_zone(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").create_load_balancer(Name="x", Subnets=[site.elb_subnets[0], site.web_subnets["a"]])


def no_such_subnet(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").create_load_balancer(Name="x", Subnets=[site.elb_subnets[0], "subnet-0123456789abcdef0"])


def no_such_group(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").create_load_balancer(Name="x", Subnets=site.elb_subnets, SecurityGroups=["sg-0123456789abcdef0"])


def same_name(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").create_load_balancer(Name="alb", Subnets=site.elb_subnets)


def no_gateway(aws: Aws, site: SimpleNamespace) -> None:
    del site
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(("ap-northeast-1a", "ap-northeast-1c"))
    ]
    aws("elbv2").create_load_balancer(Name="inside", Subnets=subnets, Scheme="internal")
    aws("elbv2").create_load_balancer(Name="x", Subnets=subnets)


def second_listener(aws: Aws, site: SimpleNamespace) -> None:
    listen(aws("elbv2"), site, 80, [forward(site.targets)])


def no_certificate(aws: Aws, site: SimpleNamespace) -> None:
    listen(aws("elbv2"), site, 443, [forward(site.targets)], Protocol="HTTPS")


def pending_certificate(aws: Aws, site: SimpleNamespace) -> None:
    arn = aws("acm").request_certificate(DomainName="example.jp", ValidationMethod="DNS")["CertificateArn"]
    on = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": arn}]}
    listen(aws("elbv2"), site, 443, [forward(site.targets)], **on)


def no_such_certificate(aws: Aws, site: SimpleNamespace) -> None:
    arn = "arn:aws:acm:ap-northeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    on = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": arn}]}
    listen(aws("elbv2"), site, 443, [forward(site.targets)], **on)


def no_such_instance(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").register_targets(TargetGroupArn=site.targets, Targets=[{"Id": "i-0123456789abcdef0"}])


def another_s_targets(aws: Aws, site: SimpleNamespace) -> None:
    made = aws("elbv2").create_load_balancer(Name="second", Subnets=site.elb_subnets)["LoadBalancers"][0]
    second = SimpleNamespace(alb=made["LoadBalancerArn"])
    listen(aws("elbv2"), second, 80, [forward(site.targets)])


def protected(aws: Aws, site: SimpleNamespace) -> None:
    attributes = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    aws("elbv2").modify_load_balancer_attributes(LoadBalancerArn=site.alb, Attributes=attributes)
    aws("elbv2").delete_load_balancer(LoadBalancerArn=site.alb)


def overlapping_checks(aws: Aws, site: SimpleNamespace) -> None:
    aws("elbv2").modify_target_group(TargetGroupArn=site.targets, HealthCheckTimeoutSeconds=2)
    aws("elbv2").modify_target_group(TargetGroupArn=site.targets, HealthCheckIntervalSeconds=5)
    aws("elbv2").modify_target_group(TargetGroupArn=site.targets, HealthCheckTimeoutSeconds=5)


def new_overlapping_checks(aws: Aws, site: SimpleNamespace) -> None:
    checks = {"HealthCheckIntervalSeconds": 5}
    aws("elbv2").create_target_group(Name="x", Protocol="HTTP", Port=80, VpcId=site.vpc, **checks)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (one_subnet, "ValidationError"),
        (one_zone, "InvalidConfigurationRequest"),
        (no_such_subnet, "SubnetNotFound"),
        (no_such_group, "InvalidSecurityGroup"),
        (same_name, "DuplicateLoadBalancerName"),
        (no_gateway, "InvalidSubnet"),
        (second_listener, "DuplicateListener"),
        (no_certificate, "ValidationError"),
        (pending_certificate, "UnsupportedCertificate"),
        (no_such_certificate, "CertificateNotFound"),
        (no_such_instance, "InvalidTarget"),
        (another_s_targets, "TargetGroupAssociationLimit"),
        (protected, "OperationNotPermitted"),
        (overlapping_checks, "ValidationError"),
        (new_overlapping_checks, "ValidationError"),
    ],
)
def test_it_is_refused(
    wrong: Callable[[Aws, SimpleNamespace], None], code: str, site: SimpleNamespace, aws: Aws
) -> None:
    with pytest.raises(ClientError) as caught:
        wrong(aws, site)
    assert caught.value.response["Error"]["Code"] == code
    assert "{" not in caught.value.response["Error"]["Message"]


def test_a_listener_may_be_changed_to_what_it_is(site: SimpleNamespace, aws: Aws) -> None:
    elbv2 = aws("elbv2")
    elbv2.modify_listener(
        ListenerArn=site.listener, Port=80, DefaultActions=[forward(target_group(elbv2, site, "other"))]
    )
    with pytest.raises(ClientError, match="certificate"):
        elbv2.modify_listener(ListenerArn=site.listener, Protocol="HTTPS")


def attributes(elbv2: Any, arn: str, **given: str) -> None:
    told = [{"Key": key.replace("__", "."), "Value": value} for key, value in given.items()]
    elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=told)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"no__such_key": "1"}, "ValidationError"),
        ({"load_balancing__algorithm__type": "quickest"}, "ValidationError"),
        ({"slow_start__duration_seconds": "29"}, "ValidationError"),
        ({"slow_start__duration_seconds": "901"}, "ValidationError"),
        ({"stickiness__lb_cookie__duration_seconds": "0"}, "ValidationError"),
        ({"stickiness__app_cookie__duration_seconds": "604801"}, "ValidationError"),
        (
            {"slow_start__duration_seconds": "30", "load_balancing__algorithm__type": "least_outstanding_requests"},
            "InvalidConfigurationRequest",
        ),
    ],
)
def test_attributes_of_groups_have_bounds(given: dict[str, str], code: str, site: SimpleNamespace, aws: Aws) -> None:
    elbv2 = aws("elbv2")
    with pytest.raises(ClientError) as caught:
        attributes(elbv2, site.targets, **given)
    assert caught.value.response["Error"]["Code"] == code


def test_what_is_within_bounds_is_accepted(site: SimpleNamespace, aws: Aws) -> None:
    elbv2 = aws("elbv2")
    attributes(elbv2, site.targets, slow_start__duration_seconds="30", stickiness__lb_cookie__duration_seconds="604800")
    with pytest.raises(ClientError, match="Slow start"):
        attributes(elbv2, site.targets, load_balancing__algorithm__type="least_outstanding_requests")
    attributes(elbv2, site.targets, slow_start__duration_seconds="0")
    attributes(elbv2, site.targets, load_balancing__algorithm__type="least_outstanding_requests")
    elbv2.modify_target_group(
        TargetGroupArn=site.targets,
        HealthyThresholdCount=10,
        UnhealthyThresholdCount=2,
        Matcher={"HttpCode": "200-499"},
    )


@pytest.mark.parametrize(
    "check", [{"HealthyThresholdCount": 11}, {"UnhealthyThresholdCount": 11}, {"Matcher": {"HttpCode": "200,500"}}]
)
def test_health_checks_have_bounds(check: dict[str, Any], site: SimpleNamespace, aws: Aws) -> None:
    elbv2 = aws("elbv2")
    for wrong in (
        lambda: elbv2.modify_target_group(TargetGroupArn=site.targets, **check),
        lambda: target_group(elbv2, site, "other", **check),
    ):
        with pytest.raises(ClientError) as caught:
            wrong()
        assert caught.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.parametrize(("key", "value"), [("idle_timeout.timeout_seconds", "4001"), ("no.such.key", "1")])
def test_attributes_of_load_balancers_have_bounds(key: str, value: str, site: SimpleNamespace, aws: Aws) -> None:
    with pytest.raises(ClientError) as caught:
        aws("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=site.alb, Attributes=[{"Key": key, "Value": value}]
        )
    assert caught.value.response["Error"]["Code"] == "ValidationError"
