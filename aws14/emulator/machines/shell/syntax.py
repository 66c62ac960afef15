"""The parts of a script: words and commands, as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

__all__ = [
    "AndOr",
    "Arithmetic",
    "Assignment",
    "Case",
    "Clause",
    "Command",
    "Compound",
    "Condition",
    "For",
    "Function",
    "Group",
    "Heredoc",
    "If",
    "Part",
    "Pipeline",
    "Process",
    "Redirect",
    "Script",
    "Shape",
    "Simple",
    "Substitution",
    "Text",
    "Variable",
    "While",
    "Word",
]


@dataclass(frozen=True)
class Text:
    """Characters that stand for themselves; unquoted ones may be globs."""

    text: str
    quoted: bool


@dataclass(frozen=True)
class Variable:
    """``$name`` or ``${name<operation><argument>}``; ``operation`` is ``#`` in front for a length."""

    name: str
    quoted: bool
    operation: str = ""
    argument: Word | None = None
    replacement: Word | None = None


@dataclass(frozen=True)
class Substitution:
    """``$(...)`` or backticks."""

    body: Script
    quoted: bool


@dataclass(frozen=True)
class Arithmetic:
    """``$((...))``."""

    expression: Word
    quoted: bool


@dataclass(frozen=True)
class Process:
    """``>(...)``: a command that takes what is written."""

    body: Script


Part = Union[Text, Variable, Substitution, Arithmetic, Process]  # noqa: UP007 - a name for all five


@dataclass(frozen=True)
class Word:
    """One word of a command, before its expansion."""

    parts: tuple[Part, ...]
    line: int = 0

    @property
    def literal(self) -> str:
        """Its text where it is nothing but unquoted characters; empty otherwise."""
        plain = all(isinstance(part, Text) and not part.quoted for part in self.parts)
        return "".join(part.text for part in self.parts if isinstance(part, Text)) if plain else ""


@dataclass
class Heredoc:
    """The text after ``<<WORD``; it is read when its line ends."""

    delimiter: str
    expands: bool
    strips_tabs: bool
    body: Word = field(default_factory=lambda: Word(()))


@dataclass(frozen=True)
class Redirect:
    """``2>&1`` is ``Redirect(2, ">&", Word 1)``."""

    descriptor: int
    operation: str
    target: Word | Heredoc


@dataclass(frozen=True)
class Assignment:
    """``name=value`` or ``name+=value``."""

    name: str
    value: Word
    appends: bool = False


@dataclass(frozen=True)
class Simple:
    """Assignments, a command with its arguments, redirections."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int


@dataclass(frozen=True)
class Group:
    """``{ ...; }``, or a subshell ``( ... )``."""

    body: Script
    subshell: bool


@dataclass(frozen=True)
class If:
    """``if``; the branches are condition and body, the last may have no condition."""

    branches: tuple[tuple[Script | None, Script], ...]


@dataclass(frozen=True)
class For:
    """``for name in words``; no words mean the positional ones."""

    name: str
    words: tuple[Word, ...] | None
    body: Script


@dataclass(frozen=True)
class While:
    """``while``, or ``until`` when ``negated``."""

    condition: Script
    body: Script
    negated: bool


@dataclass(frozen=True)
class Clause:
    """``pattern|pattern) ...;;``."""

    patterns: tuple[Word, ...]
    body: Script


@dataclass(frozen=True)
class Case:
    """``case subject in ... esac``."""

    subject: Word
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Condition:
    """``[[ ... ]]`` as words and operators, or ``(( ... ))`` as one word."""

    tokens: tuple[Word | str, ...]
    arithmetic: bool
    line: int


@dataclass(frozen=True)
class Function:
    """``name() { ...; }``."""

    name: str
    body: Compound


Shape = Union[Group, If, For, While, Case, Condition]  # noqa: UP007 - a name for all six


@dataclass(frozen=True)
class Compound:
    """A compound command with its redirections."""

    shape: Shape
    redirects: tuple[Redirect, ...]
    line: int


Command = Union[Simple, Compound, Function]  # noqa: UP007 - a name for all three


@dataclass(frozen=True)
class Pipeline:
    """Commands joined by ``|``."""

    commands: tuple[Command, ...]
    negated: bool


@dataclass(frozen=True)
class AndOr:
    """Pipelines joined by ``&&`` and ``||``; ``background`` when ``&`` ends it."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...]
    background: bool
    line: int
    text: str


@dataclass(frozen=True)
class Script:
    """A list of commands."""

    items: tuple[AndOr, ...]
