"""Stickiness: cookies that say which target, or which target group, a client belongs to.

AWS encrypts what they hold; here it is only wrapped. What they hold ends with their duration, by the emulated clock.
Source: Application Load Balancer guide, "Sticky sessions".
"""

from __future__ import annotations

import base64
import json
from binascii import Error as NoBase64
from collections.abc import Iterable
from email.utils import formatdate

from aws14.emulator.balancing.matching import header
from aws14.emulator.dataplane.answering import Visit
from aws14.emulator.world import world

__all__ = ["joined", "read", "sent", "written"]


def sent(visit: Visit) -> dict[str, str]:
    """The cookies of a request."""
    pairs = (each.partition("=") for each in header(visit, "Cookie").split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def read(visit: Visit, name: str, about: str) -> str:
    """What a cookie of the load balancer says about something; empty where it is missing, of others, or too old.

    Parameters
    ----------
    visit : Visit
        The request.
    name : str
        ``AWSALB``, ``AWSALBTG``, ``AWSALBAPP-0``.
    about : str
        What it was `written` about.
    """
    try:
        said = json.loads(base64.b64decode(sent(visit).get(name, ""), altchars=b"-/", validate=True))
        whose, what, until = said
    except (NoBase64, ValueError, TypeError):
        return ""
    return str(what) if whose == about and isinstance(until, int | float) and until > world().clock.now() else ""


def written(name: str, about: str, what: str, *, seconds: float, tls: bool) -> list[str]:
    """The ``Set-Cookie`` lines by which a client remembers something: the cookie, and its twin for other sites.

    Parameters
    ----------
    name : str
        Of the cookie.
    about, what : str
        What `read` is to say.
    seconds : float
        How long.
    tls : bool
        Whether the client came by HTTPS.
    """
    until = world().clock.now() + seconds
    value = base64.b64encode(json.dumps([about, what, until]).encode(), altchars=b"-/").decode()
    ends = f"Expires={formatdate(until, usegmt=True)}; Path=/"
    twin = name.replace("AWSALB", "AWSALBCORS", 1) if name == "AWSALB" else f"{name}CORS"
    lines = [f"{name}={value}; {ends}"]
    if name.startswith("AWSALBAPP"):
        return lines
    return [f"{twin}={value}; {ends}; SameSite=None{'; Secure' if tls else ''}", *lines]


def joined(headers: dict[str, str], lines: Iterable[str]) -> dict[str, str]:
    """Headers with more cookies; several values of one header stand on lines of their own."""
    name = next((key for key in headers if key.lower() == "set-cookie"), "Set-Cookie")
    values = [*filter(None, [headers.get(name, "")]), *lines]
    return {**headers, name: "\n".join(values)} if values else headers
