"""The walls of a worker: its memory, the files it may touch, the programs it may not start.

They keep an honest program inside and its mistakes readable; they are no prison for a hostile one.
"""

# ruff: noqa: PTH118, PTH117 - called for every file that is opened
from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["limit_memory", "raise_walls"]

#: Beyond its memory a process needs room for what it maps and never touches.
_ROOM_MIB = 384
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"})
_CHANGES = frozenset({"os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.truncate", "os.chmod", "os.link"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_memory(mib: int) -> None:
    """Let the system refuse what is far beyond the memory; the embedded AWS watches the limit itself."""
    try:
        import resource
    except ImportError:  # Windows: only watched
        return
    most = (mib + _ROOM_MIB) * 1024 * 1024
    for kind in ("RLIMIT_DATA", "RLIMIT_CORE"):
        wanted = 0 if kind == "RLIMIT_CORE" else most
        try:
            resource.setrlimit(getattr(resource, kind), (wanted, wanted))
        except (AttributeError, ValueError, OSError):  # a system without it, or with a lower one
            continue


def raise_walls(own: Sequence[str], readable: Sequence[str], closed: Sequence[str]) -> None:
    """Refuse, from now on, what no container would have.

    Parameters
    ----------
    own : sequence of str
        Folders it may change.
    readable : sequence of str
        Folders inside `closed` that it may read: Python itself.
    closed : sequence of str
        Folders it may not look into: the learner's home.
    """
    where = os.getcwd

    def absolute(path: Any) -> str:
        text = os.fsdecode(path)
        return os.path.normpath(text if os.path.isabs(text) else os.path.join(where(), text))

    def inside(path: str, folders: Sequence[str]) -> bool:
        return any(path == each or path.startswith(each.rstrip(os.sep) + os.sep) for each in folders)

    def check(path: Any, writing: bool) -> None:
        if isinstance(path, int) or path is None:
            return
        full = absolute(path)
        if inside(full, own) or full.startswith("/dev/"):
            return
        if writing:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))
        if inside(full, closed) and not inside(full, readable):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fsdecode(path))

    sys.addaudithook(_hook(check))


def _hook(check: Callable[[Any, bool], None]) -> Callable[[str, tuple[Any, ...]], None]:
    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            check(path, bool(isinstance(flags, int) and flags & _WRITING) or "w" in str(mode or ""))
        elif event in _CHANGES:
            check(args[0], True)
        elif event in _PROGRAMS:
            raise PermissionError(errno.EPERM, "programs cannot be started inside the embedded AWS", event)
        elif event == "os.kill" and args[0] not in (os.getpid(), 0):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    return hook
