"""From the tree of a script to its effects."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from aws14.emulator.machines.disk import FileProblem
from aws14.emulator.machines.shell.errors import (
    ExitError,
    RefusedError,
    SyntaxProblemError,
    UnsupportedError,
)
from aws14.emulator.machines.shell.expansion import Expander
from aws14.emulator.machines.shell.invoking import Invoker, restore
from aws14.emulator.machines.shell.reading import parse
from aws14.emulator.machines.shell.redirecting import redirect
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.streams import Collected, Feed, Source
from aws14.emulator.machines.shell.syntax import (
    AndOr,
    Command,
    Compound,
    Condition,
    Function,
    Group,
    Pipeline,
    Script,
    Simple,
    Word,
)

__all__ = ["Runner"]

_LONGEST_VALUE = 1024 * 1024
_DECLARES = frozenset({"export", "local", "declare", "readonly", "typeset"})
_ASSIGNS = re.compile(r"[A-Za-z_]\w*=")


class Runner(Invoker):
    """Runs scripts in shells."""

    def text(self, shell: Shell, text: str) -> int:
        """Parse and run a piece of script; what bash refuses is said on standard error.

        Raises
        ------
        UnsupportedError
            It asks for something beyond this emulator.
        ExitError
            It ends the shell.
        """
        try:
            script = parse(text)
        except RecursionError:
            raise UnsupportedError("a script nested so deep") from None
        except SyntaxProblemError as wrong:
            shell.write(f"{shell.title}: {wrong}\n", 2)
            shell.status = 2
            return 2
        return self.script(shell, script)

    def whole(self, shell: Shell, text: str) -> int:
        """Run a script from its begin to its end, and return its exit status."""
        try:
            status = self.text(shell, text)
        except ExitError as left:
            status = left.status
        self.finish(shell)
        return status

    def finish(self, shell: Shell) -> None:
        """Run what waits for the output of the whole shell: the commands of ``exec > >(...)``."""
        self._drain(shell, shell.feeds)

    def script(self, shell: Shell, script: Script) -> int:
        """Run a list of commands; return the status of the last one."""
        for item in script.items:
            if item.background:
                self._background(shell, item)
            else:
                self._and_or(shell, item)
        return shell.status if script.items else 0

    def _background(self, shell: Shell, item: AndOr) -> None:
        shell.started = 2000 + len(shell.machine.processes)
        inner = shell.copy(background=True, stdin=Source(), guards=0)
        self._contained(inner, Script((AndOr(item.first, item.rest, False, item.line, item.text),)))
        shell.status = 0

    def _contained(self, inner: Shell, script: Script) -> int:
        """Run in a subshell: its exit ends it alone."""
        try:
            status = self.script(inner, script)
        except ExitError as left:
            status = left.status
        self._drain(inner, inner.feeds)
        return status

    def _and_or(self, shell: Shell, item: AndOr) -> None:
        chain = [("", item.first), *item.rest]
        for index, (operator, pipeline) in enumerate(chain):
            if (operator == "&&" and shell.status != 0) or (operator == "||" and shell.status == 0):
                continue
            guarded = index + 1 < len(chain) or pipeline.negated
            shell.guards += guarded
            try:
                status = self._pipeline(shell, pipeline)
            finally:
                shell.guards -= guarded
            shell.status = int(not status) if pipeline.negated else status

    def _pipeline(self, shell: Shell, pipeline: Pipeline) -> int:
        commands = pipeline.commands
        status = self._command(shell, commands[0]) if len(commands) == 1 else self._piped(shell, commands)
        if status and "e" in shell.options and not shell.guards and _can_end(commands[-1]):
            raise ExitError(status)
        return status

    def _piped(self, shell: Shell, commands: tuple[Command, ...]) -> int:
        source, statuses = shell.stdin, list[int]()
        for command in commands:
            inner = shell.copy(stdin=source)
            collected = Collected()
            if command is not commands[-1]:
                inner.sinks[1] = collected
            try:
                statuses.append(self._command(inner, command))
            except ExitError as left:
                statuses.append(left.status)
            source = Source(collected.text)
        return max(statuses) if "pipefail" in shell.options else statuses[-1]

    def _command(self, shell: Shell, command: Command) -> int:
        if isinstance(command, Function):
            shell.functions[command.name] = command.body
            return 0
        shell.line = command.line
        shell.outside.step()
        try:
            status = self._simple(shell, command) if isinstance(command, Simple) else self._compound(shell, command)
        except UnsupportedError as unsupported:
            raise unsupported if unsupported.line else UnsupportedError(unsupported.what, command.line) from None
        shell.status = status
        return status

    @contextmanager
    def _streams(self, shell: Shell, command: Simple | Compound) -> Iterator[None]:
        """Redirect for the time of one command."""
        before = dict(shell.sinks), shell.stdin
        feeds: list[Feed] = []
        try:
            feeds = redirect(shell, command.redirects, self._expander(shell))
            yield
        finally:
            shell.sinks, shell.stdin = before
            self._drain(shell, feeds)

    def _drain(self, shell: Shell, feeds: list[Feed]) -> None:
        """Run the commands of ``>(...)`` on what was written to them."""
        while feeds:
            feed = feeds.pop(0)
            inner = shell.copy(stdin=Source(feed.collected.text), sinks=dict(feed.sinks), options=set[str](), guards=0)
            self._contained(inner, feed.body)

    def _compound(self, shell: Shell, command: Compound) -> int:
        try:
            with self._streams(shell, command):
                if isinstance(command.shape, Group) and command.shape.subshell:
                    return self._contained(shell.copy(), command.shape.body)
                return self.shape(shell, command.shape)
        except FileProblem as problem:
            shell.say(str(problem))
            return 1

    def _expander(self, shell: Shell) -> Expander:
        return Expander(shell, self._substituted)

    def _substituted(self, shell: Shell, script: Script) -> str:
        collected = Collected()
        inner = shell.copy(options=shell.options - {"e"}, guards=0, calls=self._deeper(shell))
        inner.sinks[1] = collected
        shell.status = self._contained(inner, script)
        return collected.text

    def _simple(self, shell: Shell, command: Simple) -> int:
        try:
            if not command.words:
                return self._assign(shell, command)
            words = self._words(shell, command)
            if not words:
                return shell.status
            if "x" in shell.options:
                shell.write("+ " + " ".join(shlex.quote(word) for word in words) + "\n", 2)
            if words[0] == "exec" and len(words) == 1:
                shell.feeds += redirect(shell, command.redirects, self._expander(shell))
                return 0
            with self._streams(shell, command), self._environment(shell, command):
                return self.words(shell, words)
        except FileProblem as problem:
            shell.say(str(problem))
        except RefusedError as refused:
            shell.say(refused.message)
            return refused.status
        return 1

    def _words(self, shell: Shell, command: Simple) -> list[str]:
        expander = self._expander(shell)
        if command.words[0].literal not in _DECLARES:
            return expander.arguments(command.words)
        return [text for word in command.words for text in self._declared(expander, word)]

    def _declared(self, expander: Expander, word: Word) -> list[str]:
        """``export name=$(...)`` is an assignment: what it gives is not split."""
        first = word.parts[0] if word.parts else None
        if first is not None and _ASSIGNS.match(getattr(first, "text", "")):
            return [expander.text(word)]
        return expander.arguments((word,))

    def _assign(self, shell: Shell, command: Simple) -> int:
        shell.status = 0
        expander = self._expander(shell)
        with self._streams(shell, command):
            for each in command.assignments:
                value = expander.text(each.value)
                before = shell.variables.get(each.name, "") if each.appends else ""
                if "x" in shell.options:
                    shell.write(f"+ {each.name}={shlex.quote(value)}\n", 2)
                if len(before) + len(value) > _LONGEST_VALUE:
                    raise UnsupportedError(f"a variable of more than {_LONGEST_VALUE} characters")
                shell.variables[each.name] = before + value
        return shell.status

    @contextmanager
    def _environment(self, shell: Shell, command: Simple) -> Iterator[None]:
        """``NAME=value command``: for that command alone."""
        before = {each.name: shell.variables.get(each.name) for each in command.assignments}
        exported = set(shell.exported)
        for each in command.assignments:
            shell.variables[each.name] = self._expander(shell).text(each.value)
            shell.exported.add(each.name)
        try:
            yield
        finally:
            shell.exported = exported if before else shell.exported
            restore(shell, before)


def _can_end(command: Command) -> bool:
    """Whether ``set -e`` looks at the status of such a command."""
    if isinstance(command, Simple):
        return True
    shape = command.shape if isinstance(command, Compound) else None
    return isinstance(shape, Condition) or (isinstance(shape, Group) and shape.subshell)
