"""Writes that clash with keys and columns, in MySQL's words: which key, which values, which field."""

from __future__ import annotations

import sqlite3

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.mistakes import MysqlError, from_sqlite
from aws14.emulator.databases.writing import Write

__all__ = ["explained"]


def explained(error: sqlite3.IntegrityError, write: Write, connection: sqlite3.Connection) -> MysqlError:
    """What MySQL says of a write that clashes with what is there.

    Parameters
    ----------
    error : sqlite3.IntegrityError
        What SQLite says.
    write : Write
        The statement.
    connection : sqlite3.Connection
        Where it was run.
    """
    made = from_sqlite(error)
    if made.code == 1062:
        return _duplicate(made, write, connection)
    column = made.message.partition("'")[2].partition("'")[0]
    if made.code == 1048 and write.inserts and write.given and column not in write.given:
        return MysqlError(1364, f"Field '{column}' doesn't have a default value")
    return made


def _duplicate(error: MysqlError, write: Write, connection: sqlite3.Connection) -> MysqlError:
    """The error with the values and the key's name, where they are known."""
    table, _, joined = error.message.rpartition("'")[0].rpartition("'")[2].partition(".")
    primary = tuple(each.name for each in catalogue.columns_of(connection, write.table) or () if each.key == "PRI")
    keys = {each.title: each.columns for each in catalogue.indexes_of(connection, write.table) if each.unique}
    found = ((key, columns) for key, columns in {"PRIMARY": primary, **keys}.items() if "_".join(columns) == joined)
    key, columns = next(found, (joined, ()))
    values = [write.cells[each.lower()] for each in columns if each.lower() in write.cells]
    told = f"Duplicate entry '{'-'.join(values)}'" if values and len(values) == len(columns) else "Duplicate entry"
    return MysqlError(1062, f"{told} for key '{table}.{key}'")
