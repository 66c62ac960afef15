"""What one of Route 53's checkers finds at an endpoint, from the Internet, now."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

__all__ = ["Finding", "probe"]

_SEARCHED_BYTES = (
    5120  # of the body (Route 53 developer guide, "Values that you specify when you create health checks")
)
_GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-router-firewall-rules.html"
_TIMED_OUT = (
    "Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked "
    f"by your firewall. See {_GUIDE}"
)
_PROBLEMS = {
    "name_not_found": "Failure: DNS resolution failed: Rcode NXDomain(3)",
    "refused": "Failure: Connection refused. The endpoint does not listen on the specified port.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the endpoint passed, and the status as Route 53 words it."""

    passed: bool
    status: str


def probe(check: Any) -> Finding:
    """Check an endpoint once.

    Parameters
    ----------
    check : moto.route53.models.HealthCheck
        Of a type that has an endpoint.
    """
    from aws14.emulator.dataplane import insides
    from aws14.emulator.dataplane.connecting import Ask
    from aws14.emulator.dataplane.plane import connect

    host, port = str(check.ip_address or check.fqdn or ""), int(check.port)
    found = connect(Ask(host=host, port=port), insides.inside)
    if found.outcome != "open" or found.front is None:
        return Finding(passed=False, status=_PROBLEMS.get(found.outcome, _TIMED_OUT))
    if check.type_ == "TCP":
        return Finding(passed=True, status=f"Success: TCP connection established. Resolved IP: {found.address}")
    if found.front.speaks_tls(port) != check.type_.startswith("HTTPS"):
        return Finding(passed=False, status=f"Failure: SSL alert handshake_failure. Resolved IP: {found.address}")
    return _requested(check, found)


def _requested(check: Any, found: Any) -> Finding:
    from aws14.emulator.dataplane.answering import Visit

    port = int(check.port)
    usual = port == (443 if check.type_.startswith("HTTPS") else 80)
    name = str(check.fqdn or check.ip_address)
    visit = Visit(
        method="GET",
        path=_path(check.resource_path),
        headers={
            "Host": name if usual else f"{name}:{port}",
            "User-Agent": f"Amazon-Route53-Health-Check-Service (ref {check.id}; report http://amzn.to/1vsZADi)",
            "Connection": "close",
        },
        port=port,
        source=found.source,
        called=found.address,
    )
    try:
        status, _, body = found.front.answer(visit)
    except ConnectionError:
        return Finding(passed=False, status=f"Failure: Connection reset by peer. Resolved IP: {found.address}")
    return _judged(check, status, body, found.address)


def _path(given: Any) -> str:
    path = str(given or "/")
    return path if path.startswith("/") else f"/{path}"


def _judged(check: Any, status: int, body: bytes, address: str) -> Finding:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    text = f"HTTP Status Code {status}, {phrase}. Resolved IP: {address}"
    if not HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST:
        return Finding(passed=False, status=f"Failure: {text}")
    if check.type_.endswith("STR_MATCH") and str(check.search_string or "").encode() not in body[:_SEARCHED_BYTES]:
        return Finding(passed=False, status=f"Failure: {text}. The response body does not contain the search string.")
    return Finding(passed=True, status=f"Success: {text}")
