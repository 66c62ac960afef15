"""What the people and servers in the office do with a gateway, by the control API: ``POST /_aws14/gateway``.

``{"do": "write", "target": share, "path", "text" or "gib"}`` writes a file, ``{"do": "read", ...}`` reads one and
takes the time of it, ``{"do": "look", "target": share}`` tells how it stands. ``write`` with ``gib`` also writes to a
volume or a tape; ``{"do": "eject", "target": tape}`` sends a tape to the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from aws14.emulator import offices
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import block_life, cache, folders, uploads
from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend, gateways
from aws14.emulator.gateways.objects import fetch
from aws14.emulator.gateways.records import Share, Tape, Volume
from aws14.errors import ScenarioError

__all__ = ["GatewayOrder", "carry_out", "read_order"]

_GIB = 1024**3
_BYTES_PER_MBIT = 1e6 / 8
Found = tuple[StorageGatewayBackend, Gateway, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayOrder:
    """What somebody in the office does.

    Parameters
    ----------
    do : str
        ``write``, ``read``, ``look``, ``eject``.
    target : str
        Name, id or ARN of a share, ARN or id of a volume, barcode or ARN of a tape.
    path : str
        Of a file in a share.
    text : str
        What is written.
    gib : float or None
        How large what is written is said to be, GiB: no such bytes are made.
    """

    do: str
    target: str
    path: str = ""
    text: str = ""
    gib: float | None = None


def read_order(body: Mapping[str, Any]) -> GatewayOrder:
    """Read what the control API was told.

    Raises
    ------
    ScenarioError
        It cannot be.
    """
    told = {name: body.get(name, "") for name in ("do", "target", "path", "text")}
    gib = body.get("gib")
    if not all(isinstance(each, str) for each in told.values()) or not told["target"]:
        raise ScenarioError(f"{dict(body)!r} is no order", allowed="texts: do, target, path, text")
    if told["do"] not in _DOING:
        raise ScenarioError(f"nobody can {told['do']!r} with a gateway", allowed=", ".join(_DOING))
    if gib is not None and not (isinstance(gib, int | float) and isfinite(gib) and gib >= 0):
        raise ScenarioError(f"{gib!r} cannot be the GiB", allowed="a number from 0, or null")
    return GatewayOrder(**told, gib=None if gib is None else float(gib))


def carry_out(order: GatewayOrder) -> dict[str, Any]:
    """Do it; the world lock is held.

    Returns
    -------
    dict
        ``seconds``: how long it takes whoever does it; the caller lets that time pass. What else depends on `do`.

    Raises
    ------
    ScenarioError
        There is no such thing, or the gateway cannot.
    """
    folders.look()
    found = _find(order.target)
    if found[1].state != "RUNNING":
        raise ScenarioError(f"the gateway {found[1].told['GatewayName']} is shut down", cure="start_gateway")
    return _DOING[order.do](order, found)


def _find(target: str) -> Found:
    there = list(_named())
    found = next((found for names, found in there if target in names), None)
    if found is None:
        known = ", ".join(sorted({names[0] for names, _ in there}))
        raise ScenarioError(f"no gateway has {target!r}", allowed=known or "nothing is built")
    return found


def _named() -> Iterator[tuple[tuple[str, ...], Found]]:
    """Everything that can be used, with its names; a share goes before a gateway of the same name."""
    for backend, gateway in gateways():
        for share in gateway.shares.values():
            yield (str(share.told["FileShareName"]), share.id, share.arn), (backend, gateway, share)
        for volume in gateway.volumes.values():
            yield (str(volume.told["TargetName"]), volume.id, volume.arn), (backend, gateway, volume)
        for tape in backend.tapes.values():
            if tape.gateway == gateway.arn:
                yield (tape.barcode, tape.arn), (backend, gateway, tape)
    for backend, gateway in gateways():
        yield (str(gateway.told["GatewayName"]), gateway.id, gateway.arn), (backend, gateway, gateway)


def _of_share(order: GatewayOrder, found: Found) -> Share:
    share = found[2]
    if not isinstance(share, Share):
        raise ScenarioError(f"{order.target!r} is no file share", allowed="a file share")
    if share.status != "AVAILABLE":
        raise ScenarioError(f"the share is {share.status}", allowed="AVAILABLE", cure="let AWS time pass")
    return share


def _write(order: GatewayOrder, found: Found) -> dict[str, Any]:
    backend, gateway, thing = found
    if isinstance(thing, Volume | Tape):
        return _write_blocks(order, found)
    share = _of_share(order, found)
    if share.told.get("ReadOnly"):
        raise ScenarioError("the share is read-only", cure="update the file share")
    place = folders.within(share, order.path)
    path = place.relative_to(folders.place_of(share).resolve()).as_posix()
    if place.is_dir() or any(above.is_file() for above in place.parents):
        raise ScenarioError(f"{path} cannot be a file: a folder or a file is in its place", allowed="another path")
    size = int((order.gib or 0) * _GIB) if order.gib is not None else len(order.text.encode())
    data = order.text.encode() if order.gib is None else f"{order.text}{order.gib:g} GiB, declared\n".encode()
    if not folders.accept(backend, gateway, share, path, data=data, size=size):
        full = f"the cache of {gateway.told['GatewayName']} is full of what waits for the line"
        raise ScenarioError(full, allowed="no space left on the device", cure="wait, a faster line, a larger cache")
    share.files[path].seen = folders.put(place, data)
    return {"seconds": 0.0, "bytes": size, **_standing(gateway)}


def _write_blocks(order: GatewayOrder, found: Found) -> dict[str, Any]:
    backend, gateway, thing = found
    size = int((order.gib or 0) * _GIB)
    write = block_life.write_volume if isinstance(thing, Volume) else block_life.write_tape
    write(backend, gateway, thing, size)
    return {"seconds": 0.0, "bytes": size, **_standing(gateway)}


def _eject(order: GatewayOrder, found: Found) -> dict[str, Any]:
    backend, gateway, thing = found
    if not isinstance(thing, Tape):
        raise ScenarioError(f"{order.target!r} is no tape in a library", allowed="barcode or ARN of a tape")
    block_life.eject(backend, gateway, thing)
    return {"seconds": 0.0, "status": thing.status, **_standing(gateway)}


def _read(order: GatewayOrder, found: Found) -> dict[str, Any]:
    gateway, share = found[1], _of_share(order, found)
    place = folders.within(share, order.path)
    path = place.relative_to(folders.place_of(share).resolve()).as_posix()
    known = share.files.get(path)
    if known is None:
        raise ScenarioError(f"no such file: {path}", allowed="what the share lists", cure="refresh_cache, if S3 has it")
    hit = known.data is not None or cache.finds(gateway, (share.id, path))
    if not hit:
        seconds = _fetched(gateway, share, path)
        cache.admit(gateway, (share.id, path), known.size, dirty=False)
        cache.count(gateway, share.id, misses=1, downloaded=known.size)
    else:
        seconds = 0.0
        cache.count(gateway, share.id, hits=1)
    return {"seconds": seconds, "hit": hit, "bytes": known.size, **_standing(gateway)}


def _fetched(gateway: Gateway, share: Share, path: str) -> float:
    """Seconds until a file that is not in the cache is there."""
    line = offices.line()
    if line.cut:
        raise ScenarioError(f"{path} is not in the cache, and the line is cut", allowed="files in the cache")
    if fetch(share, path) is None:
        cause = "its object is gone, or lies in an archive class: the gateway cannot read it"
        raise ScenarioError(f"input/output error: {path}: {cause}", cure="restore_object, then read again")
    limit = gateway.settings.get("AverageDownloadRateLimitInBitsPerSec")
    rate = min(line.down_mbps * _BYTES_PER_MBIT, limit / 8 if limit else float("inf"))
    return typical_s("Storage Gateway first byte from S3") + share.files[path].size / rate


def _look(order: GatewayOrder, found: Found) -> dict[str, Any]:
    del order
    gateway, thing = found[1], found[2]
    told: dict[str, Any] = {"seconds": 0.0, **_standing(gateway)}
    if isinstance(thing, Share):
        files = {
            path: "waiting" if known.data is not None else "cached" if (thing.id, path) in gateway.cache else "in S3"
            for path, known in sorted(thing.files.items())
        }
        told |= {"folder": str(folders.place_of(thing)), "files": files, "refused": thing.refused}
    return told


def _standing(gateway: Gateway) -> dict[str, Any]:
    """How the gateway stands."""
    used, dirty = gateway.sums.get("", (0, 0))
    return {
        "waiting_bytes": uploads.waiting_bytes(gateway),
        "cache_bytes": gateway.room(cache.CACHE),
        "cached_bytes": used,
        "dirty_bytes": dirty,
    }


_DOING: Mapping[str, Callable[[GatewayOrder, Found], dict[str, Any]]] = {
    "write": _write,
    "read": _read,
    "look": _look,
    "eject": _eject,
}
