"""MySQL's SQL on an image, without a wire: what it brings, what it counts, what it refuses."""

from __future__ import annotations

import copy
import threading

import pytest

from aws14.emulator.databases.functions import prepare
from aws14.emulator.databases.host import Host
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.session import Session

ORDERS = """
    CREATE TABLE orders (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT,
      name VARCHAR(10) NOT NULL,
      price DECIMAL(10,2) DEFAULT 1.50,
      made DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
      note TEXT,
      PRIMARY KEY (id),
      UNIQUE KEY by_name (name),
      KEY by_price (price)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
"""
NOW = 1_790_000_000.0  # 2026-09-21 14:13:20 UTC


@pytest.fixture
def log() -> list:
    """What was told to the replicas."""
    return []


@pytest.fixture
def host(log) -> Host:
    return Host(Image(), committed=log.append, now=lambda: NOW)


@pytest.fixture
def connect(host):
    """Sessions that are closed with the test, on ``shop``."""
    made = []

    def connect(database="shop"):
        made.append(Session(host, user="admin@10.0.10.4", database=database, number=len(made) + 1))
        return made[-1]

    first = connect(database="")
    first.execute("CREATE DATABASE shop")
    yield connect
    for each in made:
        each.close()


@pytest.fixture
def shop(connect) -> Session:
    """A session on ``shop`` with a table of two orders."""
    session = connect()
    session.execute(ORDERS)
    session.execute("INSERT INTO orders (name, price) VALUES ('ada', 1.10), ('bob', 2.20)")
    return session


def rows(session, sql):
    return session.execute(sql).rows


def refused(session, sql) -> tuple[int, str]:
    with pytest.raises(MysqlError) as caught:
        session.execute(sql)
    return caught.value.code, caught.value.message


def test_an_insert_says_how_many_rows_and_which_id_came_first(shop) -> None:
    made = shop.execute("INSERT INTO orders (name) VALUES ('c'), ('d'), ('e')")
    assert (made.affected, made.last_id) == (3, 3)
    assert rows(shop, "SELECT LAST_INSERT_ID(), ROW_COUNT()") == ((3, 3),)


def test_types_come_back_as_they_were_declared(shop) -> None:
    made = shop.execute("SELECT * FROM orders WHERE id = 1")
    assert [(each.name, each.kind) for each in made.fields] == [
        ("id", "int"),
        ("name", "text"),
        ("price", "decimal"),
        ("made", "datetime"),
        ("note", "text"),
    ]
    assert made.rows == ((1, "ada", "1.10", "2026-09-21 14:13:20", None),)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("COUNT(*)", 2),
        ("SUM(price)", "3.30"),
        ("AVG(price)", "1.650000"),
        ("SUM(id)", "3"),
        ("MAX(made)", "2026-09-21 14:13:20"),
        ("MIN(name)", "ada"),
        ("GROUP_CONCAT(name SEPARATOR ';')", "ada;bob"),
    ],
)
def test_totals(shop, asked, said) -> None:
    assert rows(shop, f"SELECT {asked} FROM orders") == ((said,),)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("1 + 1", 2),
        ("7 / 2", 3.5),
        ("7 DIV 2", 3),
        ("1 XOR 1", 0),
        ("NULL <=> NULL", 1),
        ("CONCAT('a', '-', 1)", "a-1"),
        ("CONCAT('a', NULL)", None),
        ("CONCAT_WS(',', 'a', NULL, 'b')", "a,b"),
        ("IF(2 > 1, 'yes', 'no')", "yes"),
        ("IFNULL(NULL, 5)", 5),
        ("LEFT('abcdef', 2)", "ab"),
        ("RIGHT('abcdef', 2)", "ef"),
        ("SUBSTRING_INDEX('a.b.c', '.', 2)", "a.b"),
        ("LPAD('7', 3, '0')", "007"),
        ("'it''s \\'x\\''", "it's 'x'"),
        ("NOW()", "2026-09-21 14:13:20"),
        ("CURDATE()", "2026-09-21"),
        ("UNIX_TIMESTAMP()", 1_790_000_000),
        ("NOW() + INTERVAL 1 DAY", "2026-09-22 14:13:20"),
        ("DATE_SUB(NOW(), INTERVAL 2 HOUR)", "2026-09-21 12:13:20"),
        ("DATE_ADD('2026-01-31', INTERVAL 1 MONTH)", "2026-02-28"),
        ("DATE_ADD('2026-11-30', INTERVAL 1 MONTH)", "2026-12-30"),
        ("DATE_FORMAT(NOW(), '%Y/%m/%d %H:%i')", "2026/09/21 14:13"),
        ("TIMESTAMPDIFF(MINUTE, '2026-01-01 00:00:00', '2026-01-01 01:30:00')", 90),
        ("TIMESTAMPDIFF(MONTH, '2026-01-31', '2026-03-30')", 1),
        ("DATEDIFF('2026-03-01', '2026-02-01')", 28),
        ("YEAR('2026-03-01')", 2026),
        ("CAST('12' AS UNSIGNED)", 12),
        ("'abc' REGEXP '^a'", 1),
        ("'50%' LIKE '50\\\\%'", 1),
        ("'505' LIKE '50\\\\%'", 0),
        ("DATABASE()", "shop"),
        ("USER()", "admin@10.0.10.4"),
        ("CONNECTION_ID()", 2),
        ("VERSION()", "8.0.42"),
        ("@@autocommit", 1),
        ("'a' = 'A'", 1),
        ("'a' <> 'A'", 0),
        ("'a' = 'b'", 0),
    ],
)
def test_expressions(connect, asked, said) -> None:
    assert rows(connect(), f"SELECT {asked}") == ((said,),)


