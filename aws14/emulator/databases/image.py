"""The data of one DB instance: a SQLite database that is a file while somebody uses it, and bytes when it is kept.

The bytes go with the snapshot of the cloud, into RDS snapshots, restores and replicas. Files live in a folder of the
process's own and go with the objects that opened them. Every connection sees its own transaction (write-ahead log).
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import weakref
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

__all__ = ["Image", "keep_in"]

_folder: list[Path] = []


def keep_in(folder: Path) -> None:
    """Open images in this folder from now on; what an earlier process left there is deleted.

    Parameters
    ----------
    folder : pathlib.Path
        Of this process alone.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _folder[:] = [folder]


class Image:
    """The data of one DB instance.

    Parameters
    ----------
    content : bytes, optional
        A SQLite database; empty: nothing yet.

    Attributes
    ----------
    committing : threading.Lock
        Held around a commit and what follows from it, so that replicas get commits in their order.
    """

    def __init__(self, content: bytes = b"") -> None:
        self._begin(content)

    def _begin(self, content: bytes) -> None:
        self._content = content
        self._path: Path | None = None
        self._version = self._read = 0
        self._lock = threading.Lock()
        self.committing = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle and copy keep: the bytes."""
        return {"content": self.content()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin with the bytes."""
        self._begin(state["content"])

    def connect(self) -> sqlite3.Connection:
        """Open a connection of the caller's own; any thread may use it, one at a time."""
        with self._lock:
            path = self._opened()
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        connection.execute("PRAGMA synchronous = OFF")  # what lasts is the snapshot of the cloud
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def changed(self) -> None:
        """Note that a commit has changed it."""
        self._version += 1

    def content(self) -> bytes:
        """Everything that is committed, as bytes."""
        with self._lock:
            if self._path is None or self._read == self._version:
                return self._content
            version = self._version
            with closing(sqlite3.connect(self._path)) as reader:
                self._content, self._read = reader.serialize(), version
            return self._content

    def copy(self) -> Image:
        """What is committed, as an image of its own."""
        return Image(self.content())

    def _opened(self) -> Path:
        if self._path is None:
            folder = _folder[0] if _folder else Path(tempfile.gettempdir())
            self._path = folder / f"{uuid4().hex}.sqlite"
            self._path.write_bytes(self._content)
            with closing(sqlite3.connect(self._path)) as first:
                first.execute("PRAGMA journal_mode = WAL")
            weakref.finalize(self, _remove, self._path)
        return self._path


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
