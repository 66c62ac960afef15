"""Execution environments: started for an invocation, kept for the next ones, given up when they are idle for long.

An environment handles one event at a time. The one that became idle last is taken first. They are processes of this
machine, so no more than `MOST` are there at once: when all are busy, an invocation waits here for its turn, where AWS
would have started one more environment. They are not saved: after a restart every start is a cold one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from aws14.catalog.tables import rows
from aws14.emulator.clock import handles
from aws14.emulator.functions.environment import Environment
from aws14.emulator.functions.targets import Target, backend_of, digest, functions_of
from aws14.emulator.world import on_change, world

__all__ = ["MOST", "Key", "ahead", "give_up", "key_of", "look_after", "of", "provide", "put_back", "take", "throw_away"]

MOST = 12
"""Processes at once."""

#: Real seconds an invocation waits for a process of this machine.
_PATIENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class Key:
    """What an environment is for: a version of a function with one code and configuration."""

    account: str
    region: str
    name: str
    version: str
    digest: str


@dataclass
class _Kept:
    key: Key
    number: int
    provisioned: str
    environment: Environment | None = None
    busy: bool = True
    idle_since: float = 0.0
    keep_s: float = 0.0
    armed: bool = False


@dataclass
class _House:
    changed: threading.Condition = field(default_factory=threading.Condition)
    kept: list[_Kept] = field(default_factory=list)
    number: int = 0


_HOUSE = _House()


def key_of(target: Target) -> Key:
    """The environments that may run a target."""
    return Key(*target.place, target.name, target.version, digest(target.function))


def of(key: Key) -> list[Environment]:
    """The environments there are for a key."""
    with _HOUSE.changed:
        return [each.environment for each in _HOUSE.kept if each.key == key and each.environment is not None]


def take(key: Key, start: Callable[[], Environment], *, alias: str = "") -> tuple[Environment, bool]:
    """Take an environment for one event: one that is kept ready, else the newest idle one, else a new one.

    The world lock is not held.

    Parameters
    ----------
    key : Key
        For what.
    start : callable
        Starts a new one.
    alias : str, optional
        Alias or version that is called: what is kept ready for it is for nobody else.

    Returns
    -------
    tuple of (Environment, bool)
        It, and whether it is new.

    Raises
    ------
    TimeoutError
        No process of this machine became free.
    """
    place = _idle(key, alias) or _room(key, "", waits_for=alias)
    if place.environment is not None:
        return place.environment, False
    return _filled(place, start), True


def provide(key: Key, start: Callable[[], Environment], *, alias: str) -> Environment:
    """Start an environment that is kept ready for `alias`; the world lock is not held."""
    environment = _filled(_room(key, alias), start)
    put_back(environment)
    return environment


def put_back(environment: Environment) -> None:
    """Let an environment wait for its next event; one whose code has been replaced ends."""
    with _HOUSE.changed:
        place = next((each for each in _HOUSE.kept if each.environment is environment), None)
        if place is None:
            environment.end()
            return
        place.busy = False
        place.idle_since = world().clock.now()
        _HOUSE.changed.notify_all()
    if not place.armed and not place.provisioned:
        place.armed = True
        world().clock.after(place.keep_s, "lambda.reclaims", (place.number,))


def throw_away(environment: Environment) -> None:
    """End an environment."""
    environment.end()
    with _HOUSE.changed:
        _HOUSE.kept = [each for each in _HOUSE.kept if each.environment is not environment]
        _HOUSE.changed.notify_all()


def give_up(meant: Callable[[Key, str], bool]) -> None:
    """End the idle environments that are meant, by their key and the alias they are kept ready for."""
    with _HOUSE.changed:
        gone = [each for each in _HOUSE.kept if not each.busy and meant(each.key, each.provisioned)]
        _HOUSE.kept = [each for each in _HOUSE.kept if each not in gone]
        _HOUSE.changed.notify_all()
    for each in gone:
        if each.environment is not None:
            each.environment.end()


def look_after() -> None:
    """Notice from now on when a function is changed, deleted, or no longer in the cloud."""
    on_change(_end_what_is_no_more)


def _idle(key: Key, alias: str) -> _Kept | None:
    with _HOUSE.changed:
        idle = [each for each in _HOUSE.kept if each.key == key and not each.busy and each.provisioned in ("", alias)]
        idle = [each for each in idle if each.environment is not None and each.environment.alive]
        place = max(idle, key=lambda each: (bool(each.provisioned), each.idle_since, each.number), default=None)
        if place is not None:
            place.busy = True
        return place


def _room(key: Key, alias: str, *, waits_for: str | None = None) -> _Kept:
    """A place for a new environment; the one that is idle for longest makes room.

    Where all are busy, one that becomes idle and is for `waits_for` is as good.
    """
    until = time.monotonic() + _PATIENCE_S
    with _HOUSE.changed:
        while len(_HOUSE.kept) >= MOST:
            idle = [each for each in _HOUSE.kept if not each.busy and not each.provisioned]
            if idle:
                oldest = min(idle, key=lambda each: each.idle_since)
                _HOUSE.kept.remove(oldest)
                if oldest.environment is not None:
                    oldest.environment.end()
            elif not _HOUSE.changed.wait(min(1.0, until - time.monotonic())) and time.monotonic() >= until:
                raise TimeoutError(f"all {MOST} processes for functions are busy")
            again = _idle(key, waits_for) if waits_for is not None else None
            if again is not None:
                return again
        _HOUSE.number += 1
        place = _Kept(key, _HOUSE.number, alias, keep_s=_keep_s(key, _HOUSE.number))
        _HOUSE.kept.append(place)
        return place


def _filled(place: _Kept, start: Callable[[], Environment]) -> Environment:
    try:
        place.environment = start()
    except BaseException:
        with _HOUSE.changed:
            _HOUSE.kept = [each for each in _HOUSE.kept if each is not place]
            _HOUSE.changed.notify_all()
        raise
    return place.environment


def _keep_s(key: Key, number: int) -> float:
    """How long it is kept while idle: AWS does not state it; between the bounds of data/durations.csv."""
    row = next(row for row in rows("durations") if row["thing"] == "Lambda idle environment kept")
    low, high = float(row["seconds_low"]), float(row["seconds_high"])
    return Random(f"{key.name} {key.version} {number}").uniform(low, high)


@handles("lambda.reclaims")
def _reclaims(number: int) -> None:
    now = world().clock.now()
    with _HOUSE.changed:
        place = next((each for each in _HOUSE.kept if each.number == number), None)
        if place is None:
            return
        due = now if place.busy else place.idle_since
        if not place.busy and due + place.keep_s <= now + 1e-6:
            _HOUSE.kept.remove(place)
            if place.environment is not None:
                place.environment.end()
            return
    world().clock.at(max(due + place.keep_s, now + 1.0), "lambda.reclaims", (number,))


def _end_what_is_no_more() -> None:
    with _HOUSE.changed:
        keys = {each.key for each in _HOUSE.kept if not each.busy}
    gone = {key for key in keys if not _is_current(key)}
    if gone:
        give_up(lambda key, _: key in gone)


def _is_current(key: Key) -> bool:
    found = next((each for each in functions_of(key.account, key.region) if each.function_name == key.name), None)
    if found is None:
        return False
    if key.version == "$LATEST":
        return digest(found) == key.digest
    versions = backend_of(key.account, key.region)._lambdas._functions[key.name]["versions"]  # noqa: SLF001 - moto's
    return any(str(each.version) == key.version and digest(each) == key.digest for each in versions)


def ahead() -> int:
    """How many environments are kept ready, for all functions."""
    with _HOUSE.changed:
        return sum(bool(each.provisioned) for each in _HOUSE.kept)
