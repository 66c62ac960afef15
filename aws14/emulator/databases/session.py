"""One client's session with a database: statements, transactions, variables. It knows nothing of the wire.

A transaction sees the data as of its first read, and its own changes. Only one transaction writes at a time: others
wait, and give up after a while as MySQL does (1205).
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.defining import Definer, unsupported
from aws14.emulator.databases.functions import Statement, prepare
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.mistakes import SYNTAX, MysqlError, from_sqlite
from aws14.emulator.databases.outcome import Outcome
from aws14.emulator.databases.reading import Shape, name_columns, outcome_of
from aws14.emulator.databases.rewriting import SYSTEM, first_word, generated, name_tables, parsed
from aws14.emulator.databases.showing import Shower
from aws14.emulator.databases.writing import Write, written

__all__ = ["Host", "Session"]

_LOCK_WAIT_S = 5.0
_WRITES = (exp.Insert, exp.Update, exp.Delete)
_DEFINES = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)
_QUIET = frozenset({"FLUSH", "ANALYZE", "OPTIMIZE", "UNLOCK"})
_VARIABLES: Mapping[str, Any] = {
    "autocommit": True, "character_set_client": "utf8mb4", "character_set_connection": "utf8mb4",
    "character_set_results": "utf8mb4", "character_set_server": "utf8mb4", "collation_connection": "utf8mb4_0900_ai_ci",
    "innodb_lock_wait_timeout": 50, "max_allowed_packet": 67108864, "max_connections": 60,
    "sql_mode": "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", "system_time_zone": "UTC", "time_zone": "UTC",
    "transaction_isolation": "REPEATABLE-READ", "wait_timeout": 28800, "interactive_timeout": 28800,
    "lower_case_table_names": 0, "version_comment": "Source distribution", "sql_select_limit": 2**64 - 1,
}  # fmt: skip


@dataclass(frozen=True)
class Host:
    """The server that a session is with.

    Parameters
    ----------
    image : Image
        Its data.
    version : str
        Of MySQL.
    name : str
        Of the machine.
    read_only : bool
        Whether it is a replica.
    committed : callable
        Called with the statements of each transaction that was committed.
    now : callable
        AWS time, epoch seconds.
    status : callable
        MySQL's status variables.
    """

    image: Image
    version: str = "8.0.42"
    name: str = "ip-10-0-0-1"
    read_only: bool = False
    committed: Callable[[tuple[Statement, ...]], None] = field(default=lambda _: None)
    now: Callable[[], float] = field(default=time.time)
    status: Callable[[], Mapping[str, Any]] = field(default=dict)


class Session:
    """One client's session.

    Parameters
    ----------
    host : Host
        Where.
    user : str
        ``admin@10.0.10.4``.
    database : str, optional
        The one to use.
    number : int, optional
        Of the connection.

    Attributes
    ----------
    database : str
        In use; empty for none.
    found_rows : bool
        Whether the client wants found rows counted instead of changed ones.

    Raises
    ------
    MysqlError
        1049 when there is no such database.
    """

    def __init__(self, host: Host, *, user: str, database: str = "", number: int = 1) -> None:
        self._host = host
        self._user = user
        self._number = number
        self._connection = host.image.connect()
        self._moment = prepare(self._connection)
        self._explicit = self._wrote = False
        self._log: list[Statement] = []
        self._last = Outcome()
        self._last_id = 0
        self._mine: dict[str, Any] = {}
        self._variables = {**_VARIABLES, "read_only": host.read_only, "hostname": host.name, "version": host.version}
        self.found_rows = False
        self.database = ""
        for each in catalogue.SETUP:
            self._patient(each)
        if database:
            try:
                self._use(database)
            except MysqlError:
                self.close()
                raise

    @property
    def autocommit(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return bool(self._variables["autocommit"])

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""
        return self._connection.in_transaction

    def execute(self, sql: str) -> Outcome:
        """Run the statements of a text; what the last one brings.

        Raises
        ------
        MysqlError
            As MySQL says it.
        """
        made = Outcome()
        if first_word(sql) in _QUIET:
            return made
        for tree, replaces in self._trees(sql):
            try:
                made = self._run(tree, sql, replaces)
            except sqlite3.Error as error:
                raise from_sqlite(error, sql) from None
            finally:
                if not self.in_transaction:
                    self._log.clear()
                    self._wrote = self._explicit = False
            self._last = made
            self._last_id = made.last_id or self._last_id
        return made

    def close(self) -> None:
        """End it; what is not committed is rolled back."""
        self._connection.close()

    def _trees(self, sql: str) -> list[tuple[exp.Expression, bool]]:
        word = first_word(sql)
        if word == "REPLACE":
            # The parser takes INSERT only; the statement is the same but for its first word.
            at = sql.upper().index("REPLACE")
            return [(each, True) for each in parsed(f"{sql[:at]}INSERT{sql[at + 7 :]}")]
        if word in {"SAVEPOINT", "RELEASE"}:
            return [(exp.Command(this=sql), False)]
        return [(each, False) for each in parsed(sql)]

    def _run(self, tree: exp.Expression, sql: str, replaces: bool) -> Outcome:
        if isinstance(tree, exp.Use):
            return self._use(tree.this.name)
        if isinstance(tree, exp.Set):
            return self._set(tree)
        if isinstance(tree, exp.Transaction | exp.Commit | exp.Rollback | exp.Command):
            return self._transaction(tree, sql)
        if isinstance(tree, exp.Show | exp.Describe):
            shower = self._shower()
            return shower.show(tree) if isinstance(tree, exp.Show) else shower.describe(tree)
        if isinstance(tree, _WRITES):
            return self._write(tree, replaces)
        if isinstance(tree, _DEFINES):
            return self._define(tree, sql)
        if isinstance(tree, exp.Query):
            return self._query(tree)
        raise MysqlError(1064, f"{SYNTAX} near '{sql[:80]}' at line 1")

    def _use(self, name: str) -> Outcome:
        if not catalogue.has_schema(self._connection, name):
            raise MysqlError(1049, f"Unknown database '{name}'")
        self.database = name
        return Outcome()

    def _set(self, tree: exp.Set) -> Outcome:
        for item in tree.expressions:
            assignment = item.this
            if not isinstance(assignment, exp.EQ):
                continue  # SET NAMES, SET TRANSACTION: there is one character set, and one isolation
            value = _literal(self._informed(assignment.expression.copy()))
            name = assignment.this.name
            if isinstance(assignment.this, exp.Parameter):
                self._mine[name] = value
            elif name.lower() == "autocommit":
                self._set_autocommit(str(value).upper() in {"1", "ON", "TRUE"})
            else:
                self._variables[name.lower()] = value
        return Outcome()

    def _set_autocommit(self, on: bool) -> None:
        if on and self.in_transaction:
            self._commit()
        self._variables["autocommit"] = on

    def _transaction(self, tree: exp.Expression, sql: str) -> Outcome:
        if isinstance(tree, exp.Transaction):
            self._commit()
            self._connection.execute("BEGIN")
            self._explicit = True
        elif isinstance(tree, exp.Commit):
            self._commit()
        elif isinstance(tree, exp.Rollback) and tree.args.get("savepoint") is None:
            if self.in_transaction:
                self._connection.execute("ROLLBACK")
        elif isinstance(tree, exp.Rollback) or first_word(sql) in {"SAVEPOINT", "RELEASE"}:
            if self.autocommit and not self.in_transaction:
                return Outcome()
            self._begin(writes=False)
            self._do(sql.strip().rstrip(";"))
        else:
            raise unsupported(sql)
        return Outcome()

    def _query(self, tree: exp.Query) -> Outcome:
        locks = any(True for _ in tree.find_all(exp.Lock))
        self._begin(writes=locks)
        tree = self._informed(tree)
        name_columns(tree)
        name_tables(tree, self._there)
        shape = Shape(tree, self._connection)
        self._moment(self._statement(""))
        outcome = outcome_of(self._connection.execute(generated(tree)), shape)
        self._end()
        return outcome

    def _write(self, tree: exp.Expression, replaces: bool) -> Outcome:
        self._must_write()
        self._begin(writes=True)
        try:
            self._informed(tree)
            write = written(tree, self._connection, self._there, replaces=replaces, found_rows=self.found_rows)
            outcome = self._changed(write)
        except BaseException:
            self._end(failed=True)
            raise
        self._end()
        return outcome

    def _changed(self, write: Write) -> Outcome:
        before = self._rows(write)
        try:
            cursor = self._do(write.sql)
        except sqlite3.IntegrityError as error:
            raise _missing(error, write) from None
        count = max(cursor.rowcount, 0)
        if write.counting != "plain":
            added = self._rows(write) - before
            # An updated duplicate counts two; so does a row that was deleted for another one.
            count = added + 2 * (count - added)
        made = write.counted and write.inserts and count > 0 and cursor.lastrowid
        last_id = int(cursor.lastrowid or 0) - (cursor.rowcount - 1) if made else 0
        return Outcome(affected=count, last_id=max(last_id, 0))

    def _rows(self, write: Write) -> int:
        if write.counting == "plain":
            return 0
        return int(self._connection.execute(f'SELECT COUNT(*) FROM "{write.table}"').fetchone()[0])

    def _define(self, tree: exp.Expression, sql: str) -> Outcome:
        self._must_write()
        self._commit()  # MySQL commits before every definition
        self._begin(writes=True)
        try:
            for each in Definer(self._connection, self._named).statements(tree, sql):
                self._do(each)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._commit()
        return Outcome()

    def _must_write(self) -> None:
        if self._host.read_only:
            text = "The MySQL server is running with the --read-only option so it cannot execute this statement"
            raise MysqlError(1290, text)

    def _begin(self, *, writes: bool) -> None:
        """Be in a transaction, one that may write if it is to."""
        if writes and self.in_transaction and not self._wrote:
            self._connection.execute("COMMIT")  # what has only read sees the newest data when it begins to write
        if writes and not self._wrote:
            self._patient("BEGIN IMMEDIATE")
            self._wrote = True
        elif not self.in_transaction and not self.autocommit:
            self._connection.execute("BEGIN")

    def _end(self, *, failed: bool = False) -> None:
        """End the transaction of a statement that is one of its own."""
        if self.autocommit and not self._explicit and self.in_transaction:
            if failed:
                self._connection.execute("ROLLBACK")
            else:
                self._commit()

    def _commit(self) -> None:
        if not self.in_transaction:
            return
        image, log = self._host.image, tuple(self._log)
        with image.committing:
            self._connection.execute("COMMIT")
            if log:
                image.changed()
                self._host.committed(log)
        self._log.clear()
        self._wrote = self._explicit = False

    def _do(self, sql: str) -> sqlite3.Cursor:
        """Run a change, and remember it for the replicas."""
        statement = self._statement(sql)
        self._moment(statement)
        cursor = self._connection.execute(sql)
        self._log.append(statement)
        return cursor

    def _statement(self, sql: str) -> Statement:
        return Statement(sql, self._host.now(), secrets.randbits(63))

    def _patient(self, sql: str) -> None:
        """Run it as soon as nobody else writes."""
        ends = time.monotonic() + _LOCK_WAIT_S
        while True:
            try:
                self._connection.execute(sql)
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > ends:
                    raise from_sqlite(error, sql) from None
            time.sleep(0.005)

    def _schema(self, name: str | None) -> str:
        if not (name or self.database):
            raise MysqlError(1046, "No database selected")
        schema = name or self.database
        if not catalogue.has_schema(self._connection, schema):
            raise MysqlError(1049, f"Unknown database '{schema}'")
        return schema

    def _named(self, table: exp.Table) -> str:
        return f"{self._schema(table.db)}.{table.name}"

    def _there(self, table: exp.Table) -> str:
        name = self._named(table)
        if name.partition(".")[0] in SYSTEM:
            raise unsupported(f"SELECT from {name}")
        if catalogue.columns_of(self._connection, name) is None:
            raise MysqlError(1146, f"Table '{name}' doesn't exist")
        return name

    def _shower(self) -> Shower:
        return Shower(
            self._connection,
            resolve=self._there,
            schema=self._schema,
            variables=self._variables,
            status=self._host.status,
        )

    def _informed(self, tree: Any) -> Any:
        """A statement with what the session knows in the place of functions and variables that ask for it."""
        known: dict[str, Any] = {
            "USER": self._user, "CURRENT_USER": self._user, "SESSION_USER": self._user, "SYSTEM_USER": self._user,
            "CONNECTION_ID": self._number, "LAST_INSERT_ID": self._last_id, "ROW_COUNT": self._last.affected,
            "FOUND_ROWS": len(self._last.rows),
        }  # fmt: skip

        def informed(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.Anonymous) and node.name.upper() in known and not node.expressions:
                return _told(node, known[node.name.upper()])
            if isinstance(node, exp.CurrentSchema):
                return _told(node, self.database or None)
            if isinstance(node, exp.CurrentVersion):
                return _told(node, self._host.version)
            if isinstance(node, exp.CurrentUser):
                return _told(node, self._user)
            if isinstance(node, exp.SessionParameter):
                return _told(node, self._variable(node.name))
            return _told(node, self._mine.get(node.name)) if isinstance(node, exp.Parameter) else node

        return tree.transform(informed, copy=False)

    def _variable(self, name: str) -> Any:
        if name.lower() not in self._variables:
            raise MysqlError(1193, f"Unknown system variable '{name}'")
        value = self._variables[name.lower()]
        return int(value) if isinstance(value, bool) else value


def _told(node: exp.Expression, value: Any) -> exp.Expression:
    made = exp.convert(value)
    made.meta["called"] = node.sql("mysql")
    return made


def _literal(node: exp.Expression) -> Any:
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(node.name) if "." in node.name else int(node.name)
    return None if isinstance(node, exp.Null) else node.name or node.sql("mysql")


def _missing(error: sqlite3.IntegrityError, write: Write) -> MysqlError:
    made = from_sqlite(error)
    column = made.message.partition("'")[2].partition("'")[0]
    if made.code == 1048 and write.inserts and write.given and column not in write.given:
        return MysqlError(1364, f"Field '{column}' doesn't have a default value")
    return made
