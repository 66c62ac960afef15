"""Mapping templates filled in: ``$input``, ``$context``, ``$stageVariables``, ``$util``, and what Java's values can do.

Source: API Gateway developer guide, "Variables for data transformations for API Gateway".
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from aws14.emulator.apis.template_reading import (
    Call,
    Each,
    Give,
    If,
    Index,
    Literal,
    Member,
    Name,
    Operation,
    TemplateError,
    Text,
    parsed,
)

__all__ = ["filled", "found_at"]

_MISSING = object()
_MOST_STEPS = 1000


def filled(template: str, names: Mapping[str, Any]) -> str:
    """Fill in a template.

    Parameters
    ----------
    template : str
        As the learner wrote it.
    names : Mapping
        ``body`` (text), ``parameters`` (``path``, ``querystring``, ``header``, each a mapping), ``context``,
        ``stageVariables``.

    Raises
    ------
    TemplateError
        It is not understood.
    """
    own = {
        "input": _Input(str(names.get("body") or ""), names.get("parameters") or {}),
        "context": names.get("context") or {},
        "stageVariables": names.get("stageVariables") or {},
        "util": _Util(),
    }
    return _Filler(own).text(parsed(template))


def found_at(path: str, value: Any) -> Any:
    """What stands at a JSON path (``$``, ``$.a.b``, ``$.a[0]``, ``$['a']``) of a value; None for nothing.

    Raises
    ------
    TemplateError
        The path is one that the embedded AWS does not know: wildcards, filters, ``..``.
    """
    rest = path.strip().removeprefix("$")
    steps = re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']*)'\]", rest)
    if re.sub(r"\.[A-Za-z0-9_-]+|\[\d+\]|\['[^']*'\]", "", rest):
        raise TemplateError(f"the JSON path {path} is not in the embedded AWS")
    for name, number, quoted in steps:
        if number and isinstance(value, list) and int(number) < len(value):
            value = value[int(number)]
        elif not number and isinstance(value, Mapping):
            value = value.get(name or quoted)
        else:
            return None
    return value


class _Input:
    """``$input``."""

    def __init__(self, body: str, parameters: Mapping[str, Mapping[str, str]]) -> None:
        self.body = body
        self._parameters = parameters

    def json(self, path: str) -> str:
        """What stands at a path, as JSON."""
        return json.dumps(found_at(path, self._value()), separators=(",", ":"), ensure_ascii=False)

    def path(self, path: str) -> Any:
        """What stands at a path, as a value."""
        return found_at(path, self._value())

    def params(self, name: str = "") -> Any:
        """A parameter: of the path, else the query string, else a header; all of them without a name."""
        if not name:
            return self._parameters
        for place in ("path", "querystring", "header"):
            found = self._parameters.get(place, {})
            if name in found:
                return found[name]
        return ""

    def _value(self) -> Any:
        try:
            return json.loads(self.body or "{}")
        except ValueError:
            return self.body


class _Util:
    """``$util``."""

    def escapeJavaScript(self, text: Any) -> str:  # noqa: N802 - as templates call it
        """Text for within quotes; single quotes are escaped too, as API Gateway does."""
        return json.dumps(str(text))[1:-1].replace("'", "\\'")

    def parseJson(self, text: str) -> Any:  # noqa: N802
        """A value from JSON."""
        return json.loads(text)

    def urlEncode(self, text: Any) -> str:  # noqa: N802
        """Percent signs."""
        return quote_plus(str(text))

    def urlDecode(self, text: Any) -> str:  # noqa: N802
        """Without percent signs."""
        return unquote_plus(str(text))

    def base64Encode(self, text: Any) -> str:  # noqa: N802
        """Base64."""
        return b64encode(str(text).encode()).decode()

    def base64Decode(self, text: Any) -> str:  # noqa: N802
        """From base64."""
        return b64decode(str(text)).decode("utf-8", "replace")


class _Filler:
    """Fills in one template."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._steps = 0

    def text(self, body: tuple[Any, ...]) -> str:
        """What a body comes to."""
        return "".join(self._written(part) for part in body)

    def _written(self, part: Any) -> str:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Give):
            self._names[part.name] = self.value(part.value)
            return ""
        if isinstance(part, If):
            chosen = (body for condition, body in part.branches if condition is None or _holds(self.value(condition)))
            return self.text(next(chosen, ()))
        if isinstance(part, Each):
            return self._each(part)
        value = self._found(part)
        if value is _MISSING or value is None:
            return "" if part.quiet else part.source
        return _shown(value)

    def _each(self, part: Each) -> str:
        values = self.value(part.values)
        items = list(values.values()) if isinstance(values, Mapping) else list(values or ())
        before = {name: self._names[name] for name in ("foreach", part.name) if name in self._names}
        written = []
        for at, item in enumerate(items):
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise TemplateError(f"more than {_MOST_STEPS} rounds of #foreach")
            facts = {"index": at, "count": at + 1, "hasNext": at + 1 < len(items), "first": not at}
            self._names |= {part.name: item, "foreach": facts, "velocityCount": at + 1}
            written.append(self.text(part.body))
        self._names |= before
        return "".join(written)

    def value(self, tree: Any) -> Any:
        """What an expression comes to; None for what is not there."""
        if isinstance(tree, Literal):
            return self._literal(tree)
        if isinstance(tree, Operation):
            return self._operation(tree)
        found = self._found(tree)
        return None if found is _MISSING else found

    def _literal(self, tree: Literal) -> Any:
        if tree.template is not None:
            return self.text(tree.template)
        if isinstance(tree.value, tuple):
            return [self.value(each) for each in tree.value]
        if isinstance(tree.value, dict):
            return {self.value(key): self.value(each) for key, each in tree.value.items()}
        return tree.value

    def _found(self, tree: Any) -> Any:
        if isinstance(tree, Name):
            return self._names.get(tree.name, _MISSING)
        of = self.value(tree.of)
        if isinstance(tree, Member):
            return _member(of, tree.name)
        if isinstance(tree, Index):
            return _item(of, self.value(tree.key))
        if isinstance(tree, Call):
            return _called(of, tree.name, [self.value(each) for each in tree.arguments])
        raise TemplateError(f"{tree} is not understood")

    def _operation(self, tree: Operation) -> Any:
        if tree.sign == "!":
            return not _holds(self.value(tree.right))
        left = self.value(tree.left)
        if tree.sign in ("&&", "||"):
            decided = _holds(left) == (tree.sign == "||")
            return _holds(left) if decided else _holds(self.value(tree.right))
        right = self.value(tree.right)
        if tree.sign == "+" and (isinstance(left, str) or isinstance(right, str)):
            return _shown(left) + _shown(right)
        try:
            return _SIGNS[tree.sign](left, right)
        except (TypeError, ZeroDivisionError):
            return None


