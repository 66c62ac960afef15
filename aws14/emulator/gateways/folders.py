"""The local folders that stand for shares: what a client in the office that has mounted one would see.

They are below ``office/shares`` in the home of the embedded AWS, one a share. A folder is looked at when something
changes in the cloud, when AWS time is let pass, and when somebody in the office does something: what is new or changed
there was written by the office's people. A folder shows all files of its share, whether the cache has them or not.
Links are not followed. When a save comes back, the folders become those of the save.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from aws14.catalog import quota
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache, uploads
from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend, gateways
from aws14.emulator.gateways.objects import fetch, objects_of
from aws14.emulator.gateways.records import Known, Pending, Share
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = ["accept", "adopt", "begin", "end", "keep_in", "look", "place_of", "put", "refresh", "within"]

_HOMES: list[Path] = []
#: The state that the folders were last made for: another one came back with a save.
_MADE_FOR: list[Any] = []


def keep_in(home: Path) -> None:
    """Let the folders be below this one."""
    _HOMES[:] = [home]


def adopt() -> None:
    """Take the folders for those of the cloud as it is now: what changed in them while nobody looked was written."""
    _MADE_FOR[:] = [world().state]


def place_of(share: Share) -> Path:
    """Where a share is on the learner's disk."""
    return _HOMES[0] / "shares" / share.folder


def within(share: Share, path: str) -> Path:
    """Where a file of a share is.

    Raises
    ------
    ScenarioError
        The path leads out of the share.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    root = place_of(share).resolve()
    strange = not parts or any(part == ".." or set(part) & set("\\:\0") for part in parts)
    place = root.joinpath(*parts)
    if strange or not place.resolve().is_relative_to(root) or place.is_symlink():
        raise ScenarioError(f"{path!r} leads out of the share", allowed="a path below the share's folder")
    return place


def begin(share: Share) -> None:
    """Make the folder of a new share, with what its bucket holds."""
    shutil.rmtree(place_of(share), ignore_errors=True)
    place_of(share).mkdir(parents=True)
    refresh(share)


def end(share: Share) -> None:
    """Take the folder of a share away."""
    shutil.rmtree(place_of(share), ignore_errors=True)


def refresh(share: Share, gateway: Gateway | None = None) -> None:
    """Learn what the bucket holds by now; what waits for the line stays as it is."""
    there = objects_of(share)
    for path in [each for each, known in share.files.items() if known.data is None and each not in there]:
        share.files.pop(path)
        _forget(gateway, share, path)
        _safely(share, path, None)
    for path, found in there.items():
        known = share.files.get(path)
        if known is None or (known.data is None and known.etag != found.etag):
            share.files[path] = Known(found.size, _safely(share, path, found), found.etag)
            _forget(gateway, share, path)


def _forget(gateway: Gateway | None, share: Share, path: str) -> None:
    if gateway is not None:
        cache.drop(gateway, share.id, path)


def _safely(share: Share, path: str, found: Any) -> tuple[int, ...]:
    """Put a file's copy into the folder, or take it away; a name that is no path of this disk stays out of it."""
    try:
        place = within(share, path)
        if found is None:
            place.unlink(missing_ok=True)
            return ()
        return put(place, found if isinstance(found, bytes) else found.value)
    except (OSError, ScenarioError):
        return ()


def put(place: Path, data: bytes) -> tuple[int, ...]:
    """Write a file's copy; return the mark by which a change of it is seen."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return _mark(place.lstat())


def _mark(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_mtime_ns, seen.st_size


def look() -> None:
    """Take in what the office's people did in the folders; the world lock is held."""
    made_for, _MADE_FOR[:] = list(_MADE_FOR), [world().state]
    came_back = bool(made_for) and made_for[0] is not world().state
    if came_back:
        _sweep()
    for backend, gateway in gateways():
        for share in gateway.shares.values():
            if came_back:
                _make_again(share)
            else:
                _look_at(backend, gateway, share)


