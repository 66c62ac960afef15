"""CREATE, ALTER, DROP and TRUNCATE: from MySQL's definitions to SQLite's, with MySQL's checks of what a column takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from aws14.emulator.databases import catalogue
from aws14.emulator.databases.catalogue import Column
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.rewriting import generated, name_tables

__all__ = ["Definer"]

_TEXTS = ("CHAR", "TEXT", "ENUM", "SET")
_DATES = {"DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "DATE"}
_LIMITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}


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

    def statements(self, tree: exp.Expression, sql: str) -> list[str]:
        """What is to be run, in order.

        Raises
        ------
        MysqlError
            What MySQL refuses, and what is not there (1235).
        """
        kind = tree.args.get("kind")
        if isinstance(tree, exp.Create) and kind in {"DATABASE", "SCHEMA"}:
            return self._create_schema(tree)
        if isinstance(tree, exp.Create) and kind == "TABLE":
            return self._create_table(tree, sql)
        if isinstance(tree, exp.Create) and kind == "INDEX":
            return [
                self._index(
                    tree.this.args["table"], tree.this.name, _index_columns(tree.this), bool(tree.args.get("unique"))
                )
            ]
        if isinstance(tree, exp.Drop) and kind in {"DATABASE", "SCHEMA"}:
            return self._drop_schema(tree)
        if isinstance(tree, exp.Drop) and kind == "TABLE":
            return [each for table in _dropped(tree) for each in self._drop_table(table, bool(tree.args.get("exists")))]
        if isinstance(tree, exp.Drop) and kind == "INDEX":
            return [f'DROP INDEX "{self._there(tree.args["cluster"].this)}.{_dropped(tree)[0].name}"']
        if isinstance(tree, exp.TruncateTable):
            return [each for table in tree.expressions for each in self._truncate(table)]
        if isinstance(tree, exp.Alter) and kind == "TABLE":
            return self._alter(tree)
        raise unsupported(sql)

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
        made = _Table.read(tree.this, self._resolve)
        lines = [*(_column_sql(each) for each in made.columns), *made.lines]
        indexes = (self._index(table, title, columns, unique=False) for title, columns in made.indexes)
        return [
            f'CREATE TABLE "{name}" ({", ".join(lines)})',
            *indexes,
            catalogue.keep(name, (each.column for each in made.columns), sql),
        ]

    def _drop_table(self, table: exp.Table, exists: bool) -> list[str]:
        name = str(self._resolve(table))
        if catalogue.columns_of(self._connection, name) is None:
            if exists:
                return []
            raise MysqlError(1051, f"Unknown table '{name}'")
        return [f'DROP TABLE "{name}"', catalogue.forget(name)]

    def _truncate(self, table: exp.Table) -> list[str]:
        name = self._there(table)
        counted = any("auto_increment" in each.extra for each in catalogue.columns_of(self._connection, name) or ())
        return [f'DELETE FROM "{name}"', *([f"DELETE FROM sqlite_sequence WHERE name = '{name}'"] if counted else [])]

    def _index(self, table: exp.Table, title: str, columns: list[str], unique: bool) -> str:
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
            added = _Defined.read(step)
            return [f'ALTER TABLE "{name}" ADD COLUMN {_column_sql(added)}'], [*columns, added.column]
        if isinstance(step, exp.Drop) and step.args.get("kind") == "COLUMN":
            gone = _dropped(step)[0].name
            return [f'ALTER TABLE "{name}" DROP COLUMN "{gone}"'], [each for each in columns if each.name != gone]
        if isinstance(step, exp.RenameColumn):
            old, new = step.this.name, step.args["to"].name
            done = [f'ALTER TABLE "{name}" RENAME COLUMN "{old}" TO "{new}"']
            return done, [replace(each, name=new) if each.name == old else each for each in columns]
        if isinstance(step, exp.AlterRename):
            return [f'ALTER TABLE "{name}" RENAME TO "{self._resolve(step.this)}"'], columns
        if isinstance(step, exp.ModifyColumn):
            # SQLite keeps a value whatever the column's type: only what MySQL says of it changes.
            new_one = _Defined.read(step.this).column
            return [], [new_one if each.name == new_one.name else each for each in columns]
        if isinstance(step, exp.AddConstraint):
            return [self._added(table, each) for each in step.expressions], columns
        raise unsupported(f"ALTER TABLE ... {step.sql('mysql')}")

    def _added(self, table: exp.Table, constraint: Any) -> str:
        if isinstance(constraint, exp.IndexColumnConstraint):
            return self._index(table, *_index_of(constraint), unique=False)
        if isinstance(constraint, exp.UniqueColumnConstraint):
            columns = _names(constraint.this.expressions)
            return self._index(table, constraint.this.name or "_".join(columns).replace('"', ""), columns, unique=True)
        raise unsupported(f"ALTER TABLE ... ADD {constraint.sql('mysql')}")


@dataclass
class _Defined:
    """A column, and what SQLite is told of it."""

    column: Column
    kind: exp.DataType
    default: str = ""
    auto: bool = False
    primary: bool = False
    unique: bool = False

    @classmethod
    def read(cls, node: exp.ColumnDef) -> _Defined:
        kind = node.args["kind"]
        made = cls(Column(name=node.name, type=_type_of(kind)), kind)
        for constraint in node.args.get("constraints") or ():
            made._take(constraint.kind)
        return made

    def _take(self, kind: Any) -> None:
        if isinstance(kind, exp.NotNullColumnConstraint):
            self.column = replace(self.column, null=bool(kind.args.get("allow_null")))
        elif isinstance(kind, exp.DefaultColumnConstraint):
            self.default = generated(kind.this)
            shown = kind.this.name or kind.this.sql("mysql")
            shown = "CURRENT_TIMESTAMP" if isinstance(kind.this, exp.CurrentTimestamp) else shown
            self.column = replace(self.column, default=None if isinstance(kind.this, exp.Null) else shown)
        elif isinstance(kind, exp.AutoIncrementColumnConstraint):
            self.auto = True
            self.column = replace(self.column, extra="auto_increment", null=False)
        elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
            self.be_primary()
        elif isinstance(kind, exp.UniqueColumnConstraint):
            self.unique = True
            self.column = replace(self.column, key="UNI")
        elif isinstance(kind, exp.OnUpdateColumnConstraint):
            self.column = replace(self.column, extra="on update CURRENT_TIMESTAMP")

    def be_primary(self) -> None:
        self.primary = True
        self.column = replace(self.column, key="PRI", null=False)


@dataclass
class _Table:
    """A table's definition, read."""

    columns: list[_Defined] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    indexes: list[tuple[str, list[str]]] = field(default_factory=list)

    @classmethod
    def read(cls, schema: exp.Schema, resolve: Any) -> _Table:
        made = cls()
        for part in schema.expressions:
            if isinstance(part, exp.ColumnDef):
                made.columns.append(_Defined.read(part))
        for part in schema.expressions:
            if not isinstance(part, exp.ColumnDef):
                made._take(part, resolve)
        return made

    def _take(self, part: Any, resolve: Any) -> None:
        if isinstance(part, exp.PrimaryKey):
            self._primary([each.strip('"') for each in _names(part.expressions)])
        elif isinstance(part, exp.UniqueColumnConstraint):
            names = _names(part.this.expressions if isinstance(part.this, exp.Schema) else [part.this])
            self.lines.append(f"UNIQUE ({', '.join(names)})")
            if len(names) == 1:
                self._mark(names[0], "UNI")
        elif isinstance(part, exp.IndexColumnConstraint):
            self.indexes.append(_index_of(part))
            self._mark(self.indexes[-1][1][0], "MUL")
        elif isinstance(part, exp.Constraint):
            for inner in part.expressions:
                self._take(inner, resolve)
        elif isinstance(part, exp.ForeignKey):
            name_tables(part, resolve)
            self.lines.append(generated(part))
        elif isinstance(part, exp.CheckColumnConstraint):
            self.lines.append(f"CHECK ({generated(part.this)})")

    def _primary(self, names: list[str]) -> None:
        chosen = [each for each in self.columns if each.column.name in names]
        for each in chosen:
            each.be_primary()
        if len(names) > 1:
            for each in chosen:
                each.primary = False
            self.lines.append(f"PRIMARY KEY ({', '.join(_quoted(name) for name in names)})")

    def _mark(self, name: str, key: str) -> None:
        for each in self.columns:
            if _quoted(each.column.name) == name and not each.column.key:
                each.column = replace(each.column, key=key)


