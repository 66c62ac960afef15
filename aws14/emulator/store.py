"""Snapshots on disk: two generations of the running cloud, saves by name, large bodies as files of their own.

::

    home/cloud/current.snapshot     the last one
    home/cloud/previous.snapshot    the one before
    home/cloud/unsaved              there while a change waits to be saved; its age tells what a crash lost
    home/saves/<name>.snapshot      by name
    home/bodies/<sha256>            large bodies, shared by all of them
    home/set-aside/                 what could not be read

A snapshot file is one line of JSON (`Header`) and the pickle it describes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

__all__ = ["Header", "SnapshotError", "Store", "Versions"]


class SnapshotError(Exception):
    """A snapshot that is missing, damaged, or of other versions."""


@dataclass(frozen=True)
class Versions:
    """What a snapshot is bound to.

    Parameters
    ----------
    aws14, moto, python : str
        Version numbers; Python's as major.minor.
    """

    aws14: str
    moto: str
    python: str = f"{sys.version_info[0]}.{sys.version_info[1]}"


@dataclass(frozen=True)
class Header:
    """The first line of a snapshot file.

    Parameters
    ----------
    versions : dict
        `Versions` of the writer.
    now : float
        Epoch seconds of AWS time.
    sha256 : str
        Of the pickle that follows.
    bodies : list of str
        Names of the files in ``bodies/`` it refers to.
    """

    versions: dict[str, str]
    now: float
    sha256: str
    bodies: list[str]


class Store:
    """The snapshots of one home.

    Parameters
    ----------
    home : pathlib.Path
        Of the emulator.
    versions : Versions
        Of this process.
    """

    def __init__(self, home: Path, versions: Versions) -> None:
        self._home = home
        self._versions = versions
        self.current = home / "cloud" / "current.snapshot"
        self.previous = home / "cloud" / "previous.snapshot"
        self._unsaved = home / "cloud" / "unsaved"
        for folder in ("cloud", "saves", "bodies"):
            (home / folder).mkdir(parents=True, exist_ok=True)

    def saved_as(self, name: str) -> Path:
        """Return the file of the save called `name`."""
        return self._home / "saves" / f"{name}.snapshot"

    def write(self, path: Path, data: bytes, *, now: float, bodies: set[str], same: bool = False) -> int:
        """Write a snapshot so that `path` is at every instant whole: the old one or the new one.

        Parameters
        ----------
        path : pathlib.Path
            `current` (the one before becomes `previous`) or a save.
        data : bytes
            The pickle.
        now : float
            Epoch seconds of AWS time in it.
        bodies : set of str
            Names of the large bodies in it.
        same : bool, optional
            It is the cloud of `current`, at a later time: `previous` stays what it is.

        Returns
        -------
        int
            Bytes written, large bodies not counted.
        """
        header = Header(asdict(self._versions), now, hashlib.sha256(data).hexdigest(), sorted(bodies))
        whole = json.dumps(asdict(header)).encode() + b"\n" + data
        fresh = _write_beside(path, whole)
        if path == self.current and path.exists() and not same:
            path.replace(self.previous)
        fresh.replace(path)
        return len(whole)

    def read(self, path: Path) -> bytes:
        """Return the pickle of a snapshot that is whole and of this process's versions.

        Raises
        ------
        SnapshotError
            Missing, damaged, of other versions, or one of its bodies is missing.
        """
        try:
            first, _, data = path.read_bytes().partition(b"\n")
            header = Header(**json.loads(first))
        except FileNotFoundError:
            raise SnapshotError(f"there is no {path.stem!r} to restore") from None
        except (OSError, ValueError, TypeError):
            raise SnapshotError(f"{path.name} is damaged") from None
        if header.versions != asdict(self._versions):
            wrote = ", ".join(f"{name} {version}" for name, version in header.versions.items())
            raise SnapshotError(f"{path.name} was written by {wrote}")
        if hashlib.sha256(data).hexdigest() != header.sha256:
            raise SnapshotError(f"{path.name} is damaged")
        if any(not self._body(name).exists() for name in header.bodies):
            raise SnapshotError(f"{path.name} lacks an object's body")
        return data

    def set_aside(self, path: Path) -> Path:
        """Move a snapshot out of the way, keeping it; return where it is now."""
        folder = self._home / "set-aside"
        folder.mkdir(exist_ok=True)
        kept = folder / f"{path.stem}-{uuid4().hex[:8]}{path.suffix}"
        path.replace(kept)
        return kept

    def mark_unsaved(self) -> None:
        """Note on disk that changes wait to be saved: since when (its text), and when the last one was (its date)."""
        try:
            os.utime(self._unsaved)
        except FileNotFoundError:
            self._unsaved.touch()
            self._unsaved.write_text(repr(self._unsaved.stat().st_mtime))  # real time, which this process does not see

    def lost_seconds(self) -> float | None:
        """Return over how many seconds the changes were made that a crash lost; None if there are none."""
        try:
            since = float(self._unsaved.read_text())
            return max(0.0, self._unsaved.stat().st_mtime - since)
        except FileNotFoundError:
            return None
        except ValueError:  # the crash came before the text was written
            return 0.0

    def forget_unsaved(self) -> None:
        """Take the note away: what it told of is saved, or lost and reported."""
        self._unsaved.unlink(missing_ok=True)

    def put_body(self, name: str, value: bytes) -> None:
        """Keep a large body; the same name is the same bytes."""
        path = self._body(name)
        if not path.exists():
            _write_beside(path, value).replace(path)

    def get_body(self, name: str) -> bytes:
        """Return a large body."""
        return self._body(name).read_bytes()

    def _body(self, name: str) -> Path:
        return self._home / "bodies" / name

    def drop_unused_bodies(self) -> None:
        """Delete the bodies that no snapshot refers to."""
        snapshots = [
            path for folder in ("cloud", "saves", "set-aside") for path in (self._home / folder).glob("*.snapshot")
        ]
        used: set[str] = set()
        for path in snapshots:
            with path.open("rb") as file, contextlib.suppress(ValueError, KeyError):
                used.update(json.loads(file.readline())["bodies"])
        for body in (self._home / "bodies").iterdir():
            if body.name not in used:
                body.unlink(missing_ok=True)


def _write_beside(path: Path, data: bytes) -> Path:
    fresh = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return fresh
