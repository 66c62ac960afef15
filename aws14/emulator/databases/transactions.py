"""Transactions of one connection to an image: when they begin, who waits, what is told when they are committed."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable

from aws14.emulator.databases.functions import Statement, prepare
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.mistakes import from_sqlite

__all__ = ["LOCK_WAIT_S", "Transactions"]

#: How long a writer waits for another one.
LOCK_WAIT_S = 5.0
_START = '"before all changes"'


class Transactions:
    """The transactions of one connection.

    Parameters
    ----------
    image : Image
        Whose.
    committed : callable
        Called with the statements of each transaction that was committed.
    now : callable
        AWS time, epoch seconds.

    Attributes
    ----------
    connection : sqlite3.Connection
        To the image.
    autocommit : bool
        Whether each statement is a transaction of its own.
    """

    def __init__(
        self, image: Image, committed: Callable[[tuple[Statement, ...]], None], now: Callable[[], float]
    ) -> None:
        self._image = image
        self._committed = committed
        self._now = now
        self.connection = image.connect()
        self._moment = prepare(self.connection)
        self.autocommit = True
        self._explicit = self._wrote = False
        self._log: list[Statement] = []

    @property
    def open(self) -> bool:
        """Whether one is open."""
        return self.connection.in_transaction

    def start(self) -> None:
        """``START TRANSACTION``."""
        self.commit()
        self.connection.execute("BEGIN")
        self._explicit = True

    def begin(self, *, writes: bool) -> None:
        """Be in a transaction that a statement needs, one that may write if it is to.

        Raises
        ------
        MysqlError
            1205 when somebody else writes for too long.
        """
        if writes and self.open and not self._wrote:
            self.connection.execute("COMMIT")  # what has only read sees the newest data when it begins to write
        if writes and not self._wrote:
            self.patiently("BEGIN IMMEDIATE")
            self._wrote = True
            self.connection.execute(f"SAVEPOINT {_START}")
            for each in self._log:  # savepoints from before the first change
                self.connection.execute(each.sql)
        elif not self.open and not self.autocommit:
            self.connection.execute("BEGIN")

    def end(self, *, failed: bool = False) -> None:
        """End the transaction of a statement that is one of its own."""
        if self.autocommit and not self._explicit and self.open:
            if failed:
                self.rollback()
            else:
                self.commit()

    def commit(self) -> None:
        """``COMMIT``."""
        log = tuple(self._log) if self._wrote else ()
        if self.open:
            with self._image.committing:
                self.connection.execute("COMMIT")
                if log:
                    self._image.changed()
                    self._committed(log)
        self._clear()

    def rollback(self) -> None:
        """``ROLLBACK``; numbers that were given out are not given out again, as in InnoDB."""
        before = self._counts() if self._wrote and self.open else {}
        if self.open:
            self.connection.execute(f"ROLLBACK TO {_START}" if before else "ROLLBACK")
        self._log.clear()
        if before:
            self._count_on(before)
            self.commit()
        self._clear()

    def return_to(self, sql: str) -> None:
        """``ROLLBACK TO SAVEPOINT``."""
        before = self._counts() if self._wrote else {}
        self.run(sql)
        self._count_on(before)

    def run(self, sql: str) -> sqlite3.Cursor:
        """Run a change, and remember it for the replicas."""
        statement = self._statement(sql)
        self._moment(statement)
        cursor = self.connection.execute(sql)
        self._log.append(statement)
        return cursor

    def ask(self, sql: str) -> sqlite3.Cursor:
        """Run a query."""
        self._moment(self._statement(sql))
        return self.connection.execute(sql)

    def patiently(self, sql: str) -> None:
        """Run it as soon as nobody else writes.

        Raises
        ------
        MysqlError
            1205 when that takes too long.
        """
        ends = time.monotonic() + LOCK_WAIT_S
        while True:
            try:
                self.connection.execute(sql)
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > ends:
                    raise from_sqlite(error, sql) from None
            time.sleep(0.005)

    def _counts(self) -> dict[str, int]:
        """The last number that each table has given out."""
        there = self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone()
        return dict(self.connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()) if there else {}

    def _count_on(self, before: dict[str, int]) -> None:
        """Let no table count from a lower number than before."""
        now = self._counts()
        tables = {name for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for name in sorted(tables):
            if before.get(name, 0) > now.get(name, 0):
                called = name.replace("'", "''")
                self.run(f"DELETE FROM sqlite_sequence WHERE name = '{called}'")
                self.run(f"INSERT INTO sqlite_sequence VALUES ('{called}', {before[name]})")

    def _statement(self, sql: str) -> Statement:
        return Statement(sql, self._now(), secrets.randbits(63))

    def _clear(self) -> None:
        self._log.clear()
        self._wrote = self._explicit = False
