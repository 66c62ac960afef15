"""What those who ask by an instance, or from an address, remember of DNS: each answer for its TTL, in AWS time.

The Internet is everybody and remembers nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.dataplane.names import Answer
from aws14.emulator.world import world
from aws14.model.network import Network
from aws14.sim.reachability import INTERNET
from aws14.sim.reachability.places import interfaces_of

__all__ = ["remembering"]

_MOST_NAMES = 512


def remembering(network: Network, source: str, resolve: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """A way to resolve names that remembers what it was told.

    Parameters
    ----------
    network : Network
        As it is now.
    source : str
        Who asks.
    resolve : callable
        From a name to its answer, as it is now.
    """
    if source == INTERNET:
        return resolve
    found = interfaces_of(network, source)
    who = (found[0].instance or found[0].id) if found else source

    def ask(name: str) -> Answer:
        memory, now = _memory(who), world().clock.now()
        since, until, known = memory.get(name, (0.0, 0.0, None))
        # A machine that was put back to an earlier time has been told nothing yet.
        if known is not None and since <= now < until:
            return known  # type: ignore[no-any-return]
        said = resolve(name)
        memory.pop(name, None)
        if said.records and said.ttl_s:
            while len(memory) >= _MOST_NAMES:
                del memory[next(iter(memory))]
            memory[name] = (now, now + said.ttl_s, said)
        return said

    return ask


def _memory(who: str) -> dict[str, Any]:
    kept: dict[str, dict[str, Any]] = world().state.setdefault("remembered_names", {})
    return kept.setdefault(who, {})
