"""A Multi-AZ database "db" beside a web server "web-1", built with plain boto3 and kept in a save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pymysql
import pytest

from aws14.cloud.resolver import Resolver
from tests.conftest import client
from tests.emulator.conftest import IMAGE, named, tcp

PASSWORD = "correct-horse-1"
ZONES = ("ap-northeast-1a", "ap-northeast-1c")


def build_network(ec2: Any, ssm: Any) -> SimpleNamespace:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{20 + at}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for at, zone in enumerate(ZONES)
    ]
    web, db = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("web", "db")
    )
    pairs = [{"GroupId": web}]
    ec2.authorize_security_group_ingress(GroupId=db, IpPermissions=tcp(3306, UserIdGroupPairs=pairs))
    image = ssm.get_parameter(Name=IMAGE)["Parameter"]["Value"]
    for name, group in (("web-1", web), ("stranger", db)):
        ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnets[0],
            SecurityGroupIds=[group],
            TagSpecifications=named("instance", name),
        )
    return SimpleNamespace(vpc=vpc, subnets=subnets, web_group=web, db_group=db)


def database(**asked: Any) -> dict[str, Any]:
    """What `create_db_instance` is asked for."""
    common = {
        "DBInstanceIdentifier": "db",
        "Engine": "mysql",
        "DBInstanceClass": "db.t3.medium",
        "AllocatedStorage": 20,
        "MasterUsername": "admin",
        "MasterUserPassword": PASSWORD,
        "DBSubnetGroupName": "db",
        "DBName": "shop",
    }
    return common | asked


@pytest.fixture(scope="session")
def _databases(emulator) -> SimpleNamespace:
    """Build once a run: a network, a subnet group, the database."""
    emulator.reset()
    rds = client(emulator, "rds")
    net = build_network(client(emulator, "ec2"), client(emulator, "ssm"))
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="two zones", SubnetIds=net.subnets)
    emulator.save("network-for-databases")
    rds.create_db_instance(**database(MultiAZ=True, VpcSecurityGroupIds=[net.db_group]))
    rds.get_waiter("db_instance_available")
    emulator.advance(1200)
    emulator.save("databases")
    return net


@pytest.fixture
def network(emulator, _databases) -> SimpleNamespace:
    """Two subnets in two zones, web-1, a stranger, the subnet group "db"; no database yet."""
    emulator.restore("network-for-databases")
    return _databases


@pytest.fixture
def site(emulator, _databases) -> SimpleNamespace:
    """The same with the Multi-AZ database "db", available."""
    emulator.restore("databases")
    return _databases


@pytest.fixture
def rds(aws) -> Any:
    return aws("rds")


@pytest.fixture
def look(rds) -> Callable[..., Any]:
    """The DB instance as `describe_db_instances` shows it."""
    return lambda name="db", by=rds: by.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


@pytest.fixture
def from_web(emulator) -> Iterator[None]:
    """This process asks as from web-1."""
    resolver = Resolver(emulator, "web-1")
    resolver.install()
    yield
    resolver.uninstall()


@pytest.fixture
def connect(look, from_web) -> Iterator[Callable[..., Any]]:
    """PyMySQL connections to the endpoint, as from web-1."""
    made: list[Any] = []

    def connect(**asked: Any) -> Any:
        known = {"host": look()["Endpoint"]["Address"], "user": "admin", "password": PASSWORD, "database": "shop"}
        made.append(pymysql.connect(**(known | {"read_timeout": 10} | asked)))
        return made[-1]

    yield connect
    for each in made:
        if each.open:
            each.close()


def ask(connection: Any, sql: str, *params: Any) -> tuple[tuple[Any, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return tuple(cursor.fetchall())
