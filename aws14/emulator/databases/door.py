"""Loopback ports that lead to MySQL: one for each DB instance, host and source, opened when somebody connects.

One thread has an event loop for all of them. Whether a source gets there is asked anew at each connection. What a
server no longer answers is cut off: the client's connection is reset.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import Any

__all__ = ["Way", "drop", "open"]

_LONGEST_OPENING_S = 10.0
_lock = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []
_doors: dict[Way, Any] = {}
_guests: dict[str, set[asyncio.StreamWriter]] = defaultdict(set)
_numbers = count(1)


@dataclass(frozen=True)
class Way:
    """Where a door leads.

    Parameters
    ----------
    arn : str
        Of the DB instance.
    interface, address : str
        Id and private address of the host's network interface.
    port : int
        Of the instance.
    source : str
        Who comes.
    """

    arn: str
    interface: str
    address: str
    port: int
    source: str


def open(way: Way) -> int:  # noqa: A001 - door.open
    """Return the loopback port of a way. The world lock is not held."""
    with _lock:
        if not _loops:
            _loops.append(asyncio.new_event_loop())
            threading.Thread(target=_loops[0].run_forever, name="mysql", daemon=True).start()
        if way not in _doors:
            _doors[way] = asyncio.run_coroutine_threadsafe(_listen(way), _loops[0]).result(_LONGEST_OPENING_S)
        port: int = _doors[way].sockets[0].getsockname()[1]
        return port


def drop(arn: str) -> None:
    """Cut off everybody who is connected to a DB instance."""
    for loop in _loops:
        loop.call_soon_threadsafe(_cut, arn)


def _cut(arn: str) -> None:
    for writer in list(_guests[arn]):
        writer.transport.abort()


async def _listen(way: Way) -> Any:
    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _serve(way, reader, writer)
        finally:
            writer.close()

    return await asyncio.start_server(welcome, "127.0.0.1", 0)


async def _serve(way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    from aws14.emulator.databases.guests import guest as guest_of
    from aws14.emulator.databases.wire import Wire

    source = await asyncio.get_running_loop().run_in_executor(None, _reached_from, way)
    if source is None:
        writer.transport.abort()
        return
    number = next(_numbers)
    guest = guest_of(way.arn, way.interface, source, number)
    version = await asyncio.get_running_loop().run_in_executor(None, guest.version)
    _guests[way.arn].add(writer)
    try:
        await Wire(reader, writer, guest=guest, version=version, number=number).serve()
    finally:
        _guests[way.arn].discard(writer)


def _reached_from(way: Way) -> str | None:
    """The address that the server sees; None where the way is not open now."""
    from aws14.emulator.dataplane import Ask, connect, inside
    from aws14.emulator.world import world
    from aws14.errors import ScenarioError

    with world().turn():
        try:
            found = connect(Ask(host=way.address, port=way.port, source=way.source), inside)
        except ScenarioError:
            return None
    return found.source if found.outcome == "open" else None
