"""Words become expressions, by the precedence of the PHP manual ("Operator Precedence")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from aws14.emulator.machines.php.syntax import (
    Array,
    Assign,
    Binary,
    Call,
    Exit,
    Expression,
    Field,
    Index,
    Isset,
    Method,
    Mixed,
    New,
    Step,
    Ternary,
    Unary,
    Value,
    Variable,
)
from aws14.emulator.machines.php.tokens import PageError, Token, tokens

__all__ = ["Expressions"]

_LEFT = {
    "||": 3, "&&": 4, "==": 7, "!=": 7, "<>": 7, "===": 7, "!==": 7, "<=>": 7, "<": 8, "<=": 8, ">": 8, ">=": 8,
    ".": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11,
}  # fmt: skip
_COALESCE, _TERNARY, _UNARY = 2, 1, 12
_ASSIGN = ("=", "+=", "-=", "*=", "/=", ".=", "%=", "??=")
_PLACES = (Variable, Index, Field)
_CONSTANTS = {"true": True, "false": False, "null": None, "php_eol": "\n", "php_version": "8.4.0"}
_LEFT_OUT = frozenset(
    {"include", "require", "include_once", "require_once", "class", "fn", "static", "global", "yield"}
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "$": "$", "e": "\x1b", "0": "\0"}
_INSIDE = re.compile(
    r"\\(?P<escape>.)"
    r"|\{(?P<braced>\$[^}]*)\}"
    r"|\$(?P<name>[A-Za-z_]\w*)(?:\[(?P<key>[^\]]+)\]|->(?P<field>[A-Za-z_]\w*))?",
    re.DOTALL,
)


class Expressions:
    """Reads expressions from words.

    Parameters
    ----------
    words : sequence of Token
        Of a page; the last one is its end.
    """

    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._place = 0

    @property
    def here(self) -> Token:
        """The next word."""
        return self._words[self._place]

    @property
    def before(self) -> Token:
        """The word that was taken last."""
        return self._words[self._place - 1]

    def step(self) -> Token:
        """Take the next word."""
        found = self.here
        if found.kind == "end":
            self.fail()
        self._place += 1
        return found

    def sees(self, operator: str) -> bool:
        """Whether this operator is next."""
        return self.here.kind == "operator" and self.here.text == operator

    def takes(self, operator: str) -> bool:
        """Take this operator if it is next."""
        found = self.sees(operator)
        self._place += found
        return found

    def takes_name(self, name: str) -> bool:
        """Take this word if it is next."""
        found = self.here.kind == "name" and self.here.text.lower() == name
        self._place += found
        return found

    def expect(self, operator: str) -> None:
        """Take this operator, or refuse the page."""
        if not self.takes(operator):
            self.fail()

    def fail(self) -> NoReturn:
        """Refuse the page at the next word."""
        raise PageError(f"PHP Parse error:  syntax error, unexpected {self.here} on line {self.here.line}")

    def listed(self, end: str) -> Iterator[Expression]:
        """Expressions with commas between them, up to but without the end."""
        while not self.sees(end):
            yield self.expression()
            if not self.takes(","):
                return

    def expression(self, least: int = 0) -> Expression:
        """An expression whose operators bind at least so strongly."""
        left = self._unary()
        while self.here.kind == "operator":
            word = self.here.text
            if word in _ASSIGN and isinstance(left, _PLACES):
                self.step()
                left = Assign(left, word[:-1], self.expression(_TERNARY))
            elif word == "??" and least <= _COALESCE:
                self.step()
                left = Binary("??", left, self.expression(_COALESCE))
            elif word in ("?", "?:") and least <= _TERNARY:
                left = self._ternary(left)
            elif _LEFT.get(word, -1) >= least:
                self.step()
                left = Binary(word, left, self.expression(_LEFT[word] + 1))
            else:
                break
        return left

    def _ternary(self, condition: Expression) -> Expression:
        if self.takes("?:"):
            return Ternary(condition, None, self.expression(_COALESCE))
        self.step()
        then = None if self.sees(":") else self.expression()
        self.expect(":")
        return Ternary(condition, then, self.expression(_COALESCE))

    def _unary(self) -> Expression:
        if self.here.kind == "cast":
            return Unary(f"({self.step().text})", self.expression(_UNARY))
        for operator in ("!", "-", "+", "@"):
            if self.takes(operator):
                return Unary(operator, self.expression(_UNARY))
        for operator, by in (("++", 1), ("--", -1)):
            if self.takes(operator):
                return Step(self._postfix(self._primary()), by, before=True)
        return self._postfix(self._primary())

    def _postfix(self, found: Expression) -> Expression:
        while True:
            if self.takes("["):
                key = None if self.sees("]") else self.expression()
                self.expect("]")
                found = Index(found, key)
            elif self.takes("->"):
                name = self.step().text
                found = Method(found, name, self._arguments()) if self.sees("(") else Field(found, name)
            elif self.takes("++"):
                found = Step(found, 1, before=False)
            elif self.takes("--"):
                found = Step(found, -1, before=False)
            else:
                return found

    def _arguments(self) -> tuple[Expression, ...]:
        self.expect("(")
        found = tuple(self.listed(")"))
        self.expect(")")
        return found

    def _primary(self) -> Expression:  # noqa: PLR0911 - a kind of word a line
        if self.sees("["):
            self.step()
            return self._array("]")
        if self.takes("("):
            found = self.expression()
            self.expect(")")
            return found
        word = self.here
        if word.kind == "number":
            return Value(float(self.step().text) if "." in word.text else int(self.step().text))
        if word.kind == "single":
            return Value(re.sub(r"\\(['\\])", r"\1", self.step().text))
        if word.kind == "double":
            return mixed(self.step().text)
        if word.kind == "variable":
            return Variable(self.step().text)
        if word.kind == "name":
            return self._named(self.step())
        return self.fail()

    def _array(self, end: str) -> Expression:
        items: list[tuple[Expression | None, Expression]] = []
        while not self.takes(end):
            key, value = None, self.expression()
            if self.takes("=>"):
                key, value = value, self.expression()
            items.append((key, value))
            if not self.takes(","):
                self.expect(end)
                break
        return Array(tuple(items))

    def _named(self, word: Token) -> Expression:  # noqa: PLR0911 - a word with a form of its own a line
        name = word.text.lstrip("\\").lower()
        if name in _LEFT_OUT:
            raise PageError(f"'{word.text}' on line {word.line} is not run by the embedded AWS: see docs/fidelity.md")
        if name in ("isset", "empty"):
            return Isset(self._arguments(), empty=name == "empty")
        if name in ("exit", "die"):
            said = self._arguments() if self.sees("(") else ()
            return Exit(said[0] if said else None)
        if name == "new":
            kind = self.step().text.lstrip("\\")
            return New(kind, self._arguments() if self.sees("(") else ())
        if name == "array" and self.takes("("):
            return self._array(")")
        if self.sees("("):
            return Call(name, self._arguments())
        if name in _CONSTANTS:
            return Value(_CONSTANTS[name])
        return Call(f"constant {word.text}", ())


def mixed(text: str) -> Expression:
    """A string in double quotes: escapes, and variables in it."""
    parts: list[Expression] = []
    plain, place = "", 0
    for found in _INSIDE.finditer(text):
        plain += text[place : found.start()]
        place = found.end()
        if found["escape"]:
            plain += _ESCAPES.get(found["escape"], "\\" + found["escape"])
            continue
        parts += [Value(plain), _inside(found)]
        plain = ""
    parts.append(Value(plain + text[place:]))
    kept = [part for part in parts if part != Value("")]
    return kept[0] if len(kept) == 1 and isinstance(kept[0], Value) else Mixed(tuple(kept)) if kept else Value("")


def _inside(found: re.Match[str]) -> Expression:
    if found["braced"]:
        return Expressions(tokens(f"<?php {found['braced']}")).expression()
    base = Variable(found["name"])
    if found["field"]:
        return Field(base, found["field"])
    if found["key"] is None:
        return base
    key = found["key"].strip("'\"")
    if key.startswith("$"):
        return Index(base, Variable(key[1:]))
    return Index(base, Value(int(key) if key.isdecimal() else key))
