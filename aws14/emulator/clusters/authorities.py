"""The certificate authority of each cluster: kept in a folder of the home, by the cluster's identifier."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from aws14.emulator.dataplane.certificates import Authority

__all__ = ["data", "keep_in", "of"]

_FOLDERS: list[Path] = []
_KNOWN: dict[Path, Authority] = {}


def keep_in(folder: Path) -> None:
    """Keep authorities under `folder`, from now on."""
    _FOLDERS[:] = [folder]


def of(identifier: str) -> Authority:
    """The authority of a cluster, made with the first question."""
    folder = _FOLDERS[0] / identifier
    if folder not in _KNOWN:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _KNOWN[folder] = Authority(folder)
    return _KNOWN[folder]


def data(identifier: str) -> str:
    """The certificate of a cluster's authority as EKS tells it: PEM, in base64."""
    return b64encode(of(identifier).ensure().read_bytes()).decode()
