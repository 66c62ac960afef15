"""Cross-origin requests, where API Gateway's HTTP APIs and function URLs answer for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.emulator.apis.coming import Coming
from aws14.emulator.dataplane.answering import Told

__all__ = ["finished", "preflight"]


def preflight(request: Coming, config: Mapping[str, Any] | None) -> Told | None:
    """The answer to a browser that asks whether it may; None for any other request.

    Parameters
    ----------
    request : Coming
        The request.
    config : Mapping or None
        ``allowOrigins`` and its like, in whatever case; None: nothing is said of it.
    """
    if not config or request.method != "OPTIONS" or not request.header("Access-Control-Request-Method"):
        return None
    told = {name.lower(): value for name, value in config.items()}
    headers = _origin(request, told)
    if headers:
        headers |= _listed("access-control-allow-methods", told.get("allowmethods"))
        headers |= _listed("access-control-allow-headers", told.get("allowheaders"))
        if told.get("maxage"):
            headers["access-control-max-age"] = str(told["maxage"])
    return 204, headers, b""


def finished(answer: Told, request: Coming, config: Mapping[str, Any] | None) -> Told:
    """An answer with the headers that let a browser read it; they go before those of the backend."""
    if not config:
        return answer
    told = {name.lower(): value for name, value in config.items()}
    own = _origin(request, told)
    if own:
        own |= _listed("access-control-expose-headers", told.get("exposeheaders"))
    status, headers, body = answer
    kept = {name: value for name, value in headers.items() if not name.lower().startswith("access-control-")}
    preflight_said = {n: v for n, v in headers.items() if n.startswith("access-control-")} if status == 204 else {}
    return status, {**kept, **preflight_said, **own}, body


def _origin(request: Coming, told: Mapping[str, Any]) -> dict[str, str]:
    origin, allowed = request.header("Origin"), [str(each) for each in told.get("alloworigins") or ()]
    if not origin or not ("*" in allowed or origin in allowed):
        return {}
    headers = {"access-control-allow-origin": "*" if "*" in allowed else origin}
    if told.get("allowcredentials"):
        headers["access-control-allow-credentials"] = "true"
    return headers


def _listed(name: str, values: Any) -> dict[str, str]:
    return {name: ",".join(str(each) for each in values)} if values else {}
