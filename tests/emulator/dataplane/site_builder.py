"""A campaign site in plain create calls, with a name, and a page that its user data installs."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.emulator.conftest import IMAGE, build_groups, build_nat, build_subnets, named

__all__ = ["NAME", "USER_DATA", "build", "launch", "record"]

NAME = "www.example.co.jp"
USER_DATA = """#!/bin/bash
dnf install -y httpd
echo '<h1>Campaign</h1>' > /var/www/html/index.html
systemctl enable --now httpd
"""


def launch(ec2: Any, ami: str, name: str, subnet: str, group: str, **more: Any) -> str:
    started = ec2.run_instances(
        ImageId=ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[group],
        TagSpecifications=named("instance", name),
        **more,
    )
    return str(started["Instances"][0]["InstanceId"])


def record(route53: Any, zone: str, name: str, *values: str, kind: str = "A", **more: Any) -> None:
    told = {"Name": name, "Type": kind, **more}
    if values:
        told |= {"TTL": more.get("TTL", 300), "ResourceRecords": [{"Value": value} for value in values]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": told}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def build(aws: Callable[..., Any], advance: Callable[[float], Any]) -> SimpleNamespace:
    ec2, route53 = aws("ec2"), aws("route53")
    ami = aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    net = build_subnets(ec2)
    build_groups(ec2, net)
    net.web = launch(ec2, ami, "web", net.public, net.web_group, UserData=USER_DATA)
    address = ec2.allocate_address(Domain="vpc")
    net.allocation, net.web_ip = address["AllocationId"], address["PublicIp"]
    net.association = ec2.associate_address(AllocationId=net.allocation, InstanceId=net.web)["AssociationId"]
    build_nat(ec2, net)
    net.db = launch(ec2, ami, "db", net.private, net.db_group)
    net.zone = route53.create_hosted_zone(Name="example.co.jp", CallerReference="site")["HostedZone"]["Id"]
    record(route53, net.zone, NAME, net.web_ip)
    advance(1800)
    return net
