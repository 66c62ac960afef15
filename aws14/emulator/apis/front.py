"""The names of API Gateway and of function URLs on the data plane, and what answers there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from aws14.emulator.apis import http, rest, urls
from aws14.emulator.apis.coming import coming
from aws14.emulator.apis.definition import api_of
from aws14.emulator.apis.refusals import plain
from aws14.emulator.buckets.objects import header
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit

__all__ = ["Gateway", "at", "register_apis", "register_urls"]

_HTTPS = 443
_API = re.compile(r"(?P<key>[a-z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_URL = re.compile(r"(?P<key>[a-z0-9]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws")


@dataclass(frozen=True, slots=True)
class Gateway:
    """What stands at an address of API Gateway, or of function URLs, in a region: who is meant, the host name says.

    Parameters
    ----------
    kind : str
        ``execute-api`` or ``lambda-url``.
    region : str
        Its region.
    """

    kind: str
    region: str

    @property
    def owner(self) -> str:
        """``execute-api/ap-northeast-1``."""
        return f"{self.kind}/{self.region}"

    def listens(self, port: int) -> bool:
        """On 443 alone: neither speaks HTTP without TLS."""
        return port == _HTTPS

    def speaks_tls(self, port: int) -> bool:
        """On 443."""
        return port == _HTTPS

    def shown(self, port: int, name: str) -> Shown | None:
        """The certificate of the region's names."""
        del port, name
        end = "amazonaws.com" if self.kind == "execute-api" else "on.aws"
        return Shown(names=(f"*.{self.kind}.{self.region}.{end}",))

    def answer(self, visit: Visit) -> Told:
        """What the API or the function answers that the host name means."""
        host = header(visit.headers, "Host").partition(":")[0].lower()
        if self.kind == "lambda-url":
            return urls.serve(_URL.fullmatch(host), visit)
        match = _API.fullmatch(host)
        if match is None or match["region"] != self.region:
            return _forbidden()
        api = api_of(match["key"], self.region)
        return _rest(api, visit) if api is not None else http.serve(match["key"], self.region, visit) or _forbidden()

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None


def _forbidden() -> Told:
    """To a name that is no API's: also where a distribution passes its viewers' host name on."""
    return plain(403, "ForbiddenException", "Forbidden")


def _rest(one: Any, visit: Visit) -> Told:
    path = visit.path.partition("?")[0]
    name, slash, rest_of = path.removeprefix("/").partition("/")
    stage = one.stages.get(name)
    if stage is None:
        return (
            _forbidden() if name else plain(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        )
    facts = {"account": one.account_id, "region": one.region_name, "api": one.id}
    request = coming(visit, **facts, stage=name, path=f"{slash}{rest_of}")
    return rest.serve(one, stage, rest.as_stage(request, stage))


def register_apis() -> None:
    """Let the data plane find the names of APIs."""
    fronts.register("execute-api", names=_names_of_apis, of_address=partial(at, kind="execute-api"))


def register_urls() -> None:
    """Let the data plane find function URLs."""
    fronts.register("lambda-url", names=_names_of_functions, of_address=partial(at, kind="lambda-url"))


def _names_of_apis(name: str, vpc: str) -> tuple[str, ...] | None:
    """The addresses of an API's name; None for any other name."""
    del vpc
    return _addresses(
        "execute-api", _API, name, lambda key, region: bool(api_of(key, region) or http.find(key, region))
    )


def _names_of_functions(name: str, vpc: str) -> tuple[str, ...] | None:
    """The addresses of a function URL's name; None for any other name."""
    del vpc
    return _addresses("lambda-url", _URL, name, lambda key, region: urls.find(key, region) is not None)


def _addresses(
    kind: str, pattern: re.Pattern[str], name: str, is_there: Callable[[str, str], bool]
) -> tuple[str, ...] | None:
    match = pattern.fullmatch(name)
    if match is None:
        return None
    return fronts.edge_addresses(f"{kind}/{match['region']}") if is_there(match["key"], match["region"]) else ()


def at(address: str, kind: str) -> Gateway | None:
    """What stands at an address, of one kind; None for any other address."""
    held, _, region = fronts.edge_holder(address).partition("/")
    return Gateway(kind, region) if held == kind else None
