"""An edge location of CloudFront on the data plane."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator import certificates
from aws14.emulator.buckets.objects import header
from aws14.emulator.dataplane.answering import Shown, Told, Visit
from aws14.emulator.edges import distributions, pages
from aws14.emulator.edges.serving import serve

__all__ = ["Edge", "at"]

_HTTP, _HTTPS = 80, 443
_OWN = Shown(names=("*.cloudfront.net", "cloudfront.net"))


@dataclass(frozen=True, slots=True)
class Edge:
    """What stands at an address of CloudFront; any of them answers for every distribution, by the host name.

    Parameters
    ----------
    distribution : str
        Id of the one whose name led here.
    """

    distribution: str

    @property
    def owner(self) -> str:
        """``cloudfront/E2QWRUHAPOMQZL``."""
        return f"cloudfront/{self.distribution}"

    def listens(self, port: int) -> bool:
        """On 80 and 443."""
        return port in (_HTTP, _HTTPS)

    def speaks_tls(self, port: int) -> bool:
        """On 443."""
        return port == _HTTPS

    def shown(self, port: int, name: str) -> Shown | None:
        """The certificate of the distribution that is called by an alias, else CloudFront's own."""
        del port
        found = distributions.called(name)
        if found is None or name == found[0].domain_name or not found[1].certificate:
            return _OWN
        return certificates.shown(found[1].certificate) or _OWN

    def answer(self, visit: Visit) -> Told:
        """What the distribution answers that the host name means."""
        found = distributions.called(header(visit.headers, "Host").partition(":")[0].lower())
        if found is None:
            return pages.problem(403, "Bad request. No distribution is configured for this host name.")
        return serve(*found, visit)

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None


def at(address: str) -> Edge | None:
    """The edge at an address; None for any other address."""
    key = distributions.holder(address)
    return Edge(key) if key and distributions.find(key) is not None else None
