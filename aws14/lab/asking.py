"""What a learner hands to a verb, looked at before anything is done with it."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from numbers import Real
from typing import Any, TypeVar

from aws14.errors import NotebookError
from aws14.model import Scenario, Trace

_Face = TypeVar("_Face", bound=type)


def verbs(face: _Face) -> _Face:
    """Let every verb of a class say which argument is too much, or lacking, instead of a TypeError."""
    own = {name: each for base in reversed(face.__mro__[:-1]) for name, each in vars(base).items()}
    for name, each in own.items():
        if name == "__init__":
            setattr(face, name, asked(each, face.__name__))
        elif inspect.isfunction(each) and not name.startswith("_"):
            setattr(face, name, asked(each, f"{face.__name__.lower()}.{name}"))
        elif isinstance(each, classmethod):
            setattr(face, name, classmethod(asked(each.__func__, f"{face.__name__}.{name}")))
    return face


def asked(verb: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Let a function say which argument is too much, or lacking; its first one is not the learner's.

    Raises
    ------
    NotebookError
        Raised by the function when it is called with arguments that it does not take.
    """
    signature = inspect.signature(verb)

    @wraps(verb)
    def ask(*values: Any, **named: Any) -> Any:
        try:
            signature.bind(*values, **named)
        except TypeError:
            raise _misfit(name, list(signature.parameters.values())[1:], values[1:], named) from None
        return verb(*values, **named)

    return ask


def _misfit(
    name: str, parameters: Sequence[inspect.Parameter], values: Sequence[Any], named: Mapping[str, Any]
) -> NotebookError:
    """What does not fit: a word too much, else a word lacking, else a value too much."""
    known = [each.name for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    written = f"{name}({', '.join(_written(each) for each in parameters)})"
    swallows = any(each.kind is each.VAR_KEYWORD for each in parameters)
    if unknown := [word for word in named if word not in known and not swallows]:
        return _unknown(name, unknown[0], known, written)
    given = {*known[: len(values)], *named}
    if lacking := [each.name for each in parameters if each.name in known and each.name not in given and _must(each)]:
        return NotebookError(f"{name} needs '{lacking[0]}'", allowed=written)
    return NotebookError(f"{name} is given too much", allowed=written)


def _unknown(name: str, word: str, known: Sequence[str], written: str) -> NotebookError:
    close = difflib.get_close_matches(word, known, n=1)
    cure = f"the argument is '{close[0]}'" if close else ""
    return NotebookError(f"{name} has no argument '{word}'", allowed=written, cure=cure)


def _must(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty


def _written(parameter: inspect.Parameter) -> str:
    return f"{parameter.name}=..." if parameter.kind is parameter.KEYWORD_ONLY else str(parameter).split(":")[0]


def checked_words(name: str, function: Callable[..., Any], words: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the words that a verb hands on to a function.

    Raises
    ------
    NotebookError
        When the function has no such argument.
    """
    parameters = inspect.signature(function).parameters.values()
    known = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    for word in words:
        if word not in known:
            raise _unknown(name, word, known, ", ".join(known))
    return words


def checked_trace(given: object) -> Trace:
    """Return the trace.

    Raises
    ------
    NotebookError
        When it is something else.
    """
    if isinstance(given, Trace):
        return given
    raise NotebookError(f"a bill takes the trace of a run, not {given!r}"[:200], cure="lab.bill(lab.run())")


def checked_knobs(function: Callable[..., Any], knobs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the knobs, or say which ones a function has.

    Raises
    ------
    NotebookError
        When one is none of its keyword parameters.
    """
    known = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    if unknown := [name for name in knobs if name not in known]:
        raise NotebookError(f"a scenario has no '{unknown[0]}'", allowed=", ".join(known))
    return knobs


def checked_numbers(given: Mapping[str, Any]) -> Mapping[str, float]:
    """Return the values as numbers.

    Raises
    ------
    NotebookError
        When one is no number.
    """
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise NotebookError(f"{name} is {value!r}", allowed="a number", cure=f"{name}=10")
    return {name: float(value) for name, value in given.items()}


def checked_scenario(given: object) -> Scenario | None:
    """Return the scenario, None for the pattern's own.

    Raises
    ------
    NotebookError
        When it is something else.
    """
    if given is None or isinstance(given, Scenario):
        return given
    raise NotebookError(f"a run takes a scenario, not {given!r}"[:200], cure="lab.run(lab.scenario(...)), or lab.run()")
