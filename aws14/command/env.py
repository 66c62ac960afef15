"""``env``: the lines that point a shell, and so the ``aws`` command, at the running embedded AWS.

They also tell the ports of its data plane, for tools that are pointed there by hand, and, where there are clusters of
EKS, a kubeconfig for ``kubectl``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence

from aws14.cloud import kubeconfig, process
from aws14.cloud.place import DEFAULT_REGION
from aws14.command import place
from aws14.errors import NotAvailable
from aws14.home import home

SHELLS: Mapping[str, tuple[str, str]] = {
    "bash": ("export {name}='{value}'", "unset {name}"),
    "powershell": ("$Env:{name} = '{value}'", "Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
    "cmd": ("set {name}={value}", "set {name}="),
}
"""Shell -> how it sets a variable, and how it removes one."""

LEAKS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_BEARER_TOKEN_BEDROCK",
)
"""Variables that would lead a client past the endpoint, to a real account."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("--shell", choices=SHELLS, default="bash", help="whose syntax (default: bash)")


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:  # noqa: ARG001 - every verb is called alike
    """Print the lines.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Always empty here.

    Raises
    ------
    NotAvailable
        No embedded AWS is running.
    """
    found = process.find()
    if found is None:
        raise NotAvailable("The embedded AWS is not running", cure=place.verb("emulator"))
    for line in lines(found, options.shell, os.environ):
        print(line)
    clusters = kubeconfig.write(found, home())
    if clusters is not None:
        print(SHELLS[options.shell][0].format(name="KUBECONFIG", value=clusters))
    return 0


def lines(found: process.Emulator, shell: str, environment: Mapping[str, str]) -> list[str]:
    """The lines for a shell.

    Parameters
    ----------
    found : process.Emulator
        The embedded AWS to point at.
    shell : str
        A key of `SHELLS`.
    environment : mapping
        The variables of the shell: those that would lead past the embedded AWS are removed.
    """
    put, remove = SHELLS[shell]
    wanted = {
        "AWS_ENDPOINT_URL": found.endpoint,
        "AWS_ACCESS_KEY_ID": found.access_key,
        "AWS_SECRET_ACCESS_KEY": found.secret_key,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_REGION": DEFAULT_REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    wanted |= _data_plane(found)
    own_endpoints = [name for name in environment if name.startswith("AWS_ENDPOINT_URL_")]
    removed = [name for name in (*LEAKS, *own_endpoints) if name in environment]
    return [
        *(remove.format(name=name) for name in sorted(removed)),
        *(put.format(name=name, value=value) for name, value in wanted.items()),
        *_no_proxy(put, environment),
    ]


def _data_plane(found: process.Emulator) -> dict[str, str]:
    """Where names and addresses of the cloud answer: ``curl -H "Host: <name>" http://127.0.0.1:$AWS14_HTTP_PORT/``."""
    if not found.http_port:
        return {}
    ports = {"AWS14_HTTP_PORT": str(found.http_port), "AWS14_TLS_PORT": str(found.tls_port)}
    return {**ports, "AWS14_CA_FILE": found.ca_file}


def _no_proxy(put: str, environment: Mapping[str, str]) -> list[str]:
    """Keep a proxy of the shell out of the way to this machine."""
    proxies = [name for name in environment if name.upper() in ("HTTP_PROXY", "ALL_PROXY")]
    return [put.format(name="NO_PROXY", value="127.0.0.1,localhost")] if proxies else []