def test_what_has_no_name_is_called_by_its_text(connect) -> None:
    sql = "SELECT IFNULL(NULL,1), CONNECTION_ID() > 0,'it', 1  +  1 AS two, COUNT( * ) FROM (SELECT 1, 2) AS t;"
    made = connect().execute(sql)
    assert [each.name for each in made.fields] == [
        "IFNULL(NULL,1)", "CONNECTION_ID() > 0", "it", "two", "COUNT( * )",
    ]  # fmt: skip


def test_now_is_a_datetime_however_it_is_asked_for(connect) -> None:
    asked = (
        "SELECT NOW(), now(6), CURRENT_TIMESTAMP, LOCALTIME(), NOW() + INTERVAL 1 DAY, DATE_SUB(NOW(), INTERVAL 1 DAY)"
    )
    assert {each.kind for each in connect().execute(asked).fields} == {"datetime"}


def test_indexes_are_shown_and_refuse_by_their_names(shop) -> None:
    shop.execute("CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (a, b), CONSTRAINT v UNIQUE (b, c))")
    assert [row[1:] for row in rows(shop, "SHOW INDEX FROM t")] == [
        (0, "PRIMARY", 1, "a"),
        (0, "PRIMARY", 2, "b"),
        (0, "v", 1, "b"),
        (0, "v", 2, "c"),
    ]
    shop.execute("INSERT INTO t VALUES (1, 2, 3)")
    shop.execute("ALTER TABLE t RENAME TO u")
    shop.execute("CREATE TABLE t (a INT, UNIQUE KEY v (a))")
    assert refused(shop, "INSERT INTO u VALUES (2, 2, 3)") == (1062, "Duplicate entry '2-3' for key 'u.v'")
    assert refused(shop, "INSERT INTO u VALUES (1, 2, 4)") == (1062, "Duplicate entry '1-2' for key 'u.PRIMARY'")


