"""From words to arguments: variables, substitutions, splitting, globs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aws14.emulator.machines.shell.arithmetic import evaluate
from aws14.emulator.machines.shell.errors import ExitError, RefusedError, UnsupportedError
from aws14.emulator.machines.shell.patterns import braces, globbed, is_glob, literal, replaced, trimmed
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.syntax import Arithmetic, Part, Process, Script, Substitution, Text, Variable, Word

__all__ = ["Expander"]

_BLANKS = re.compile(r"[ \t\n]+")
_PROCESS = "1811"
_UNKNOWN = frozenset({"RANDOM", "SECONDS", "LINENO", "BASH_SOURCE", "FUNCNAME"})
_PLAIN_TILDE = re.compile(r"~([a-z][a-z0-9-]*)?(?=/|$)")


@dataclass
class _Field:
    """One argument in the making: its pieces, and whether each was quoted."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, text: str, *, quoted: bool) -> None:
        self.pieces.append((text, quoted))

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    @property
    def pattern(self) -> str:
        return "".join(literal(text) if quoted else text for text, quoted in self.pieces)

    @property
    def counts(self) -> bool:
        return any(text or quoted for text, quoted in self.pieces)


class Expander:
    """Expands words in a shell.

    Parameters
    ----------
    shell : Shell
        Whose variables and files.
    run : callable
        Runs the script of a substitution in that shell and returns its output.
    """

    def __init__(self, shell: Shell, run: Callable[[Shell, Script], str]) -> None:
        self._shell = shell
        self._run = run

    def arguments(self, words: Iterable[Word]) -> list[str]:
        """Return the arguments that words become: split, with globs."""
        found: list[str] = []
        for word in (each for one in words for each in braces(one)):
            for one in self._fields(word):
                paths = globbed(self._shell.files, one.pattern) if is_glob(one.pattern) else []
                found += paths or [one.text]
        return found

    def text(self, word: Word) -> str:
        """Return a word as one text: not split, without globs."""
        return "".join(text for text, _ in self._whole(word))

    def pattern(self, word: Word) -> str:
        """Return a word as a pattern: what was quoted stands for itself."""
        return "".join(literal(text) if quoted else text for text, quoted in self._whole(word))

    def expression(self, word: Word) -> str:
        """Return a word as a regular expression: what was quoted stands for itself."""
        return "".join(re.escape(text) if quoted else text for text, quoted in self._whole(word))

    def number(self, word: Word) -> int:
        """Return what an arithmetic expression comes to."""
        return evaluate(self.text(word), self._shell.variables)

    def _whole(self, word: Word) -> list[tuple[str, bool]]:
        found: list[tuple[str, bool]] = []
        for part in self._with_home(word).parts:
            if isinstance(part, Text):
                found.append((part.text, part.quoted))
            elif isinstance(part, Variable) and part.name == "@" and not part.operation:
                found.append((" ".join(self._shell.arguments), part.quoted))
            else:
                found.append((self._value(part), getattr(part, "quoted", False)))
        return found

    def _with_home(self, word: Word) -> Word:
        """Replace ``~`` at the begin of a word."""
        first = word.parts[0] if word.parts else None
        if not isinstance(first, Text) or first.quoted:
            return word
        tilde = _PLAIN_TILDE.match(first.text)
        if tilde is None or (tilde.end() == len(first.text) and len(word.parts) > 1):
            return word
        user = self._shell.machine.users.get(tilde[1]) if tilde[1] else None
        if tilde[1] and user is None:
            return word
        home = user.home if user else self._shell.variables.get("HOME", self._shell.home)
        parts = (Text(home, quoted=True), Text(first.text[tilde.end() :], quoted=False), *word.parts[1:])
        return Word(parts, word.line)

    def _fields(self, word: Word) -> list[_Field]:
        fields = [_Field()]
        for part in self._with_home(word).parts:
            if isinstance(part, Text):
                fields[-1].add(part.text, quoted=part.quoted)
            elif isinstance(part, Variable) and part.name in "@*" and not part.operation:
                self._positional(fields, part)
            elif getattr(part, "quoted", False):
                fields[-1].add(self._value(part), quoted=True)
            else:
                self._split(fields, self._value(part))
        return [one for one in fields if one.counts]

    def _positional(self, fields: list[_Field], part: Variable) -> None:
        arguments = self._shell.arguments
        if part.name == "*" and part.quoted:
            fields[-1].add(" ".join(arguments), quoted=True)
            return
        for index, argument in enumerate(arguments):
            if index:
                fields.append(_Field())
            if part.quoted:
                fields[-1].add(argument, quoted=True)
            else:
                self._split(fields, argument)

    def _split(self, fields: list[_Field], text: str) -> None:
        separators = self._shell.variables.get("IFS", " \t\n")
        pieces = _BLANKS.split(text) if separators == " \t\n" else _separated(text, separators)
        for index, piece in enumerate(pieces):
            if index:
                fields.append(_Field())
            # Between two separators that are no blanks an empty field counts.
            fields[-1].add(piece, quoted=not piece and index + 1 < len(pieces) and separators != " \t\n")

    def _value(self, part: Part) -> str:
        if isinstance(part, Variable):
            return self._variable(part)
        if isinstance(part, Substitution):
            return self._run(self._shell, part.body).rstrip("\n")
        if isinstance(part, Arithmetic):
            return str(self.number(part.expression))
        if isinstance(part, Process):
            raise UnsupportedError(">(...) as an argument", self._shell.line)
        return part.text

    def _special(self, name: str) -> str | None:
        shell = self._shell
        if name.isdigit():
            index = int(name)
            return shell.title if index == 0 else next(iter(shell.arguments[index - 1 : index]), None)
        if name in _UNKNOWN:
            raise UnsupportedError(f"${name}", shell.line)
        if name in ("EUID", "UID"):
            known = shell.machine.users.get(shell.user)
            return str(known.uid if known else 0)
        signs = {
            "?": str(shell.status),
            "#": str(len(shell.arguments)),
            "@": " ".join(shell.arguments),
            "*": " ".join(shell.arguments),
            "$": _PROCESS,
            "!": str(shell.started) if shell.started else None,
            "-": "".join(sorted(option for option in shell.options if len(option) == 1)) + "hB",
        }
        return signs[name] if name in signs else shell.variables.get(name)

    def _variable(self, part: Variable) -> str:
        value = self._special(part.name)
        operation = part.operation
        if operation and operation in (":-", "-", ":=", "=", ":+", "+", ":?", "?"):
            return self._otherwise(part, value)
        if value is None:
            if "u" in self._shell.options and part.name not in "@*":
                self._shell.say(f"{part.name}: unbound variable")
                raise ExitError(1)
            value = ""
        if operation == "length":
            return str(len(self._shell.arguments) if part.name in "@*" else len(value))
        return self._changed(part, value) if operation else value

    def _otherwise(self, part: Variable, value: str | None) -> str:
        """``${name:-word}`` and its like."""
        operation = part.operation
        missing = value is None or (operation.startswith(":") and value == "")
        if operation.endswith("+"):
            return "" if missing else self._argument(part)
        if not missing:
            return value or ""
        argument = self._argument(part)
        if operation.endswith("="):
            self._shell.variables[part.name] = argument
        if operation.endswith("?"):
            self._shell.say(f"{part.name}: {argument or 'parameter null or not set'}")
            raise ExitError(1)
        return argument

    def _argument(self, part: Variable) -> str:
        return self.text(part.argument) if part.argument is not None else ""

    def _changed(self, part: Variable, value: str) -> str:
        argument, operation = part.argument or Word(()), part.operation
        if operation[0] in "#%":
            return trimmed(value, self.pattern(argument), operation)
        if operation[0] == "/":
            new = self.text(part.replacement) if part.replacement is not None else ""
            return replaced(value, self.pattern(argument), new, operation=operation)
        if operation == ":":
            return self._slice(value, self.text(argument))
        change = str.upper if operation[0] == "^" else str.lower
        return change(value) if len(operation) > 1 else change(value[:1]) + value[1:]

    def _slice(self, value: str, argument: str) -> str:
        start, _, length = argument.partition(":")
        variables = self._shell.variables
        begin = evaluate(start, variables)
        begin = max(0, len(value) + begin) if begin < 0 else begin
        if not length:
            return value[begin:]
        count = evaluate(length, variables)
        if count < 0 and len(value) + count < begin:
            raise RefusedError(f"{length.strip()}: substring expression < 0")
        return value[begin : begin + count] if count >= 0 else value[begin : len(value) + count]


def _separated(text: str, separators: str) -> list[str]:
    """Split at each of the characters of IFS, as bash does for those that are not blanks."""
    return re.split("|".join(map(re.escape, separators)), text) if separators else [text]
