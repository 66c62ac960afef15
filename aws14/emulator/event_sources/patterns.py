"""Event patterns: whether an event is one that a rule, a pipe or an event source mapping wants.

The language is EventBridge's ("Comparison operators for use in event patterns", EventBridge user guide); Lambda's
filters speak it too. A field is named by its place; a list of wanted values means any of them; several fields mean all
of them; where the event has a list, one of its entries is enough.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any

__all__ = ["BadPatternError", "matches", "parsed"]

Pattern = Mapping[str, Any]
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, "=": eq, ">=": ge, ">": gt}
_OPERATORS = frozenset(
    {"prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists", "cidr"}
)
_ABSENT = object()


class BadPatternError(ValueError):
    """A pattern that AWS refuses; its text says why."""


def parsed(text: str) -> Pattern:
    """Return a pattern from its JSON.

    Raises
    ------
    BadPatternError
        It is no JSON object, a field is neither an object nor a list, a list is empty, an operator is not one of
        EventBridge's.
    """
    try:
        pattern = json.loads(text)
    except ValueError:
        raise BadPatternError("Filter is not valid JSON") from None
    if not isinstance(pattern, dict):
        raise BadPatternError("Filter is not an object")
    _check(pattern)
    return pattern


def _check(pattern: Pattern) -> None:
    for field, wanted in pattern.items():
        if field == "$or":
            for each in wanted:
                _check(each)
        elif isinstance(wanted, dict):
            if not wanted:
                raise BadPatternError("Empty objects are not allowed")
            _check(wanted)
        elif not isinstance(wanted, list):
            raise BadPatternError(f'"{field}" must be an object or an array')
        elif not wanted:
            raise BadPatternError("Empty arrays are not allowed")
        else:
            _check_operators(wanted)


def _check_operators(wanted: list[Any]) -> None:
    for each in wanted:
        if isinstance(each, dict) and (len(each) != 1 or not _OPERATORS.issuperset(each)):
            raise BadPatternError(f"Unrecognized match type {next(iter(each), '')}")


def matches(pattern: Pattern, event: Any) -> bool:
    """Whether `event` is one that `pattern` wants.

    Parameters
    ----------
    pattern : Mapping
        As `parsed` gives it; an empty one wants everything.
    event : Any
        Of JSON.
    """
    return all(_field_matches(field, wanted, event) for field, wanted in pattern.items())


def _field_matches(field: str, wanted: Any, event: Any) -> bool:
    if field == "$or":
        return any(matches(each, event) for each in wanted)
    found = list(_values(event, field))
    if isinstance(wanted, Mapping):
        # A field that must not exist may be asked for below one that is not there.
        return any(matches(wanted, each) for each in found or [{}])
    leaves = [leaf for each in found for leaf in (each if isinstance(each, list) else [each])] or (
        [_ABSENT] if not found else []
    )
    return any(_wants(each, leaf) for each in wanted for leaf in leaves)


def _values(event: Any, field: str) -> Iterator[Any]:
    if isinstance(event, Mapping) and field in event:
        yield event[field]
    elif isinstance(event, list):
        for each in event:
            yield from _values(each, field)


def _wants(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        ((operator, operand),) = wanted.items()
        if operator == "exists":
            return bool(operand) == (value is not _ABSENT)
        return value is not _ABSENT and _OPERATIONS[operator](operand, value)
    return value is not _ABSENT and _same(wanted, value)


def _same(wanted: Any, value: Any) -> bool:
    # JSON's true is not its 1.
    return isinstance(wanted, bool) == isinstance(value, bool) and bool(wanted == value)


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    """A test of texts; where the operand is a list, one of them is enough; ``equals-ignore-case`` may stand inside."""

    def tested(operand: Any, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if isinstance(operand, list):
            return any(tested(each, value) for each in operand)
        if isinstance(operand, Mapping):
            return test(str(operand.get("equals-ignore-case", "")).lower(), value.lower())
        return test(str(operand), value)

    return tested


def _numeric(operand: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=False)
    return all(sign in _COMPARISONS and _COMPARISONS[sign](value, bound) for sign, bound in pairs)


def _anything_but(operand: Any, value: Any) -> bool:
    if isinstance(operand, Mapping):
        ((operator, inner),) = operand.items()
        return not _OPERATIONS[operator](inner, value)
    return not any(_same(each, value) for each in (operand if isinstance(operand, list) else [operand]))


def _cidr(operand: str, value: Any) -> bool:
    try:
        return ip_address(value) in ip_network(operand)
    except ValueError:
        return False


@cache
def _wildcard(operand: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", operand)
    return re.compile("".join(".*" if part == "*" else re.escape(part.removeprefix("\\") or "\\") for part in parts))


_OPERATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": _text(lambda start, value: value.startswith(start)),
    "suffix": _text(lambda end, value: value.endswith(end)),
    "equals-ignore-case": _text(lambda wanted, value: wanted.lower() == value.lower()),
    "wildcard": _text(lambda wanted, value: _wildcard(wanted).fullmatch(value) is not None),
    "numeric": _numeric,
    "anything-but": _anything_but,
    "cidr": _cidr,
}
