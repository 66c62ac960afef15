"""One client's session with a database: it knows nothing of the wire.

A transaction sees the data as of its first read, and its own changes. Only one transaction writes at a time: others
wait, and give up after a while as MySQL does (1205). Where MySQL locks rows, one writer holds the whole database
here: two transactions that change different rows wait for each other too, and there are no deadlocks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.clashes import explained
from aws14.emulator.databases.defining import Definer, unsupported
from aws14.emulator.databases.host import Host
from aws14.emulator.databases.knowledge import Knowledge
from aws14.emulator.databases.mistakes import SYNTAX, MysqlError, from_sqlite
from aws14.emulator.databases.outcome import Outcome
from aws14.emulator.databases.reading import Shape, name_columns, outcome_of
from aws14.emulator.databases.rewriting import SYSTEM, first_word, generated, name_tables, parsed
from aws14.emulator.databases.showing import Shower
from aws14.emulator.databases.transactions import LOCK_WAIT_S, Transactions
from aws14.emulator.databases.writing import Write, written

__all__ = ["Session"]

#: They change nothing that is there.
_QUIET = frozenset({"FLUSH", "ANALYZE", "OPTIMIZE", "UNLOCK"})


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
    found_rows : bool
        Whether the client wants found rows counted instead of changed ones.

    Raises
    ------
    MysqlError
        1049 when there is no such database.
    """

    def __init__(self, host: Host, *, user: str, database: str = "", number: int = 1) -> None:
        self._host = host
        known = {
            "hostname": host.name,
            "innodb_lock_wait_timeout": int(LOCK_WAIT_S),
            "max_connections": host.max_connections,
            "read_only": host.read_only,
            "version": host.version,
        }
        self._knowledge = Knowledge(user, number, known)
        self._transactions = Transactions(host.image, host.committed, host.now)
        self._connection = self._transactions.connection
        self.found_rows = False
        try:
            for each in catalogue.SETUP:
                self._transactions.patiently(each)
            if database:
                self._use(exp.Use(this=exp.table_(database)), "")
        except MysqlError:
            self.close()
            raise

    @property
    def autocommit(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return self._transactions.autocommit

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""
        return self._transactions.open

    def execute(self, sql: str) -> Outcome:
        """Run the statements of a text; what the last one brings.

        Raises
        ------
        MysqlError
            As MySQL says it.
        """
        made = Outcome()
        for tree in _trees(sql):
            try:
                made = self._maker(tree)(tree, sql)
            except sqlite3.Error as error:
                raise from_sqlite(error, sql) from None
            self._knowledge.note(made)
        return made

    def close(self) -> None:
        """End it; what is not committed is rolled back."""
        self._connection.close()

    def _maker(self, tree: exp.Expr) -> Callable[[Any, str], Outcome]:
        makers: tuple[tuple[Any, Callable[[Any, str], Outcome]], ...] = (
            (exp.Query, self._query),
            (exp.Insert | exp.Update | exp.Delete, self._write),
            (exp.Create | exp.Drop | exp.Alter | exp.TruncateTable, self._define),
            (exp.Transaction | exp.Commit | exp.Rollback, self._transaction),
            (exp.Use, self._use),
            (exp.Set, self._set),
            (exp.Show, lambda each, _: self._shower().show(each)),
            (exp.Describe, lambda each, _: self._shower().describe(each)),
            (exp.Command, self._command),
        )
        return next((maker for kinds, maker in makers if isinstance(tree, kinds)), _no_statement)

    def _use(self, tree: exp.Use, _sql: str) -> Outcome:
        name = tree.this.name
        if not catalogue.has_schema(self._connection, name):
            raise MysqlError(1049, f"Unknown database '{name}'")
        self._knowledge.database = name
        return Outcome()

    def _set(self, tree: exp.Set, _sql: str) -> Outcome:
        self._knowledge.set(tree)
        wanted = bool(self._knowledge.variables["autocommit"])
        if wanted and not self._transactions.autocommit:
            self._transactions.commit()
        self._transactions.autocommit = wanted
        return Outcome()

    def _transaction(self, tree: exp.Expr, sql: str) -> Outcome:
        if isinstance(tree, exp.Transaction):
            self._transactions.start()
        elif isinstance(tree, exp.Commit):
            self._transactions.commit()
        elif tree.args.get("savepoint") is None:
            self._transactions.rollback()
        else:
            self._savepoint(sql)
        return Outcome()

    def _command(self, _tree: exp.Command, sql: str) -> Outcome:
        word = first_word(sql)
        if word in {"SAVEPOINT", "RELEASE"}:
            self._savepoint(sql)
        elif word not in _QUIET:
            raise unsupported(sql)
        return Outcome()

    def _savepoint(self, sql: str) -> None:
        self._transactions.begin(writes=False)
        text = sql.strip().rstrip(";")
        if not self.in_transaction:  # one that is a transaction of its own ends with its statement
            return
        if first_word(text) == "ROLLBACK":
            self._transactions.return_to(text)
        else:
            self._transactions.run(text)

    def _query(self, tree: Any, sql: str) -> Outcome:
        locks = any(True for _ in tree.find_all(exp.Lock))
        self._transactions.begin(writes=locks)
        try:
            tree = self._knowledge.told(tree)
            name_columns(tree, sql)
            name_tables(tree, self._there)
            shape = Shape(tree, self._connection)
            outcome = outcome_of(self._transactions.ask(generated(tree)), shape)
        finally:
            self._transactions.end()
        return outcome

    def _write(self, tree: exp.Expr, _sql: str) -> Outcome:
        self._must_write()
        self._transactions.begin(writes=True)
        try:
            self._knowledge.told(tree)
            outcome = self._changed(written(tree, self._connection, self._there, found_rows=self.found_rows))
        except BaseException:
            self._transactions.end(failed=True)
            raise
        self._transactions.end()
        return outcome

    def _changed(self, write: Write) -> Outcome:
        before = self._rows(write)
        try:
            cursor = self._transactions.run(write.sql)
        except sqlite3.IntegrityError as error:
            raise explained(error, write, self._connection) from None
        count = max(cursor.rowcount, 0)
        made = count if write.counted and write.inserts else 0
        last_id = int(cursor.lastrowid or 0) - (made - 1) if made else 0
        if write.counting != "plain":
            added = self._rows(write) - before
            # An updated duplicate counts two; so does a row that was deleted for another one.
            count = added + 2 * (count - added)
        return Outcome(affected=count, last_id=max(last_id, 0))

    def _rows(self, write: Write) -> int:
        if write.counting == "plain":
            return 0
        return int(self._connection.execute(f'SELECT COUNT(*) FROM "{write.table}"').fetchone()[0])

    def _define(self, tree: exp.Expr, sql: str) -> Outcome:
        self._must_write()
        self._transactions.commit()  # MySQL commits before every definition
        self._transactions.begin(writes=True)
        try:
            for each in Definer(self._connection, self._named).statements(tree, sql):
                self._transactions.run(each)
        except BaseException:
            self._transactions.rollback()
            raise
        self._transactions.commit()
        return Outcome()

    def _must_write(self) -> None:
        if self._host.read_only:
            text = "The MySQL server is running with the --read-only option so it cannot execute this statement"
            raise MysqlError(1290, text)

    def _schema(self, name: str | None) -> str:
        schema = name or self._knowledge.database
        if not schema:
            raise MysqlError(1046, "No database selected")
        if not catalogue.has_schema(self._connection, schema):
            raise MysqlError(1049, f"Unknown database '{schema}'")
        return schema

    def _named(self, table: exp.Table) -> str:
        return f"{self._schema(table.db)}.{table.name}"

    def _there(self, table: exp.Table) -> str:
        name = self._named(table)
        if name.lower() == catalogue.TABLES:
            return catalogue.TABLES
        if name.partition(".")[0].lower() in SYSTEM:
            raise unsupported(f"SELECT from {name}")
        if catalogue.columns_of(self._connection, name) is None:
            raise MysqlError(1146, f"Table '{name}' doesn't exist")
        return name

    def _shower(self) -> Shower:
        return Shower(
            self._connection,
            resolve=self._there,
            schema=self._schema,
            variables=self._knowledge.variables,
            status=self._host.status,
        )


def _trees(sql: str) -> list[exp.Expr]:
    word = first_word(sql)
    if word in {"SAVEPOINT", "RELEASE", *_QUIET}:
        return [exp.Command(this=sql)]
    if word != "REPLACE":
        return parsed(sql)
    # The parser takes INSERT only; the statement is the same but for its first word.
    at = sql.upper().index("REPLACE")
    found = parsed(f"{sql[:at]}INSERT{sql[at + len(word) :]}")
    for each in found:
        each.meta["replaces"] = True
    return found


def _no_statement(_tree: exp.Expr, sql: str) -> Outcome:
    raise MysqlError(1064, f"{SYNTAX} near '{sql[:80]}' at line 1")
