"""How PHP 8 converts and compares values (manual, "Comparison Operators", "Type Juggling").

Arrays are dicts in order; null is None. Objects are what functions return: they have ``fields`` and ``methods``.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["cast", "equal", "identical", "number", "order", "text", "truth"]

_NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_LEADING = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def text(value: Any) -> str:
    """As it is written to the page."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.14G}"
    if isinstance(value, dict):
        return "Array"
    return str(value)


def truth(value: Any) -> bool:
    """Whether a condition holds."""
    return bool(value) and value != "0"


def number(value: Any) -> int | float:
    """As a number; text as far as it begins with one."""
    if isinstance(value, bool) or value is None:
        return int(bool(value))
    if isinstance(value, int | float):
        return value
    found = _LEADING.match(value) if isinstance(value, str) else None
    if found is None:
        return int(bool(value)) if isinstance(value, dict) else 0
    return float(found[0]) if set(".eE") & set(found[0]) else int(found[0])


def cast(kind: str, value: Any) -> Any:
    """``(int)``, ``(string)`` and their like."""
    if kind in ("int", "integer"):
        return int(number(value))
    if kind in ("float", "double"):
        return float(number(value))
    if kind in ("bool", "boolean"):
        return truth(value)
    if kind == "array":
        return value if isinstance(value, dict) else {0: value}
    return text(value)


def identical(left: Any, right: Any) -> bool:
    """``===``."""
    return type(left) is type(right) and bool(left == right)


def equal(left: Any, right: Any) -> bool:
    """``==``."""
    return order(left, right) == 0


def order(left: Any, right: Any) -> int:
    """``<=>``."""
    if isinstance(left, bool | None) or isinstance(right, bool | None):
        if (isinstance(left, str) or isinstance(right, str)) and (left is None or right is None):
            return _sign(text(left), text(right))
        return _sign(truth(left), truth(right))
    if isinstance(left, dict) or isinstance(right, dict):
        return 0 if left == right else 1
    if _is_numeric(left) and _is_numeric(right):
        return _sign(number(left), number(right))
    return _sign(text(left), text(right))


def _is_numeric(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_NUMERIC.fullmatch(value)))


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)