@pytest.mark.parametrize(
    ("sql", "code", "message"),
    [
        ("INSERT INTO orders (name) VALUES ('ada')", 1062, "Duplicate entry 'ada' for key 'orders.by_name'"),
        ("INSERT INTO orders (name) VALUES ('ADA')", 1062, "Duplicate entry 'ADA' for key 'orders.by_name'"),
        ("INSERT INTO orders (id, name) VALUES (1, 'x')", 1062, "Duplicate entry '1' for key 'orders.PRIMARY'"),
        ("SELECT * FROM nothing", 1146, "Table 'shop.nothing' doesn't exist"),
        ("SELECT * FROM elsewhere.orders", 1049, "Unknown database 'elsewhere'"),
        ("USE elsewhere", 1049, "Unknown database 'elsewhere'"),
        ("SELECT colour FROM orders", 1054, "Unknown column 'colour' in 'field list'"),
        ("INSERT INTO orders (colour) VALUES (1)", 1054, "Unknown column 'colour' in 'field list'"),
        ("INSERT INTO orders (price) VALUES (1)", 1364, "Field 'name' doesn't have a default value"),
        ("INSERT INTO orders (name) VALUES (NULL)", 1048, "Column 'name' cannot be null"),
        ("INSERT INTO orders (name) VALUES ('longer than ten')", 1406, "Data too long for column 'name' at row 1"),
        ("INSERT INTO orders (name, made) VALUES ('x', 'soon')", 1292, "Incorrect datetime value for column 'made'"),
        ("UPDATE orders SET name = 'ada'", 1062, "Duplicate entry for key 'orders.by_name'"),
        ("INSERT INTO orders (name, price) VALUES ('x', 'abc')", 1366, "Incorrect decimal value for column 'price'"),
        ("INSERT INTO orders (name, price) VALUES ('x', 100000000)", 1264, "Out of range value for column 'price'"),
        ("UPDATE orders SET price = -99999999.995", 1264, "Out of range value for column 'price'"),
        ("INSERT INTO orders (name) VALUES ('x', 'y')", 1136, "Column count doesn't match value count at row 1"),
        ("CREATE DATABASE shop", 1007, "Can't create database 'shop'; database exists"),
        ("DROP DATABASE elsewhere", 1008, "Can't drop database 'elsewhere'; database doesn't exist"),
        ("CREATE TABLE orders (id INT)", 1050, "Table 'orders' already exists"),
        ("DROP TABLE nothing", 1051, "Unknown table 'shop.nothing'"),
        ("SELECT made_up(1)", 1305, "FUNCTION made_up does not exist"),
        ("SELECT @@made_up", 1193, "Unknown system variable 'made_up'"),
        ("CREATE USER 'app'@'%' IDENTIFIED BY 'x'", 1235, "CREATE USER"),
    ],
)  # fmt: skip
def test_refusals_have_mysqls_numbers_and_words(shop, sql, code, message) -> None:
    number, words = refused(shop, sql)
    assert number == code
    assert message in words


def test_what_is_no_sql_is_shown_from_where_it_is_none(shop) -> None:
    number, words = refused(shop, "SELECT 1 FORM orders WHERE 1")
    assert number == 1064
    assert "near 'orders WHERE 1' at line 1" in words


def test_without_a_database_none_is_selected(connect) -> None:
    assert refused(connect(database=""), "SELECT * FROM orders") == (1046, "No database selected")


def test_an_unknown_database_is_refused_at_the_door(host, connect) -> None:
    with pytest.raises(MysqlError) as caught:
        Session(host, user="admin", database="elsewhere")
    assert caught.value.code == 1049


@pytest.mark.parametrize(
    ("sql", "affected", "left"),
    [
        ("INSERT INTO orders (name, price) VALUES ('ada', 5) ON DUPLICATE KEY UPDATE price = VALUES(price)", 2, "5.00"),
        ("INSERT INTO orders (name, price) VALUES ('ada', 5) AS n ON DUPLICATE KEY UPDATE price = n.price", 2, "5.00"),
        ("INSERT INTO orders (name) VALUES ('ada') ON DUPLICATE KEY UPDATE price = price * 2", 2, "2.20"),
        ("INSERT IGNORE INTO orders (name, price) VALUES ('ada', 5)", 0, "1.10"),
        ("REPLACE INTO orders (name, price) VALUES ('ada', 5)", 2, "5.00"),
        ("UPDATE orders SET price = 9 WHERE name = 'ada'", 1, "9.00"),
        ("UPDATE orders SET price = 1.1 WHERE name = 'ada'", 0, "1.10"),
        ("UPDATE orders o SET o.price = o.price + 1 ORDER BY o.id LIMIT 1", 1, "2.10"),
        ("DELETE FROM orders ORDER BY id DESC LIMIT 1", 1, "1.10"),
    ],
)  # fmt: skip
def test_changes_are_counted_as_mysql_counts(shop, sql, affected, left) -> None:
    assert shop.execute(sql).affected == affected
    assert rows(shop, "SELECT price FROM orders WHERE name = 'ada'") == ((left,),)


