"""An Auto Scaling group behind a target group, in plain create calls, and questions about it."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

REGION = "ap-northeast-1"
ZONES = ("ap-northeast-1a", "ap-northeast-1c")
USER_DATA = "#!/bin/bash\npython3 -m http.server 80 --directory /srv &\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def build_place(aws: Any, ami: str) -> SimpleNamespace:
    """A VPC with a subnet in two zones, and a launch template without security groups."""
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.3.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(ZONES)
    ]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "app"}]}]
    data = {
        "ImageId": ami,
        "InstanceType": "t3.micro",
        "UserData": encoded(USER_DATA),
        "TagSpecifications": tags,
    }
    template = ec2.create_launch_template(LaunchTemplateName="app", LaunchTemplateData=data)["LaunchTemplate"]
    return SimpleNamespace(vpc=vpc, subnets=subnets, template=template["LaunchTemplateId"], ami=ami)


def build_target_group(aws: Any, place: SimpleNamespace, **asked: Any) -> str:
    made = aws("elbv2").create_target_group(Name="app", Protocol="HTTP", Port=80, VpcId=place.vpc, **asked)
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def build_group(aws: Any, place: SimpleNamespace, name: str = "app", **asked: Any) -> None:
    common: dict[str, Any] = {
        "MinSize": 1,
        "MaxSize": 6,
        "DesiredCapacity": 2,
        "LaunchTemplate": {"LaunchTemplateName": "app", "Version": "$Latest"},
        "VPCZoneIdentifier": ",".join(place.subnets),
        "HealthCheckGracePeriod": 0,
    }
    aws("autoscaling").create_auto_scaling_group(AutoScalingGroupName=name, **common | asked)


def look(aws: Any, name: str = "app") -> dict[str, Any]:
    found = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return dict(found[0]) if found else {}


def members(aws: Any, name: str = "app") -> list[dict[str, Any]]:
    return list(look(aws, name)["Instances"])


def states(aws: Any, name: str = "app") -> list[str]:
    return sorted(one["LifecycleState"] for one in members(aws, name))


def zones(aws: Any, name: str = "app") -> list[str]:
    return sorted(one["AvailabilityZone"] for one in members(aws, name) if not going(one))


def going(member: dict[str, Any]) -> bool:
    return str(member["LifecycleState"]).startswith("Terminating")


def activities(aws: Any, name: str = "app") -> list[dict[str, Any]]:
    return list(aws("autoscaling").describe_scaling_activities(AutoScalingGroupName=name)["Activities"])


def target_states(aws: Any, arn: str) -> dict[str, str]:
    found = aws("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {one["Target"]["Id"]: one["TargetHealth"]["State"] for one in found}
