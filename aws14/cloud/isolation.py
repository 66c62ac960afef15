"""The guard of emulated sessions: nothing of the learner's AWS set-up gets in, no request gets out.

Environment variables, profiles, configuration files, container and instance roles, bearer tokens, proxies and
client-side monitoring can each lead a boto3 client to a real account. Emulated sessions therefore stand on a botocore
session of their own that reads none of them, and a hook refuses every request whose host is not loopback. The learner's
``os.environ`` is never changed.
"""

from __future__ import annotations

import os
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import ConfigChainFactory
from botocore.credentials import CredentialResolver
from botocore.loaders import Loader, create_loader
from botocore.tokens import TokenProviderChain

from aws14.errors import GuardError


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine and nowhere else."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def loopback_only(request: Any, **_: object) -> None:
    """Refuse a request that would leave this machine (a botocore ``before-send`` handler).

    Raises
    ------
    GuardError
        When the host of the request is not loopback.
    """
    if not is_loopback(request.url):
        raise GuardError(
            f"a request to {urlsplit(request.url).hostname} was stopped before it was sent",
            allowed="the embedded AWS on 127.0.0.1",
            cure='take clients from the course session; a real account needs connect(target="aws", ...)',
        )


def isolated_session(*, region: str, access_key: str, secret_key: str) -> boto3.Session:
    """Return a boto3 session that knows these keys and this region, and nothing of its surroundings.

    Parameters
    ----------
    region : str
        AWS region name.
    access_key, secret_key : str
        The keys of the embedded AWS.
    """
    core = botocore.session.Session()
    chains = ConfigChainFactory(session=core, environ={})
    store = core.get_component("config_store")
    for name, (_, _, default, convert) in core.session_var_map.items():
        # Neither the variable's environment name nor its key in ~/.aws/config is handed on.
        store.set_config_provider(
            name, chains.create_config_chain(instance_name=name, default=default, conversion_func=convert)
        )
    core.set_config_variable("config_file", os.devnull)
    core.set_config_variable("credentials_file", os.devnull)
    core.set_config_variable("ignore_configured_endpoint_urls", True)
    core.register_component("credential_provider", CredentialResolver(providers=[]))
    core.register_component("token_provider", TokenProviderChain(providers=[]))
    core.register_component("data_loader", _shared_loader())
    core.get_component("event_emitter").register_first("before-send", loopback_only)
    return boto3.Session(
        botocore_session=core, region_name=region, aws_access_key_id=access_key, aws_secret_access_key=secret_key
    )


def isolated_config() -> Config:
    """Client settings that keep an emulated call on loopback: no proxy, no host prefix, no silent second try."""
    return Config(
        proxies={},
        inject_host_prefix=False,
        retries={"mode": "standard", "total_max_attempts": 1},
        s3={"addressing_style": "path"},
        connect_timeout=5,
        read_timeout=60,
    )


@lru_cache(maxsize=1)
def _shared_loader() -> Loader:
    # Service models are megabytes of JSON: parsed once a process, not once a session.
    return create_loader()
