"""How the options of commands are read: ``-xe``, ``-n 5``, ``-n5``, ``--name=value``."""

from __future__ import annotations

from collections.abc import Iterable

from aws14.emulator.machines.shell.lookup import Call

__all__ = ["Options", "options"]


class Options(dict[str, str]):
    """Values by option, flags with an empty value; and what was no option.

    Parameters
    ----------
    operands : list of str
        In order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.operands: list[str] = []

    def any(self, *names: str) -> bool:
        """Whether one of these was given."""
        return any(name in self for name in names)


def options(call: Call, flags: str = "", *, valued: str = "", long: Iterable[str] = (), stops: bool = False) -> Options:
    """Read the options of a command.

    Parameters
    ----------
    call : Call
        With the arguments.
    flags : str
        Letters that take no value.
    valued : str
        Letters that take one.
    long : iterable of str
        Long options without dashes; those that take a value end in ``=``.
    stops : bool
        Whether the first operand ends the options, as with ``sudo``.

    Raises
    ------
    UnsupportedError
        An option that is not listed.
    """
    known = set(long)
    found, rest = Options(), list(call.arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            break
        if argument.startswith("--"):
            _long(call, argument[2:], known, into=(found, rest))
        elif argument.startswith("-") and len(argument) > 1:
            _short(call, argument[1:], (flags, valued), into=(found, rest))
        else:
            found.operands.append(argument)
            if stops:
                break
    found.operands += rest
    return found


def _long(call: Call, argument: str, known: set[str], *, into: tuple[Options, list[str]]) -> None:
    found, rest = into
    name, equals, value = argument.partition("=")
    if name in known and not equals:
        found[name] = ""
    elif f"{name}=" in known and (equals or rest):
        found[name] = value if equals else rest.pop(0)
    else:
        raise call.unsupported()


def _short(call: Call, letters: str, known: tuple[str, str], *, into: tuple[Options, list[str]]) -> None:
    found, rest = into
    for index, letter in enumerate(letters):
        if letter in known[0]:
            found[letter] = ""
        elif letter in known[1] and (letters[index + 1 :] or rest):
            found[letter] = letters[index + 1 :] or rest.pop(0)
            return
        else:
            raise call.unsupported()
