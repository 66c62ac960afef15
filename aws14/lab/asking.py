"""What a learner hands to a verb, looked at before anything is done with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from aws14.errors import NotebookError
from aws14.model import Scenario


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
