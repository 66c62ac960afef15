"""What a load balancer answers by itself: errors, redirects, fixed responses.

Bodies as AWS sends them (Server ``awselb/2.0``); Application Load Balancer guide, "Rule action types" for redirects:
parts that are not given stay as they were, and the port is always said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aws14.emulator.balancing.matching import host_of
from aws14.emulator.dataplane.answering import Told, Visit

__all__ = ["error", "fixed", "redirect"]

_SERVER = "awselb/2.0"
_TITLES = {
    301: "301 Moved Permanently",
    302: "302 Found",
    400: "400 Bad Request",
    464: "464",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
    561: "561",
}


def error(status: int) -> Told:
    """The page of an error of the load balancer's own."""
    return status, {"Server": _SERVER, "Content-Type": "text/html"}, _page(status)


def _page(status: int) -> bytes:
    title = _TITLES[status]
    head = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
    return f"{head}<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n".encode()


def fixed(config: Mapping[str, Any]) -> Told:
    """A fixed response, by its ``FixedResponseConfig``."""
    body = str(config.get("MessageBody") or "").encode()
    headers = {"Server": _SERVER, "Content-Type": f"{config.get('ContentType') or 'text/plain'}; charset=utf-8"}
    return int(config["StatusCode"]), headers, body


def redirect(config: Mapping[str, Any], visit: Visit, protocol: str) -> Told:
    """A redirect, by its ``RedirectConfig``.

    Parameters
    ----------
    config : Mapping
        With ``#{protocol}``, ``#{host}``, ``#{port}``, ``#{path}``, ``#{query}`` for parts of the request.
    visit : Visit
        The request.
    protocol : str
        By which it came: ``http`` or ``https``.
    """
    url = urlsplit(visit.path)
    parts = {
        "protocol": protocol,
        "host": host_of(visit) or visit.called,
        "port": str(visit.port),
        "path": url.path.lstrip("/"),
        "query": url.query,
    }

    def filled(name: str, default: str) -> str:
        text = str(config.get(name) or default)
        for key, value in parts.items():
            text = text.replace(f"#{{{key}}}", value)
        return text

    place = f"{filled('Protocol', '#{protocol}').lower()}://{filled('Host', '#{host}')}:{filled('Port', '#{port}')}"
    query = filled("Query", "#{query}")
    location = f"{place}{filled('Path', '/#{path}')}{'?' + query if query else ''}"
    status = int(str(config["StatusCode"]).removeprefix("HTTP_"))
    return status, {"Server": _SERVER, "Content-Type": "text/html", "Location": location}, _page(status)
