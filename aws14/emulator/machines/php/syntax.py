"""What a page consists of: statements and expressions, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = [
    "Array",
    "Assign",
    "Binary",
    "Call",
    "Do",
    "Echo",
    "Exit",
    "Expression",
    "Field",
    "For",
    "Foreach",
    "Function",
    "If",
    "Index",
    "Isset",
    "Jump",
    "Method",
    "Mixed",
    "New",
    "Return",
    "Statement",
    "Step",
    "Ternary",
    "Throw",
    "Try",
    "Unary",
    "Value",
    "Variable",
    "While",
]


@dataclass(frozen=True, slots=True)
class Value:
    """A number, a string, true, false or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Mixed:
    """A string in double quotes: its parts, written one after the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """``$name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """``$base[key]``; without a key ``$base[]``, which only stands where something is put."""

    base: Expression
    key: Expression | None


@dataclass(frozen=True, slots=True)
class Field:
    """``$base->name``."""

    base: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """``name(arguments)``."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """``$base->name(arguments)``."""

    base: Expression
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class New:
    """``new Name(arguments)``."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """``[key => value, value]``."""

    items: tuple[tuple[Expression | None, Expression], ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x``, ``!x``, ``+x``, a cast such as ``(int)x``, or ``@x``."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Assign:
    """``target = value``, or with an operator: ``+=``, ``.=``, ``??=``."""

    target: Expression
    operator: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Step:
    """``++$x``, ``$x--``."""

    target: Expression
    by: int
    before: bool


@dataclass(frozen=True, slots=True)
class Ternary:
    """``condition ? then : otherwise``; ``then`` is None for ``?:``."""

    condition: Expression
    then: Expression | None
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Isset:
    """``isset(a, b)``; with ``empty``: ``empty(a)``."""

    targets: tuple[Expression, ...]
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """``exit``, ``die("text")``."""

    said: Expression | None


Expression = (
    Value | Mixed | Variable | Index | Field | Call | Method | New | Array | Unary | Binary | Assign | Step | Ternary
    | Isset | Exit
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Echo:
    """What is written to the page; text outside of ``<?php ... ?>`` too."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Do:
    """An expression for its effect."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class If:
    """Branches in turn, then what stands after ``else``."""

    branches: tuple[tuple[Expression, tuple[Statement, ...]], ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class While:
    """As long as the condition holds."""

    condition: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class For:
    """``for (start; condition; step)``."""

    start: tuple[Expression, ...]
    condition: tuple[Expression, ...]
    step: tuple[Expression, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Foreach:
    """``foreach (items as key => value)``."""

    items: Expression
    key: Expression | None
    value: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Jump:
    """``break`` or ``continue``."""

    word: str


@dataclass(frozen=True, slots=True)
class Return:
    """Leaves a function, or the page."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class Throw:
    """``throw new Exception("text")``."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Try:
    """``try``, what is caught by which classes into which variable, and ``finally``."""

    body: tuple[Statement, ...]
    catches: tuple[tuple[tuple[str, ...], str, tuple[Statement, ...]], ...]
    last: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the page: parameters with their defaults."""

    name: str
    parameters: tuple[tuple[str, Expression | None], ...]
    body: tuple[Statement, ...]


Statement = Echo | Do | If | While | For | Foreach | Jump | Return | Throw | Try | Function
