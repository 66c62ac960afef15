"""A function in a VPC: what it reaches, and what not; the zip with its library."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pymysql
import pytest

from tests.emulator.conftest import build_subnets

CODE = """
import os, pymysql
def handler(event, context):
    try:
        link = pymysql.connect(host=os.environ["DB"], user="admin", password="very-secret-1", connect_timeout=1)
    except Exception as error:
        return f"{type(error).__name__}: {error.args}"
    with link, link.cursor() as cursor:
        cursor.execute("create database if not exists members")
        cursor.execute("create table if not exists members.visits (n int)")
        cursor.execute("insert into members.visits values (1)")
        link.commit()
        cursor.execute("select count(*) from members.visits")
        return cursor.fetchone()[0]
"""


def with_pymysql(code: str) -> bytes:
    """The function and its library, as a learner packs them."""
    buffer, root = io.BytesIO(), Path(pymysql.__file__).parent
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("app.py", code)
        for path in root.rglob("*.py"):
            package.write(path, f"pymysql/{path.relative_to(root).as_posix()}")
    return buffer.getvalue()


@pytest.fixture
def placed(functions: SimpleNamespace) -> SimpleNamespace:
    """Return two private subnets, a group for functions, and a MySQL that lets that group in."""
    ec2, rds = functions.aws("ec2"), functions.aws("rds")
    net = build_subnets(ec2)
    other = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.0.2.0/24", AvailabilityZone="ap-northeast-1c")
    subnets = [net.private, other["Subnet"]["SubnetId"]]
    groups = [ec2.create_security_group(GroupName=n, Description=n, VpcId=net.vpc)["GroupId"] for n in ("fn", "db")]
    ec2.authorize_security_group_ingress(
        GroupId=groups[1],
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": [{"GroupId": groups[0]}]}
        ],
    )
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="members-db", Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="admin", MasterUserPassword="very-secret-1", DBSubnetGroupName="db",
        VpcSecurityGroupIds=[groups[1]],
    )  # fmt: skip
    functions.advance(3600)
    host = rds.describe_db_instances(DBInstanceIdentifier="members-db")["DBInstances"][0]["Endpoint"]["Address"]
    return SimpleNamespace(net=net, subnets=subnets, function=groups[0], database=groups[1], host=host, ec2=ec2)


def in_vpc(placed: SimpleNamespace, group: str) -> dict[str, Any]:
    return {"VpcConfig": {"SubnetIds": placed.subnets, "SecurityGroupIds": [group]}}


def test_the_database_is_reached_from_the_vpc_alone_and_as_groups_allow(
    functions: SimpleNamespace, placed: SimpleNamespace
) -> None:
    more = {"Environment": {"Variables": {"DB": placed.host}}, "Timeout": 20}
    package = with_pymysql(CODE)
    made = functions.make("members", package, **more, **in_vpc(placed, placed.function))
    assert made["VpcConfig"]["VpcId"] == placed.net.vpc and made["State"] == "Pending"
    assert functions.call("members").body == 1
    assert functions.call("members").body == 2
    functions.make("outside", package, **more)
    assert functions.call("outside").body.startswith("OperationalError: (2003, \"Can't connect to MySQL server")
    functions.make("walled", package, **more, **in_vpc(placed, placed.database))
    assert "timed out" in functions.call("walled").body
    interfaces = placed.ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": ["AWS Lambda VPC ENI-*"]}]
    )["NetworkInterfaces"]
    assert {each["SubnetId"] for each in interfaces} == set(placed.subnets)
    for name in ("members", "walled"):
        functions.client.delete_function(FunctionName=name)
    left = placed.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert not [each for each in left if "Lambda" in each["Description"]]


def test_without_a_nat_gateway_the_api_is_out_of_reach(functions: SimpleNamespace, placed: SimpleNamespace) -> None:
    code = (
        "import boto3\nfrom botocore.config import Config\n"
        "sqs = boto3.client('sqs', config=Config(connect_timeout=1, retries={'total_max_attempts': 1}))\n"
        "def handler(event, context):\n    try: sqs.list_queues(); return 'reached'\n"
        "    except Exception as error: return type(error).__name__\n"
    )
    functions.aws("iam").attach_role_policy(RoleName="run", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess")
    functions.make("members", code, Timeout=20, MemorySize=256, **in_vpc(placed, placed.function))
    assert functions.call("members").body == "ConnectTimeoutError"
    allocation = placed.ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = placed.ec2.create_nat_gateway(SubnetId=placed.net.public, AllocationId=allocation)["NatGateway"]
    functions.advance(600)
    placed.ec2.create_route(
        RouteTableId=placed.net.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"]
    )
    assert functions.call("members").body == "reached"
