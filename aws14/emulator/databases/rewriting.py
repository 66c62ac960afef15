"""From MySQL's SQL to SQLite's: parsing, the names of tables, what is written otherwise.

An image holds the tables of all databases (schemas) of a DB instance: ``shop.orders`` is the one name of a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import ErrorLevel, ParseError, TokenError

from aws14.emulator.databases.mistakes import SYNTAX, MysqlError

__all__ = ["SYSTEM", "first_word", "generated", "name_tables", "parsed"]

SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")


def parsed(sql: str) -> list[exp.Expr]:
    """The statements in a text.

    Raises
    ------
    MysqlError
        1064 where it is no SQL.
    """
    try:
        found = sqlglot.parse(sql, read="mysql", error_level=ErrorLevel.IMMEDIATE)
    except ParseError as error:
        first: dict[str, Any] = error.errors[0] if error.errors else {}
        near = f"{first.get('highlight', '')}{first.get('end_context', '')}"
        raise MysqlError(1064, f"{SYNTAX} near '{near}' at line {first.get('line', 1)}") from None
    except TokenError:
        raise MysqlError(1064, f"{SYNTAX} near '{sql[:80]}' at line 1") from None
    return [each for each in found if each is not None]


def name_tables(tree: exp.Expr, resolve: Callable[[exp.Table], str]) -> None:
    """Give every table of a statement its name in the image; it goes on being called as it was called.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        Changed in place.
    resolve : callable
        From a table to its name in the image.
    """
    within = {each.alias_or_name.lower() for each in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if not table.name or (table.name.lower() in within and not table.db):
            continue
        called = table.alias or table.name
        table.set("this", exp.to_identifier(resolve(table), quoted=True))
        table.set("db", None)
        if not isinstance(table.parent, exp.Schema | exp.Reference | exp.Insert | exp.Create | exp.Drop | exp.Alter):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(called, quoted=True)))
    for column in tree.find_all(exp.Column):
        column.set("db", None)


def generated(tree: exp.Expr) -> str:
    """A statement, or a part of one, as SQLite reads it."""
    text: str = tree.sql(dialect=_Dialect, unsupported_level=ErrorLevel.IGNORE, normalize_functions=False)
    return text


def _shift(sign: int) -> Callable[[Any, Any], str]:
    def made(self: Any, node: Any) -> str:
        amount = node.expression
        unit = node.args.get("unit")
        if isinstance(amount, exp.Interval):
            amount, unit = amount.this, amount.args.get("unit")
        name = unit.name.upper() if unit is not None else "DAY"
        number = self.sql(amount)
        return str(self.func("MY_SHIFTED", node.this, f"{'-' if sign < 0 else ''}({number})", f"'{name}'"))

    return made


def _sum(sign: int) -> Callable[[Any, Any], str]:
    plain, shift = "+" if sign > 0 else "-", _shift(sign)

    def made(self: Any, node: Any) -> str:
        if isinstance(node.expression, exp.Interval):
            return shift(self, node)
        return str(self.binary(node, plain))

    return made


def _compared(mark: str) -> Callable[[Any, Any], str]:
    def made(self: Any, node: Any) -> str:
        literals = all(isinstance(each, exp.Literal) and each.is_string for each in (node.this, node.expression))
        # Columns bring their collation with them; texts of the statement's own have none in SQLite.
        return f"{self.binary(node, mark)}{' COLLATE NOCASE' if literals else ''}"

    return made


def _like(self: Any, node: Any) -> str:
    text = self.binary(node, "LIKE")
    return text if isinstance(node.parent, exp.Escape) else f"{text} ESCAPE '\\'"


def _cast(self: Any, node: Any) -> str:
    kind = node.to.this.name
    value = self.sql(node, "this")
    if kind in {"DATETIME", "TIMESTAMP", "TIMESTAMPTZ"}:
        return f"DATETIME({value})"
    if kind == "DATE":
        return f"DATE({value})"
    wanted = "INTEGER" if "INT" in kind else "REAL" if kind in {"DECIMAL", "DOUBLE", "FLOAT"} else "TEXT"
    return f"CAST({value} AS {'BLOB' if kind in {'BINARY', 'VARBINARY'} else wanted})"


def _integer_division(self: Any, node: Any) -> str:
    return f"CAST({self.sql(node, 'this')} / {self.sql(node, 'expression')} AS INTEGER)"


def _formatted(self: Any, node: Any) -> str:
    value = node.this.this if isinstance(node.this, exp.TsOrDsToTimestamp) else node.this
    return str(self.func("MY_FORMATTED", value, node.args["format"]))


def _difference(self: Any, node: Any) -> str:
    unit = node.args.get("unit")
    return str(self.func("MY_DIFFERENCE", f"'{unit.name.upper() if unit else 'DAY'}'", node.expression, node.this))


def _bare_call(name: str) -> Callable[[Any, Any], str]:
    return lambda _writer, _node: f"{name}()"


def _nothing(_writer: Any, _node: Any) -> str:
    return ""  # a locking read: the transaction has the lock


class _Dialect(SQLite):
    """SQLite with MySQL's functions, which `functions` gives to every connection."""

    class Generator(SQLite.Generator):  # type: ignore[misc, valid-type]  # dialects keep it as a variable
        """Writes it."""

        TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
            **SQLite.Generator.TRANSFORMS,
            exp.Add: _sum(1),
            exp.Sub: _sum(-1),
            exp.DateAdd: _shift(1),
            exp.DateSub: _shift(-1),
            exp.Cast: _cast,
            exp.TryCast: _cast,
            exp.CurrentTimestamp: _bare_call("NOW"),
            exp.CurrentDate: _bare_call("CURDATE"),
            exp.CurrentTime: _bare_call("CURTIME"),
            exp.UtcTimestamp: _bare_call("NOW"),
            exp.Localtime: _bare_call("NOW"),
            exp.EQ: _compared("="),
            exp.NEQ: _compared("<>"),
            exp.DateDiff: lambda self, node: self.func("DATEDIFF", _bare(node.this), _bare(node.expression)),
            exp.TimestampDiff: _difference,
            exp.TimeToStr: _formatted,
            exp.Like: _like,
            exp.IntDiv: _integer_division,
            exp.Xor: lambda self, node: self.func("MY_XOR", node.this, node.expression),
            exp.RegexpLike: lambda self, node: f"{self.sql(node, 'this')} REGEXP {self.sql(node, 'expression')}",
            exp.Left: lambda self, node: self.func("SUBSTR", node.this, "1", node.expression),
            exp.Right: lambda self, node: self.func("SUBSTR", node.this, f"-({self.sql(node, 'expression')})"),
            exp.Rand: _bare_call("RAND"),
            exp.Uuid: _bare_call("UUID"),
            exp.Lock: _nothing,
            exp.Introducer: lambda self, node: self.sql(node, "expression"),
            exp.UnixToTime: lambda self, node: self.func("FROM_UNIXTIME", node.this),
        }


def _bare(node: Any) -> Any:
    return node.this if isinstance(node, exp.TsOrDsToDate | exp.TsOrDsToTimestamp) else node


def first_word(sql: str) -> str:
    """The first word of a statement, in upper case."""
    found = re.match(r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*([A-Za-z]+)", sql, re.DOTALL)
    return found[1].upper() if found else ""