def unsupported(what: str) -> MysqlError:
    """The error for what MySQL can and this cannot."""
    return MysqlError(1235, f"The embedded MySQL doesn't yet support '{what[:120]}'")


def _column_sql(defined: _Defined) -> str:
    column, kind = defined.column, defined.kind.this.name
    words = [_quoted(column.name)]
    if defined.auto and defined.primary:
        return f"{words[0]} INTEGER PRIMARY KEY AUTOINCREMENT"
    words.append(_affinity(kind))
    if any(text in kind for text in _TEXTS):
        words.append("COLLATE NOCASE")  # MySQL's default collation does not tell small from capital letters
    if defined.primary:
        words.append("PRIMARY KEY")
    if not column.null:
        words.append("NOT NULL")
    if defined.default:
        words.append(f"DEFAULT ({defined.default})")
    if defined.unique:
        words.append("UNIQUE")
    return " ".join([*words, *_checks(column.name, defined.kind)])


def _checks(name: str, kind: exp.DataType) -> Iterator[str]:
    """What MySQL's strict mode would refuse, as checks whose names are its errors."""
    quoted, word = _quoted(name), kind.this.name
    sizes = [each.name for each in kind.expressions]
    if word in {"VARCHAR", "CHAR"} and sizes:
        yield _check(f"1406 {name}", f"LENGTH({quoted}) <= {sizes[0]}")
    elif word == "ENUM":
        listed = ", ".join(generated(each) for each in kind.expressions)
        yield _check(f"1265 {name}", f"{quoted} IN ({listed})")
    elif word in _DATES:
        yield _check(f"1292 {name}", f"DATETIME({quoted}) IS NOT NULL OR {quoted} IS NULL")
    elif word.removeprefix("U") in _LIMITS:
        yield _check(f"1366 {name}", f"TYPEOF({quoted}) IN ('integer', 'null')")
        bits = min(_LIMITS[word.removeprefix("U")], 63 if word.startswith("U") else 64)
        low, high = (0, 2**bits - 1) if word.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if bits < 63:
            yield _check(f"1264 {name}", f"{quoted} BETWEEN {low} AND {high}")
        elif word.startswith("U"):
            yield _check(f"1264 {name}", f"{quoted} >= 0")


