"""A kubeconfig for ``kubectl`` and other tools: the clusters of the embedded AWS, on the loopback ports they have now.

The token comes from ``aws eks get-token``, as in the file that ``aws eks update-kubeconfig`` writes. The file also says
where that command finds the embedded AWS and with which keys, so that it needs no variables of the shell.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aws14.cloud.isolation import isolated_config, isolated_session
from aws14.cloud.place import DEFAULT_REGION
from aws14.cloud.process import Emulator

__all__ = ["write"]

_HTTPS = 443
_PROFILE = "aws14"
"""A profile of the shell would lead past the embedded AWS, and none at all cannot be named: this one has no keys."""


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
    profile = _private(home / "kubeconfig.aws", f"[profile {_PROFILE}]\nregion = {DEFAULT_REGION}\n")
    document = _document(entries, _variables(found, profile))
    return _private(home / "kubeconfig", json.dumps(document, indent=1))  # YAML takes JSON as it is


def _private(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.chmod(0o600)  # it holds keys, and an earlier one may have been open to others
    file.write_text(text, encoding="utf-8")
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


def _document(entries: list[tuple[str, Mapping[str, Any], int]], variables: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _cluster(told, port)} for name, told, port in entries],
        "users": [{"name": name, "user": {"exec": _token(name, variables)}} for name, _, _ in entries],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name, _, _ in entries],
        "current-context": entries[0][0],
    }


def _cluster(told: Mapping[str, Any], port: int) -> dict[str, Any]:
    return {
        "server": f"https://127.0.0.1:{port}",
        "tls-server-name": urlsplit(told["endpoint"]).hostname,
        "certificate-authority-data": told["certificateAuthority"]["data"],
    }


def _token(name: str, variables: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", DEFAULT_REGION, "--output", "json"],
        "env": [{"name": word, "value": value} for word, value in variables.items()],
        "interactiveMode": "Never",
    }


def _variables(found: Emulator, profile: Path) -> dict[str, str]:
    """What leads ``aws`` to the embedded AWS, whatever the shell says; an empty value takes one of the shell away."""
    return {
        "AWS_ENDPOINT_URL": found.endpoint,
        "AWS_ENDPOINT_URL_STS": found.endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": found.access_key,
        "AWS_SECRET_ACCESS_KEY": found.secret_key,
        "AWS_SESSION_TOKEN": "",
        "AWS_CONFIG_FILE": str(profile),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PROFILE": _PROFILE,
        "AWS_DEFAULT_PROFILE": _PROFILE,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
