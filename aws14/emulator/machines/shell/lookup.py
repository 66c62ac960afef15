"""Which command a name means: built in, a program of the image, or one that a package brought."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aws14.emulator.machines.files import Files
from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.syntax import Script
from aws14.emulator.machines.software import brings

__all__ = ["Call", "Known", "NotFoundError", "Runs", "command", "find", "is_there"]

_FOLDERS = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"})
_NAME = re.compile(r"[A-Za-z_\[:.][\w.+:\[-]*")
#: Programs that are not on these images, whatever is installed.
_ABSENT = {
    "al2023": {"apt-get", "apt", "dpkg", "amazon-linux-extras", "busybox", "snap", "ifconfig", "netstat", "apache2ctl"},
    "al2": {"apt-get", "apt", "dpkg", "dnf", "busybox", "snap"},
    "ubuntu": {"yum", "dnf", "rpm", "amazon-linux-extras", "chkconfig", "aws", "nc"},
}


class NotFoundError(Exception):
    """``command not found``."""


class Runs(Protocol):
    """Runs commands for commands: ``sudo``, ``bash -c``, ``find -exec``."""

    def words(self, shell: Shell, words: Sequence[str]) -> int:
        """Run a command with its arguments; return its status."""

    def text(self, shell: Shell, text: str) -> int:
        """Run a piece of script; return its status."""

    def script(self, shell: Shell, script: Script) -> int:
        """Run what was parsed; return its status."""


@dataclass(frozen=True)
class Call:
    """One command that runs.

    Parameters
    ----------
    shell : Shell
        Where; only built-in commands change it.
    name : str
        By which it was called.
    arguments : list of str
        After their expansion.
    runner : Runs
        For commands that run others.
    """

    shell: Shell
    name: str
    arguments: list[str]
    runner: Runs

    @property
    def machine(self) -> Machine:
        """Where it runs."""
        return self.shell.machine

    @property
    def files(self) -> Files:
        """The files as its user meets them."""
        return self.shell.files

    def out(self, text: str) -> None:
        """Write to standard output."""
        self.shell.write(text, 1)

    def err(self, text: str) -> None:
        """Write a line to standard error, after the command's name."""
        self.shell.write(f"{self.name}: {text}\n", 2)

    def unsupported(self) -> UnsupportedError:
        """Return what to raise for a use that is beyond this emulator."""
        return UnsupportedError(" ".join([self.name, *self.arguments]))

    def root_only(self, message: str) -> None:
        """Refuse anybody but root.

        Raises
        ------
        RefusedError
            With `message`.
        """
        if self.shell.user != "root":
            raise RefusedError(message)


@dataclass(frozen=True)
class Known:
    """A command of this emulator.

    Parameters
    ----------
    run : callable
        Gets the `Call`, returns the exit status.
    builtin : bool
        Whether it is the shell's own.
    """

    run: Callable[[Call], int]
    builtin: bool


_COMMANDS: dict[str, Known] = {}


def command(*names: str, builtin: bool = False) -> Callable[[Callable[[Call], int]], Callable[[Call], int]]:
    """Register the decorated function as the commands of these names.

    Parameters
    ----------
    *names : str
        Names.
    builtin : bool, optional
        Whether they are the shell's own.
    """

    def register(run: Callable[[Call], int]) -> Callable[[Call], int]:
        for name in names:
            _COMMANDS[name] = Known(run, builtin)
        return run

    return register


def is_there(machine: Machine, name: str) -> bool:
    """Whether the machine has a program or a built-in command of that name."""
    owner = brings(machine.image, name)
    if name in _ABSENT.get(machine.image, ()):
        return False
    return (owner is None and name in _COMMANDS) or (owner is not None and owner.name in machine.packages)


def find(machine: Machine, name: str) -> Known:
    """Return the command of that name.

    Parameters
    ----------
    machine : Machine
        Whose programs.
    name : str
        As it was called, with its folder or without.

    Raises
    ------
    NotFoundError
        The machine has no such program.
    UnsupportedError
        It may have one, and it is not in this emulator.
    """
    folder, _, base = name.rpartition("/")
    if not _NAME.fullmatch(base) or (folder and posixpath.normpath(folder) not in _FOLDERS):
        raise NotFoundError(name)
    owner = brings(machine.image, base)
    if base in _ABSENT.get(machine.image, ()) or (owner is not None and owner.name not in machine.packages):
        raise NotFoundError(name)
    if base not in _COMMANDS:
        raise UnsupportedError(name)
    return _COMMANDS[base]
