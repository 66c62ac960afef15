"""SELECT: to SQLite's, and what types its columns have."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlglot import TokenType, exp, tokenize

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.outcome import Field, Outcome, field_of, guessed, value_of

__all__ = ["Shape", "name_columns", "outcome_of"]

_DATETIMES = (exp.CurrentTimestamp, exp.UtcTimestamp, exp.Localtime)
_SHIFTS = (exp.Add, exp.Sub, exp.DateAdd, exp.DateSub)
#: What ends the columns of a query.
_ENDS = {
    TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.ORDER_BY, TokenType.LIMIT,
    TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.FOR, TokenType.INTO,
}  # fmt: skip


class Shape:
    """What is known of a query's columns before it runs.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        With the tables' names in the image.
    connection : sqlite3.Connection
        To the image.
    """

    def __init__(self, tree: exp.Expr, connection: sqlite3.Connection) -> None:
        select = _first_select(tree)
        self._sources: dict[str, dict[str, catalogue.Column]] = {}
        for table in select.find_all(exp.Table) if select is not None else ():
            columns = catalogue.columns_of(connection, table.name) or ()
            self._sources[table.alias_or_name.lower()] = {each.name.lower(): each for each in columns}
        projections = list(select.expressions) if select is not None else []
        stars = any(isinstance(each, exp.Star) or each.is_star for each in projections)
        self._by_place = [] if stars else projections

    def fields(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> tuple[Field, ...]:
        """The columns of a result."""
        return tuple(self._field(at, name, rows) for at, name in enumerate(names))

    def _field(self, at: int, name: str, rows: Sequence[tuple[Any, ...]]) -> Field:
        node = self._by_place[at] if at < len(self._by_place) else exp.column(name)
        found = self._of(node.this if isinstance(node, exp.Alias) else node, name)
        if found is None:
            return guessed(name, [row[at] for row in rows])
        return found

    def _of(self, node: Any, name: str) -> Field | None:
        if isinstance(node, exp.Column):
            declared = self._declared(node)
            return field_of(name, declared.type) if declared is not None else None
        if isinstance(node, exp.Count):
            return Field(name, "int")
        if isinstance(node, exp.Min | exp.Max | exp.Coalesce):
            return self._of(node.this, name)
        if isinstance(node, exp.Sum | exp.Avg):
            return self._total(node, name)
        return self._when(node, name)

    def _when(self, node: Any, name: str) -> Field | None:
        if isinstance(node, _DATETIMES) or (isinstance(node, exp.Anonymous) and node.name.upper() == "NOW"):
            return Field(name, "datetime")
        if isinstance(node, _SHIFTS):
            moved = self._of(node.this, name)
            return moved if moved is not None and moved.kind == "datetime" else None
        return Field(name, "date") if isinstance(node, exp.CurrentDate) else None

    def _total(self, node: Any, name: str) -> Field | None:
        of = self._of(node.this, name)
        if of is None or of.kind not in {"int", "decimal"}:
            return None
        # MySQL adds whole numbers and decimals up as decimals; an average has four digits more.
        return Field(name, "decimal", of.scale + (4 if isinstance(node, exp.Avg) else 0))

    def _declared(self, column: exp.Column) -> catalogue.Column | None:
        wanted = column.name.lower()
        places = [column.table.lower()] if column.table else list(self._sources)
        found = (self._sources.get(place, {}).get(wanted) for place in places)
        return next((each for each in found if each is not None), None)


def name_columns(tree: exp.Expr, sql: str) -> None:
    """Call every column of a query as MySQL does: what has no alias is called by its text, as it was written.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        Changed in place.
    sql : str
        The statement as MySQL got it.
    """
    select = _first_select(tree)
    if select is None:
        return
    named = []
    texts = _projections(sql)
    if len(texts) != len(select.expressions):
        texts = [each.meta.get("called") or each.sql("mysql") for each in select.expressions]
    for text, each in zip(texts, select.expressions, strict=True):
        plain = isinstance(each, exp.Alias | exp.Column | exp.Star)
        named.append(each if plain else exp.alias_(each.copy(), _called(each, text), quoted=True))
    select.set("expressions", named)


def outcome_of(cursor: sqlite3.Cursor, shape: Shape) -> Outcome:
    """All rows of a query that has run."""
    rows = cursor.fetchall()
    fields = shape.fields([each[0] for each in cursor.description], rows)
    return Outcome(fields, tuple(tuple(value_of(f, v) for f, v in zip(fields, row, strict=True)) for row in rows))


def _called(node: exp.Expr, text: str) -> str:
    quoted = text[:1] in {"'", '"'}
    return str(node.name) if isinstance(node, exp.Literal) and quoted else text


def _projections(sql: str) -> list[str]:
    """The texts of the columns of a query; none where it is not plain what belongs to it."""
    depth, start, last, found = 0, -1, -1, []
    for token in tokenize(sql.rstrip("; \n"), read="mysql"):
        kind = token.token_type
        depth -= kind == TokenType.R_PAREN
        if kind == TokenType.SEMICOLON:
            return []
        if depth == 0 and last < 0 and kind == TokenType.SELECT:
            last = start = token.end + 1
        elif depth == 0 and last >= 0 and start >= 0:
            if kind in _ENDS or kind == TokenType.COMMA:
                found.append(sql[start:last].strip())
                start = token.end + 1 if kind == TokenType.COMMA else -1
            elif kind in {TokenType.DISTINCT, TokenType.ALL}:
                start = token.end + 1
        depth += kind == TokenType.L_PAREN
        last = token.end + 1 if last >= 0 else last
    return [*found, sql[start:last].strip()] if start >= 0 else found


def _first_select(tree: exp.Expr) -> Any:
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    return tree if isinstance(tree, exp.Select) else None
