"""Which packages a worker can import: the standard library, its own files, and those that its image has."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

__all__ = ["allow"]


class _Installed(MetaPathFinder):
    def __init__(self, names: frozenset[str], places: Sequence[str]) -> None:
        self._names = names
        self._places = list(places)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find a package that is allowed; what is inside it is found by its own path."""
        if path is None and name in self._names:
            return PathFinder.find_spec(name, self._places, target)
        return None


def allow(names: Sequence[str], places: Sequence[str]) -> None:
    """Let packages be imported, after the program's own.

    Parameters
    ----------
    names : sequence of str
        Top-level names.
    places : sequence of str
        Folders where they are installed.
    """
    sys.meta_path.append(_Installed(frozenset(names), places))