def _check(title: str, condition: str) -> str:
    return f'CONSTRAINT "{title}" CHECK ({condition})'


def _affinity(kind: str) -> str:
    if "INT" in kind or kind in {"BOOLEAN", "BIT", "YEAR"}:
        return "INTEGER"
    if kind in {"DECIMAL", "FLOAT", "DOUBLE", "UDECIMAL", "UDOUBLE"}:
        return "NUMERIC" if "DECIMAL" in kind else "REAL"
    return "BLOB" if "BLOB" in kind or "BINARY" in kind else "TEXT"


def _type_of(kind: exp.DataType) -> str:
    """As ``DESCRIBE`` shows it."""
    name = kind.this.name
    unsigned = name.startswith("U") and name[1:] in {*_LIMITS, "DECIMAL", "DOUBLE"}
    if name == "BOOLEAN":
        return "tinyint(1)"
    word = {"TIMESTAMPTZ": "timestamp"}.get(name, name.removeprefix("U") if unsigned else name).lower()
    sizes = ",".join(each.sql("mysql") for each in kind.expressions)
    return f"{word}{f'({sizes})' if sizes else ''}{' unsigned' if unsigned else ''}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _names(nodes: Any) -> list[str]:
    return [_quoted(each.this.name if isinstance(each, exp.Ordered) else each.name) for each in nodes]


def _index_of(node: exp.IndexColumnConstraint) -> tuple[str, list[str]]:
    columns = _names(node.expressions)
    return node.name or "_".join(columns).replace('"', ""), columns


def _index_columns(index: exp.Index) -> list[str]:
    return _names(index.args["params"].args["columns"])


def _dropped(tree: Any) -> list[Any]:
    return list(tree.args.get("tables") or [tree.this])
