"""Requests to what is built: `request` sends one, `install` lets ordinary clients of this kernel do so.

In the embedded AWS a request goes the way that AWS would send it, through name, routes and walls, and is answered on
loopback. Where it would have to wait for a time-out it does not: it is told at once what stopped it. On a real account
`request` is an ordinary request over the Internet.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from urllib.parse import SplitResult, urlsplit

from aws14.cloud.answer import Answer, Hop, Outcome
from aws14.cloud.place import Control
from aws14.cloud.resolver import Resolver
from aws14.cloud.session import Session
from aws14.cloud.sources import own_source
from aws14.errors import CloudError, NotAvailable

__all__ = ["Answer", "Hop", "follow", "install", "request", "tls_context", "uninstall"]

_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
_AGENT = "aws14"
_installed: list[Resolver] = []


@dataclass(frozen=True, slots=True)
class _Wish:
    """A request before it is sent."""

    method: str
    url: SplitResult
    headers: Mapping[str, str]
    body: bytes
    timeout_s: float

    @property
    def host(self) -> str:
        return self.url.hostname or ""

    @property
    def port(self) -> int:
        return self.url.port or _PORTS[self.url.scheme]

    @property
    def path(self) -> str:
        return (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")

    @property
    def all_headers(self) -> dict[str, str]:
        own = {"Host": self.url.netloc.rpartition("@")[2], "User-Agent": _AGENT, "Accept": "*/*", "Connection": "close"}
        given = {name.lower() for name in self.headers}
        return {name: value for name, value in own.items() if name.lower() not in given} | dict(self.headers)


def request(
    session: Session,
    url: str,
    *,
    method: str = "GET",
    source: str = "internet",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout_s: float = 10.0,
) -> Answer:
    """Send an HTTP request, and say what came of it; redirects are not followed.

    Parameters
    ----------
    session : Session
        The account.
    url : str
        ``http://`` or ``https://``; without a scheme ``http://``.
    method : str, optional
        Of HTTP.
    source : str, optional
        From where: ``internet``, an address or CIDR block such as the office's, an instance by id or name.
    headers : Mapping, optional
        Of the request.
    body : bytes, optional
        Of the request.
    timeout_s : float, optional
        The client's patience, s.

    Returns
    -------
    Answer
        A page, or the reason why there is none. What goes wrong on the way is an outcome, not an error.

    Raises
    ------
    CloudError
        When the URL is none, or nobody called `source` can ask.
    NotAvailable
        On a real account from anywhere but the Internet; at another endpoint than the embedded AWS at all.
    """
    wish = _Wish(method.upper(), _url(url), headers or {}, body, timeout_s)
    started = time.monotonic()
    answer = _send(session, wish, source)
    waited = timeout_s if answer.outcome == "timed_out" and session.place.control else time.monotonic() - started
    return replace(answer, url=wish.url.geturl(), source=source, seconds=waited)


def tls_context(session: Session) -> ssl.SSLContext:
    """A client's TLS context that trusts the authority of the embedded AWS, and those it trusts anyway.

    Parameters
    ----------
    session : Session
        The account; for a real one it is the ordinary context.
    """
    context = ssl.create_default_context()
    if session.place.control is not None:
        context.load_verify_locations(session.place.control.status()["ca_file"])
    return context


def install(session: Session, *, source: str = "internet") -> None:
    """Let ordinary clients of this process reach the names and addresses of the embedded AWS.

    ``urllib``, ``requests``, ``http.client``, plain sockets and ``asyncio`` then find its names, and connect to its
    addresses, as from `source`. What stops a connection is raised as the operating system would, but at once and with
    the reason: `TimeoutError`, `ConnectionRefusedError`, `socket.gaierror`. All other names and addresses are left
    alone. For TLS see `tls_context`. A client that asks a proxy (``HTTP_PROXY``) asks the proxy for the names, too.

    Parameters
    ----------
    session : Session
        The account.
    source : str, optional
        From where, as in `request`.

    Raises
    ------
    NotAvailable
        The session does not work on the embedded AWS.
    """
    if session.place.control is None:
        raise NotAvailable(
            f"names are resolved here for the embedded AWS only; this session works on {session.target}",
            cure="on a real account nothing is needed: its names are on the Internet",
        )
    uninstall()
    _installed.append(Resolver(session.place.control, own_source(session, source)))
    _installed[0].install()


def follow(session: Session) -> None:
    """Let the ordinary clients of this process reach what the session reaches: `install`, or `uninstall` elsewhere."""
    if session.place.control is not None:
        install(session)
    else:
        uninstall()


def uninstall() -> None:
    """Give the process its own resolver back."""
    while _installed:
        _installed.pop().uninstall()


def _url(text: str) -> SplitResult:
    if not isinstance(text, str):
        raise CloudError(f"{text!r} is no URL to request", allowed="a text such as http://name/path")
    url = urlsplit(text if "://" in text else f"http://{text}")
    try:
        usable = url.scheme in _PORTS and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise CloudError(f"'{text}' is no URL to request", allowed="http://name/path or https://name/path")
    return url


def _send(session: Session, wish: _Wish, source: str) -> Answer:
    if session.place.control is not None:
        return _through_the_cloud(session, session.place.control, wish, source)
    if not session.place.real or source != "internet":
        raise NotAvailable(
            f"a request from {source} cannot be sent on {session.target}",
            allowed="the embedded AWS, or a real account from the Internet",
        )
    return _exchange(wish, (wish.host, wish.port), ssl.create_default_context())


def _through_the_cloud(session: Session, control: Control, wish: _Wish, source: str) -> Answer:
    found = control.connect(wish.host, wish.port, own_source(session, source))
    hops = tuple(Hop.told(hop) for hop in found["hops"])
    blocked_by = Hop.told(found["blocked_by"]) if found["blocked_by"] else None
    port, outcome = found["loopback_port"], found["outcome"]
    if outcome == "open" and port:
        answer = _exchange(wish, ("127.0.0.1", port), tls_context(session) if wish.url.scheme == "https" else None)
    else:
        missed: Outcome = "unreachable" if outcome == "open" else outcome
        answer = Answer(outcome=missed, url="", blocked_by=blocked_by)
    explanation = " ".join(filter(None, (found["explanation"], answer.explanation)))
    return replace(answer, hops=hops, explanation=explanation)


def _exchange(wish: _Wish, address: tuple[str, int], tls: ssl.SSLContext | None) -> Answer:
    connection = http.client.HTTPConnection(wish.host, wish.port)
    try:
        connection.sock = _open(wish, address, tls)
        connection.request(wish.method, wish.path, body=wish.body or None, headers=wish.all_headers)
        response = connection.getresponse()
        return Answer(
            outcome="answered",
            url="",
            status=response.status,
            reason=response.reason,
            headers=dict(response.getheaders()),
            cookies=_cookies(response.headers.get_all("Set-Cookie", [])),
            body=response.read(),
        )
    except (OSError, http.client.HTTPException) as error:
        return Answer(outcome=_outcome(error), url="", explanation=_explained(error))
    finally:
        connection.close()


def _cookies(headers: list[str]) -> dict[str, str]:
    """Name -> value of every cookie that is set."""
    jar: SimpleCookie = SimpleCookie()
    for line in headers:
        jar.load(line)
    return {name: morsel.coded_value for name, morsel in jar.items()}


def _open(wish: _Wish, address: tuple[str, int], tls: ssl.SSLContext | None) -> socket.socket:
    opened = socket.create_connection(address, timeout=wish.timeout_s)
    if wish.url.scheme != "https" or tls is None:
        return opened
    try:
        return tls.wrap_socket(opened, server_hostname=wish.host)
    except OSError:
        opened.close()
        raise


def _explained(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".")
        return f"The server shows a certificate that this client does not accept: {why[:1].lower()}{why[1:]}."
    return f"{str(error) or type(error).__name__}."


def _outcome(error: Exception) -> Outcome:
    # Whoever closes a connection without a byte lets TLS end too early: that is no fault of a certificate.
    known: tuple[tuple[type[Exception], Outcome], ...] = (
        (socket.gaierror, "name_not_found"),
        (TimeoutError, "timed_out"),
        (ConnectionRefusedError, "refused"),
        (ConnectionError, "reset"),
        (ssl.SSLEOFError, "reset"),
        (ssl.SSLError, "tls_failed"),
        (http.client.HTTPException, "reset"),
    )
    return next((outcome for kind, outcome in known if isinstance(error, kind)), "unreachable")
