"""Objects as clients send them, against the fields that objects of their kind have.

``fields.json`` lists them (``tools/build_kubernetes_fields.py``). Fields that are unknown are dropped, as the real
server does, and told; values of the wrong type are refused; null says nothing.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from aws14.emulator.kubernetes.failure import ApiError, bad_request
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.targets import Target

__all__ = ["decoded", "refuse_unknown", "told_as_warnings"]

_OTHER_NAMES = {"Event": "CoreV1Event"}
_PARTS = {"scale": "V1Scale", "eviction": "", "binding": ""}
_SCALARS: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "string"),
    "datetime": ((str,), "Time"),
    "int": ((int,), "int32"),
    "float": ((int, float), "float64"),
    "bool": ((bool,), "bool"),
}
#: Where a number may stand for a text: quantities.
_QUANTITIES = frozenset(
    {"limits", "requests", "hard", "used", "capacity", "allocatable", "default", "defaultRequest", "max", "min"}
    | {"averageValue", "value", "sizeLimit", "divisor", "cpu", "memory", "maxLimitRequestRatio"}
)
_NOT_QUANTITIES = frozenset({"V1EnvVar", "V1Toleration", "V1Taint", "V1HTTPHeader"})


def decoded(target: Target, thing: Object) -> tuple[Object, list[str]]:
    """Return an object with the fields that it may have, and the paths of those that nobody knows.

    Parameters
    ----------
    target : Target
        What it is said to be.
    thing : dict
        As it came.

    Raises
    ------
    ApiError
        A value is of the wrong type (400).
    """
    model = _model_of(target)
    if model not in _fields():
        return thing, []
    reader = _Reader(target)
    return reader.model(model, thing, ""), reader.unknown


def refuse_unknown(target: Target, unknown: list[str]) -> ApiError:
    """Return the refusal of an object for fields that nobody knows (400)."""
    listed = ", ".join(f'unknown field "{path}"' for path in unknown)
    return _unreadable(target, f"strict decoding error: {listed}")


def told_as_warnings(unknown: list[str]) -> str:
    """Return the header by which a server warns of fields that nobody knows."""
    return ", ".join(f'299 - "unknown field \\"{path}\\""' for path in unknown)


def _model_of(target: Target) -> str:
    if target.subresource in _PARTS:
        return _PARTS[target.subresource]
    version = target.version.rpartition("/")[2].capitalize()
    return _OTHER_NAMES.get(target.kind.name, f"{version}{target.kind.name}")


@functools.cache
def _fields() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("fields.json").read_text(encoding="utf-8"))
    return found


def _unreadable(target: Target, why: str) -> ApiError:
    name, version = target.kind.name, target.version.rpartition("/")[2]
    return bad_request(f'{name} in version "{version}" cannot be handled as a {name}: {why}')


class _Reader:
    """Reads one object, and remembers what it does not know."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.unknown: list[str] = []

    def model(self, name: str, value: Any, path: str, owner: str = "") -> Object:
        if not isinstance(value, dict):
            raise self._mismatch(value, path, owner, f"v1.{_bare(name)}")
        result: Object = {}
        for key, one in value.items():
            here = f"{path}.{key}" if path else key
            kind = _fields()[name].get(key)
            if kind is None:
                self.unknown.append(here)
            elif one is not None:
                result[key] = self._value(kind, one, here, name)
        return result

    def _value(self, kind: str, value: Any, path: str, owner: str) -> Any:
        if kind == "object":
            return value
        if kind in _SCALARS:
            return self._scalar(kind, value, path, owner)
        read = {"[": self._list, "{": self._map}.get(kind[0])
        return self.model(kind, value, path, owner) if read is None else read(kind[1:-1], value, path, owner)

    def _list(self, kind: str, value: Any, path: str, owner: str) -> list[Any]:
        if not isinstance(value, list):
            raise self._mismatch(value, path, owner, f"[]{_go(kind)}")
        return [self._value(kind, one, f"{path}[{index}]", owner) for index, one in enumerate(value)]

    def _map(self, kind: str, value: Any, path: str, owner: str) -> Object:
        if not isinstance(value, dict):
            raise self._mismatch(value, path, owner, f"map[string]{_go(kind)}")
        return {str(key): self._value(kind, one, path, owner) for key, one in value.items() if one is not None}

    def _scalar(self, kind: str, value: Any, path: str, owner: str) -> Any:
        types, name = _SCALARS[kind]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if kind == "str" and number and path.rpartition(".")[2] in _QUANTITIES and owner not in _NOT_QUANTITIES:
            return str(value)
        if not isinstance(value, types) or (isinstance(value, bool) and kind != "bool"):
            raise self._mismatch(value, path, owner, name)
        return value

    def _mismatch(self, value: Any, path: str, owner: str, wanted: str) -> ApiError:
        where = re.sub(r"\[\d+\]", "", path)
        what = f"Go struct field {_bare(owner)}.{where}" if owner else "Go value"
        return _unreadable(self._target, f"json: cannot unmarshal {_said(value)} into {what} of type {wanted}")


def _bare(name: str) -> str:
    return re.sub(r"^(Core)?V\d(beta\d|alpha\d)?", "", name)


def _go(kind: str) -> str:
    return _SCALARS[kind][1] if kind in _SCALARS else f"v1.{_bare(kind)}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else "number"
