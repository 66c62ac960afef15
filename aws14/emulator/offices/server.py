"""Files of the office's file server: real files in the folder that stands for it, never a path outside of it.

Links are neither followed nor listed: they could lead out of the folder. Paths are as a client of the server writes
them, from the root of the share, with slashes: ``/plans/house.dxf``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aws14.catalog import quota
from aws14.emulator.offices.place import folder
from aws14.errors import ScenarioError

__all__ = ["OfficeFile", "listed", "read", "remove", "write"]

_UNFINISHED = ".aws14-unfinished"


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """One file.

    Parameters
    ----------
    bytes : int
        Its size.
    modified : float
        When it was last written, epoch seconds, by the clock of the learner's computer.
    """

    bytes: int
    modified: float


def listed(below: str = "/") -> dict[str, OfficeFile]:
    """Every file, by its path from the root of the share.

    Parameters
    ----------
    below : str, optional
        Only what is in this folder of the share.

    Raises
    ------
    ScenarioError
        The path leads out of the share, or the folder holds more than the embedded AWS carries.
    """
    root, found, whole = folder(), {}, 0
    most, most_bytes = int(quota("Office", "files, most").value), int(quota("Office", "bytes, most").value)
    for path, entry in _walk(str(_within(below)), f"/{below.strip('/')}".rstrip("/")):
        seen = entry.stat(follow_symlinks=False)
        found[path] = OfficeFile(seen.st_size, seen.st_mtime)
        whole += seen.st_size
        if len(found) > most or whole > most_bytes:
            raise ScenarioError(
                f"{root} holds too much for the office's file server",
                allowed=f"{most} files, {most_bytes} bytes",
                cure="name a smaller folder",
            )
    return found


def _walk(place: str, path: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every real file below a folder, by its path in the share; a folder that is not there has none."""
    try:
        with os.scandir(place) as entries:
            inside = sorted(entries, key=lambda each: each.name)
    except FileNotFoundError:
        return
    for each in inside:
        if each.is_dir(follow_symlinks=False):
            yield from _walk(each.path, f"{path}/{each.name}")
        elif each.is_file(follow_symlinks=False) and not each.name.endswith(_UNFINISHED):
            yield f"{path}/{each.name}", each


def read(path: str) -> bytes:
    """The bytes of a file.

    Raises
    ------
    OSError
        It cannot be read.
    ScenarioError
        The path leads out of the share.
    """
    return _within(path).read_bytes()


def write(path: str, data: bytes, *, modified: float | None = None) -> None:
    """Make or replace a file, with the folders above it.

    Parameters
    ----------
    path : str
        From the root of the share.
    data : bytes
        Its content.
    modified : float, optional
        When it was last written, epoch seconds; now when left out.

    Raises
    ------
    OSError
        It cannot be written.
    ScenarioError
        The path leads out of the share.
    """
    target = _within(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + _UNFINISHED)
    unfinished.write_bytes(data)
    if modified is not None:
        os.utime(unfinished, (modified, modified))
    unfinished.replace(target)


def remove(path: str) -> None:
    """Delete a file, and the folders above it that are then empty; nothing happens where there is none.

    Raises
    ------
    OSError
        It cannot be deleted.
    ScenarioError
        The path leads out of the share.
    """
    root, target = folder(), _within(path)
    target.unlink(missing_ok=True)
    for above in target.parents:
        if above == root or not above.is_dir() or any(above.iterdir()):
            return
        above.rmdir()


def _within(path: str) -> Path:
    """Where a path of the share is on the learner's disk."""
    parts = [part for part in PurePosixPath("/" + path.lstrip("/")).parts[1:] if part != "."]
    root = folder()
    # A backslash, a colon or a NUL in a part may mean another place on some systems.
    strange = any(part == ".." or set(part) & set("\\:\0") for part in parts)
    place = root.joinpath(*parts)
    if strange or not place.resolve().is_relative_to(root) or place.is_symlink():
        raise ScenarioError(f"{path!r} leads out of the office's share", allowed="paths below /")
    return place
