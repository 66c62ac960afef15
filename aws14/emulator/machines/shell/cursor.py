"""A position in a script's text."""

from __future__ import annotations

from bisect import bisect_right
from typing import NoReturn

from aws14.emulator.machines.shell.errors import SyntaxProblemError, UnsupportedError

__all__ = ["Cursor"]


class Cursor:
    """Reads a script from left to right.

    Parameters
    ----------
    text : str
        The script.
    first_line : int, optional
        The line its first character stands on.
    """

    def __init__(self, text: str, first_line: int = 1) -> None:
        self.text = text
        self.at = 0
        self._first_line = first_line
        self._ends = [index for index, char in enumerate(text) if char == "\n"]

    @property
    def line(self) -> int:
        """The line of the position."""
        return self._first_line + bisect_right(self._ends, self.at - 1)

    @property
    def char(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.at : self.at + 1]

    def sees(self, text: str) -> bool:
        """Whether `text` stands here."""
        return self.text.startswith(text, self.at)

    def takes(self, text: str) -> bool:
        """Whether `text` stands here; if so it is passed."""
        if not self.sees(text):
            return False
        self.at += len(text)
        return True

    def take(self) -> str:
        """Pass one character."""
        self.at += 1
        return self.text[self.at - 1]

    def until(self, end: str) -> str:
        """Pass everything up to and with `end`, and return what is before it."""
        place = self.text.find(end, self.at)
        if place < 0:
            self.fail(f"unexpected EOF while looking for matching `{end}'")
        found = self.text[self.at : place]
        self.at = place + len(end)
        return found

    def skip_blanks(self) -> None:
        """Pass blanks, continued line ends and a comment."""
        while self.char:
            if self.char in " \t":
                self.at += 1
            elif self.sees("\\\n"):
                self.at += 2
            elif self.char == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def source_line(self) -> str:
        """The text of the line here."""
        start = self.text.rfind("\n", 0, self.at) + 1
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None].strip()

    def fail(self, message: str) -> NoReturn:
        """Say that this is not a script."""
        raise SyntaxProblemError(f"syntax error: {message}", self.line)

    def unsupported(self) -> NoReturn:
        """Say that the line here is beyond the subset."""
        raise UnsupportedError(self.source_line(), self.line)
