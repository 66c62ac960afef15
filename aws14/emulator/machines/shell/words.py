"""Words: quotes, expansions, here-documents."""

from __future__ import annotations

import re
from collections.abc import Callable

from aws14.emulator.machines.shell.cursor import Cursor
from aws14.emulator.machines.shell.syntax import (
    Arithmetic,
    Heredoc,
    Part,
    Process,
    Script,
    Substitution,
    Text,
    Variable,
    Word,
)

__all__ = ["METACHARACTERS", "WordReader"]

METACHARACTERS = " \t\n;&|()<>"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_OPERATIONS = (
    ":-",
    ":=",
    ":+",
    ":?",
    "##",
    "%%",
    "//",
    "/#",
    "/%",
    "^^",
    ",,",
    "-",
    "=",
    "+",
    "?",
    "#",
    "%",
    "/",
    ":",
    "^",
    ",",
)
_REPLACES = frozenset({"/", "//", "/#", "/%"})


class WordReader:
    """Reads words at a cursor.

    Parameters
    ----------
    cursor : Cursor
        Where.
    script : callable
        Reads a list of commands at a cursor, up to a closing parenthesis, or to the end where it is told so.
    """

    def __init__(self, cursor: Cursor, script: Callable[[Cursor, str], Script]) -> None:
        self._cursor = cursor
        self._script = script
        self._heredocs: list[Heredoc] = []

    def word(self, stop: str = METACHARACTERS) -> Word | None:
        """Read the word here; None where there is none.

        Parameters
        ----------
        stop : str
            Characters that end it where they are not quoted.
        """
        cursor, line, parts = self._cursor, self._cursor.line, list[Part]()
        while cursor.char and (cursor.char not in stop or cursor.sees(">(") or cursor.sees("<(")):
            if cursor.sees("\\\n"):
                cursor.at += 2
            elif cursor.char in "<>" and stop == METACHARACTERS:
                parts.append(self._process())
            else:
                parts.extend(self._piece(stop))
        return Word(tuple(parts), line) if parts else None

    def _process(self) -> Part:
        if not self._cursor.takes(">("):
            self._cursor.unsupported()
        return Process(self._script(self._cursor, ")"))

    def _piece(self, stop: str) -> list[Part]:
        cursor = self._cursor
        if cursor.takes("'"):
            return [Text(cursor.until("'"), quoted=True)]
        if cursor.takes('"'):
            return self._double()
        if cursor.takes("\\"):
            return [Text(cursor.take() if cursor.char else "\\", quoted=True)]
        if cursor.takes("$'"):
            return [Text(_escapes(self._ansi()), quoted=True)]
        if cursor.char in "$`":
            return [self._expansion(quoted=False)]
        start = cursor.at
        while cursor.char and cursor.char not in "'\"\\$`" and cursor.char not in stop:
            cursor.at += 1
        return [Text(cursor.text[start : cursor.at], quoted=False)]

    def _ansi(self) -> str:
        found = ""
        while not self._cursor.takes("'"):
            if not self._cursor.char:
                self._cursor.fail("unexpected EOF while looking for matching `''")
            found += self._cursor.take() + (
                self._cursor.take() if self._cursor.text[self._cursor.at - 1] == "\\" else ""
            )
        return found

    def _double(self) -> list[Part]:
        parts = self._quoted(end='"', escapes='$`"\\')
        return parts or [Text("", quoted=True)]

    def _quoted(self, *, end: str, escapes: str) -> list[Part]:
        """Read as between double quotes, up to and with `end`; an empty `end` is the end of the text."""
        cursor, parts, plain = self._cursor, list[Part](), ""
        while not (end and cursor.sees(end)):
            if not cursor.char:
                if end:
                    cursor.fail(f"unexpected EOF while looking for matching `{end}'")
                break
            if cursor.takes("\\\n"):
                continue
            if cursor.char == "\\" and cursor.text[cursor.at + 1 : cursor.at + 2] in tuple(escapes):
                cursor.at += 1
                plain += cursor.take()
            elif cursor.char in "$`":
                parts, plain = [*parts, Text(plain, quoted=True)] if plain else parts, ""
                parts.append(self._expansion(quoted=True))
            else:
                plain += cursor.take()
        cursor.at += len(end)
        return [*parts, Text(plain, quoted=True)] if plain else parts

    def _expansion(self, *, quoted: bool) -> Part:
        cursor = self._cursor
        if cursor.takes("`"):
            return self._backticks(quoted=quoted)
        cursor.at += 1
        if cursor.takes("(("):
            return self._arithmetic(quoted=quoted)
        if cursor.takes("("):
            return Substitution(self._script(cursor, ")"), quoted)
        if cursor.takes("{"):
            return self._braced(quoted=quoted)
        name = _NAME.match(cursor.text, cursor.at)
        if name is None:
            return Text("$", quoted=quoted)
        cursor.at = name.end()
        return Variable(name[0], quoted)

    def _backticks(self, *, quoted: bool) -> Part:
        cursor, line, inner = self._cursor, self._cursor.line, ""
        while not cursor.takes("`"):
            if not cursor.char:
                cursor.fail("unexpected EOF while looking for matching ``'")
            if cursor.char == "\\" and cursor.text[cursor.at + 1 : cursor.at + 2] in ("`", "\\", "$"):
                cursor.at += 1
            inner += cursor.take()
        return Substitution(self._script(Cursor(inner, line), ""), quoted)

    def _arithmetic(self, *, quoted: bool) -> Part:
        return Arithmetic(self.expression(), quoted)

    def expression(self) -> Word:
        """Read an arithmetic expression up to and with its ``))``."""
        cursor, depth, start = self._cursor, 0, self._cursor.at
        while depth or not cursor.sees("))"):
            if not cursor.char:
                cursor.fail("unexpected EOF while looking for matching `)'")
            depth += {"(": 1, ")": -1}.get(cursor.take(), 0)
        inner = WordReader(Cursor(cursor.text[start : cursor.at], cursor.line), self._script)
        cursor.at += 2
        return Word(tuple(inner._quoted(end="", escapes="$`")), cursor.line)

    def _braced(self, *, quoted: bool) -> Part:
        cursor = self._cursor
        length = cursor.char == "#" and cursor.text[cursor.at + 1 : cursor.at + 2] != "}" and cursor.takes("#")
        name = _NAME.match(cursor.text, cursor.at)
        if name is None or name[0] == "!":
            cursor.unsupported()
        cursor.at = name.end()
        if cursor.takes("}"):
            return Variable(name[0], quoted, "length" if length else "")
        operation = next((each for each in _OPERATIONS if cursor.takes(each)), "")
        if length or not operation:
            cursor.unsupported()
        argument = self._argument("/}" if operation in _REPLACES else "}")
        replacement = self._argument("}") if cursor.takes("/") else None
        if not cursor.takes("}"):
            cursor.unsupported()
        return Variable(name[0], quoted, operation, argument, replacement)

    def _argument(self, stop: str) -> Word:
        if self._cursor.char == "/" and "/" in stop:  # the first slash of a pattern that begins with one
            self._cursor.at += 1
            rest = self.word(stop)
            return Word((Text("/", quoted=True), *(rest.parts if rest else ())), self._cursor.line)
        return self.word(stop) or Word((), self._cursor.line)

    def heredoc(self, *, strips_tabs: bool) -> Heredoc:
        """Read the word after ``<<``; the text follows when the line has ended."""
        word = self.word()
        if word is None:
            self._cursor.fail("unexpected token `newline'")
        text = "".join(part.text for part in word.parts if isinstance(part, Text))
        plain = not any(isinstance(part, Text) and part.quoted for part in word.parts)
        document = Heredoc(text, expands=plain, strips_tabs=strips_tabs)
        self._heredocs.append(document)
        return document

    def read_heredocs(self) -> None:
        """Read the texts that were announced on the line that has just ended."""
        for document in self._heredocs:
            line, text = self._cursor.line, self._document(document)
            if document.expands:
                inner = WordReader(Cursor(text, line), self._script)
                parts = tuple(inner._quoted(end="", escapes="$`\\"))
            else:
                parts = (Text(text, quoted=True),)
            document.body = Word(parts, line)
        self._heredocs.clear()

    def _document(self, document: Heredoc) -> str:
        lines: list[str] = []
        cursor = self._cursor
        while cursor.char:
            end = cursor.text.find("\n", cursor.at)
            line = cursor.text[cursor.at : end if end >= 0 else None]
            cursor.at = len(cursor.text) if end < 0 else end + 1
            line = line.lstrip("\t") if document.strips_tabs else line
            if line == document.delimiter:
                break
            lines.append(line + "\n")
        return "".join(lines)


def _escapes(text: str) -> str:
    known = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\", "\\'": "'", '\\"': '"'}
    return re.sub(r"\\.", lambda found: known.get(found[0], found[0]), text)
