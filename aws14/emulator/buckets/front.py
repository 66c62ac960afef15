"""The names and addresses of S3 on the data plane: REST and website endpoints of every region."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from aws14.catalog.tables import rows
from aws14.emulator.buckets import website
from aws14.emulator.buckets.objects import header, read
from aws14.emulator.buckets.policy import Caller
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit

__all__ = ["Endpoint", "addresses", "at", "named"]

_HTTP, _HTTPS = 80, 443
_REST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com")
_WEBSITE = re.compile(r"(?:(?P<bucket>.+)\.)?s3-website[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
_FIRST = "us-east-1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What stands at an address of S3.

    Parameters
    ----------
    kind : {'s3', 's3-website'}
        REST or website.
    region : str
        Of the endpoint.
    """

    kind: Literal["s3", "s3-website"]
    region: str

    @property
    def owner(self) -> str:
        """``s3-website/ap-northeast-1``."""
        return f"{self.kind}/{self.region}"

    def listens(self, port: int) -> bool:
        """On 80; a REST endpoint on 443, too."""
        return port == _HTTP or (port == _HTTPS and self.kind == "s3")

    def speaks_tls(self, port: int) -> bool:
        """Whether the port is that of HTTPS."""
        return port == _HTTPS

    def shown(self, port: int, name: str) -> Shown | None:
        """The certificate of S3: for buckets without a dot in their name."""
        del port, name
        domain = f"s3.{self.region}.amazonaws.com"
        names = (domain, f"*.{domain}")
        return Shown(names=(*names, "s3.amazonaws.com", "*.s3.amazonaws.com") if self.region == _FIRST else names)

    def answer(self, visit: Visit) -> Told:
        """What the bucket answers that is called by the host name, or by the first part of the path."""
        host = header(visit.headers, "Host").partition(":")[0].lower()
        facts = {"aws:sourceip": visit.source, "aws:securetransport": str(visit.port == _HTTPS).lower()}
        optional = {
            "aws:referer": header(visit.headers, "Referer"),
            "aws:useragent": header(visit.headers, "User-Agent"),
        }
        caller = Caller(facts=facts | {name: value for name, value in optional.items() if value})
        found = named(host)
        bucket = found[1] if found is not None else host
        if self.kind == "s3-website":
            return website.serve(visit, bucket, caller=caller, region=self.region)
        path = visit.path
        if not bucket:
            bucket, _, rest = path.removeprefix("/").partition("/")
            path = f"/{rest}"
        return read(visit, bucket, path, caller=caller, region=self.region)

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None


def named(name: str) -> tuple[Endpoint, str] | None:
    """The endpoint and the bucket that a name of S3's means; None for any other name."""
    if match := _WEBSITE.fullmatch(name):
        return Endpoint("s3-website", match["region"]), match["bucket"] or ""
    if match := _REST.fullmatch(name):
        return Endpoint("s3", match["region"] or _FIRST), match["bucket"] or ""
    return None


def addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """The addresses of a name of S3's; None for any other name."""
    del vpc
    found = named(name)
    if found is None:
        return None
    return fronts.edge_addresses(found[0].owner) if found[0].region in _regions() else ()


def at(address: str) -> Endpoint | None:
    """The endpoint at an address; None for none."""
    kind, _, region = fronts.edge_holder(address).partition("/")
    if kind == "s3":
        return Endpoint("s3", region)
    return Endpoint("s3-website", region) if kind == "s3-website" else None


def _regions() -> tuple[str, ...]:
    return tuple(row["region"] for row in rows("regions"))
