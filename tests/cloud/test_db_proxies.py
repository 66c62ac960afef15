"""RDS proxies through a course session: built once, read back, deleted to nothing."""

from __future__ import annotations

import json
from typing import Any

from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.model.kinds import ATTRIBUTES


def build(session: Session) -> dict[str, Any]:
    """Two subnets, a database, a proxy before it; the proxy."""
    ec2, rds = session.client("ec2"), session.client("rds")
    vpc = ec2.create_vpc(CidrBlock="10.12.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.12.{at}.0/24", AvailabilityZone=f"ap-northeast-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for at, zone in enumerate("ac")
    ]
    group = ec2.create_security_group(GroupName="proxy", Description="proxy", VpcId=vpc)["GroupId"]
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="members-db",
        Engine="mysql",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="correct-horse-1",
        DBSubnetGroupName="db",
    )
    rds.create_db_proxy(
        DBProxyName="members-proxy",
        EngineFamily="MYSQL",
        Auth=[],
        RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=subnets,
        VpcSecurityGroupIds=[group],
    )
    rds.register_db_proxy_targets(DBProxyName="members-proxy", DBInstanceIdentifiers=["members-db"])
    found: dict[str, Any] = rds.describe_db_proxies(DBProxyName="members-proxy")["DBProxies"][0]
    return found


def test_cells_may_run_twice(session: Session, said: list[str]):
    first = build(session)
    said.clear()
    assert build(session)["DBProxyArn"] == first["DBProxyArn"]
    assert "already built: db proxy members-proxy" in said
    targets = session.client("rds").describe_db_proxy_targets(DBProxyName="members-proxy")["Targets"]
    assert len(targets) == 1


def test_a_proxy_is_read_back(session: Session):
    endpoint = build(session)["Endpoint"]
    session.advance(1800)
    topology = read_back(session)
    node = topology.node("members-proxy")
    assert set(node.attributes) == set(ATTRIBUTES["db_proxy"])
    assert node.attributes == {
        "engine_family": "MYSQL",
        "endpoint": endpoint,
        "target": "members-db",
        "max_connections_percent": 100,
        "state": "available",
        "security_groups": ("proxy",),
    }
    links = {(link.source, link.target, link.kind, link.label) for link in topology.links}
    assert ("members-proxy", "members-db", "routes", "MySQL") in links


def test_nothing_is_left(session: Session):
    build(session)
    session.advance(1800)
    report = tear_down(session)
    assert report.ok, json.dumps([each.detail for each in report.findings])
    assert session.client("rds").describe_db_proxies()["DBProxies"] == []
