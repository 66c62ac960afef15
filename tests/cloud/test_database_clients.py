"""A primary is lost under two real clients."""

from __future__ import annotations

import socket

import pytest

from aws14.cloud.breaking import break_database
from aws14.cloud.database_clients import ASKED_ONCE, ASKS_AGAIN, Endpoint, watch
from aws14.cloud.readback.network import read_network
from aws14.cloud.resolver import Resolver
from aws14.emulator.durations import typical_s
from aws14.errors import EmulatorError, ScenarioError
from tests.emulator.databases.conftest import PASSWORD, build_network, database

TOOK = typical_s("RDS Multi-AZ failure detection") + typical_s("RDS Multi-AZ promotion of the standby")


@pytest.fixture
def rds(session):
    """A Multi-AZ database "db" and web-1 beside it."""
    found = session.client("rds")
    net = build_network(session.client("ec2"), session.client("ssm"))
    found.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="two zones", SubnetIds=net.subnets)
    found.create_db_instance(**database(MultiAZ=True, VpcSecurityGroupIds=[net.db_group]))
    found.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db")
    return found


@pytest.fixture
def endpoint(rds) -> Endpoint:
    address = rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"]
    return Endpoint(host=address, user="admin", password=PASSWORD)


def test_who_asks_dns_again_is_back_and_who_asked_once_is_not(session, endpoint) -> None:
    attempts = watch(session, endpoint, database="db", source="web-1", seconds=150, every_s=5)
    back = {
        client: [each.t_s for each in attempts if each.client == client and each.answered and each.t_s > 0]
        for client in (ASKS_AGAIN, ASKED_ONCE)
    }
    assert all(each.answered for each in attempts if each.t_s < 0)
    assert not any(each.answered for each in attempts if 0 <= each.t_s < TOOK)
    assert TOOK <= back[ASKS_AGAIN][0] <= TOOK + 10
    assert back[ASKED_ONCE] == []
    addresses = {client: {each.address for each in attempts if each.client == client} for client in back}
    assert len(addresses[ASKS_AGAIN]) == 2
    assert len(addresses[ASKED_ONCE]) == 1
    assert "Lost connection" in next(each.problem for each in attempts if not each.answered)


def test_read_back_knows_whose_the_interfaces_are(session, rds) -> None:
    owned = [each for each in read_network(session).interfaces if each.owner]
    assert {each.owner for each in owned} == {"rds/db"}
    assert len({each.subnet for each in owned}) == 2


def test_an_unknown_database_is_named(session, rds) -> None:
    with pytest.raises(ScenarioError, match="there is no database 'dbx'"):
        break_database(session, "dbx")


def test_a_stopped_database_has_no_host(session, rds) -> None:
    rds.stop_db_instance(DBInstanceIdentifier="db")
    session.advance(3600)
    with pytest.raises(EmulatorError, match="stopped"):
        break_database(session, "db")


def test_times_are_positive(session, endpoint) -> None:
    with pytest.raises(ScenarioError):
        watch(session, endpoint, database="db", source="web-1", every_s=0)


def test_a_kernel_remembers_a_name_for_its_ttl(session, rds, endpoint) -> None:
    """The swap comes while the old answer still holds: for five seconds the name leads to the old address."""
    promotion = typical_s("RDS Multi-AZ promotion of the standby")
    rds.reboot_db_instance(DBInstanceIdentifier="db", ForceFailover=True)
    session.advance(promotion - 2)
    resolver = Resolver(session.place.control, "web-1")
    resolver.install()
    try:
        before = socket.gethostbyname(endpoint.host)
        session.advance(3)
        assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available"
        assert socket.gethostbyname(endpoint.host) == before
        session.advance(3)
        assert socket.gethostbyname(endpoint.host) != before
    finally:
        resolver.uninstall()