_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) else a / b,
    "%": lambda a, b: a % b,
}


def _holds(value: Any) -> bool:
    return value is not None and value is not False and value is not _MISSING


def _shown(value: Any) -> str:
    """A value as Java writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return "null" if value is None else str(value)


def _member(of: Any, name: str) -> Any:
    if isinstance(of, Mapping):
        return of.get(name, _MISSING)
    if isinstance(of, _Input) and name == "body":
        return of.body
    return _MISSING


def _item(of: Any, key: Any) -> Any:
    if isinstance(of, Mapping):
        return of.get(key, _MISSING)
    if isinstance(of, list) and isinstance(key, int) and -len(of) <= key < len(of):
        return of[key]
    return _MISSING


def _called(of: Any, name: str, arguments: list[Any]) -> Any:
    if isinstance(of, (_Input, _Util)):
        method = getattr(of, name, None)
        if method is None:
            raise TemplateError(f"{name}() is not in the embedded AWS")
        return method(*arguments)
    methods = next((each for kind, each in _METHODS if isinstance(of, kind)), {})
    if name not in methods:
        return _MISSING
    return methods[name](of, *arguments)


def _put(of: Any, key: Any, value: Any) -> str:
    of[key] = value
    return ""


def _added(of: Any, value: Any) -> bool:
    of.append(value)
    return True


def _replaced(of: str, pattern: str, new: str) -> str:
    return re.sub(pattern, new.replace("$", "\\"), of)


def _split(of: str, pattern: str) -> list[str]:
    return re.split(pattern, of)


def _of_map(of: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in of.items()]


_METHODS: tuple[tuple[Any, Mapping[str, Callable[..., Any]]], ...] = (
    (
        Mapping,
        {
            "get": lambda of, key: of.get(key),
            "keySet": list,
            "values": lambda of: list(of.values()),
            "entrySet": _of_map,
            "containsKey": lambda of, key: key in of,
            "size": len,
            "isEmpty": lambda of: not of,
            "put": _put,
        },
    ),
    (
        list,
        {
            "size": len,
            "get": _item,
            "isEmpty": lambda of: not of,
            "contains": lambda of, value: value in of,
            "add": _added,
        },
    ),
    (
        str,
        {
            "length": len,
            "equals": lambda of, other: of == other,
            "contains": lambda of, part: part in of,
            "startsWith": lambda of, part: of.startswith(part),
            "endsWith": lambda of, part: of.endswith(part),
            "toLowerCase": lambda of: of.lower(),
            "toUpperCase": lambda of: of.upper(),
            "trim": lambda of: of.strip(),
            "isEmpty": lambda of: not of,
            "substring": lambda of, start, end=None: of[start:end],
            "split": _split,
            "replace": lambda of, old, new: of.replace(old, new),
            "replaceAll": _replaced,
            "toString": lambda of: of,
        },
    ),
)
