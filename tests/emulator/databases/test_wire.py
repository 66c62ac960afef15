"""PyMySQL at the endpoint: who is let in, what comes over the wire, what becomes of connections."""

from __future__ import annotations

import datetime as dt
import json
import threading
from decimal import Decimal

import pymysql
import pytest

from aws14.cloud.resolver import Resolver
from aws14.emulator.durations import typical_s
from tests.emulator.databases.conftest import PASSWORD, ask

PROMOTION = typical_s("RDS Multi-AZ promotion of the standby")


def failed(call) -> tuple[int, str]:
    with pytest.raises(pymysql.err.Error) as caught:
        call()
    return caught.value.args[0], str(caught.value.args[-1])


def test_values_come_back_as_python_values(connect, site) -> None:
    connection = connect()
    ask(
        connection,
        "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, price DECIMAL(8,2), made DATETIME, day DATE, "
        "ratio DOUBLE, note TEXT, doc JSON)",
    )
    cursor = connection.cursor()
    made = dt.datetime(2026, 5, 1, 12, 30)
    row = ("19.90", made, made.date(), 0.25, "ä 'quoted' \\ %", '{"a": 1}')
    insert = "INSERT INTO t (price, made, day, ratio, note, doc) VALUES (%s, %s, %s, %s, %s, %s)"
    assert cursor.executemany(insert, [row, row]) == 2
    assert cursor.lastrowid == 1
    connection.commit()
    assert ask(connection, "SELECT * FROM t WHERE id = %s", 2) == ((2, Decimal("19.90"), *row[1:]),)


def test_autocommit_is_off_and_rolls_back(connect, site) -> None:
    writer, reader = connect(), connect(autocommit=True)
    ask(writer, "CREATE TABLE t (n INT)")
    ask(writer, "INSERT INTO t VALUES (1)")
    assert ask(reader, "SELECT COUNT(*) FROM t") == ((0,),)
    writer.rollback()
    assert ask(writer, "SELECT COUNT(*) FROM t") == ((0,),)
    ask(writer, "INSERT INTO t VALUES (2)")
    writer.commit()
    assert ask(reader, "SELECT n FROM t") == ((2,),)


def test_a_connection_that_ends_rolls_back(connect, site) -> None:
    ask(connect(), "CREATE TABLE t (n INT)")
    writer = connect()
    ask(writer, "INSERT INTO t VALUES (1)")
    writer.close()
    other = connect(autocommit=True)
    ask(other, "INSERT INTO t VALUES (2)")  # whoever is gone holds no lock
    assert ask(other, "SELECT n FROM t") == ((2,),)


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ({"password": "wrong"}, 1045, "Access denied for user 'admin'@'10.0.20.4' (using password: YES)"),
        ({"user": "root"}, 1045, "Access denied for user 'root'"),
        ({"database": "elsewhere"}, 1049, "Unknown database 'elsewhere'"),
    ],
)
def test_who_is_not_let_in(connect, site, asked, code, words) -> None:
    number, message = failed(lambda: connect(**asked))
    assert number == code
    assert words in message


def test_a_new_password_counts_at_once(connect, rds, site) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", MasterUserPassword="battery-staple-2")
    assert failed(connect)[0] == 1045
    assert ask(connect(password="battery-staple-2"), "SELECT 1") == ((1,),)


def test_errors_are_the_classes_that_pymysql_makes_of_them(connect, site) -> None:
    connection = connect()
    ask(connection, "CREATE TABLE t (n INT PRIMARY KEY)")
    ask(connection, "INSERT INTO t VALUES (1)")
    with pytest.raises(pymysql.err.IntegrityError, match="1062"):
        ask(connection, "INSERT INTO t VALUES (1)")
    with pytest.raises(pymysql.err.ProgrammingError, match="1146"):
        ask(connection, "SELECT * FROM nothing")
    with pytest.raises(pymysql.err.ProgrammingError, match="1064"):
        ask(connection, "SELECT FROM WHERE")
    with pytest.raises(pymysql.err.OperationalError, match="1054"):
        ask(connection, "SELECT colour FROM t")
    assert ask(connection, "SELECT n FROM t") == ((1,),)


def test_using_another_database(connect, site) -> None:
    connection = connect(database=None)
    ask(connection, "CREATE DATABASE archive")
    connection.select_db("archive")
    assert ask(connection, "SELECT DATABASE()") == (("archive",),)
    assert connection.ping() is None


