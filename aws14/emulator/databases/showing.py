"""SHOW and DESCRIBE."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.defining import unsupported
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.outcome import Field, Outcome, guessed

__all__ = ["Shower"]


class Shower:
    """Answers SHOW and DESCRIBE for one session.

    Parameters
    ----------
    connection : sqlite3.Connection
        To the image.
    resolve : callable
        From a table to its name in the image, where it must be.
    schema : callable
        From the name of a database, or None, to that or the session's own; raises where there is none.
    variables : Mapping
        Of the session.
    status : callable
        Returns MySQL's status variables.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        resolve: Callable[[exp.Table], str],
        schema: Callable[[str | None], str],
        variables: Mapping[str, Any],
        status: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._connection = connection
        self._resolve = resolve
        self._schema = schema
        self._variables = variables
        self._status = status

    def describe(self, tree: exp.Describe) -> Outcome:
        """``DESCRIBE orders``."""
        if not isinstance(tree.this, exp.Table):
            raise unsupported(tree.sql("mysql"))
        return self._columns(self._resolve(tree.this))

    def show(self, tree: exp.Show) -> Outcome:
        """``SHOW ...``."""
        kind = tree.name.upper()
        makers: dict[str, Callable[[exp.Show], Outcome]] = {
            "DATABASES": lambda _: _listed(["Database"], [(each,) for each in catalogue.schemas(self._connection)]),
            "SCHEMAS": lambda _: _listed(["Database"], [(each,) for each in catalogue.schemas(self._connection)]),
            "TABLES": self._tables,
            "COLUMNS": lambda each: self._columns(self._resolve(_target(each))),
            "CREATE TABLE": self._create,
            "INDEX": self._indexes,
            "VARIABLES": lambda _: _pairs(self._variables),
            "STATUS": lambda _: _pairs(self._status()),
            "WARNINGS": lambda _: _listed(["Level", "Code", "Message"], []),
            "ERRORS": lambda _: _listed(["Level", "Code", "Message"], []),
        }
        if kind not in makers:
            raise unsupported(f"SHOW {kind}")
        return _liked(makers[kind](tree), tree)

    def _tables(self, tree: exp.Show) -> Outcome:
        schema = self._schema(tree.text("db") or None)
        names = catalogue.tables(self._connection, schema)
        if tree.args.get("full"):
            return _listed([f"Tables_in_{schema}", "Table_type"], [(name, "BASE TABLE") for name in names])
        return _listed([f"Tables_in_{schema}"], [(name,) for name in names])

    def _columns(self, name: str) -> Outcome:
        columns = catalogue.columns_of(self._connection, name) or ()
        rows = [(c.name, c.type, "YES" if c.null else "NO", c.key, c.default, c.extra) for c in columns]
        return _listed(["Field", "Type", "Null", "Key", "Default", "Extra"], rows)

    def _create(self, tree: exp.Show) -> Outcome:
        name = self._resolve(_target(tree))
        text = catalogue.kept_text(self._connection, name)
        return _listed(["Table", "Create Table"], [(name.partition(".")[2], text)])

    def _indexes(self, tree: exp.Show) -> Outcome:
        name = self._resolve(_target(tree))
        table = name.partition(".")[2]
        columns = catalogue.columns_of(self._connection, name) or ()
        rows = [(table, 0, "PRIMARY", at, c.name) for at, c in enumerate((c for c in columns if c.key == "PRI"), 1)]
        for each in catalogue.indexes_of(self._connection, name):
            places = enumerate(each.columns, 1)
            rows += [(table, int(not each.unique), each.title, place, column) for place, column in places]
        return _listed(["Table", "Non_unique", "Key_name", "Seq_in_index", "Column_name"], rows)


def _target(tree: exp.Show) -> exp.Table:
    target = tree.args.get("target")
    if target is None:
        raise MysqlError(1064, "SHOW needs the name of a table")
    if isinstance(target, exp.Table):
        return target
    return exp.table_(target.name, db=tree.text("db") or None)


def _listed(names: list[str], rows: list[tuple[Any, ...]]) -> Outcome:
    fields = tuple(guessed(name, [row[at] for row in rows]) for at, name in enumerate(names))
    return Outcome(
        tuple(Field(each.name, "text" if each.kind == "null" else each.kind) for each in fields), tuple(rows)
    )


def _pairs(values: Mapping[str, Any]) -> Outcome:
    rows = [(name, _shown(value)) for name, value in sorted(values.items())]
    return _listed(["Variable_name", "Value"], rows)


def _shown(value: Any) -> str:
    return {True: "ON", False: "OFF"}[value] if isinstance(value, bool) else "" if value is None else str(value)


def _liked(outcome: Outcome, tree: exp.Show) -> Outcome:
    like = tree.text("like")
    if not like:
        return outcome
    pattern = re.compile("".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in like), re.IGNORECASE)
    return Outcome(outcome.fields, tuple(row for row in outcome.rows if pattern.fullmatch(str(row[0]))))
