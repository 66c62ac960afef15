"""Absolute paths of a container, found in folders of this machine: ``/tmp``, ``/app``, ``/var/task``."""

# ruff: noqa: PTH112, PTH120 - these are the functions it takes over
from __future__ import annotations

import builtins
import errno
import functools
import io
import os
import posixpath
import sys
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Mount", "Paths"]

Mount = tuple[str, str, bool]
"""Where it shows in the container, the folder or file it is, and whether it can be written."""

_READ = ("stat", "lstat", "listdir", "scandir", "access", "readlink", "chdir", "statvfs", "getxattr", "listxattr")
_WRITE = ("mkdir", "rmdir", "remove", "unlink", "chmod", "chown", "utime", "truncate", "mkfifo")
_WRITE_TWO = ("rename", "replace", "link", "symlink")
_SETS = ("supports_fd", "supports_dir_fd", "supports_follow_symlinks", "supports_effective_ids")
_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Paths:
    """The map.

    Parameters
    ----------
    mounts : sequence of Mount
        What shows where.
    scratch : str
        Folder that takes what is written anywhere else; empty: nothing can be.
    python : sequence of str
        Folders of Python itself and of its packages: found where they are, also when they lie below a place that the
        container has (a checkout in ``/tmp``, a Python in ``/opt``).
    """

    def __init__(self, mounts: Sequence[Mount], scratch: str, python: Sequence[str] = ()) -> None:
        self._mounts = sorted(mounts, key=lambda each: len(each[0]), reverse=True)
        self._scratch = scratch
        self._getcwd = os.getcwd
        self._exists = os.path.lexists
        self._made = os.makedirs
        self.places = [real for _, real, _ in self._mounts] + ([scratch] if scratch else [])
        self._real = tuple(each for each in (*self.places, *python) if each)

    def install(self) -> None:
        """Let ``open`` and the functions of ``os`` go by the map."""
        for name in _READ:
            self._take(name, self.real)
        for name in _WRITE:
            self._take(name, lambda path: self.real(path, writing=True))
        for name in _WRITE_TWO:
            self._take_two(name)
        self._take_open()
        os.getcwd = self._where

    def real(self, path: Any, *, writing: bool = False) -> Any:
        """Return where a path of the container is; a path that is not one of it stays as it is."""
        if isinstance(path, int) or path is None:
            return path
        text = os.fsdecode(os.fspath(path))
        if not text.startswith("/"):
            if not text.startswith(".."):
                return path
            text = posixpath.join(self._where(), text)
        found = self._found(posixpath.normpath(text), writing=writing, said=text)
        if found is None:
            return path
        return os.fsencode(found) if isinstance(path, bytes) else found

    def shown(self, real: str) -> str:
        """Return how a path of this machine reads in the container."""
        for place, folder, _ in self._mounts:
            if real == folder or real.startswith(folder + os.sep):
                return place + real[len(folder) :].replace(os.sep, "/")
        if self._scratch and real.startswith(self._scratch):
            return real[len(self._scratch) :].replace(os.sep, "/") or "/"
        return real

    def _found(self, path: str, *, writing: bool, said: str) -> str | None:
        if path.startswith(self._real):  # a folder that is shown may itself lie below /tmp
            return None
        for place, folder, writable in self._mounts:
            if path == place or path.startswith(place.rstrip("/") + "/"):
                if writing and not writable:
                    raise OSError(errno.EROFS, os.strerror(errno.EROFS), said)
                return folder + path[len(place) :].replace("/", os.sep)
        return self._in_scratch(path, writing=writing)

    def _in_scratch(self, path: str, *, writing: bool) -> str | None:
        if not self._scratch:
            return None
        candidate = self._scratch + path.replace("/", os.sep)
        if self._exists(candidate):
            return candidate
        above = os.path.dirname(candidate)
        if writing and (self._exists(above) or os.path.isdir(posixpath.dirname(path))):
            self._made(above, exist_ok=True)
            return candidate
        return None

    def _where(self) -> str:
        return self.shown(self._getcwd())

    def _put(self, name: str, original: Any, taken: Any) -> None:
        for each in _SETS:
            known = getattr(os, each, None)
            if known is not None and original in known:
                known.add(taken)
        setattr(os, name, taken)

    def _take(self, name: str, find: Callable[[Any], Any]) -> None:
        original = getattr(os, name, None)
        if original is None:
            return

        @functools.wraps(original)
        def taken(path: Any = ".", *args: Any, **named: Any) -> Any:
            return original(find(path), *args, **named)

        self._put(name, original, taken)

    def _take_two(self, name: str) -> None:
        original = getattr(os, name, None)
        if original is None:
            return

        @functools.wraps(original)
        def taken(src: Any, dst: Any, *args: Any, **named: Any) -> Any:
            # What a symbolic link says is text of the container.
            source = src if name == "symlink" else self.real(src, writing=name != "link")
            return original(source, self.real(dst, writing=True), *args, **named)

        self._put(name, original, taken)

    def _take_open(self) -> None:
        low, high = os.open, io.open

        @functools.wraps(low)
        def taken_low(path: Any, flags: int, *args: Any, **named: Any) -> int:
            return low(self.real(path, writing=bool(flags & _CHANGES)), flags, *args, **named)

        @functools.wraps(high)
        def taken_high(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
            return high(self.real(file, writing=any(each in mode for each in "wax+")), mode, *args, **named)

        self._put("open", low, taken_low)
        builtins.open = taken_high
        io.open = taken_high
        if "tokenize" in sys.modules:  # it has kept the function that reads the lines of tracebacks
            sys.modules["tokenize"]._builtin_open = taken_high  # type: ignore[attr-defined]  # noqa: SLF001
        sys.modules["_pyio"] = None  # type: ignore[assignment]  # the same functions again, past the map