def _sweep() -> None:
    """Take folders away whose shares are not in the cloud that came back."""
    known = {share.folder for _, gateway in gateways() for share in gateway.shares.values()}
    above = _HOMES[0] / "shares"
    for folder in above.iterdir() if above.is_dir() else ():
        if folder.name not in known and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _make_again(share: Share) -> None:
    """Make a folder as it was when the cloud was saved."""
    shutil.rmtree(place_of(share), ignore_errors=True)
    place_of(share).mkdir(parents=True)
    for path, known in share.files.items():
        found = known.data if known.data is not None else fetch(share, path)
        known.seen = () if found is None else _safely(share, path, found)


def _look_at(backend: StorageGatewayBackend, gateway: Gateway, share: Share) -> None:
    if share.status != "AVAILABLE" or share.told.get("ReadOnly") or gateway.state != "RUNNING":
        return
    if not place_of(share).is_dir():
        _make_again(share)  # somebody took the whole folder away: no client deletes a share so
        return
    there, whole = _listed(share)
    refused: list[str] = []
    for path, mark in there.items():
        known = share.files.get(path)
        if known is None or (known.seen != mark):
            data = _read(place_of(share) / path)
            if data is not None and not accept(backend, gateway, share, path, data=data, seen=mark):
                refused.append(path)
    share.refused = refused
    for path in [each for each, known in share.files.items() if whole and known.seen and each not in there]:
        _deleted(backend, gateway, share, path)


def _read(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except OSError:
        return None


def _listed(share: Share) -> tuple[dict[str, tuple[int, ...]], bool]:
    """The files of a folder with their marks, and whether those are all: beyond the limits nothing is looked at."""
    found: dict[str, tuple[int, ...]] = {}
    most, left = quota("Office", "files, most").value, quota("Office", "bytes, most").value
    for path, seen in _walked(place_of(share)):
        left -= seen[1]
        if len(found) >= most or left < 0:
            return found, False
        found[path] = seen
    return found, True


def _walked(root: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    for place, folders, names in os.walk(root, followlinks=False):
        folders.sort()
        for path in (Path(place) / name for name in sorted(names)):
            with suppress(OSError, UnicodeEncodeError):  # gone meanwhile, or a name that no object can have
                seen, name = path.lstat(), path.relative_to(root).as_posix()
                name.encode()
                if stat.S_ISREG(seen.st_mode):
                    yield name, _mark(seen)


def accept(
    backend: StorageGatewayBackend, gateway: Gateway, share: Share, path: str, *, data: bytes, **told: Any
) -> bool:
    """Take in a written file: into the cache at once, up the line later; False where the cache is full.

    Parameters
    ----------
    backend, gateway, share
        Where.
    path : str
        In the share.
    data : bytes
        Its content.
    **told
        ``seen``, its mark in the folder; ``size``, bytes, where it is said to be larger than `data`.
    """
    size, ready = int(told.get("size") or len(data)), typical_s("Storage Gateway file share, upload begins")
    if not cache.admit(gateway, (share.id, path), size, dirty=True):
        return False
    before = share.files.get(path)
    share.files[path] = Known(size, told.get("seen") or (), before.etag if before is not None else "", data)
    pending = Pending(share.id, path, size, world().clock.now() + ready)
    uploads.enqueue(backend, gateway, pending, again=before is not None)
    cache.count(gateway, share.id)
    return True


def _deleted(backend: StorageGatewayBackend, gateway: Gateway, share: Share, path: str) -> None:
    known = share.files.pop(path)
    cache.drop(gateway, share.id, path)
    if known.etag:
        uploads.enqueue(backend, gateway, Pending(share.id, path, 0, world().clock.now(), what="delete"), again=True)
    else:
        uploads.forget(backend, gateway, share.id, path)
    cache.count(gateway, share.id)
