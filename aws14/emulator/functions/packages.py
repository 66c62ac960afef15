"""The code of a function and of its layers as folders, unpacked once and shared by its environments."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from pathlib import Path
from typing import Any

from aws14.emulator.workers import new_folder

__all__ = ["code_folder", "layer_folder"]

_UNPACKED: dict[str, Path] = {}
_LOCK = threading.Lock()


def code_folder(code: bytes) -> Path:
    """Return the folder with a package's files: ``/var/task``."""
    return _unpacked((code,))


def layer_folder(layers: tuple[bytes, ...]) -> Path:
    """Return the folder with the files of layers, the later over the earlier: ``/opt``."""
    return _unpacked(layers)


def _unpacked(packages: tuple[bytes, ...]) -> Path:
    key = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in packages)).hexdigest()
    with _LOCK:
        known = _UNPACKED.get(key)
        if known is None or not known.exists():
            known = _UNPACKED[key] = new_folder("code")
            for each in packages:
                _extract(each, known)
        return known


def _extract(package: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        opened.extractall(folder)


def layers_of(function: Any) -> tuple[bytes, ...]:
    """The packages of a function's layers, in their order."""
    from aws14.emulator.functions.targets import backend_of

    backend = backend_of(function.account_id, function.region)
    found = (backend.layers_versions_by_arn(layer["Arn"]) for layer in function.layers)
    return tuple(each.code_bytes for each in found if each is not None)
