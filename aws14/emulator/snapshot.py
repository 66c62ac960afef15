"""The whole cloud to bytes and back: moto's backends, the clock, the behaviours' state, moto's random numbers.

The bytes are a pickle: only ever loaded from this process's own home, and only when they were written by the same
versions of aws14, moto and Python (`aws14.emulator.store` checks both). Everything moto keeps is reached from its
backends, so identity is kept: an instance in an Auto Scaling group *is* the instance that EC2 lists, before and after.
"""

from __future__ import annotations

import io
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from aws14.emulator.pickling import Bodies, Pickler, Unpickler, address, at
from aws14.emulator.world import World

__all__ = ["dump", "load", "wipe"]


def dump(world: World, bodies: Bodies) -> tuple[bytes, set[str]]:
    """Return the cloud as bytes, and the names of the bodies they refer to. The world lock is held.

    Parameters
    ----------
    world : World
        Whose clock and state go along.
    bodies : Bodies
        Takes the large ones.
    """
    backends = [
        (address(registry), account, region, backend)
        for registry in list(_registries())
        for account, regions in registry.items()
        for region, backend in regions.items()
    ]
    buffer = io.BytesIO()
    pickler = Pickler(buffer, bodies)
    pickler.dump((backends, mock_random.getstate(), world.clock.state(), world.state))
    return buffer.getvalue(), pickler.names


def load(data: bytes, world: World, bodies: Bodies) -> None:
    """Replace the cloud by the one in `data`. The world lock is held; if this raises, the cloud is as before.

    Parameters
    ----------
    data : bytes
        What `dump` returned.
    world : World
        Whose clock and state are replaced.
    bodies : Bodies
        Gives the large ones back.
    """
    backends, random_state, clock, state = Unpickler(io.BytesIO(data), bodies).load()
    wipe(world)
    for (module, name), account, region, backend in backends:
        dict.__setitem__(at(module, name)[account], region, backend)
    mock_random.setstate(random_state)
    world.state = state
    world.clock.restore(clock)


def wipe(world: World) -> None:
    """Empty the cloud; AWS time goes on. The world lock is held."""
    # moto's own reset makes every backend anew only to drop it: a second of reading tables for EC2 alone.
    registries = _registries()
    for registry in registries:
        registry.clear()
    registries.clear()
    world.clock.clear()
    world.state = {}


def _registries() -> list[Any]:
    found: list[Any] = vars(BackendDict)["_instances"]  # moto's only list of them
    return found
