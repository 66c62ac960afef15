"""CREATE, ALTER, DROP and TRUNCATE: from MySQL's definitions to SQLite's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlglot import exp

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.catalogue import Column
from aws14.emulator.databases.columns import Definition, TableDefinition, column_sql, index_of, names_of, quoted
from aws14.emulator.databases.mistakes import MysqlError

__all__ = ["Definer", "unsupported"]


class Definer:
    """Turns one definition into statements for an image.

    Parameters
    ----------
    connection : sqlite3.Connection
        To the image.
    resolve : callable
        From a table to its name there, whether it is there or not.
    """

    def __init__(self, connection: sqlite3.Connection, resolve: Any) -> None:
        self._connection = connection
        self._resolve = resolve

    def statements(self, tree: exp.Expr, sql: str) -> list[str]:
        """What is to be run, in order.

        Raises
        ------
        MysqlError
            What MySQL refuses, and what is not there (1235).
        """
        kind = str(tree.args.get("kind") or "").replace("SCHEMA", "DATABASE")
        makers: dict[tuple[type, str], Callable[[Any], list[str]]] = {
            (exp.Create, "DATABASE"): self._create_schema,
            (exp.Create, "TABLE"): lambda each: self._create_table(each, sql),
            (exp.Create, "INDEX"): self._create_index,
            (exp.Drop, "DATABASE"): self._drop_schema,
            (exp.Drop, "TABLE"): self._drop_tables,
            (exp.Drop, "INDEX"): self._drop_index,
            (exp.TruncateTable, ""): self._truncate,
            (exp.Alter, "TABLE"): self._alter,
        }
        maker = makers.get((type(tree), kind))
        if maker is None:
            raise unsupported(sql)
        return maker(tree)

    def _there(self, table: exp.Table) -> str:
        """The name of a table that must be there."""
        name = str(self._resolve(table))
        if catalogue.columns_of(self._connection, name) is None:
            raise MysqlError(1146, f"Table '{name}' doesn't exist")
        return name

    def _create_schema(self, tree: exp.Create) -> list[str]:
        name = tree.this.name
        if catalogue.has_schema(self._connection, name):
            if tree.args.get("exists"):
                return []
            raise MysqlError(1007, f"Can't create database '{name}'; database exists")
        return [f"INSERT INTO \"_schemas\" VALUES ('{name}')"]

    def _drop_schema(self, tree: exp.Drop) -> list[str]:
        name = _dropped(tree)[0].name
        if not catalogue.has_schema(self._connection, name):
            if tree.args.get("exists"):
                return []
            raise MysqlError(1008, f"Can't drop database '{name}'; database doesn't exist")
        found = [f"{name}.{table}" for table in catalogue.tables(self._connection, name)]
        gone = [each for table in found for each in (f'DROP TABLE "{table}"', catalogue.forget(table))]
        return [*gone, f"DELETE FROM \"_schemas\" WHERE name = '{name}'"]

    def _create_table(self, tree: exp.Create, sql: str) -> list[str]:
        table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        name = str(self._resolve(table))
        if catalogue.columns_of(self._connection, name) is not None:
            if tree.args.get("exists"):
                return []
            raise MysqlError(1050, f"Table '{name.partition('.')[2]}' already exists")
        if not isinstance(tree.this, exp.Schema):
            raise unsupported(sql)
        made = TableDefinition.read(tree.this, self._resolve)
        lines = [*(column_sql(each) for each in made.columns), *made.lines]
        indexes = (self._index(table, title, columns, unique=False) for title, columns in made.indexes)
        uniques = (self._index(table, title, columns, unique=True) for title, columns in made.uniques)
        return [
            f'CREATE TABLE "{name}" ({", ".join(lines)})',
            *indexes,
            *uniques,
            catalogue.keep(name, (each.column for each in made.columns), sql),
        ]

    def _drop_table(self, table: exp.Table, *, exists: bool) -> list[str]:
        name = str(self._resolve(table))
        if catalogue.columns_of(self._connection, name) is None:
            if exists:
                return []
            raise MysqlError(1051, f"Unknown table '{name}'")
        return [f'DROP TABLE "{name}"', catalogue.forget(name)]

    def _create_index(self, tree: exp.Create) -> list[str]:
        columns = names_of(tree.this.args["params"].args["columns"])
        unique = bool(tree.args.get("unique"))
        return [self._index(tree.this.args["table"], tree.this.name, columns, unique=unique)]

    def _drop_index(self, tree: exp.Drop) -> list[str]:
        return [f'DROP INDEX "{self._there(tree.args["cluster"].this)}.{_dropped(tree)[0].name}"']

    def _drop_tables(self, tree: exp.Drop) -> list[str]:
        exists = bool(tree.args.get("exists"))
        return [each for table in _dropped(tree) for each in self._drop_table(table, exists=exists)]

    def _truncate(self, tree: exp.TruncateTable) -> list[str]:
        return [each for table in tree.expressions for each in self._emptied(self._there(table))]

    def _emptied(self, name: str) -> list[str]:
        counted = any("auto_increment" in each.extra for each in catalogue.columns_of(self._connection, name) or ())
        return [f'DELETE FROM "{name}"', *([f"DELETE FROM sqlite_sequence WHERE name = '{name}'"] if counted else [])]

    def _index(self, table: exp.Table, title: str, columns: list[str], *, unique: bool) -> str:
        name = str(self._resolve(table))
        listed = ", ".join(columns)
        return f'CREATE {"UNIQUE " if unique else ""}INDEX "{name}.{title}" ON "{name}" ({listed})'

    def _alter(self, tree: exp.Alter) -> list[str]:
        name = self._there(tree.this)
        columns = list(catalogue.columns_of(self._connection, name) or ())
        text = catalogue.kept_text(self._connection, name)
        made: list[str] = []
        for step in tree.args["actions"]:
            done, columns = self._step(tree.this, step, columns)
            made += done
            if isinstance(step, exp.AlterRename):
                made.append(catalogue.forget(name))
                name = str(self._resolve(step.this))
        return [*made, catalogue.keep(name, columns, text)]

    def _step(self, table: exp.Table, step: Any, columns: list[Column]) -> tuple[list[str], list[Column]]:
        name = str(self._resolve(table))
        if isinstance(step, exp.ColumnDef):
            added = Definition.read(step)
            return [f'ALTER TABLE "{name}" ADD COLUMN {column_sql(added)}'], [*columns, added.column]
        if isinstance(step, exp.Drop) and step.args.get("kind") == "COLUMN":
            gone = _dropped(step)[0].name
            return [f'ALTER TABLE "{name}" DROP COLUMN "{gone}"'], [each for each in columns if each.name != gone]
        if isinstance(step, exp.RenameColumn):
            old, new = step.this.name, step.args["to"].name
            done = [f'ALTER TABLE "{name}" RENAME COLUMN "{old}" TO "{new}"']
            return done, [replace(each, name=new) if each.name == old else each for each in columns]
        if isinstance(step, exp.AlterRename):
            return self._renamed(name, step.this), columns
        if isinstance(step, exp.ModifyColumn):
            # SQLite keeps a value whatever the column's type: only what MySQL says of it changes.
            new_one = Definition.read(step.this).column
            return [], [new_one if each.name == new_one.name else each for each in columns]
        if isinstance(step, exp.AddConstraint):
            return [self._added(table, each) for each in step.expressions], columns
        raise unsupported(f"ALTER TABLE ... {step.sql('mysql')}")

    def _renamed(self, name: str, table: exp.Table) -> list[str]:
        """A table by another name; its indexes go with it, whose names hold the table's."""
        made = [f'ALTER TABLE "{name}" RENAME TO "{self._resolve(table)}"']
        for each in catalogue.indexes_of(self._connection, name):
            if each.own:
                made.insert(0, f'DROP INDEX "{name}.{each.title}"')
                made.append(self._index(table, each.title, [quoted(c) for c in each.columns], unique=each.unique))
        return made

    def _added(self, table: exp.Table, constraint: Any) -> str:
        if isinstance(constraint, exp.IndexColumnConstraint):
            return self._index(table, *index_of(constraint), unique=False)
        if isinstance(constraint, exp.UniqueColumnConstraint):
            columns = names_of(constraint.this.expressions)
            return self._index(table, constraint.this.name or "_".join(columns).replace('"', ""), columns, unique=True)
        raise unsupported(f"ALTER TABLE ... ADD {constraint.sql('mysql')}")


def unsupported(what: str) -> MysqlError:
    """The error for what MySQL can and this cannot."""
    return MysqlError(1235, f"The embedded MySQL doesn't yet support '{what[:120]}'")


def _dropped(tree: Any) -> list[Any]:
    return list(tree.args.get("tables") or [tree.this])
