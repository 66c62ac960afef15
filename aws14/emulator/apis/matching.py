"""From a path to a resource or a route: what is written out goes before ``{id}``, that before ``{proxy+}``."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

__all__ = ["best", "matched", "rank"]

_LITERAL, _NAMED, _GREEDY = 0, 1, 2


def matched(template: str, path: str) -> dict[str, str] | None:
    """The parameters of a path that a template fits, decoded; None where it does not fit.

    Parameters
    ----------
    template : str
        ``/users/{id}``, ``/files/{name+}``.
    path : str
        As it came.
    """
    given, wanted = _parts(path), _parts(template)
    found: dict[str, str] = {}
    for at, part in enumerate(wanted):
        kind = _kind(part)
        if kind == _GREEDY:
            if len(given) <= at:
                return None
            return found | {part[1:-2]: unquote("/".join(given[at:]))}
        if at >= len(given) or (kind == _LITERAL and unquote(given[at]) != part):
            return None
        if kind == _NAMED:
            found[part[1:-1]] = unquote(given[at])
    return found if len(given) == len(wanted) else None


def best(templates: Iterable[str], path: str) -> tuple[str, dict[str, str]] | None:
    """The template that fits a path best, and its parameters; None where none fits."""
    fitting = [(template, found) for template in templates if (found := matched(template, path)) is not None]
    return min(fitting, key=lambda each: rank(each[0]), default=None)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _kind(part: str) -> int:
    if not (part.startswith("{") and part.endswith("}")):
        return _LITERAL
    return _GREEDY if part.endswith("+}") else _NAMED


def rank(template: str) -> tuple[int, ...]:
    """How much of a template is left open, part by part: the smallest of those that fit goes first."""
    return tuple(_kind(part) for part in _parts(template))
