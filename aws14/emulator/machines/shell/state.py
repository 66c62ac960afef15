"""A running shell: variables, options, streams, where it is and who it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aws14.emulator.machines.files import Files
from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.shell.streams import Discarded, Feed, Sink, Source

if TYPE_CHECKING:
    from aws14.emulator.machines.shell.syntax import Compound

__all__ = ["Shell"]

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Shell:
    """One shell.

    Parameters
    ----------
    machine : Machine
        Where it runs.
    outside : Outside
        The world beyond, and the script's time.
    user : str
        Who runs it.
    folder : str
        Working directory.
    stdin : Source
        Standard input.
    sinks : dict
        What is written to, by file descriptor.
    variables : dict
        By name.
    exported : set of str
        Names that programs get.
    arguments : list of str
        ``$1``, ``$2``...
    title : str
        ``$0``.
    options : set of str
        ``e``, ``u``, ``x``, ``pipefail``.
    functions : dict
        Bodies by name.
    status : int
        ``$?``.
    guards : int
        How many conditions stand around what runs: ``set -e`` does not end the shell there.
    background : bool
        Whether what runs was sent there by ``&``.
    feeds : list of Feed
        Of ``exec > >(...)``.
    started : int
        Process id of the last command in the background.
    calls : int
        How deep functions and substitutions are nested.
    line : int
        Of the command that runs.
    frames : list of dict
        What ``local`` hid, by function call.
    """

    machine: Machine
    outside: Outside
    user: str = "root"
    folder: str = "/"
    stdin: Source = field(default_factory=Source)
    sinks: dict[int, Sink] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    arguments: list[str] = field(default_factory=list)
    title: str = "bash"
    options: set[str] = field(default_factory=set)
    functions: dict[str, Compound] = field(default_factory=dict)
    status: int = 0
    guards: int = 0
    background: bool = False
    feeds: list[Feed] = field(default_factory=list)
    started: int = 0
    calls: int = 0
    line: int = 0
    frames: list[dict[str, str | None]] = field(default_factory=list)

    @property
    def home(self) -> str:
        """The home of its user."""
        known = self.machine.users.get(self.user)
        return known.home if known else "/"

    @property
    def files(self) -> Files:
        """The machine's files as this shell meets them."""
        groups = self.machine.groups_of(self.user)
        return Files(self.machine.disk, self.user, groups, self.folder, self.outside.now)

    def log_in(self) -> Shell:
        """Set the variables that a login has, and return this shell."""
        known = {"HOME": self.home, "USER": self.user, "LOGNAME": self.user, "SHELL": "/bin/bash", "LANG": "C.UTF-8"}
        self.variables |= {**known, "PATH": _DEFAULT_PATH, "PWD": self.folder, "HOSTNAME": self.machine.hostname}
        self.exported |= {*known, "PATH", "PWD", "HOSTNAME"}
        return self

    def copy(self, **changes: object) -> Shell:
        """Return a subshell: what it sets stays its own, what it does to the machine does not."""
        own = {
            "variables": dict(self.variables),
            "exported": set(self.exported),
            "arguments": list(self.arguments),
            "options": set(self.options),
            "functions": dict(self.functions),
            "sinks": dict(self.sinks),
            "feeds": [],
        }
        return replace(self, **(own | changes))  # type: ignore[arg-type]  # the fields' own types

    def program(self, user: str | None = None) -> Shell:
        """Return a new shell as a program started from here: it gets what is exported."""
        kept = {name: value for name, value in self.variables.items() if name in self.exported}
        changes = {"variables": kept, "options": set[str](), "functions": {}, "guards": 0, "user": user or self.user}
        return self.copy(**changes)

    def write(self, text: str, descriptor: int = 1) -> None:
        """Write to a file descriptor; a closed one takes nothing."""
        self.sinks.get(descriptor, Discarded()).write(text)

    def say(self, message: str) -> None:
        """Write an error as bash does."""
        place = f" line {self.line}:" if self.line else ""
        self.write(f"{self.title}:{place} {message}\n", 2)
