"""What a table and its columns are told to be: from MySQL's definition to SQLite's, with MySQL's checks of values.

A check is named by the error that MySQL's strict mode would give; ``mistakes`` makes it one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from aws14.emulator.databases.catalogue import Column
from aws14.emulator.databases.rewriting import generated, name_tables

__all__ = ["Definition", "TableDefinition", "column_sql", "index_of", "names_of", "quoted"]

_TEXTS = ("CHAR", "TEXT", "ENUM", "SET")
_DATES = {"DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "DATE"}
_LIMITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}


@dataclass
class Definition:
    """A column, and what SQLite is told of it.

    Attributes
    ----------
    column : Column
        As MySQL shows it.
    kind : sqlglot.exp.DataType
        Its type.
    default : str
        As SQLite reads it; empty for none.
    auto, primary, unique : bool
        Whether it counts by itself, is the primary key alone, has no value twice.
    """

    column: Column
    kind: exp.DataType
    default: str = ""
    auto: bool = False
    primary: bool = False
    unique: bool = False

    @classmethod
    def read(cls, node: exp.ColumnDef) -> Definition:
        """Read a column's definition."""
        kind = node.args["kind"]
        made = cls(Column(name=node.name, type=_type_of(kind)), kind)
        for constraint in node.args.get("constraints") or ():
            made._take(constraint.kind)
        return made

    def _take(self, kind: Any) -> None:
        if isinstance(kind, exp.NotNullColumnConstraint):
            self.column = replace(self.column, null=bool(kind.args.get("allow_null")))
        elif isinstance(kind, exp.DefaultColumnConstraint):
            self._default(kind.this)
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

    def _default(self, value: Any) -> None:
        self.default = generated(value)
        shown = value.name or value.sql("mysql")
        shown = "CURRENT_TIMESTAMP" if isinstance(value, exp.CurrentTimestamp) else shown
        self.column = replace(self.column, default=None if isinstance(value, exp.Null) else shown)

    def be_primary(self) -> None:
        """Be the primary key."""
        self.primary = True
        self.column = replace(self.column, key="PRI", null=False)


@dataclass
class TableDefinition:
    """A table's definition, read.

    Attributes
    ----------
    columns : list of Definition
        In their order.
    lines : list of str
        Constraints, as SQLite reads them.
    indexes : list of tuple
        Name and quoted columns of each plain index.
    uniques : list of tuple
        The same of each index that has a name and no value twice.
    """

    columns: list[Definition] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    indexes: list[tuple[str, list[str]]] = field(default_factory=list)
    uniques: list[tuple[str, list[str]]] = field(default_factory=list)

    @classmethod
    def read(cls, schema: exp.Schema, resolve: Any) -> TableDefinition:
        """Read what stands between the brackets of ``CREATE TABLE``."""
        made = cls()
        for part in schema.expressions:
            if isinstance(part, exp.ColumnDef):
                made.columns.append(Definition.read(part))
        for part in schema.expressions:
            if not isinstance(part, exp.ColumnDef):
                made._take(part, resolve)
        return made

    def _take(self, part: Any, resolve: Any, title: str = "") -> None:
        if isinstance(part, exp.PrimaryKey):
            self._primary([each.strip('"') for each in names_of(part.expressions)])
        elif isinstance(part, exp.UniqueColumnConstraint):
            names = names_of(part.this.expressions if isinstance(part.this, exp.Schema) else [part.this])
            self._unique(names, title or (part.this.name if isinstance(part.this, exp.Schema) else ""))
        elif isinstance(part, exp.IndexColumnConstraint):
            self.indexes.append(index_of(part))
            self._mark(self.indexes[-1][1][0], "MUL")
        elif isinstance(part, exp.Constraint):
            for inner in part.expressions:
                self._take(inner, resolve, part.name)
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
            self.lines.append(f"PRIMARY KEY ({', '.join(quoted(name) for name in names)})")

    def _unique(self, names: list[str], title: str) -> None:
        if title:
            self.uniques.append((title, names))
        else:
            self.lines.append(f"UNIQUE ({', '.join(names)})")
        if len(names) == 1:
            self._mark(names[0], "UNI")

    def _mark(self, name: str, key: str) -> None:
        for each in self.columns:
            if quoted(each.column.name) == name and not each.column.key:
                each.column = replace(each.column, key=key)


def column_sql(defined: Definition) -> str:
    """A column as SQLite is told of it."""
    column, kind = defined.column, defined.kind.this.name
    words = [quoted(column.name)]
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
    column, word = quoted(name), kind.this.name
    sizes = [each.name for each in kind.expressions]
    if word in {"VARCHAR", "CHAR"} and sizes:
        yield _check(f"1406 {name}", f"LENGTH({column}) <= {sizes[0]}")
    elif word == "ENUM":
        listed = ", ".join(generated(each) for each in kind.expressions)
        yield _check(f"1265 {name}", f"{column} IN ({listed})")
    elif word in _DATES:
        yield _check(f"1292 {name}", f"DATETIME({column}) IS NOT NULL OR {column} IS NULL")
    elif word in {"DECIMAL", "UDECIMAL"}:
        yield from _decimal_checks(name, unsigned=word == "UDECIMAL", sizes=sizes)
    elif word.removeprefix("U") in _LIMITS:
        yield _check(f"1366 {name}", f"TYPEOF({column}) IN ('integer', 'null')")
        bits = min(_LIMITS[word.removeprefix("U")], 63 if word.startswith("U") else 64)
        low, high = (0, 2**bits - 1) if word.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if bits < 63:
            yield _check(f"1264 {name}", f"{column} BETWEEN {low} AND {high}")
        elif word.startswith("U"):
            yield _check(f"1264 {name}", f"{column} >= 0")


def _decimal_checks(name: str, *, unsigned: bool, sizes: list[str]) -> Iterator[str]:
    column = quoted(name)
    digits, scale = int(sizes[0]) if sizes else 10, int(sizes[1]) if len(sizes) > 1 else 0
    yield _check(f"1366 {name} decimal", f"TYPEOF({column}) IN ('integer', 'real', 'null')")
    least = f" AND {column} >= 0" if unsigned else ""
    yield _check(f"1264 {name}", f"ABS(ROUND({column}, {scale})) < 1e{digits - scale}{least}")


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


def quoted(name: str) -> str:
    """A name in SQLite's quotes."""
    return '"' + name.replace('"', '""') + '"'


def names_of(nodes: Any) -> list[str]:
    """The quoted names of columns, whatever order they are to be in."""
    return [quoted(each.this.name if isinstance(each, exp.Ordered) else each.name) for each in nodes]


def index_of(node: exp.IndexColumnConstraint) -> tuple[str, list[str]]:
    """Name and quoted columns of an index."""
    columns = names_of(node.expressions)
    return node.name or "_".join(columns).replace('"', ""), columns
