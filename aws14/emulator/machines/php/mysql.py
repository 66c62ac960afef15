"""The functions and classes of mysqli: a page asks a database, over the same network as everybody.

As PHP 8 does it, a failure is thrown as ``mysqli_sql_exception``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.databases.asking import Login, connect
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.outcome import Outcome
from aws14.emulator.machines.php.values import number, text

__all__ = ["Connection", "Databases", "Result"]

_PORT = 3306


class Databases:
    """What a page has of databases. A connection that it leaves open ends with it, as PHP ends it.

    Parameters
    ----------
    instance_id : str
        On which the page runs.
    """

    def __init__(self, instance_id: str) -> None:
        self._instance_id = instance_id
        self._opened: list[Connection] = []

    def classes(self) -> dict[str, Callable[..., Any]]:
        """Class -> what makes an object."""
        return {"mysqli": self._connect}

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Function -> what it does."""
        return {"mysqli_connect": self._connect, **_FUNCTIONS}

    def close(self) -> None:
        """End every connection of the page."""
        for each in self._opened:
            each.methods["close"]()

    def _connect(self, *given: Any) -> Connection:
        made = Connection(self._instance_id, *given)
        self._opened.append(made)
        return made


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "mysqli_query": lambda connection, sql, *_: connection.query(sql),
    "mysqli_fetch_assoc": lambda result: result.methods["fetch_assoc"](),
    "mysqli_num_rows": lambda result: len(result.rows),
    "mysqli_insert_id": lambda connection: connection.fields["insert_id"],
    "mysqli_affected_rows": lambda connection: connection.fields["affected_rows"],
    "mysqli_close": lambda connection: connection.methods["close"](),
    "mysqli_report": lambda *_: True,
    "constant MYSQLI_ASSOC": lambda: 1,
    "constant MYSQLI_NUM": lambda: 2,
    "constant MYSQLI_REPORT_ERROR": lambda: 1,
    "constant MYSQLI_REPORT_STRICT": lambda: 2,
}
"""Function -> what it does, for pages on any instance."""


class Connection:
    """``mysqli``: a connection of a page to a database.

    Parameters
    ----------
    instance_id : str
        On which the page runs.
    host, user, password, database, port
        Values of the page.

    Raises
    ------
    ThrownError
        When nobody answers, or the login is refused.
    """

    def __init__(self, instance_id: str, *given: Any) -> None:
        host, user, password, database = (text(value) for value in (*given, *[""] * 4)[:4])
        port = int(number(given[4])) if len(given) > 4 else _PORT
        login = Login(host=host, user=user, password=password, database=database, port=port)
        self._link = _thrown(lambda: connect(login, instance_id))
        self.fields: dict[str, Any] = {
            "insert_id": 0,
            "affected_rows": 0,
            "error": "",
            "errno": 0,
            "connect_error": None,
        }
        self.methods: dict[str, Callable[..., Any]] = {
            "query": self.query,
            "prepare": lambda sql: Prepared(self, text(sql)),
            "execute_query": lambda sql, values=None: self.query(sql, values),
            "real_escape_string": lambda value: text(value).replace("\\", "\\\\").replace("'", "\\'"),
            "set_charset": lambda *_: True,
            "begin_transaction": lambda *_: self.query("START TRANSACTION"),
            "commit": lambda *_: self.query("COMMIT"),
            "rollback": lambda *_: self.query("ROLLBACK"),
            "ping": lambda: self.query("SELECT 1") is not None,
            "close": lambda: self._link.close() or True,
        }

    def query(self, sql: Any, values: Any = None) -> Any:
        """Run a statement: a `Result`, or true where it has no rows."""
        params = tuple(values.values()) if isinstance(values, dict) else ()
        outcome: Outcome = _thrown(lambda: self._link.execute(text(sql), params))
        self.fields |= {"insert_id": outcome.last_id, "affected_rows": outcome.affected}
        return Result(outcome) if outcome.fields else True


class Prepared:
    """``mysqli_stmt``: a statement with places for values."""

    def __init__(self, connection: Connection, sql: str) -> None:
        self._connection, self._sql = connection, sql
        self._bound: dict[int, Any] = {}
        self._result: Any = None
        self.fields: dict[str, Any] = {}
        self.methods: dict[str, Callable[..., Any]] = {
            "bind_param": self._bind,
            "execute": self._execute,
            "get_result": lambda: self._result,
            "close": lambda: True,
        }

    def _bind(self, _: Any, *values: Any) -> bool:
        self._bound = dict(enumerate(values))
        return True

    def _execute(self, values: Any = None) -> bool:
        self._result = self._connection.query(self._sql, self._bound if values is None else values)
        self.fields |= self._connection.fields
        return True


class Result:
    """``mysqli_result``: rows, one after the other."""

    def __init__(self, outcome: Outcome) -> None:
        names = [column.name for column in outcome.fields]
        self.rows = [dict(zip(names, row, strict=True)) for row in outcome.rows]
        self._place = 0
        self.fields: dict[str, Any] = {"num_rows": len(self.rows)}
        self.methods: dict[str, Callable[..., Any]] = {
            "fetch_assoc": self._next,
            "fetch_array": lambda *_: self._next(),
            "fetch_row": lambda: _numbered(self._next()),
            "fetch_column": lambda place=0: (_numbered(self._next()) or {}).get(place, False),
            "fetch_all": lambda kind=2: dict(
                enumerate(row if kind == 1 else _numbered(row) for row in self.rows),
            ),
            "free": lambda: None,
        }

    def _next(self) -> dict[str, Any] | None:
        if self._place >= len(self.rows):
            return None
        self._place += 1
        return dict(self.rows[self._place - 1])


def _numbered(row: dict[str, Any] | None) -> dict[int, Any] | None:
    return None if row is None else dict(enumerate(row.values()))


def _thrown(ask: Callable[[], Any]) -> Any:
    from aws14.emulator.machines.php.running import ThrownError

    try:
        return ask()
    except MysqlError as error:
        raise ThrownError("mysqli_sql_exception", error.message, error.code) from None
