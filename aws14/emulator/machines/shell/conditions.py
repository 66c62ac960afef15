"""``test``, ``[ ]`` and ``[[ ]]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NoReturn

from aws14.emulator.machines.disk import FILE, FOLDER, LINK
from aws14.emulator.machines.files import Files
from aws14.emulator.machines.shell.arithmetic import evaluate
from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.shell.expansion import Expander
from aws14.emulator.machines.shell.patterns import matches
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.syntax import Word

__all__ = ["holds", "matching"]

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
_TEXTS = frozenset({"=", "==", "!=", "<", ">", "=~"})
_FILE_TESTS = frozenset("fdesrwxLh")


def holds(shell: Shell, arguments: Sequence[str]) -> bool:
    """Whether the arguments of ``test`` hold.

    Raises
    ------
    RefusedError
        They are not a condition.
    """
    return _Arguments(shell, arguments).result() if arguments else False


def matching(shell: Shell, tokens: Sequence[Word | str], expander: Expander) -> bool:
    """Whether what stands in ``[[ ]]`` holds."""
    return _Tokens(shell, tokens, expander).result()


class _Reader:
    """Reads conditions joined by and, or, not and parentheses; the kinds of tokens are its heirs'."""

    #: The signs of or and and.
    either, both = "-o", "-a"

    def __init__(self, shell: Shell, tokens: Sequence[Word | str]) -> None:
        self._shell = shell
        self._tokens = tokens
        self._at = 0

    def _sign(self, ahead: int = 0) -> str:
        """The operator here; empty for an operand."""
        place = self._at + ahead
        token = self._tokens[place] if place < len(self._tokens) else ""
        return token if isinstance(token, str) else token.literal

    def _text(self, token: Word | str) -> str:
        return token if isinstance(token, str) else token.literal

    def _equals(self, left: str, right: Word | str) -> bool:
        return left == self._text(right)

    def _fits(self, left: str, right: Word | str) -> bool:
        raise RefusedError(f"[: {left} =~ {self._text(right)}: binary operator expected", 2)

    def _number(self, token: Word | str) -> int:
        text = self._text(token).strip()
        if not re.fullmatch(r"[-+]?\d+", text):
            raise RefusedError(f"[: {text}: integer expression expected", 2)
        return int(text)

    def result(self) -> bool:
        value = self._or()
        if self._at < len(self._tokens):
            self._wrong()
        return value

    def _wrong(self) -> NoReturn:
        raise RefusedError("[: too many arguments", 2)

    def _or(self) -> bool:
        value = self._and()
        while self._sign() == self.either:
            self._at += 1
            value = self._and() or value
        return value

    def _and(self) -> bool:
        value = self._not()
        while self._sign() == self.both:
            self._at += 1
            value = self._not() and value
        return value

    def _not(self) -> bool:
        if self._sign() == "!" and self._at + 1 < len(self._tokens):
            self._at += 1
            return not self._not()
        if self._sign() == "(" and self._at + 2 < len(self._tokens):
            self._at += 1
            value = self._or()
            if self._sign() != ")":
                self._wrong()
            self._at += 1
            return value
        return self._single()

    def _single(self) -> bool:
        left = len(self._tokens) - self._at
        if left >= 3 and (self._sign(1) in _TEXTS or self._sign(1) in _COMPARISONS):
            return self._binary()
        sign = self._sign()
        if left >= 2 and re.fullmatch(r"-[a-zA-Z]", sign):
            self._at += 2
            return self._unary(sign[1], self._text(self._tokens[self._at - 1]))
        if not left:
            self._wrong()
        self._at += 1
        return self._text(self._tokens[self._at - 1]) != ""

    def _binary(self) -> bool:
        first, sign, second = self._tokens[self._at], self._sign(1), self._tokens[self._at + 2]
        self._at += 3
        if sign in _COMPARISONS:
            return _COMPARISONS[sign](self._number(first), self._number(second))
        left = self._text(first)
        match sign:
            case "=~":
                return self._fits(left, second)
            case "<" | ">":
                return left < self._text(second) if sign == "<" else left > self._text(second)
            case _:
                return self._equals(left, second) == (sign != "!=")

    def _unary(self, test: str, value: str) -> bool:
        if test in "zn":
            return (value == "") == (test == "z")
        if test == "v":
            return value in self._shell.variables
        if test == "t":
            return False
        if test not in _FILE_TESTS:
            raise UnsupportedError(f"[ -{test} ]", self._shell.line)
        return _tests_file(self._shell.files, test, value)


def _tests_file(files: Files, test: str, path: str) -> bool:
    node = files.find(path, last=test not in "Lh")
    if node is None:
        return False
    match test:
        case "e":
            return True
        case "f" | "d" | "L" | "h":
            return node.kind == {"f": FILE, "d": FOLDER, "L": LINK, "h": LINK}[test]
        case "s":
            return bool(node.data) or node.kind == FOLDER
        case _:
            return node.allows(test, files.user, files.groups)


class _Arguments(_Reader):
    """The arguments of ``test``."""


class _Tokens(_Reader):
    """What stands in ``[[ ]]``."""

    either, both = "||", "&&"

    def __init__(self, shell: Shell, tokens: Sequence[Word | str], expander: Expander) -> None:
        super().__init__(shell, tokens)
        self._expander = expander

    def _text(self, token: Word | str) -> str:
        return token if isinstance(token, str) else self._expander.text(token)

    def _equals(self, left: str, right: Word | str) -> bool:
        return matches(right if isinstance(right, str) else self._expander.pattern(right), left)

    def _fits(self, left: str, right: Word | str) -> bool:
        expression = right if isinstance(right, str) else self._expander.expression(right)
        try:
            return re.search(expression, left) is not None
        except re.error:
            raise UnsupportedError(f"=~ {expression}", self._shell.line) from None

    def _number(self, token: Word | str) -> int:
        return evaluate(self._text(token), self._shell.variables)
