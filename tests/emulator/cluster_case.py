"""A network, roles and a cluster of EKS, in plain create calls."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from aws14.emulator.durations import typical_s

ZONES = ("ap-northeast-1a", "ap-northeast-1c")
CREATING = typical_s("EKS cluster creating")
JOINED = typical_s("EC2 instance pending to running") + typical_s("EKS node running to joined")
GROUP_ACTIVE = JOINED + typical_s("EKS node group active after its nodes")
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy")


def build_network(aws: Any, emulator: Any) -> SimpleNamespace:
    """A VPC with a public subnet, and a private one in each of two zones that has a way out by NAT."""
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.13.0.0/16")["Vpc"]["VpcId"]

    def subnet(number: int, zone: str) -> str:
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.13.{number}.0/24", AvailabilityZone=zone)
        return str(made["Subnet"]["SubnetId"])

    public, private = subnet(0, ZONES[0]), [subnet(10 + number, zone) for number, zone in enumerate(ZONES)]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    _table(ec2, vpc, [public], GatewayId=gateway)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    emulator.advance(typical_s("NAT gateway pending to available") + 1)
    _table(ec2, vpc, private, NatGatewayId=nat)
    return SimpleNamespace(vpc=vpc, public=public, private=private)


def _table(ec2: Any, vpc: str, subnets: list[str], **target: str) -> None:
    tags = [{"ResourceType": "route-table", "Tags": [{"Key": "Name", "Value": next(iter(target))}]}]
    key = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=key, DestinationCidrBlock="0.0.0.0/0", **target)
    for each in subnets:
        ec2.associate_route_table(RouteTableId=key, SubnetId=each)


def build_role(aws: Any, name: str, service: str, *policies: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for each in policies:
        aws("iam").attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{each}")
    return str(arn)


def build_roles(aws: Any) -> SimpleNamespace:
    return SimpleNamespace(
        cluster=build_role(aws, "books-cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy"),
        nodes=build_role(aws, "books-nodes", "ec2.amazonaws.com", *NODE_POLICIES),
        pods=build_role(aws, "books-pods", "eks-fargate-pods.amazonaws.com"),
    )


def cluster_call(net: SimpleNamespace, roles: SimpleNamespace, **changed: Any) -> dict[str, Any]:
    return {
        "name": "books",
        "version": "1.34",
        "roleArn": roles.cluster,
        "resourcesVpcConfig": {"subnetIds": net.private},
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
    } | changed


def group_call(net: SimpleNamespace, roles: SimpleNamespace, **changed: Any) -> dict[str, Any]:
    return {
        "clusterName": "books",
        "nodegroupName": "workers",
        "nodeRole": roles.nodes,
        "subnets": net.private,
        "instanceTypes": ["m5.large"],
        "scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 6},
    } | changed
