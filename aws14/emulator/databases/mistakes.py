"""MySQL's errors: numbers, states and words (MySQL 8.0 reference manual, "Server Error Message Reference")."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

__all__ = ["SQLSTATES", "MysqlError", "from_sqlite"]

#: Number -> SQLSTATE where that is not the general ``HY000``.
SQLSTATES: Mapping[int, bytes] = {
    1007: b"HY000", 1008: b"HY000", 1040: b"08004", 1044: b"42000", 1045: b"28000", 1046: b"3D000", 1048: b"23000",
    1049: b"42000", 1050: b"42S01", 1051: b"42S02", 1052: b"23000", 1054: b"42S22", 1060: b"42S21", 1061: b"42000",
    1062: b"23000", 1064: b"42000", 1065: b"42000", 1075: b"42000", 1091: b"42000", 1136: b"21S01", 1142: b"42000",
    1146: b"42S02", 1193: b"HY000", 1213: b"40001", 1235: b"42000", 1264: b"22003", 1292: b"22007", 1305: b"42000",
    1406: b"22001", 1451: b"23000", 1452: b"23000", 3819: b"HY000",
}  # fmt: skip


class MysqlError(Exception):
    """What MySQL says instead of a result.

    Parameters
    ----------
    code : int
        Number, such as 1062.
    message : str
        In MySQL's words.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    @property
    def sqlstate(self) -> str:
        """Five characters."""
        return SQLSTATES.get(self.code, b"HY000").decode()


def from_sqlite(error: sqlite3.Error, sql: str = "") -> MysqlError:
    """The error that MySQL would give where SQLite gives this one.

    Parameters
    ----------
    error : sqlite3.Error
        SQLite's.
    sql : str, optional
        The statement as MySQL got it.
    """
    text = str(error)
    for pattern, made in _KNOWN:
        found = re.search(pattern, text)
        if found:
            return made(found)
    if "near " in text or "syntax error" in text or "incomplete input" in text:
        return MysqlError(1064, f"{SYNTAX} near '{sql[:80]}' at line 1")
    return MysqlError(1105, f"Unknown error: {text}")


SYNTAX = (
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right"
    " syntax to use"
)


def _plain(name: str) -> str:
    """``orders.name`` of SQLite's ``shop.orders.name``; a key's own name of an index's."""
    return name.strip("\"'`").partition(".")[2]


def _unique(found: re.Match[str]) -> MysqlError:
    names = [part.rpartition(".") for part in found[1].split(", ")]
    table = _plain(names[0][0])
    key = "_".join(column for _, _, column in names)
    return MysqlError(1062, f"Duplicate entry for key '{table}.{key}'")


def _column(found: re.Match[str]) -> MysqlError:
    name = found[1].strip("\"'")
    return MysqlError(1054, f"Unknown column '{name}' in 'field list'")


_VALUES = {
    "1264": "Out of range value",
    "1265": "Data truncated",
    "1292": "Incorrect datetime value",
    "1366": "Incorrect integer value",
    "1406": "Data too long",
}


def _check(found: re.Match[str]) -> MysqlError:
    code, _, column = found[1].partition(" ")
    if code in _VALUES:
        column, _, kind = column.partition(" ")
        if kind:
            return MysqlError(int(code), f"Incorrect {kind} value for column '{column}' at row 1")
        return MysqlError(int(code), f"{_VALUES[code]} for column '{column}' at row 1")
    return MysqlError(3819, f"Check constraint '{found[1]}' is violated.")


def _null(found: re.Match[str]) -> MysqlError:
    return MysqlError(1048, f"Column '{found[1].rpartition('.')[2]}' cannot be null")


_FOREIGN = "Cannot add or update a child row, or delete or update a parent row"
_COUNT = "Column count doesn't match value count at row 1"
_KNOWN = (
    (r"UNIQUE constraint failed: (.+)", _unique),
    (r"NOT NULL constraint failed: (.+)", _null),
    (r"CHECK constraint failed: (.+)", _check),
    (r"FOREIGN KEY constraint failed", lambda _: MysqlError(1452, f"{_FOREIGN}: a foreign key constraint fails")),
    (r"no such column: (.+)", _column),
    (r"has no column named (.+)", _column),
    (r"ambiguous column name: (.+)", lambda m: MysqlError(1052, f"Column '{m[1]}' in field list is ambiguous")),
    (r"no such function: (.+)", lambda m: MysqlError(1305, f"FUNCTION {m[1]} does not exist")),
    (r"no such table: (.+)", lambda m: MysqlError(1146, f"Table '{m[1]}' doesn't exist")),
    (r"no such savepoint: (.+)", lambda m: MysqlError(1305, f"SAVEPOINT {m[1]} does not exist")),
    (r"duplicate column name: (.+)", lambda m: MysqlError(1060, f"Duplicate column name '{m[1]}'")),
    (r"index (?:\S+) already exists", lambda _: MysqlError(1061, "Duplicate key name")),
    (r"values for .+ columns|has \d+ columns but \d+ values", lambda _: MysqlError(1136, _COUNT)),
    (r"is locked", lambda _: MysqlError(1205, "Lock wait timeout exceeded; try restarting transaction")),
    (r"misuse of aggregate", lambda _: MysqlError(1111, "Invalid use of group function")),
)  # fmt: skip
