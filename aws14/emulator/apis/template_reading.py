"""Mapping templates as trees: the part of Velocity that API Gateway's templates are written in.

Source: Apache Velocity user guide; API Gateway developer guide, "Mapping template transformations".
"""

from __future__ import annotations

import re
from typing import Any

from aws14.emulator.apis.template_trees import (
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
)

__all__ = ["parsed"]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WORDS = "set|if|elseif|else|end|foreach"
_DIRECTIVE = re.compile(rf"#(?:\{{({_WORDS})\}}|({_WORDS})(?![A-Za-z]))")
_SIGNS = (("||", "or"), ("&&", "and"), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))


def parsed(text: str) -> tuple[Any, ...]:
    """A template as a tree.

    Raises
    ------
    TemplateError
        It is not understood.
    """
    reader = _Reader(text)
    body, ended = reader.body()
    if ended:
        raise TemplateError(f"#{ended} without its beginning")
    return body


class _Reader:
    """Reads one template from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def body(self) -> tuple[tuple[Any, ...], str]:
        """What comes until the end or a directive that ends a block, and that directive."""
        found: list[Any] = []
        while self._at < len(self._text):
            rest = self._text[self._at :]
            if rest.startswith("##"):
                self._at += len(rest.partition("\n")[0]) + 1
            elif rest.startswith("#*"):
                self._at += len(rest.partition("*#")[0]) + 2
            elif match := _DIRECTIVE.match(rest):
                self._at += match.end()
                word = match[1] or match[2]
                if word in ("end", "else", "elseif"):
                    return tuple(found), word
                found.append(self._block(word))
            elif rest[0] == "$" and (reference := self._reference()) is not None:
                found.append(reference)
            else:
                length = next((at for at, one in enumerate(rest) if at and one in "$#"), len(rest))
                found.append(Text(rest[:length]))
                self._at += length
        return tuple(found), ""

    def _block(self, word: str) -> Any:
        if word == "set":
            return self._set()
        return self._if() if word == "if" else self._foreach()

    def _set(self) -> Give:
        self._take("(")
        self._take("$")
        name = self._word()
        self._take("=")
        value = self.expression()
        self._take(")")
        if self._text[self._at : self._at + 1] == "\n":  # the line of a #set is not written
            self._at += 1
        return Give(name, value)

    def _if(self) -> If:
        branches: list[tuple[Any, tuple[Any, ...]]] = []
        condition = self._in_brackets()
        while True:
            body, ended = self.body()
            branches.append((condition, body))
            if ended == "end":
                return If(tuple(branches))
            if not ended:
                raise TemplateError("#if without #end")
            condition = self._in_brackets() if ended == "elseif" else None

    def _foreach(self) -> Each:
        self._take("(")
        self._take("$")
        name = self._word()
        if self._word() != "in":
            raise TemplateError("#foreach without 'in'")
        values = self.expression()
        self._take(")")
        body, ended = self.body()
        if ended != "end":
            raise TemplateError("#foreach without #end")
        return Each(name, values, body)

    def _in_brackets(self) -> Any:
        self._take("(")
        value = self.expression()
        self._take(")")
        return value

    def expression(self, level: int = 0) -> Any:
        """An expression of operators of this level and those that bind closer."""
        if level == len(_SIGNS):
            return self._unary()
        left = self.expression(level + 1)
        while sign := self._sign(_SIGNS[level]):
            left = Operation(sign, left, self.expression(level + 1))
        return left

    def _sign(self, signs: tuple[str, ...]) -> str:
        self._space()
        for sign in signs:
            if self._text.startswith(sign, self._at):
                self._at += len(sign)
                return {"or": "||", "and": "&&"}.get(sign, sign)
        return ""

    def _unary(self) -> Any:
        self._space()
        if self._peek() == "!" and not self._text.startswith("!=", self._at):
            self._at += 1
            return Operation("!", None, self._unary())
        if self._peek() == "(":
            return self._in_brackets()
        return self._value()

    def _value(self) -> Any:
        one = self._peek()
        if one == "$":
            reference = self._reference()
            if reference is None:
                raise TemplateError(f"a lone $ at {self._at}")
            return reference
        if one in "'\"":
            return self._quoted(one)
        if match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            return Literal(float(match[0]) if match[1] else int(match[0]))
        if one == "[":
            return Literal(self._listed("]"))
        if one == "{":
            return Literal(self._mapped())
        word = self._word()
        if word not in ("true", "false", "null"):
            raise TemplateError(f"'{word}' is no value")
        return Literal({"true": True, "false": False, "null": None}[word])

    def _quoted(self, mark: str) -> Literal:
        end = self._text.find(mark, self._at + 1)
        if end < 0:
            raise TemplateError("a quotation without an end")
        text = self._text[self._at + 1 : end]
        self._at = end + 1
        return Literal(text) if mark == "'" else Literal(text, parsed(text))

    def _listed(self, closing: str) -> tuple[Any, ...]:
        self._at += 1
        found: list[Any] = []
        while not self._closes(closing):
            found.append(self.expression())
            self._comma(closing)
        return tuple(found)

    def _mapped(self) -> dict[Any, Any]:
        self._at += 1
        found: dict[Any, Any] = {}
        while not self._closes("}"):
            key = self.expression()
            self._take(":")
            found[key] = self.expression()
            self._comma("}")
        return found

    def _closes(self, closing: str) -> bool:
        self._space()
        if self._peek() == closing:
            self._at += 1
            return True
        return False

    def _comma(self, closing: str) -> None:
        self._space()
        if self._peek() == ",":
            self._at += 1
        elif self._peek() != closing:
            raise TemplateError(f"'{closing}' expected at {self._at}")

    def _reference(self) -> Any | None:
        """``$name``, ``${name}``, ``$!name`` and what follows; None for a dollar that is only a dollar."""
        start = self._at
        at = start + 1
        quiet = self._text.startswith("!", at)
        at += quiet
        braced = self._text.startswith("{", at)
        match = _WORD.match(self._text, at + braced)
        if match is None:
            return None
        self._at = match.end()
        steps = self._steps()
        if braced:
            if self._peek() != "}":
                self._at = start
                return None
            self._at += 1
        source = self._text[start : self._at]
        found: Any = Name(match[0], source, quiet)
        for make in steps:
            found = make(found, source, quiet)
        return found

    def _steps(self) -> list[Any]:
        steps: list[Any] = []
        while True:
            if self._peek() == "." and (match := _WORD.match(self._text, self._at + 1)):
                self._at = match.end()
                steps.append(self._member(match[0]))
            elif self._peek() == "[":
                self._at += 1
                key = self.expression()
                self._take("]")
                steps.append(lambda of, source, quiet, key=key: Index(of, key, source, quiet))
            else:
                return steps

    def _member(self, name: str) -> Any:
        if self._peek() != "(":
            return lambda of, source, quiet: Member(of, name, source, quiet)
        arguments = self._listed(")")
        return lambda of, source, quiet: Call(of, name, arguments, source, quiet)

    def _word(self) -> str:
        self._space()
        match = _WORD.match(self._text, self._at)
        if match is None:
            raise TemplateError(f"a name expected at {self._at}: {self._text[self._at : self._at + 20]!r}")
        self._at = match.end()
        return match[0]

    def _take(self, mark: str) -> None:
        self._space()
        if not self._text.startswith(mark, self._at):
            raise TemplateError(f"'{mark}' expected at {self._at}: {self._text[self._at : self._at + 20]!r}")
        self._at += len(mark)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _space(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
