"""Two web servers in two zones behind an Application Load Balancer, in plain create calls."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.emulator.conftest import IMAGE, named, table, tcp

__all__ = ["EVERYBODY", "INTERVAL", "build", "forward", "listen", "target_group"]

EVERYBODY = [{"CidrIp": "0.0.0.0/0"}]
INTERVAL = 10
_ZONES = {"a": "ap-northeast-1a", "c": "ap-northeast-1c"}
_SCRIPT = """#!/bin/bash
dnf install -y httpd
mkdir -p /var/www/html/images
echo "server {name}" > /var/www/html/index.html
echo ok > /var/www/html/health.html
systemctl enable --now httpd
"""


def build(aws: Callable[..., Any], advance: Callable[[float], Any]) -> SimpleNamespace:
    ec2, elbv2 = aws("ec2"), aws("elbv2")
    site = _network(ec2)
    _groups(ec2, site)
    image = aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    site.webs = [_server(ec2, site, image, zone) for zone in _ZONES]
    advance(900)
    made = elbv2.create_load_balancer(Name="alb", Subnets=site.elb_subnets, SecurityGroups=[site.elb_group])
    site.alb, site.dns = made["LoadBalancers"][0]["LoadBalancerArn"], made["LoadBalancers"][0]["DNSName"]
    site.targets = target_group(elbv2, site, "web-targets")
    elbv2.register_targets(TargetGroupArn=site.targets, Targets=[{"Id": each} for each in site.webs])
    site.listener = listen(elbv2, site, 80, [forward(site.targets)])
    advance(300)
    return site


def target_group(elbv2: Any, site: SimpleNamespace, name: str, **more: Any) -> str:
    check = {
        "HealthCheckPath": "/health.html",
        "HealthCheckIntervalSeconds": INTERVAL,
        "HealthCheckTimeoutSeconds": 4,
        "HealthyThresholdCount": 3,
        "UnhealthyThresholdCount": 2,
    }
    told = {"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": site.vpc, **check, **more}
    return str(elbv2.create_target_group(**told)["TargetGroups"][0]["TargetGroupArn"])


def forward(arn: str) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": arn}


def listen(elbv2: Any, site: SimpleNamespace, port: int, actions: list[dict[str, Any]], **more: Any) -> str:
    told = {"LoadBalancerArn": site.alb, "Protocol": "HTTP", "Port": port, "DefaultActions": actions, **more}
    return str(elbv2.create_listener(**told)["Listeners"][0]["ListenerArn"])


def _network(ec2: Any) -> SimpleNamespace:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    site = SimpleNamespace(vpc=vpc, igw=igw, elb_subnets=[], web_subnets={})
    for number, zone in enumerate(_ZONES):
        site.elb_subnets.append(_subnet(ec2, site, f"elb-{zone}", f"10.0.{number}.0/24"))
        site.web_subnets[zone] = _subnet(ec2, site, f"web-{zone}", f"10.0.{10 + number}.0/24")
    return site


def _subnet(ec2: Any, site: SimpleNamespace, name: str, cidr: str) -> str:
    where = {"VpcId": site.vpc, "CidrBlock": cidr, "AvailabilityZone": _ZONES[name[-1]]}
    made = ec2.create_subnet(**where, TagSpecifications=named("subnet", name))["Subnet"]["SubnetId"]
    key = table(ec2, site, made, name)
    ec2.create_route(RouteTableId=key, DestinationCidrBlock="0.0.0.0/0", GatewayId=site.igw)
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})
    return str(made)


def _groups(ec2: Any, site: SimpleNamespace) -> None:
    site.elb_group, site.web_group = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=site.vpc)["GroupId"]
        for name in ("elb", "web")
    )
    for port in (80, 443, 8080):
        ec2.authorize_security_group_ingress(GroupId=site.elb_group, IpPermissions=tcp(port, IpRanges=EVERYBODY))
    pairs = [{"GroupId": site.elb_group}]
    ec2.authorize_security_group_ingress(GroupId=site.web_group, IpPermissions=tcp(80, UserIdGroupPairs=pairs))


def _server(ec2: Any, site: SimpleNamespace, image: str, zone: str) -> str:
    started = ec2.run_instances(
        ImageId=image,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=site.web_subnets[zone],
        SecurityGroupIds=[site.web_group],
        UserData=_SCRIPT.format(name=zone),
        TagSpecifications=named("instance", f"web-{zone}"),
    )
    return str(started["Instances"][0]["InstanceId"])
