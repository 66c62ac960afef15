"""``if``, ``for``, ``while``, ``case``, groups and conditions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from aws14.emulator.machines.shell.conditions import matching
from aws14.emulator.machines.shell.errors import LoopError, RefusedError
from aws14.emulator.machines.shell.expansion import Expander
from aws14.emulator.machines.shell.patterns import matches
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.syntax import Case, Condition, For, Group, If, Script, Shape, While, Word

__all__ = ["CompoundRunner"]


class CompoundRunner(ABC):
    """What `aws14.emulator.machines.shell.running` builds on."""

    @abstractmethod
    def script(self, shell: Shell, script: Script) -> int:
        """Run a list of commands."""

    @abstractmethod
    def _expander(self, shell: Shell) -> Expander:
        """Return what expands words in this shell."""

    def shape(self, shell: Shell, shape: Shape) -> int:
        """Run a compound command in this shell.

        Parameters
        ----------
        shell : Shell
            Where.
        shape : Shape
            Any but a subshell.
        """
        if isinstance(shape, If):
            return self._if(shell, shape)
        if isinstance(shape, For):
            return self._for(shell, shape)
        if isinstance(shape, While):
            return self._while(shell, shape)
        if isinstance(shape, Case):
            return self._case(shell, shape)
        if isinstance(shape, Condition):
            return self._condition(shell, shape)
        return self._group(shell, shape)

    def _group(self, shell: Shell, shape: Group) -> int:
        return self.script(shell, shape.body)

    def _holds(self, shell: Shell, condition: Script) -> bool:
        shell.guards += 1
        try:
            return self.script(shell, condition) == 0
        finally:
            shell.guards -= 1

    def _if(self, shell: Shell, shape: If) -> int:
        for condition, body in shape.branches:
            if condition is None or self._holds(shell, condition):
                return self.script(shell, body)
        return 0

    def _for(self, shell: Shell, shape: For) -> int:
        words = self._expander(shell).arguments(shape.words) if shape.words is not None else list(shell.arguments)
        left = iter(words)
        status = 0

        def turn() -> bool:
            nonlocal status
            word = next(left, None)
            if word is None:
                return False
            shell.variables[shape.name] = word
            status = self.script(shell, shape.body)
            return True

        _repeat(turn)
        return status

    def _while(self, shell: Shell, shape: While) -> int:
        status = 0

        def turn() -> bool:
            nonlocal status
            shell.outside.step()
            if self._holds(shell, shape.condition) == shape.negated:
                return False
            status = self.script(shell, shape.body)
            return True

        _repeat(turn)
        return status

    def _case(self, shell: Shell, shape: Case) -> int:
        expander = self._expander(shell)
        subject = expander.text(shape.subject)
        for clause in shape.clauses:
            if any(matches(expander.pattern(pattern), subject) for pattern in clause.patterns):
                return self.script(shell, clause.body)
        return 0

    def _condition(self, shell: Shell, shape: Condition) -> int:
        expander = self._expander(shell)
        try:
            if shape.arithmetic:
                expression = shape.tokens[0]
                return int(isinstance(expression, Word) and expander.number(expression) == 0)
            return int(not matching(shell, shape.tokens, expander))
        except RefusedError as refused:
            shell.say(refused.message)
            return refused.status


def _repeat(turn: Callable[[], bool]) -> None:
    """Call `turn` until it says no, or somebody breaks out."""
    going = True
    while going:
        try:
            going = turn()
        except LoopError as left:
            if left.levels > 1:
                raise LoopError(left.word, left.levels - 1) from None
            going = left.word == "continue"