def test_a_new_duplicate_row_counts_one(shop) -> None:
    assert shop.execute("INSERT INTO orders (name) VALUES ('z') ON DUPLICATE KEY UPDATE price = 0").affected == 1


def test_an_update_that_changes_nothing_counts_for_whom_asks_for_found_rows(shop) -> None:
    shop.found_rows = True
    assert shop.execute("UPDATE orders SET price = 1.1 WHERE name = 'ada'").affected == 1


def test_joins_groups_limits_and_subqueries(shop) -> None:
    shop.execute("CREATE TABLE lines (order_id INT, amount INT)")
    shop.execute("INSERT INTO lines VALUES (1, 3), (1, 4), (2, 1)")
    asked = """
        SELECT o.name, SUM(l.amount) AS amount FROM orders o JOIN lines AS l ON l.order_id = o.id
        GROUP BY o.name HAVING amount > 0 ORDER BY amount DESC LIMIT 0, 1
    """
    assert rows(shop, asked) == (("ada", "7"),)
    assert rows(shop, "SELECT name FROM orders WHERE id IN (SELECT order_id FROM lines WHERE amount = 1)") == (
        ("bob",),
    )
    assert rows(shop, "WITH big AS (SELECT * FROM lines WHERE amount > 3) SELECT COUNT(*) FROM big") == ((1,),)
    assert rows(shop, "SELECT orders.name FROM shop.orders WHERE shop.orders.id = 2") == (("bob",),)


def test_show_and_describe(shop) -> None:
    assert rows(shop, "SHOW TABLES") == (("orders",),)
    assert ("shop",) in rows(shop, "SHOW DATABASES")
    assert rows(shop, "SHOW DATABASES LIKE 'sh%'") == (("shop",),)
    described = {row[0]: row[1:] for row in rows(shop, "DESCRIBE orders")}
    assert described["id"] == ("int unsigned", "NO", "PRI", None, "auto_increment")
    assert described["name"] == ("varchar(10)", "NO", "UNI", None, "")
    assert described["price"] == ("decimal(10,2)", "YES", "MUL", "1.50", "")
    assert described["made"][3:] == ("CURRENT_TIMESTAMP", "on update CURRENT_TIMESTAMP")
    assert rows(shop, "SHOW VARIABLES LIKE 'version'") == (("version", "8.0.42"),)
    assert "CREATE TABLE orders" in rows(shop, "SHOW CREATE TABLE orders")[0][1]


def test_the_tables_can_be_asked_for(shop) -> None:
    asked = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND engine = 'InnoDB'"
    assert rows(shop, asked) == (("orders",),)
    shop.execute("DROP TABLE orders")
    assert rows(shop, asked.replace("information_schema.tables", "INFORMATION_SCHEMA.TABLES")) == ()
    assert refused(shop, "SELECT * FROM information_schema.columns")[0] == 1235


def test_a_transaction_rolls_back(shop) -> None:
    shop.execute("START TRANSACTION")
    shop.execute("DELETE FROM orders")
    assert rows(shop, "SELECT COUNT(*) FROM orders") == ((0,),)
    shop.execute("ROLLBACK")
    assert rows(shop, "SELECT COUNT(*) FROM orders") == ((2,),)


