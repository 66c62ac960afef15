"""Whole-number arithmetic as in ``$((...))``."""

from __future__ import annotations

import re
from collections.abc import Callable

from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError

__all__ = ["evaluate"]

_TOKEN = re.compile(
    r"\s*(\d+#\w+|0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|\*\*|\+\+|--|<<|>>|[<>=!+*/%-]=|&&|\|\||[-+*/%<>!~()?:=&|^,])"
)
_LEVELS = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<=", ">=", "<", ">"),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)


def _divided(a: int, b: int) -> int:
    if b == 0:
        raise RefusedError('division by 0 (error token is "0")')
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_MEANING: dict[str, Callable[[int, int], int]] = {
    "||": lambda a, b: int(bool(a) or bool(b)),
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<<": lambda a, b: a << (b & 63),
    ">>": lambda a, b: a >> (b & 63),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "%": lambda a, b: a - b * _divided(a, b),
}


def evaluate(text: str, variables: dict[str, str]) -> int:
    """Return what an expression comes to.

    Parameters
    ----------
    text : str
        After ``$name`` was replaced; bare names are looked up here.
    variables : dict
        Read, and set by ``=``, ``+=``, ``++`` and their like.

    Raises
    ------
    RefusedError
        A division by zero.
    UnsupportedError
        Not an expression of this subset.
    """
    tokens, at = list[str](), 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise UnsupportedError(f"(({text.strip()}))")
        tokens.append(found[1])
        at = found.end()
    reader = _Expression(tokens, variables, text)
    value = reader.assigned() if tokens else 0
    reader.finish()
    return value


class _Expression:
    def __init__(self, tokens: list[str], variables: dict[str, str], text: str) -> None:
        self._tokens, self._variables, self._text = tokens, variables, text
        self._at = 0

    def _here(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def finish(self) -> None:
        if self._here():
            raise UnsupportedError(f"(({self._text.strip()}))")

    def assigned(self) -> int:
        name, sign = self._here(), self._here(1)
        if not (name.isidentifier() and sign in ("=", "+=", "-=", "*=", "/=", "%=")):
            return self._chosen()
        self._at += 2
        value = self.assigned()
        if sign != "=":
            value = _MEANING[sign[0]](self._value(name), value)
        self._variables[name] = str(value)
        return value

    def _chosen(self) -> int:
        condition = self._level(0)
        if self._here() != "?":
            return condition
        self._take()
        first = self.assigned()
        if self._here() != ":":
            self.finish()
        self._take()
        second = self.assigned()
        return first if condition else second

    def _level(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._power()
        value = self._level(level + 1)
        while self._here() in _LEVELS[level]:
            value = _MEANING[self._take()](value, self._level(level + 1))
        return value

    def _power(self) -> int:
        base = self._single()
        if self._here() != "**":
            return base
        self._take()
        return int(base ** min(self._power(), 512)) if base else 0

    def _single(self) -> int:
        token = self._take() if self._here() else self._end()
        if token in ("-", "+", "!", "~"):
            value = self._single()
            return {"-": -value, "+": value, "!": int(not value), "~": ~value}[token]
        if token == "(":
            value = self.assigned()
            if not self._here() or self._take() != ")":
                self._end()
            return value
        if token in ("++", "--"):
            return self._step(self._take(), token)
        if token.isidentifier():
            return self._named(token)
        if not token[0].isdigit():
            self._end()
        return _number(token)

    def _named(self, name: str) -> int:
        value = self._value(name)
        if self._here() in ("++", "--"):
            self._step(name, self._take())
        return value

    def _step(self, name: str, sign: str) -> int:
        value = self._value(name) + (1 if sign == "++" else -1)
        self._variables[name] = str(value)
        return value

    def _value(self, name: str) -> int:
        text = self._variables.get(name, "").strip()
        return _number(text) if re.fullmatch(r"-?\w+", text) and text.lstrip("-")[:1].isdigit() else 0

    def _end(self) -> str:
        raise UnsupportedError(f"(({self._text.strip()}))")


def _number(text: str) -> int:
    try:
        if "#" in text:
            base, _, digits = text.partition("#")
            return int(digits, int(base))
        plain = text.lstrip("-")
        octal = len(plain) > 1 and plain.startswith("0") and plain.isdigit()
        return int(text, 8) if octal else int(text, 0)
    except ValueError:
        raise RefusedError(f"{text}: value too great for base") from None
