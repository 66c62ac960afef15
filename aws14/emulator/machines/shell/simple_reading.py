"""Simple commands: assignments, words, redirections."""

from __future__ import annotations

import re
from typing import NoReturn

from aws14.emulator.machines.shell.cursor import Cursor
from aws14.emulator.machines.shell.syntax import Assignment, Redirect, Simple, Text, Word
from aws14.emulator.machines.shell.words import WordReader

__all__ = ["KEYWORD", "SimpleReader"]

KEYWORD = re.compile(r"(\[\[|\]\]|[a-z]+|[{}!])(?=[ \t\n;&|()<>]|$)")
_REDIRECT = re.compile(r"(\d*)(&>>|&>|>>|>&|>\||<<<|<<-|<<|<&|<>|>|<)")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")


class SimpleReader:
    """Reads simple commands at a cursor.

    Parameters
    ----------
    cursor : Cursor
        Where.
    words : WordReader
        Reads words there.
    """

    def __init__(self, cursor: Cursor, words: WordReader) -> None:
        self._cursor = cursor
        self._words = words

    def unexpected(self) -> NoReturn:
        """Say that what stands here cannot stand here."""
        cursor = self._cursor
        found = KEYWORD.match(cursor.text, cursor.at)
        token = found[1] if found else cursor.char
        if not token:
            cursor.fail("unexpected end of file")
        cursor.fail(f"near unexpected token `{'newline' if token == chr(10) else token}'")

    def _redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while redirect := self._redirect():
            found.append(redirect)
        return tuple(found)

    def _redirect(self) -> Redirect | None:
        cursor = self._cursor
        cursor.skip_blanks()
        sign = _REDIRECT.match(cursor.text, cursor.at)
        if sign is None or cursor.sees(">(") or cursor.sees("<("):
            return None
        cursor.at = sign.end()
        operation = sign[2]
        if operation == "<>":
            cursor.unsupported()
        descriptor = int(sign[1] or (0 if operation.startswith("<") else 1))
        cursor.skip_blanks()
        if operation in ("<<", "<<-"):
            return Redirect(0, "<<", self._words.heredoc(strips_tabs=operation == "<<-"))
        target = self._words.word()
        if target is None:
            self.unexpected()
        return Redirect(descriptor, operation, target)

    def _simple(self) -> Simple:
        line = self._cursor.line
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            if redirect := self._redirect():
                redirects.append(redirect)
            elif not words and (assignment := self._assignment()):
                assignments.append(assignment)
            elif word := self._words.word():
                words.append(word)
            else:
                break
        if not (assignments or words or redirects):
            self.unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects), line)

    def _assignment(self) -> Assignment | None:
        cursor = self._cursor
        found = _ASSIGNMENT.match(cursor.text, cursor.at)
        if found is None:
            return None
        cursor.at = found.end()
        if cursor.sees("("):
            cursor.unsupported()
        value = self._words.word() or Word((Text("", quoted=True),), cursor.line)
        return Assignment(found[1], value, appends=bool(found[2]))