def test_groups_keep_a_stranger_out(emulator, look, site) -> None:
    stranger = Resolver(emulator, "stranger")
    stranger.install()
    try:
        host = look()["Endpoint"]["Address"]
        number, words = failed(lambda: pymysql.connect(host=host, user="admin", password=PASSWORD))
    finally:
        stranger.uninstall()
    assert number == 2003
    assert "Connection timed out" in words or "reach" in words


def test_a_door_closes_when_the_groups_change(emulator, aws, look, site) -> None:
    """A loopback port that was open once does not lead past a wall that came later."""
    port = emulator.connect(look()["Endpoint"]["Address"], 3306, "web-1")["loopback_port"]
    login = {"host": "127.0.0.1", "port": port, "user": "admin", "password": PASSWORD, "connect_timeout": 5}
    pymysql.connect(**login).close()
    rule = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": [{"GroupId": site.web_group}]}
    aws("ec2").revoke_security_group_ingress(GroupId=site.db_group, IpPermissions=[rule])
    assert failed(lambda: pymysql.connect(**login))[0] in {2003, 2013}


def test_a_failover_breaks_connections_and_keeps_what_was_committed(emulator, rds, connect, site) -> None:
    connection = connect()
    ask(connection, "CREATE TABLE t (n INT)")
    ask(connection, "INSERT INTO t VALUES (1)")
    connection.commit()
    ask(connection, "INSERT INTO t VALUES (2)")
    rds.reboot_db_instance(DBInstanceIdentifier="db", ForceFailover=True)
    assert failed(lambda: ask(connection, "SELECT 1"))[0] in {2006, 2013}
    assert failed(connect)[0] == 2003
    emulator.advance(PROMOTION + 1)
    assert ask(connect(), "SELECT n FROM t") == ((1,),)


def test_nobody_answers_while_the_host_is_lost(emulator, connect, site) -> None:
    connection = connect()
    emulator.damage("db", "db", 3600.0)
    assert failed(lambda: ask(connection, "SELECT 1"))[0] in {2006, 2013}
    assert failed(connect)[0] == 2003


def test_sixteen_clients_at_once(connect, site) -> None:
    ask(connect(), "CREATE TABLE t (n INT)")
    connections = [connect(autocommit=True) for _ in range(16)]
    problems: list[Exception] = []

    def write(connection) -> None:
        try:
            for n in range(5):
                ask(connection, "INSERT INTO t VALUES (%s)", n)
        except Exception as error:  # shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=write, args=(each,)) for each in connections]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert problems == []
    assert ask(connect(), "SELECT COUNT(*) FROM t") == ((80,),)


def test_now_is_aws_time(emulator, connect, site) -> None:
    connection = connect(autocommit=True)
    before = ask(connection, "SELECT UNIX_TIMESTAMP()")[0][0]
    emulator.advance(86400)
    assert 86400 <= ask(connection, "SELECT UNIX_TIMESTAMP()")[0][0] - before < 86520


def test_data_goes_with_a_save(emulator, connect, site) -> None:
    connection = connect(autocommit=True)
    ask(connection, "CREATE TABLE t (text LONGTEXT)")
    ask(connection, "INSERT INTO t VALUES (%s)", "x" * 200_000)  # so much that it is kept as a file of its own
    emulator.save("with-data")
    ask(connection, "DELETE FROM t")
    emulator.restore("with-data")
    assert failed(lambda: ask(connection, "SELECT 1"))[0] in {2006, 2013}
    assert ask(connect(), "SELECT LENGTH(text) FROM t") == ((200_000,),)


def test_the_password_that_rds_manages_opens_it(emulator, aws, rds, connect, look, network) -> None:
    asked = {"DBInstanceClass": "db.t3.micro", "AllocatedStorage": 20, "DBSubnetGroupName": "db"}
    rds.create_db_instance(
        DBInstanceIdentifier="db",
        Engine="mysql",
        MasterUsername="owner",
        ManageMasterUserPassword=True,
        VpcSecurityGroupIds=[network.db_group],
        **asked,
    )
    emulator.advance(900)
    secret = aws("secretsmanager").get_secret_value(SecretId=look()["MasterUserSecret"]["SecretArn"])["SecretString"]
    known = json.loads(secret)
    assert known["username"] == "owner"
    connection = connect(user=known["username"], password=known["password"], database=None)
    assert ask(connection, "SELECT USER()") == (("owner@10.0.20.4",),)
