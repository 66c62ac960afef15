"""What a worker can import: the standard library, its own files by their paths, and packages that its image has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import ModuleType
from typing import Any

__all__ = ["allow", "by_paths_of_the_container"]


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


def by_paths_of_the_container(real: Callable[[str], Any], shown: Callable[[str], str]) -> None:
    """Let entries of ``sys.path`` be paths of the container: modules are found there, and show themselves there.

    Parameters
    ----------
    real, shown : callable
        From a path of the container to one of this machine, and back.
    """

    class Loader(SourceFileLoader):
        def source_to_code(self, data: Any, path: Any, **more: Any) -> Any:  # type: ignore[override]
            """Compile what tracebacks show as a file of the container."""
            return super().source_to_code(data, shown(os.fsdecode(path)), **more)

    class Finder(FileFinder):
        def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
            """Find a module; its file and its folder are the container's."""
            spec = super().find_spec(fullname, target)
            if spec is not None and spec.origin:
                spec.origin = shown(spec.origin)
            if spec is not None and spec.submodule_search_locations is not None:
                spec.submodule_search_locations = [shown(each) for each in spec.submodule_search_locations]
            return spec

    kinds: Any = (
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (Loader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def hook(entry: str) -> Any:
        folder = real(entry)
        if folder == entry:
            raise ImportError(entry)
        return below(folder)

    below = Finder.path_hook(*kinds)
    sys.path_hooks.insert(0, hook)
