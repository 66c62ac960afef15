"""What an image knows of its own databases (schemas), tables and columns, in MySQL's words.

Kept in two tables of the image itself, so that it is copied, rolled back and replicated with the data.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from aws14.emulator.databases.rewriting import SYSTEM

__all__ = [
    "SETUP", "TABLES", "Column", "Index", "columns_of", "forget", "has_schema", "indexes_of", "keep", "kept_text",
    "schemas", "tables",
]  # fmt: skip

TABLES = "information_schema.tables"

SETUP = (
    'CREATE TABLE IF NOT EXISTS "_schemas" (name TEXT PRIMARY KEY)',
    'CREATE TABLE IF NOT EXISTS "_tables" (name TEXT PRIMARY KEY COLLATE NOCASE, columns TEXT, ddl TEXT)',
    f"""
    CREATE TEMP VIEW IF NOT EXISTS "{TABLES}" AS
    SELECT 'def' AS TABLE_CATALOG, SUBSTR(name, 1, INSTR(name, '.') - 1) AS TABLE_SCHEMA,
      SUBSTR(name, INSTR(name, '.') + 1) AS TABLE_NAME, 'BASE TABLE' AS TABLE_TYPE, 'InnoDB' AS ENGINE
    FROM "_tables"
    """,
)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name, type : str
        ``id``, ``int unsigned``.
    null : bool
        Whether it may be NULL.
    key : str
        ``PRI``, ``UNI``, ``MUL`` or empty.
    default : str or None
        As ``DESCRIBE`` shows it.
    extra : str
        ``auto_increment``, ``on update CURRENT_TIMESTAMP`` or empty.
    """

    name: str
    type: str
    null: bool = True
    key: str = ""
    default: str | None = None
    extra: str = ""


@dataclass(frozen=True)
class Index:
    """An index of a table, other than its primary key.

    Parameters
    ----------
    title : str
        Its name.
    unique : bool
        Whether no value is there twice.
    columns : tuple of str
        In their order.
    own : bool
        Whether it is an index of its own in SQLite, not a part of the table's definition.
    """

    title: str
    unique: bool
    columns: tuple[str, ...]
    own: bool


def schemas(connection: sqlite3.Connection) -> list[str]:
    """The names of all databases, MySQL's own too, sorted."""
    return sorted({*SYSTEM, *(str(name) for (name,) in connection.execute('SELECT name FROM "_schemas"'))})


def has_schema(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is such a database."""
    return name in schemas(connection) or name.lower() == "information_schema"  # whose case does not matter


def tables(connection: sqlite3.Connection, schema: str) -> list[str]:
    """The names of the tables of a database, sorted."""
    found = connection.execute('SELECT name FROM "_tables" ORDER BY name')
    return [str(name).partition(".")[2] for (name,) in found if str(name).partition(".")[0] == schema]


def columns_of(connection: sqlite3.Connection, name: str) -> tuple[Column, ...] | None:
    """The columns of the table that an image calls `name`; None where there is none."""
    found = connection.execute('SELECT columns FROM "_tables" WHERE name = ?', (name,)).fetchone()
    return None if found is None else tuple(Column(**each) for each in json.loads(found[0]))


def indexes_of(connection: sqlite3.Connection, name: str) -> list[Index]:
    """The indexes of the table that an image calls `name`."""
    made = []
    for _, index, unique, origin, *_ in connection.execute(f'PRAGMA index_list("{name}")').fetchall():
        columns = tuple(str(each[2]) for each in connection.execute(f'PRAGMA index_info("{index}")').fetchall())
        if origin != "pk":
            title = index.removeprefix(f"{name}.") if origin == "c" else columns[0]
            made.append(Index(title, bool(unique), columns, own=origin == "c"))
    return made


def kept_text(connection: sqlite3.Connection, name: str) -> str:
    """The ``CREATE TABLE`` of a table."""
    return str(connection.execute('SELECT ddl FROM "_tables" WHERE name = ?', (name,)).fetchone()[0])


def keep(name: str, columns: Iterable[Column], ddl: str) -> str:
    """The statement that writes a table down."""
    text = json.dumps([asdict(each) for each in columns])
    return f'INSERT OR REPLACE INTO "_tables" VALUES ({_quoted(name)}, {_quoted(text)}, {_quoted(ddl)})'


def forget(name: str) -> str:
    """The statement that strikes a table out."""
    return f'DELETE FROM "_tables" WHERE name = {_quoted(name)}'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
