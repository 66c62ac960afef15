"""The online bookshop's cluster on a real emulator, in plain create calls."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

SERVER = """
import http.server, os, urllib.request

class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = os.environ.get("VERSION", "1") + " " + os.environ["HOSTNAME"]
        if self.path.startswith("/ask/"):
            text = urllib.request.urlopen("http://" + self.path[5:] + "/").read().decode()
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *args):
        print(form % args, flush=True)

http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Shop).serve_forever()
"""


def role(iam: Any, name: str, service: str) -> str:
    said = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(said))["Role"]["Arn"])


def network(ec2: Any) -> SimpleNamespace:
    vpc = ec2.create_vpc(CidrBlock="10.13.0.0/16")["Vpc"]["VpcId"]
    zones = ("ap-northeast-1a", "ap-northeast-1c")
    nets = {}
    for part, base in (("public", 0), ("private", 10)):
        for number, zone in enumerate(zones):
            made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.13.{base + number}.0/24", AvailabilityZone=zone)
            nets[f"{part}-{zone[-1]}"] = made["Subnet"]["SubnetId"]
    igw = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc)
    public = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=nets["public-a"], AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
    named = [{"ResourceType": "route-table", "Tags": [{"Key": "Name", "Value": "private"}]}]
    private = ec2.create_route_table(VpcId=vpc, TagSpecifications=named)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    for name, subnet in nets.items():
        ec2.associate_route_table(RouteTableId=public if name.startswith("public") else private, SubnetId=subnet)
    return SimpleNamespace(vpc=vpc, **{name.replace("-", "_"): subnet for name, subnet in nets.items()})


def cluster(client: Any) -> SimpleNamespace:
    """The cluster ``books`` with two workers. `client`: from a service to a client whose waiters move AWS time."""
    ec2, iam, eks = client("ec2"), client("iam"), client("eks")
    net = network(ec2)
    master, worker = role(iam, "books-cluster", "eks.amazonaws.com"), role(iam, "books-nodes", "ec2.amazonaws.com")
    iam.attach_role_policy(RoleName="books-cluster", PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
    for policy in ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"):
        iam.attach_role_policy(RoleName="books-nodes", PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    subnets = [net.private_a, net.private_c]
    eks.create_cluster(
        name="books",
        roleArn=master,
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
    )
    eks.get_waiter("cluster_active").wait(name="books")
    eks.create_addon(clusterName="books", addonName="metrics-server")
    eks.create_nodegroup(
        clusterName="books",
        nodegroupName="workers",
        nodeRole=worker,
        subnets=subnets,
        instanceTypes=["m5.large"],
        scalingConfig={"minSize": 2, "desiredSize": 2, "maxSize": 6},
    )
    eks.get_waiter("nodegroup_active").wait(clusterName="books", nodegroupName="workers")
    return net


def catalog(**spec: Any) -> dict[str, Any]:
    """The Deployment ``catalog``."""
    container = {
        "name": "web",
        "image": "public.ecr.aws/docker/library/python:3.13-slim",
        "command": ["python", "/app/server.py"],
        "ports": [{"containerPort": 8080}],
        "volumeMounts": [{"name": "code", "mountPath": "/app"}],
        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5},
    }
    template = {
        "metadata": {"labels": {"app": "catalog"}},
        "spec": {"containers": [container], "volumes": [{"name": "code", "configMap": {"name": "catalog-code"}}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "catalog"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "catalog"}}, "template": template, **spec},
    }
