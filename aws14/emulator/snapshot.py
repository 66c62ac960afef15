"""The whole cloud to bytes and back: moto's backends, the clock, the behaviours' state, moto's random numbers.

The bytes are a pickle: only ever loaded from this process's own home, and only when they were written by the same
versions of aws14, moto and Python (`aws14.emulator.store` checks both). Everything moto keeps is reached from its
backends, so identity is kept: an instance in an Auto Scaling group *is* the instance that EC2 lists, before and after.
"""

from __future__ import annotations

import io
import sys
import weakref
from collections.abc import Iterator
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.moto_api._internal import mock_random

from aws14.emulator.pickling import Bodies, Pickler, Unpickler, address, at
from aws14.emulator.world import World

__all__ = ["dump", "load", "wipe"]

_COUNTED = (("moto.logs.models", "LogEvent", "_event_id"), ("moto.logs.models", "LogStream", "_log_ids"))
#: Moto's weak references, held by classes, to the backends of VPCs, peerings and transit gateways.
_REFERRED = ("vpc_refs", "vpc_pcx_refs", "backend_refs")


def dump(world: World, bodies: Bodies) -> tuple[bytes, set[str]]:
    """Return the cloud as bytes, and the names of the bodies they refer to. The world lock is held.

    Parameters
    ----------
    world : World
        Whose clock and state go along.
    bodies : Bodies
        Takes the large ones.
    """
    registries = [(address(registry), _extras(registry), list(_flat(registry))) for registry in _registries()]
    buffer = io.BytesIO()
    pickler = Pickler(buffer, bodies)
    pickler.dump((registries, _counters(), mock_random.getstate(), world.clock.state(), world.state))
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
    registries, counters, random_state, clock, state = Unpickler(io.BytesIO(data), bodies).load()
    wipe(world)
    for (module, name), extras, backends in registries:
        registry = at(module, name)
        vars(registry).update(extras)
        for account, region, backend in backends:
            dict.__setitem__(registry[account], region, backend)
            _refer_to(backend)
    for (module, owner, name), value in counters.items():
        setattr(at(module, owner), name, value)
    mock_random.setstate(random_state)
    world.state = state
    world.clock.restore(clock)


def _refer_to(backend: Any) -> None:
    """Enter a backend of EC2 where moto finds those of other regions: only making one would do it."""
    for name in _REFERRED:
        references = getattr(type(backend), name, None)
        if references is not None:
            references[type(backend)].add(weakref.ref(backend))


def wipe(world: World) -> None:
    """Empty the cloud; AWS time goes on. The world lock is held."""
    # moto's own reset makes every backend anew only to drop it: a second of reading tables for EC2 alone.
    registries = _registries()
    for registry in registries:
        registry.clear()
        for extra in _extras(registry).values():
            extra.clear()
    registries.clear()
    _forget_the_old()
    world.clock.clear()
    world.state = {}


def _forget_the_old() -> None:
    """Empty moto's caches that keep backends alive which no registry knows any more: ten megabytes each of EC2."""
    cache: Any = AccountSpecificBackend._generate_regions  # noqa: SLF001 - moto has no public way
    cache.cache_clear()
    # Not there while EC2 is being loaded, or before.
    subnet = getattr(sys.modules.get("moto.ec2.models.subnets"), "Subnet", None)
    if subnet is not None:
        subnet._base_avail_ip_iterator.cache_clear()  # noqa: SLF001


def _extras(registry: Any) -> dict[str, Any]:
    """What a registry knows beyond its backends: S3's names of all buckets, Organizations' accounts."""
    held = {name: value for name, value in vars(registry).items() if isinstance(value, dict | list | set)}
    held.pop("_additional_regions", None)  # fixed: where the service is
    return held


def _flat(registry: Any) -> Iterator[tuple[str, str, Any]]:
    for account, regions in registry.items():
        for region, backend in regions.items():
            yield account, region, backend


def _counters() -> dict[tuple[str, str, str], Any]:
    """What moto counts on classes instead of backends, where loaded."""
    return {
        (module, owner, name): getattr(at(module, owner), name)
        for module, owner, name in _COUNTED
        if module in sys.modules
    }


def _registries() -> list[Any]:
    found: list[Any] = vars(BackendDict)["_instances"]  # moto's only list of them
    return found
