"""INSERT, REPLACE, UPDATE, DELETE: to SQLite's, with the counts that MySQL gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.defining import unsupported
from aws14.emulator.databases.rewriting import generated, name_tables

__all__ = ["Write", "written"]


@dataclass(frozen=True)
class Write:
    """A change, ready to run.

    Parameters
    ----------
    sql : str
        For SQLite.
    table : str
        Its name in the image.
    counting : {'plain', 'updated', 'replaced'}
        How MySQL counts: rows; an updated duplicate as two; a replaced row as two.
    given : tuple of str
        Columns that an INSERT gives values for; empty: all.
    counted : bool
        Whether the table has an ``AUTO_INCREMENT`` column.
    inserts : bool
        Whether it is an INSERT or REPLACE.
    cells : Mapping
        Column, in lower case -> the value that the one row of an INSERT gives, where it is a plain one.
    """

    sql: str
    table: str
    counting: str = "plain"
    given: tuple[str, ...] = ()
    counted: bool = False
    inserts: bool = False
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Target:
    name: str
    called: str
    columns: tuple[catalogue.Column, ...]


def written(
    tree: exp.Expr,
    connection: sqlite3.Connection,
    resolve: Callable[[exp.Table], str],
    *,
    found_rows: bool = False,
) -> Write:
    """Turn a change into SQLite's words.

    Parameters
    ----------
    tree : sqlglot.exp.Expr
        INSERT, UPDATE or DELETE; a REPLACE is an INSERT whose ``meta`` says so.
    connection : sqlite3.Connection
        To the image.
    resolve : callable
        From a table to its name in the image, where it must be.
    found_rows : bool, optional
        Whether the client wants rows that were found counted instead of rows that were changed.

    Raises
    ------
    MysqlError
        For what is not there (1235), and what `resolve` raises.
    """
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    if not isinstance(table, exp.Table) or table.args.get("joins") or tree.args.get("using"):
        raise unsupported(tree.sql("mysql"))
    called = table.alias_or_name
    name = resolve(table)
    target = _Target(name, called, catalogue.columns_of(connection, name) or ())
    name_tables(tree, resolve)
    if isinstance(tree, exp.Insert):
        return _insert(tree, target)
    return _update(tree, target, found_rows) if isinstance(tree, exp.Update) else _delete(tree, target)


def _insert(tree: exp.Insert, target: _Target) -> Write:
    replaces = bool(tree.meta.get("replaces"))
    given = tuple(each.name for each in tree.this.expressions) if isinstance(tree.this, exp.Schema) else ()
    conflict = tree.args.get("conflict")
    verb = "INSERT OR REPLACE" if replaces else "INSERT OR IGNORE" if tree.args.get("ignore") else "INSERT"
    listed = f" ({', '.join(_quoted(each) for each in given)})" if given else ""
    source = _source(tree, target, given, conflict=bool(conflict))
    rest = f" ON CONFLICT DO UPDATE SET {_duplicate(tree, conflict)}" if conflict else ""
    return Write(
        sql=f"{verb} INTO {_quoted(target.name)} AS {_quoted(target.called)}{listed} {source}{rest}",
        table=target.name,
        counting="replaced" if replaces else "updated" if conflict else "plain",
        given=given,
        counted=any("auto_increment" in each.extra for each in target.columns),
        inserts=True,
        cells=_cells(tree, given or tuple(each.name for each in target.columns)),
    )


def _cells(tree: exp.Insert, names: tuple[str, ...]) -> dict[str, str]:
    rows = tree.expression.expressions if isinstance(tree.expression, exp.Values) else []
    if len(rows) != 1 or not isinstance(rows[0], exp.Tuple):
        return {}
    pairs = zip(names, rows[0].expressions, strict=False)
    return {name.lower(): cell.name for name, cell in pairs if isinstance(cell, exp.Literal)}


def _source(tree: exp.Insert, target: _Target, given: tuple[str, ...], *, conflict: bool) -> str:
    source = tree.expression
    if not isinstance(source, exp.Values):
        if conflict and isinstance(source, exp.Select) and not source.args.get("where"):
            source = source.where("1", copy=True)  # or SQLite takes ON CONFLICT for a join's
        return generated(source)
    rows = [_values(each, target, given) for each in source.expressions]
    if rows == [[]]:
        return "DEFAULT VALUES"
    return "VALUES " + ", ".join(f"({', '.join(row)})" for row in rows)


def _values(row: Any, target: _Target, given: tuple[str, ...]) -> list[str]:
    names = given or tuple(each.name for each in target.columns)
    known = {each.name.lower(): each for each in target.columns}
    cells = row.expressions if isinstance(row, exp.Tuple) else [row]
    texts = []
    for at, cell in enumerate(cells):
        default = isinstance(cell, exp.Var | exp.Column) and cell.name.upper() == "DEFAULT"
        column = known.get(names[at].lower()) if default and at < len(names) else None
        texts.append(_default(column) if default else generated(cell))
    return texts


def _default(column: catalogue.Column | None) -> str:
    if column is None or column.default is None:
        return "NULL"
    return "NOW()" if column.default == "CURRENT_TIMESTAMP" else "'" + column.default.replace("'", "''") + "'"


def _duplicate(tree: exp.Insert, conflict: Any) -> str:
    alias = tree.expression.args.get("alias") if isinstance(tree.expression, exp.Values) else None

    def new_row(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.upper() == "VALUES":
            return exp.column(exp.to_identifier(node.expressions[0].name, quoted=True), table="excluded")
        if alias is not None and isinstance(node, exp.Column) and node.table == alias.name:
            return exp.column(exp.to_identifier(node.name, quoted=True), table="excluded")
        return node

    return ", ".join(
        f"{_quoted(each.this.name)} = {generated(each.expression.transform(new_row))}" for each in conflict.expressions
    )


def _update(tree: exp.Update, target: _Target, found_rows: bool) -> Write:
    assigned = [(each.this.name, generated(each.expression)) for each in tree.expressions]
    where = generated(tree.args["where"].this) if tree.args.get("where") else "1"
    if not found_rows:
        where = f"({where}) AND ({' OR '.join(f'{_quoted(name)} IS NOT ({value})' for name, value in assigned)})"
    touched = {name.lower() for name, _ in assigned}
    stamped = [each.name for each in target.columns if "on update" in each.extra and each.name.lower() not in touched]
    sets = ", ".join(
        f"{_quoted(name)} = {value}" for name, value in [*assigned, *((each, "NOW()") for each in stamped)]
    )
    head = f"UPDATE {_quoted(target.name)} AS {_quoted(target.called)} SET {sets}"
    return Write(sql=f"{head} WHERE {_limited(tree, target, where)}", table=target.name)


def _delete(tree: exp.Expr, target: _Target) -> Write:
    where = generated(tree.args["where"].this) if tree.args.get("where") else "1"
    head = f"DELETE FROM {_quoted(target.name)} AS {_quoted(target.called)}"
    return Write(sql=f"{head} WHERE {_limited(tree, target, where)}", table=target.name)


def _limited(tree: exp.Expr, target: _Target, where: str) -> str:
    """The condition, by row ids where the statement has an order or a limit."""
    order, limit = tree.args.get("order"), tree.args.get("limit")
    if not order and not limit:
        return where
    tail = " ".join(generated(each) for each in (order, limit) if each)
    return f"rowid IN (SELECT rowid FROM {_quoted(target.name)} AS {_quoted(target.called)} WHERE {where} {tail})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
