"""Moto's distributions: by id and by name, and what of their configuration is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.certificates import covers
from aws14.emulator.dataplane import fronts
from aws14.emulator.edges.settings import Settings, settings_of

__all__ = ["addresses", "all_of", "called", "deployed", "find", "holder"]


def all_of() -> Iterator[Any]:
    """Every distribution."""
    from moto.cloudfront.models import cloudfront_backends

    for backends in list(cloudfront_backends.values()):
        for backend in list(backends.values()):
            yield from list(backend.distributions.values())


def find(key: str) -> Any:
    """A distribution by its id; None where there is none."""
    return next((each for each in all_of() if each.id == key), None)


def deployed(distribution: Any) -> Settings | None:
    """The settings that the edge has; None until the first are there."""
    config = vars(distribution).get("_aws14_deployed")
    return settings_of(config) if config is not None else None


def called(host: str) -> tuple[Any, Settings] | None:
    """The distribution that a viewer means by the host name; None for none.

    Parameters
    ----------
    host : str
        In lower case, without a port.
    """
    widest = None
    for each in all_of():
        settings = deployed(each)
        if settings is None:
            continue
        if host in (each.domain_name, *settings.aliases):
            return each, settings
        if any(covers(alias, host) for alias in settings.aliases):
            widest = each, settings
    return widest


def addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """The addresses of a name of CloudFront's: none for one that is not deployed, None for any other name."""
    del vpc
    if not name.endswith(".cloudfront.net"):
        return None
    found = next((each for each in all_of() if each.domain_name == name), None)
    if found is None or deployed(found) is None:
        return ()
    return fronts.edge_addresses(f"cloudfront/{found.id}")


def holder(address: str) -> str:
    """The id of the distribution at an address; empty for none."""
    kind, _, key = fronts.edge_holder(address).partition("/")
    return key if kind == "cloudfront" else ""
