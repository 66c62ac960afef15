"""From a name and its arguments to what they mean: a function, a built-in command, a program, a script."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence

from aws14.emulator.machines.disk import FOLDER, FileProblem
from aws14.emulator.machines.shell.compound import CompoundRunner
from aws14.emulator.machines.shell.errors import RefusedError, ReturnError, UnsupportedError
from aws14.emulator.machines.shell.lookup import Call, NotFoundError, find
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.syntax import Command

__all__ = ["Invoker", "restore"]

_MOST_CALLS = 40
_SHEBANG = re.compile(r"#!\s*(?:/usr)?/bin/(?:env\s+)?(?:ba|da)?sh\b(.*)")


class Invoker(CompoundRunner):
    """What `aws14.emulator.machines.shell.running` builds on, beside compound commands."""

    @abstractmethod
    def text(self, shell: Shell, text: str) -> int:
        """Parse and run a piece of script."""

    @abstractmethod
    def whole(self, shell: Shell, text: str) -> int:
        """Run a script from its begin to its end."""

    @abstractmethod
    def _command(self, shell: Shell, command: Command) -> int:
        """Run one command of the tree."""

    def words(self, shell: Shell, words: Sequence[str]) -> int:
        """Run one command with its arguments: a function, a built-in command, a program, a script.

        Raises
        ------
        UnsupportedError
            It is beyond this emulator.
        """
        name, arguments = words[0], list(words[1:])
        if name in shell.functions:
            return self._function(shell, name, arguments)
        try:
            known = find(shell.machine, name)
        except NotFoundError:
            return self._file(shell, name, arguments)
        except UnsupportedError:
            raise UnsupportedError(" ".join(words)) from None
        try:
            return known.run(Call(shell, name, arguments, self))
        except FileProblem as problem:
            shell.write(f"{name}: {problem}\n", 2)
            return 1
        except RefusedError as refused:
            shell.write(f"{refused.message}\n" if refused.message else "", 2)
            return refused.status

    def _function(self, shell: Shell, name: str, arguments: list[str]) -> int:
        before, shell.arguments = shell.arguments, arguments
        shell.calls = self._deeper(shell)
        shell.frames.append({})
        try:
            return self._command(shell, shell.functions[name])
        except ReturnError as left:
            return left.status
        finally:
            restore(shell, shell.frames.pop())
            shell.arguments = before
            shell.calls -= 1

    def _file(self, shell: Shell, name: str, arguments: list[str]) -> int:
        """Run a script by its path."""
        node = shell.files.find(name) if "/" in name else None
        if node is None:
            shell.say(f"{name}: {'No such file or directory' if '/' in name else 'command not found'}")
            return 127
        if node.kind == FOLDER or not node.mode & 0o111:
            shell.say(f"{name}: {'Is a directory' if node.kind == FOLDER else 'Permission denied'}")
            return 126
        return self.file(shell.program(), name, arguments)

    def file(self, inner: Shell, name: str, arguments: list[str]) -> int:
        """Run the script in a file in a shell of its own."""
        text = inner.files.read(name)
        shebang = _SHEBANG.match(text)
        if text.startswith("#!") and shebang is None:
            raise UnsupportedError(f"{name}: {text.splitlines()[0]}")
        inner.options |= set(shebang[1].strip().lstrip("-")) & set("eux") if shebang else set()
        inner.title, inner.arguments, inner.calls = name, arguments, self._deeper(inner)
        return self.whole(inner, text)

    def _deeper(self, shell: Shell) -> int:
        if shell.calls >= _MOST_CALLS:
            raise UnsupportedError(f"more than {_MOST_CALLS} nested calls")
        return shell.calls + 1


def restore(shell: Shell, before: dict[str, str | None]) -> None:
    """Give variables their former values; None for those that were not set."""
    for name, value in before.items():
        if value is None:
            shell.variables.pop(name, None)
        else:
            shell.variables[name] = value