def test_a_savepoint_rolls_back_to_itself(shop) -> None:
    shop.execute("SET autocommit = 0")
    shop.execute("INSERT INTO orders (name) VALUES ('kept')")
    shop.execute("SAVEPOINT here")
    shop.execute("INSERT INTO orders (name) VALUES ('lost')")
    shop.execute("ROLLBACK TO SAVEPOINT here")
    shop.execute("COMMIT")
    assert rows(shop, "SELECT name FROM orders ORDER BY id") == (("ada",), ("bob",), ("kept",))


@pytest.mark.parametrize("begins", ["SET autocommit = 0", "START TRANSACTION"])
def test_a_savepoint_before_the_first_change_is_kept(shop, begins) -> None:
    shop.execute(begins)
    shop.execute("SAVEPOINT here")
    shop.execute("INSERT INTO orders (name) VALUES ('lost')")
    shop.execute("ROLLBACK TO SAVEPOINT here")
    shop.execute("INSERT INTO orders (name) VALUES ('kept')")
    shop.execute("COMMIT")
    assert rows(shop, "SELECT name FROM orders ORDER BY id") == (("ada",), ("bob",), ("kept",))


def test_numbers_are_not_given_out_twice(shop) -> None:
    shop.execute("BEGIN")
    assert shop.execute("INSERT INTO orders (name) VALUES ('lost')").last_id == 3
    shop.execute("ROLLBACK")
    shop.execute("BEGIN")
    assert shop.execute("INSERT INTO orders (name) VALUES ('c')").last_id == 4
    shop.execute("SAVEPOINT here")
    shop.execute("INSERT INTO orders (name) VALUES ('lost')")
    shop.execute("ROLLBACK TO SAVEPOINT here")
    assert shop.execute("INSERT INTO orders (name) VALUES ('d')").last_id == 6
    shop.execute("COMMIT")
    assert rows(shop, "SELECT id FROM orders ORDER BY id") == ((1,), (2,), (4,), (6,))


def test_the_lock_wait_that_is_shown_is_the_real_one(shop) -> None:
    assert rows(shop, "SHOW VARIABLES LIKE 'innodb_lock_wait_timeout'") == (("innodb_lock_wait_timeout", "5"),)
    assert rows(shop, "SELECT @@innodb_read_only") == ((0,),)


def test_a_failed_statement_leaves_the_rest_of_its_transaction(shop) -> None:
    shop.execute("BEGIN")
    shop.execute("INSERT INTO orders (name) VALUES ('c')")
    assert refused(shop, "INSERT INTO orders (name) VALUES ('ada')")[0] == 1062
    shop.execute("COMMIT")
    assert rows(shop, "SELECT COUNT(*) FROM orders") == ((3,),)


def test_a_definition_commits_what_came_before(shop, connect) -> None:
    shop.execute("START TRANSACTION")
    shop.execute("INSERT INTO orders (name) VALUES ('c')")
    shop.execute("CREATE TABLE other (id INT)")
    shop.execute("ROLLBACK")
    assert rows(connect(), "SELECT COUNT(*) FROM orders") == ((3,),)


def test_others_see_a_change_when_it_is_committed(shop, connect) -> None:
    other = connect()
    shop.execute("SET autocommit = 0")
    shop.execute("INSERT INTO orders (name) VALUES ('c')")
    assert rows(other, "SELECT COUNT(*) FROM orders") == ((2,),)
    shop.execute("COMMIT")
    assert rows(other, "SELECT COUNT(*) FROM orders") == ((3,),)


def test_a_transaction_reads_what_it_read_before(shop, connect) -> None:
    reader = connect()
    reader.execute("SET autocommit = 0")
    assert rows(reader, "SELECT COUNT(*) FROM orders") == ((2,),)
    shop.execute("INSERT INTO orders (name) VALUES ('c')")
    assert rows(reader, "SELECT COUNT(*) FROM orders") == ((2,),)
    reader.execute("COMMIT")
    assert rows(reader, "SELECT COUNT(*) FROM orders") == ((3,),)


def test_who_has_read_may_still_write_after_others_wrote(shop, connect) -> None:
    reader = connect()
    reader.execute("SET autocommit = 0")
    rows(reader, "SELECT * FROM orders")
    shop.execute("INSERT INTO orders (name) VALUES ('c')")
    reader.execute("INSERT INTO orders (name) VALUES ('d')")
    reader.execute("COMMIT")
    assert rows(shop, "SELECT COUNT(*) FROM orders") == ((4,),)


