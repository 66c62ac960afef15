"""Rules of composite alarms: ``ALARM("a") AND NOT OK("b")``."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["RuleError", "holds", "named"]

_TOKEN = re.compile(
    r"\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\s]*))\s*\)"
    r"|(\()|(\))|(AND|OR|NOT|TRUE|FALSE)\b)",
    re.IGNORECASE,
)
_Token = tuple[str, str]


class RuleError(Exception):
    """A rule that cannot be read."""


def named(rule: str) -> set[str]:
    """Names of the alarms that a rule speaks of.

    Raises
    ------
    RuleError
        It cannot be read.
    """
    return {name for kind, name in _tokens(rule) if name}


def holds(rule: str, state_of: Callable[[str], str | None]) -> bool:
    """Whether a rule holds.

    Parameters
    ----------
    rule : str
        As it was given.
    state_of : callable
        Name of an alarm -> its state; None where there is no such alarm.

    Raises
    ------
    RuleError
        It cannot be read.
    """
    tokens = _tokens(rule)
    found = _either(tokens, state_of)
    if tokens:
        raise RuleError(rule)
    return found


def _tokens(rule: str) -> list[_Token]:
    found, at = list[_Token](), 0
    text = rule.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise RuleError(rule)
        name = next((part for part in token.group(2, 3, 4) if part), "")
        found.append(((token[1] or token[5] or token[6] or token[7]).upper(), name.rpartition(":alarm:")[2]))
        at = token.end()
    return found


def _either(tokens: list[_Token], state_of: Callable[[str], str | None]) -> bool:
    found = _both(tokens, state_of)
    while tokens and tokens[0][0] == "OR":
        del tokens[0]
        found = _both(tokens, state_of) or found
    return found


def _both(tokens: list[_Token], state_of: Callable[[str], str | None]) -> bool:
    found = _one(tokens, state_of)
    while tokens and tokens[0][0] == "AND":
        del tokens[0]
        found = _one(tokens, state_of) and found
    return found


def _one(tokens: list[_Token], state_of: Callable[[str], str | None]) -> bool:
    if not tokens:
        raise RuleError("the rule ends too early")
    kind, name = tokens.pop(0)
    if kind == "NOT":
        return not _one(tokens, state_of)
    if kind == "(":
        found = _either(tokens, state_of)
        if not tokens or tokens.pop(0)[0] != ")":
            raise RuleError("a bracket is not closed")
        return found
    if kind in ("TRUE", "FALSE"):
        return kind == "TRUE"
    if not name:
        raise RuleError(f"{kind} stands where an alarm should")
    return state_of(name) == kind
