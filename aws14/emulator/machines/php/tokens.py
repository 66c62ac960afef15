"""A page cut into words."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

__all__ = ["PageError", "Token", "tokens"]

_OPERATORS = (
    "===", "!==", "<=>", "**=", "...", "??=", "<<=", ">>=", "=>", "->", "++", "--", "==", "!=", "<>", "<=", ">=", "&&",
    "||", "??", "?:", "+=", "-=", "*=", "/=", ".=", "%=", "::", "**",
)  # fmt: skip
_CODE = re.compile(
    r"(?P<space>\s+|\#[^\[][^\n]*?(?=\n|\?>|$)|//[^\n]*?(?=\n|\?>|$)|/\*.*?\*/)"
    r"|(?P<end>\?>\n?)"
    r"|\((?P<cast>int|integer|float|double|string|bool|boolean|array)\)"
    r"|\$(?P<variable>[A-Za-z_]\w*)"
    r"|(?P<number>\d+\.\d+|\d+)"
    r"|'(?P<single>(?:[^'\\]|\\.)*)'"
    r'|"(?P<double>(?:[^"\\]|\\.)*)"'
    r"|(?P<name>\\?[A-Za-z_][\w\\]*)"
    rf"|(?P<operator>{'|'.join(re.escape(each) for each in _OPERATORS)}|[-+*/%.=<>!?:;,()\[\]{{}}&|@])",
    re.DOTALL,
)
_START = re.compile(r"<\?(?:php\b\s?|=)")


class PageError(Exception):
    """A page that PHP refuses, or that uses what is left out here.

    Parameters
    ----------
    problem : str
        As the error log says it.
    """


@dataclass(frozen=True, slots=True)
class Token:
    """A word.

    Parameters
    ----------
    kind : str
        ``text``, ``echo``, ``variable``, ``number``, ``single``, ``double``, ``name``, ``cast``, ``operator``, or
        ``end`` (of the page).
    text : str
        As it stands in the page; of strings what is between the quotes.
    line : int
        Counted from 1.
    """

    kind: str
    text: str
    line: int

    def __str__(self) -> str:
        return "end of file" if self.kind == "end" else f"'{self.text}'"


def tokens(page: str) -> list[Token]:
    """The words of a page, text outside of the code included; ``?>`` ends a statement.

    Raises
    ------
    PageError
        When a character belongs nowhere.
    """
    return list(_all(page))


def _all(page: str) -> Iterator[Token]:
    place = 0
    while True:
        start = _START.search(page, place)
        text = page[place : start.start() if start else None]
        if text:
            yield Token("text", text, page.count("\n", 0, place) + 1)
        if start is None:
            yield Token("end", "", page.count("\n") + 1)
            return
        if start[0] == "<?=":
            yield Token("echo", "<?=", page.count("\n", 0, start.start()) + 1)
        place = yield from _code(page, start.end())


def _code(page: str, place: int) -> Generator[Token, None, int]:
    """The words of one stretch of code; returns where it ends."""
    while place < len(page):
        line = page.count("\n", 0, place) + 1
        found = _CODE.match(page, place)
        if found is None:
            raise PageError(f'PHP Parse error:  syntax error, unexpected character "{page[place]}" on line {line}')
        place = found.end()
        kind = str(found.lastgroup)
        if kind == "end":
            yield Token("operator", ";", line)
            return place
        if kind != "space":
            yield Token(kind, found[kind], line)
    yield Token("operator", ";", page.count("\n") + 1)
    return place
