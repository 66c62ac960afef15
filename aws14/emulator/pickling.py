"""How moto's objects become bytes and come back: what pickle alone cannot do, decided once for each class.

Rebuilt are locks, keys, certificates, modules and weak dictionaries; moto's registries of backends are referred to by
name, so that identity is kept; dictionaries that show less than they hold are taken by what they hold (S3 keeps every
version of an object and shows the last); large bodies, of S3 and of databases, are left outside.
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
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.s3.models import FakeKey

from aws14.emulator.databases.image import Image

__all__ = ["Bodies", "Pickler", "Unpickler", "address", "at"]

#: Bodies above this many bytes go to files of their own: they never change, so each is written once.
_LARGE = 64 * 1024

Reducer = Callable[[Any], Any]


@dataclass(frozen=True)
class Bodies:
    """Where large bodies are kept.

    Parameters
    ----------
    put : callable
        Keep these bytes under this name, unless they are there already.
    get : callable
        The bytes under this name.
    """

    put: Callable[[str, bytes], None]
    get: Callable[[str], bytes]


@dataclass(frozen=True)
class _Body:
    name: str


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
    """Writes one cloud.

    Parameters
    ----------
    file : io.BytesIO
        Takes the pickle.
    bodies : Bodies
        Takes the large bodies.

    Attributes
    ----------
    names : set of str
        Of the bodies that the pickle refers to.
    """

    def __init__(self, file: io.BytesIO, bodies: Bodies) -> None:
        super().__init__(file)
        self._bodies = bodies
        self._reducers: dict[type, Reducer] = {FakeKey: self._key, Image: self._image}
        self.names: set[str] = set()

    def reducer_override(self, obj: Any) -> Any:
        """Return how to rebuild `obj`; NotImplemented leaves it to pickle."""
        reducer = self._reducers.get(type(obj))
        if reducer is None:
            reducer = self._reducers[type(obj)] = _reducer_for(obj) or super().reducer_override
        return reducer(obj)

    def persistent_id(self, obj: Any) -> str | None:
        """Return the name of a body that is kept outside."""
        return obj.name if isinstance(obj, _Body) else None

    def _key(self, key: Any) -> Any:
        if key.disposed or key.contentsize <= _LARGE:
            return NotImplemented
        # moto sets a key's bytes once, when the key is made; so their digest is remembered with it.
        state = {name: value for name, value in vars(key).items() if name not in {"_value_buffer", "lock"}}
        if "_aws14_body" not in state:
            value = key.value
            key._aws14_body = state["_aws14_body"] = hashlib.sha256(value).hexdigest()  # noqa: SLF001 - ours
            self._bodies.put(state["_aws14_body"], value)
        self.names.add(state["_aws14_body"])
        return _new, (type(key),), state | {"value": _Body(state["_aws14_body"])}

    def _image(self, image: Image) -> Any:
        content = image.content()
        if len(content) <= _LARGE:
            return NotImplemented
        name = hashlib.sha256(content).hexdigest()
        self._bodies.put(name, content)
        self.names.add(name)
        return _new, (Image,), {"content": _Body(name)}


class Unpickler(pickle.Unpickler):
    """Reads one cloud.

    Parameters
    ----------
    file : io.BytesIO
        Gives the pickle.
    bodies : Bodies
        Gives the large bodies.
    """

    def __init__(self, file: io.BytesIO, bodies: Bodies) -> None:
        super().__init__(file)
        self._bodies = bodies

    def persistent_load(self, pid: Any) -> bytes:
        """Return the body that is kept outside."""
        return self._bodies.get(pid)


def address(backends: Any) -> tuple[str, str]:
    """Return the module and the name there of the registry that holds `backends`.

    Parameters
    ----------
    backends : moto.core.base_backend.BackendDict or AccountSpecificBackend
        A registry, or one account of it.

    Raises
    ------
    LookupError
        No module names it.
    """
    module = backends.backend.__module__
    for name, value in vars(sys.modules[module]).items():
        if isinstance(value, BackendDict) and value.backend is backends.backend:
            return module, name
    raise LookupError(f"{module} has no name for its backends")


def at(module: str, name: str) -> Any:
    """Return the registry at an `address`."""
    return getattr(importlib.import_module(module), name)


def _reducer_for(obj: Any) -> Reducer | None:
    """Return the reducer for the class of `obj`, None where pickle does well alone."""
    kind = type(obj)
    for base, reducer in _BY_BASE:
        if isinstance(obj, base):
            return reducer
    if isinstance(obj, dict) and kind.__module__.startswith("moto."):
        return _dict
    return _crypto(obj) if kind.__module__.startswith("cryptography.") else None


def _crypto(obj: Any) -> Reducer | None:
    if hasattr(obj, "private_bytes"):
        return _private_key
    if type(obj).__name__ == "Certificate":
        return _certificate
    return _public_key if hasattr(obj, "public_bytes") else None


def _dict(obj: Any) -> Any:
    factory = getattr(obj, "default_factory", None)
    return _new, (type(obj),), (vars(obj), list(dict.items(obj)), factory), None, None, _fill


def _fill(empty: Any, held: tuple[dict[str, Any], list[tuple[Any, Any]], Any]) -> None:
    attributes, items, factory = held
    if factory is not None:
        empty.default_factory = factory
    vars(empty).update(attributes)
    for key, value in items:
        dict.__setitem__(empty, key, value)


def _new(cls: Any) -> Any:
    return cls.__new__(cls)


def _account(module: str, name: str, account: str) -> Any:
    return at(module, name)[account]


def _private_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return _load_private_key, (key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)


def _load_private_key(der: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(der, None)


def _public_key(key: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _load_public_key, (key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),)


def _load_public_key(der: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(der)


def _certificate(certificate: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return _load_certificate, (certificate.public_bytes(Encoding.DER),)


def _load_certificate(der: bytes) -> Any:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(der)


_BY_BASE: tuple[tuple[Any, Reducer], ...] = (
    (types.ModuleType, lambda module: (importlib.import_module, (module.__name__,))),
    (BackendDict, lambda backends: (at, address(backends))),
    (AccountSpecificBackend, lambda regions: (_account, (*address(regions), regions.account_id))),
    (weakref.WeakValueDictionary, lambda known: (weakref.WeakValueDictionary, (), None, None, iter([*known.items()]))),
    (weakref.WeakKeyDictionary, lambda _: (weakref.WeakKeyDictionary, ())),
    # What is left of a list that somebody reads by pages: who goes on after a restart finds no more of it.
    (types.GeneratorType, lambda _: (iter, ((),))),
    (type(threading.Lock()), lambda _: (threading.Lock, ())),
    (type(threading.RLock()), lambda _: (threading.RLock, ())),
)
