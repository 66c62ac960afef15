"""A kubeconfig for ``kubectl`` and other tools: the clusters of the embedded AWS, on the loopback ports they have now.

The token comes from ``aws eks get-token``, as in the file that ``aws eks update-kubeconfig`` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aws14.cloud.isolation import isolated_config, isolated_session
from aws14.cloud.place import DEFAULT_REGION
from aws14.cloud.process import Emulator

__all__ = ["write"]

_HTTPS = 443


def write(found: Emulator, home: Path) -> Path | None:
    """Write ``kubeconfig`` in the home; None, and no file, where no cluster answers.

    Parameters
    ----------
    found : Emulator
        The embedded AWS.
    home : pathlib.Path
        Its folder.
    """
    if not (home / "clusters").is_dir():  # none was ever made: EKS need not be asked
        return None
    entries = list(_entries(found))
    if not entries:
        return None
    file = home / "kubeconfig"
    file.touch(mode=0o600)
    file.write_text(json.dumps(_document(entries), indent=1))  # YAML takes JSON as it is
    return file


def _entries(found: Emulator) -> Iterator[tuple[str, Mapping[str, Any], int]]:
    opened = isolated_session(region=DEFAULT_REGION, access_key=found.access_key, secret_key=found.secret_key)
    eks = opened.client("eks", endpoint_url=found.endpoint, config=isolated_config())
    for name in eks.list_clusters()["clusters"]:
        told = eks.describe_cluster(name=name)["cluster"]
        host = urlsplit(told.get("endpoint", "")).hostname
        port = found.connect(host, _HTTPS)["loopback_port"] if host else None
        if port:
            yield name, told, port


def _document(entries: list[tuple[str, Mapping[str, Any], int]]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _cluster(told, port)} for name, told, port in entries],
        "users": [{"name": name, "user": {"exec": _token(name)}} for name, _, _ in entries],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name, _, _ in entries],
        "current-context": entries[0][0],
    }


def _cluster(told: Mapping[str, Any], port: int) -> dict[str, Any]:
    return {
        "server": f"https://127.0.0.1:{port}",
        "tls-server-name": urlsplit(told["endpoint"]).hostname,
        "certificate-authority-data": told["certificateAuthority"]["data"],
    }


def _token(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", DEFAULT_REGION, "--output", "json"],
        "interactiveMode": "Never",
    }
