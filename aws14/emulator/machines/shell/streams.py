"""Where the text of commands comes from and goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aws14.emulator.machines.disk import Disk, Node

if TYPE_CHECKING:
    from aws14.emulator.machines.shell.syntax import Script

__all__ = ["Collected", "Discarded", "Feed", "FileSink", "Sink", "Source", "Told"]


class Sink(Protocol):
    """Takes text."""

    def write(self, text: str) -> None:
        """Take `text`."""


class Collected:
    """Keeps what is written.

    Attributes
    ----------
    parts : list of str
        In order.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        """Keep `text`."""
        self.parts.append(text)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.parts)


@dataclass(frozen=True)
class Feed:
    """``>(...)``: what was written to it, the commands that get it in the end, and where these write."""

    collected: Collected
    body: Script
    sinks: Mapping[int, Sink]


class Discarded:
    """/dev/null."""

    def write(self, text: str) -> None:
        """Forget `text`."""


class Told:
    """Hands on what is written, as it is written.

    Parameters
    ----------
    listener : callable
        Gets each piece.
    """

    def __init__(self, listener: Callable[[str], None]) -> None:
        self._listener = listener

    def write(self, text: str) -> None:
        """Hand on `text`."""
        self._listener(text)


class FileSink:
    """Appends to a file.

    Parameters
    ----------
    disk : Disk
        Which may be full.
    node : Node
        The file.
    """

    def __init__(self, disk: Disk, node: Node) -> None:
        self._disk = disk
        self._node = node

    def write(self, text: str) -> None:
        """Append `text`."""
        self._disk.grow(self._node, text.encode("utf-8", "surrogateescape"))


class Source:
    """Standard input.

    Parameters
    ----------
    text : str, optional
        All that will come.
    """

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._at = 0

    def line(self) -> str:
        """Take a line with its end; empty when there is no more."""
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end + 1
        start, self._at = self._at, end
        return self._text[start:end]

    def rest(self) -> str:
        """Take all that is left."""
        start, self._at = self._at, len(self._text)
        return self._text[start:]
