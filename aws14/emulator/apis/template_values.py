"""Values of mapping templates: ``$input``, ``$util``, and what texts, lists and maps can do, as Java's do it.

Source: API Gateway developer guide, "Variables for data transformations for API Gateway".
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from aws14.emulator.apis.template_trees import TemplateError

__all__ = ["MISSING", "Input", "Util", "called", "combined", "found_at", "holds", "item", "member", "shown"]

MISSING = object()
"""What stands for something that is not there."""


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


class Input:
    """``$input``: what came."""

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


class Util:
    """``$util``: other spellings of a text."""

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


def combined(sign: str, left: Any, right: Any) -> Any:
    """``left sign right``; nothing where these two cannot be combined so."""
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return shown(left) + shown(right)
    try:
        return _SIGNS[sign](left, right)
    except (TypeError, ZeroDivisionError):
        return None


def holds(value: Any) -> bool:
    """Whether a value counts as true: all but ``false`` and nothing."""
    return value is not None and value is not False and value is not MISSING


def shown(value: Any) -> str:
    """A value as Java writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return "null" if value is None else str(value)


def member(of: Any, name: str) -> Any:
    """``of.name``; `MISSING` for nothing."""
    if isinstance(of, Mapping):
        return of.get(name, MISSING)
    if isinstance(of, Input) and name == "body":
        return of.body
    return MISSING


def item(of: Any, key: Any) -> Any:
    """``of[key]``; `MISSING` for nothing."""
    if isinstance(of, Mapping):
        return of.get(key, MISSING)
    if isinstance(of, list) and isinstance(key, int) and -len(of) <= key < len(of):
        return of[key]
    return MISSING


def called(of: Any, name: str, arguments: list[Any]) -> Any:
    """``of.name(arguments)``; `MISSING` where there is no such method.

    Raises
    ------
    TemplateError
        `of` is ``$input`` or ``$util``, and has no such method here.
    """
    if isinstance(of, (Input, Util)):
        method = getattr(of, name, None)
        if method is None:
            raise TemplateError(f"{name}() is not in the embedded AWS")
        return method(*arguments)
    methods = next((each for kind, each in _METHODS if isinstance(of, kind)), {})
    if name not in methods:
        return MISSING
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
            "get": item,
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
