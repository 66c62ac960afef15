"""What a mapping template is made of: the nodes of its tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = [
    "Call",
    "Each",
    "Give",
    "If",
    "Index",
    "Literal",
    "Member",
    "Name",
    "Operation",
    "TemplateError",
    "Text",
]


class TemplateError(Exception):
    """A template that is not understood; its text says where."""


@dataclass(frozen=True, slots=True)
class Text:
    """What stands there as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: text, number, truth, list or map of expressions; a text in double quotes is a template of its own."""

    value: Any
    template: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """``$name``; `source` is shown where nothing has that name, unless it is `quiet`."""

    name: str
    source: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """``of.name``."""

    of: Any
    name: str
    source: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """``of.name(arguments)``."""

    of: Any
    name: str
    arguments: tuple[Any, ...]
    source: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """``of[key]``."""

    of: Any
    key: Any
    source: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """``left sign right``; ``!`` has no left."""

    sign: str
    left: Any
    right: Any


@dataclass(frozen=True, slots=True)
class Give:
    """``#set($name = value)``."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class If:
    """``#if``, its ``#elseif`` and ``#else``: condition (None for ``#else``) and body of each."""

    branches: tuple[tuple[Any, tuple[Any, ...]], ...]


@dataclass(frozen=True, slots=True)
class Each:
    """``#foreach($name in values)``."""

    name: str
    values: Any
    body: tuple[Any, ...]