def test_eight_threads_lose_no_increment(shop, connect) -> None:
    shop.execute("CREATE TABLE counter (n INT)")
    shop.execute("INSERT INTO counter VALUES (0)")
    sessions = [connect() for _ in range(8)]

    def count(session) -> None:
        for _ in range(10):
            session.execute("UPDATE counter SET n = n + 1")

    threads = [threading.Thread(target=count, args=(session,)) for session in sessions]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert rows(shop, "SELECT n FROM counter") == ((80,),)


def test_definitions_change_and_go(shop) -> None:
    shop.execute("ALTER TABLE orders ADD COLUMN colour VARCHAR(5) NOT NULL DEFAULT 'red'")
    shop.execute("CREATE UNIQUE INDEX one_note ON orders (note)")
    assert rows(shop, "SELECT colour FROM orders WHERE id = 1") == (("red",),)
    assert ("orders", 0, "one_note", 1, "note") in rows(shop, "SHOW INDEX FROM orders")
    shop.execute("ALTER TABLE orders RENAME COLUMN colour TO shade")
    shop.execute("ALTER TABLE orders DROP COLUMN shade")
    assert "shade" not in [row[0] for row in rows(shop, "DESCRIBE orders")]
    shop.execute("TRUNCATE TABLE orders")
    assert shop.execute("INSERT INTO orders (name) VALUES ('first')").last_id == 1
    shop.execute("DROP TABLE IF EXISTS orders, nothing")
    assert rows(shop, "SHOW TABLES") == ()
    shop.execute("DROP DATABASE shop")
    assert ("shop",) not in rows(shop, "SHOW DATABASES")


def test_a_foreign_key_holds(shop) -> None:
    shop.execute("CREATE TABLE lines (order_id INT UNSIGNED, FOREIGN KEY (order_id) REFERENCES orders (id))")
    assert refused(shop, "INSERT INTO lines VALUES (99)")[0] == 1452
    assert shop.execute("INSERT INTO lines VALUES (1)").affected == 1


def test_a_replica_takes_no_writes(host, shop) -> None:
    replica = Session(Host(host.image, read_only=True), user="admin", database="shop")
    assert refused(replica, "DELETE FROM orders")[0] == 1290
    assert refused(replica, "CREATE TABLE x (id INT)")[0] == 1290
    assert rows(replica, "SELECT COUNT(*) FROM orders") == ((2,),)
    replica.close()


def test_what_was_committed_makes_the_same_data_again(host, shop, log) -> None:
    """The log, run on an empty image, is what a replica does: chance and time are in it."""
    shop.execute("INSERT INTO orders (name, note) VALUES ('c', UUID())")
    shop.execute("UPDATE orders SET price = ROUND(RAND() * 100, 2)")
    shop.execute("BEGIN")
    shop.execute("DELETE FROM orders")
    shop.execute("INSERT INTO orders (name) VALUES ('lost')")
    shop.execute("ROLLBACK")
    shop.execute("INSERT INTO orders (name) VALUES ('later')")
    other = Image()
    with_log = Session(Host(other), user="admin")
    with_log.close()
    connection = other.connect()
    moment = prepare(connection)
    for transaction in log:
        for statement in transaction:
            moment(statement)
            connection.execute(statement.sql)
    connection.close()
    replica = Session(Host(other), user="admin", database="shop")
    asked = "SELECT id, name, price, made, note FROM orders ORDER BY id"
    assert rows(replica, asked) == rows(shop, asked)
    replica.close()


def test_an_image_is_its_bytes(shop, host) -> None:
    copied = host.image.copy()
    shop.execute("DELETE FROM orders")
    other = Session(Host(copy.deepcopy(copied)), user="admin", database="shop")
    assert rows(other, "SELECT COUNT(*) FROM orders") == ((2,),)
    other.close()
