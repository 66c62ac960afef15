"""How many connections a database accepts, and a proxy that shares them among many more clients."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pymysql
import pytest

from tests.emulator.conftest import tcp
from tests.emulator.databases.conftest import PASSWORD, ask

Connect = Callable[..., Any]


@pytest.fixture
def few(site: SimpleNamespace, rds: Any, emulator: Any) -> SimpleNamespace:
    """The database allows three connections."""
    rds.create_db_parameter_group(DBParameterGroupName="few", DBParameterGroupFamily="mysql8.0", Description="few")
    limit = {"ParameterName": "max_connections", "ParameterValue": "3", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="few", Parameters=[limit])
    rds.modify_db_instance(DBInstanceIdentifier="db", DBParameterGroupName="few", ApplyImmediately=True)
    emulator.advance(600)
    return site


def test_one_connection_too_many(few: SimpleNamespace, connect: Connect):
    del few
    held = [connect() for _ in range(3)]
    assert ask(held[0], "SHOW STATUS LIKE 'Threads_connected'") == (("Threads_connected", "3"),)
    with pytest.raises(pymysql.err.OperationalError) as caught:
        connect()
    assert caught.value.args == (1040, "Too many connections")
    held[0].close()
    until = time.monotonic() + 5
    while time.monotonic() < until:  # the server hears of it a moment later
        try:
            assert ask(connect(), "SELECT 1") == ((1,),)
            return
        except pymysql.err.OperationalError:
            time.sleep(0.05)
    pytest.fail("no connection came back")


def test_the_class_decides_where_nobody_else_does(site: SimpleNamespace, connect: Connect):
    del site
    # db.t3.medium has 4 GiB: 4 * 2**30 // 12582880.
    assert ask(connect(), "SELECT @@max_connections") == ((341,),)


def test_the_metric_of_connections(few: SimpleNamespace, connect: Connect, aws: Connect, emulator: Any):
    del few
    held = [connect() for _ in range(2)]
    emulator.advance(180)
    now = emulator.status()["now"]
    found = aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/RDS",
        MetricName="DatabaseConnections",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "db"}],
        StartTime=datetime.fromtimestamp(now - 150, UTC),
        EndTime=datetime.fromtimestamp(now + 60, UTC),
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert len(found) >= 2
    assert {each["Maximum"] for each in found} == {2.0}
    assert held


@pytest.fixture
def proxy(few: SimpleNamespace, rds: Any, aws: Connect, emulator: Any) -> dict[str, Any]:
    """A proxy before the database, which takes two thirds of its three connections."""
    secret = aws("secretsmanager").create_secret(
        Name="db", SecretString=json.dumps({"username": "admin", "password": PASSWORD})
    )["ARN"]
    group = aws("ec2").create_security_group(GroupName="proxy", Description="proxy", VpcId=few.vpc)["GroupId"]
    ec2 = aws("ec2")
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=tcp(3306, UserIdGroupPairs=[{"GroupId": few.web_group}])
    )
    ec2.authorize_security_group_ingress(
        GroupId=few.db_group, IpPermissions=tcp(3306, UserIdGroupPairs=[{"GroupId": group}])
    )
    rds.create_db_proxy(
        DBProxyName="members-proxy",
        EngineFamily="MYSQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": "DISABLED"}],
        RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=few.subnets,
        VpcSecurityGroupIds=[group],
    )
    rds.register_db_proxy_targets(DBProxyName="members-proxy", DBInstanceIdentifiers=["db"])
    rds.modify_db_proxy_target_group(
        DBProxyName="members-proxy",
        TargetGroupName="default",
        ConnectionPoolConfig={"MaxConnectionsPercent": 67, "ConnectionBorrowTimeout": 2},
    )
    emulator.advance(900)
    found: dict[str, Any] = rds.describe_db_proxies(DBProxyName="members-proxy")["DBProxies"][0]
    return found


def test_a_proxy_takes_its_time(few: SimpleNamespace, rds: Any, emulator: Any):
    made = rds.create_db_proxy(
        DBProxyName="slow",
        EngineFamily="MYSQL",
        Auth=[],
        RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=few.subnets,
        VpcSecurityGroupIds=[few.db_group],
    )["DBProxy"]
    assert made["Status"] == "creating"
    rds.register_db_proxy_targets(DBProxyName="slow", DBInstanceIdentifiers=["db"])
    state = lambda: rds.describe_db_proxy_targets(DBProxyName="slow")["Targets"][0]["TargetHealth"]  # noqa: E731
    assert state()["State"] == "REGISTERING"
    emulator.advance(900)
    assert rds.describe_db_proxies(DBProxyName="slow")["DBProxies"][0]["Status"] == "available"
    # The database lets web in, not the proxy.
    assert state()["State"] == "UNAVAILABLE"
    rds.delete_db_proxy(DBProxyName="slow")
    emulator.advance(900)
    assert rds.describe_db_proxies()["DBProxies"] == []


def test_many_clients_share_few_connections(proxy: dict[str, Any], connect: Connect, rds: Any):
    health = rds.describe_db_proxy_targets(DBProxyName="members-proxy")["Targets"][0]["TargetHealth"]
    assert health["State"] == "AVAILABLE"
    # Without it each statement begins a transaction, which keeps its connection to its end.
    clients = [connect(host=proxy["Endpoint"], autocommit=True) for _ in range(12)]
    with ThreadPoolExecutor(12) as workers:
        answers = list(workers.map(lambda each: ask(each, "SELECT 1 + 1"), clients))
    assert answers == [((2,),)] * 12
    used = ask(clients[0], "SHOW STATUS LIKE 'Threads_connected'")
    assert int(used[0][1]) <= 2


def test_a_transaction_keeps_its_connection(proxy: dict[str, Any], connect: Connect):
    holders = [connect(host=proxy["Endpoint"]) for _ in range(2)]
    for each in holders:
        ask(each, "BEGIN")
        ask(each, "SELECT 1")
    late = connect_late(proxy, connect)
    assert late == 9501
    for each in holders:
        each.commit()
    assert ask(connect(host=proxy["Endpoint"], autocommit=True), "SELECT 1") == ((1,),)


def connect_late(proxy: dict[str, Any], connect: Connect) -> int:
    try:
        connect(host=proxy["Endpoint"])
    except pymysql.err.MySQLError as error:
        return int(error.args[0])
    return 0


def test_a_proxy_knows_its_secrets_alone(proxy: dict[str, Any], connect: Connect):
    for wrong in ({"password": "no"}, {"user": "root"}):
        with pytest.raises(pymysql.err.OperationalError) as caught:
            connect(host=proxy["Endpoint"], **wrong)
        assert caught.value.args[0] == 1045
