"""The whole cloud to bytes and back: moto's backends, the clock, the behaviours' state, moto's random numbers.

The bytes are a pickle: only ever loaded from this process's own home, and only when they were written by the same
versions of aws14, moto and Python (`aws14.emulator.store` checks both). Everything moto keeps is reached from its
backends, so identity is kept: an instance in an Auto Scaling group *is* the instance that EC2 lists, before and after.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import pickle
import sys
import threading
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cloudpickle

from aws14.emulator.world import World

__all__ = ["Bodies", "dump", "load", "wipe"]

#: Bodies above this go to files of their own: they never change, so each is written once.
_LARGE = 64 * 1024


@dataclass(frozen=True)
class Bodies:
    """Where large S3 bodies are kept.

    Parameters
    ----------
    put : callable
        Keep these bytes under this name, unless they are there already.
    get : callable
        The bytes under this name.
    """

    put: Callable[[str, bytes], None]
    get: Callable[[str], bytes]


def dump(world: World, bodies: Bodies) -> tuple[bytes, set[str]]:
    """Return the cloud as bytes, and the names of the bodies they refer to. The world lock is held.

    Parameters
    ----------
    world : World
        Whose clock and state go along.
    bodies : Bodies
        Takes the large ones.
    """
    from moto.moto_api._internal import mock_random

    backends = [
        (_address(every), account, region, backend)
        for every in list(_backend_dicts())
        for account, regions in every.items()
        for region, backend in regions.items()
    ]
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, bodies)
    pickler.dump((backends, mock_random.getstate(), world.clock.state(), world.state))
    return buffer.getvalue(), pickler.names


def load(data: bytes, world: World, bodies: Bodies) -> None:
    """Replace the cloud by the one in `data`. The world lock is held.

    Parameters
    ----------
    data : bytes
        What `dump` returned.
    world : World
        Whose clock and state are replaced.
    bodies : Bodies
        Gives the large ones back.
    """
    from moto.moto_api._internal import mock_random

    backends, random_state, clock, state = _Unpickler(io.BytesIO(data), bodies).load()
    wipe(world)
    for address, account, region, backend in backends:
        dict.__setitem__(_at(*address)[account], region, backend)
    mock_random.setstate(random_state)
    world.state = state
    world.clock.restore(clock)


def wipe(world: World) -> None:
    """Empty the cloud; AWS time goes on. The world lock is held."""
    # moto's own reset makes every backend anew only to drop it: a second of reading tables for EC2 alone.
    instances = _backend_dicts()
    for backends in instances:
        backends.clear()
    instances.clear()
    world.clock.clear()
    world.state = {}


def _backend_dicts() -> list[Any]:
    from moto.core.base_backend import BackendDict

    found: list[Any] = vars(BackendDict)["_instances"]  # moto's only list of them
    return found


def _address(backends: Any) -> tuple[str, str]:
    from moto.core.base_backend import BackendDict

    module = backends.backend.__module__
    for name, value in vars(sys.modules[module]).items():
        if value is backends or (isinstance(value, BackendDict) and value.backend is backends.backend):
            return module, name
    raise LookupError(f"{module} has no name for its backends")


def _at(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
    def __init__(self, file: io.BytesIO, bodies: Bodies) -> None:
        super().__init__(file)
        self._bodies = bodies
        self.names: set[str] = set()

    def reducer_override(self, obj: Any) -> Any:
        """Return how to rebuild what pickle alone cannot."""
        if type(obj).__name__ == "FakeKey" and obj.contentsize > _LARGE:
            return self._large_key(obj)
        reduced = _reduce(obj)
        return super().reducer_override(obj) if reduced is None else reduced

    def persistent_id(self, obj: Any) -> str | None:
        """Return the name of a body that is kept in a file."""
        return obj.name if isinstance(obj, _Body) else None

    def _large_key(self, key: Any) -> Any:
        # moto sets a key's bytes once, when the key is made; so their digest is remembered with it.
        state = {name: value for name, value in vars(key).items() if name not in {"_value_buffer", "lock"}}
        if "_aws14_body" not in state:
            value = key.value
            key._aws14_body = state["_aws14_body"] = hashlib.sha256(value).hexdigest()  # noqa: SLF001
            self._bodies.put(state["_aws14_body"], value)
        self.names.add(state["_aws14_body"])
        return _new, (type(key),), state | {"value": _Body(state["_aws14_body"])}


@dataclass(frozen=True)
class _Body:
    name: str


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, bodies: Bodies) -> None:
        super().__init__(file)
        self._bodies = bodies

    def persistent_load(self, pid: Any) -> bytes:
        """Return the body that is kept in a file."""
        return self._bodies.get(pid)


def _new(cls: Any) -> Any:
    return cls.__new__(cls)


def _fill(empty: Any, held: tuple[dict[str, Any], list[tuple[Any, Any]], Any]) -> None:
    attributes, items, factory = held
    if factory is not None:
        empty.default_factory = factory
    vars(empty).update(attributes)
    for key, value in items:
        dict.__setitem__(empty, key, value)


def _account(module: str, name: str, account: str) -> Any:
    return _at(module, name)[account]


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _reduce(obj: Any) -> Any:
    """Return the reduction of what moto keeps and pickle refuses; None for all else."""
    from moto.core.base_backend import AccountSpecificBackend, BackendDict

    if isinstance(obj, types.ModuleType):
        return _module, (obj.__name__,)
    if isinstance(obj, BackendDict):
        return _at, _address(obj)
    if isinstance(obj, AccountSpecificBackend):
        return _account, (*_address(obj), obj.account_id)
    if isinstance(obj, dict) and type(obj).__module__.startswith("moto."):
        # Some list other items than they hold (S3 keeps all versions and shows the last): take what they hold.
        return _new, (type(obj),), (vars(obj), list(dict.items(obj)), getattr(obj, "default_factory", None)), None, None, _fill
    if isinstance(obj, weakref.WeakValueDictionary | weakref.WeakKeyDictionary):
        return type(obj), ()
    for make, kind in _LOCKS:
        if isinstance(obj, kind):
            return make, ()
    return _reduce_crypto(obj)


_LOCKS: tuple[tuple[Callable[[], Any], type], ...] = tuple(
    (make, type(make())) for make in (threading.Lock, threading.RLock)
)


def _reduce_crypto(obj: Any) -> Any:
    if not type(obj).__module__.startswith("cryptography."):
        return None
    from cryptography.hazmat.primitives import serialization as form

    if hasattr(obj, "private_bytes"):
        return _private, (obj.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption()),)
    if type(obj).__name__ == "Certificate":
        return _certificate, (obj.public_bytes(form.Encoding.DER),)
    if hasattr(obj, "public_bytes"):
        return _public, (obj.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo),)
    return None


def _private(der: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(der, None)


def _public(der: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(der)


def _certificate(der: bytes) -> Any:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(der)
