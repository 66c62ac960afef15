"""The endpoint of a cluster: loopback ports that speak TLS with the cluster's own authority, one for each source.

A thread for each connection; the world lock is held to see who calls, not while Kubernetes answers or a watch streams.
Whoever may not get here sees the connection closed without a byte.
"""

from __future__ import annotations

import json
import logging
import select
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Network
from typing import Any
from urllib.parse import urlsplit

from aws14.emulator.clusters import authorities, tokens
from aws14.emulator.clusters.access import user_of
from aws14.emulator.clusters.records import find, life_of
from aws14.emulator.dataplane.answering import Shown
from aws14.emulator.kubernetes.api import answer as answer_of
from aws14.emulator.kubernetes.exchange import ANONYMOUS, Request, Response, User
from aws14.emulator.world import world
from aws14.sim.reachability import INTERNET

__all__ = ["Way", "hear", "lets_in", "open"]

_log = logging.getLogger(__name__)
_HANDSHAKE_S, _IDLE_S = 10.0, 300.0
_MOST_BODY = 8 * 1024 * 1024
_OPEN_TO_ALL = ("/healthz", "/livez", "/readyz", "/version")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_EVERYWHERE = "0.0.0.0/0"

_lock = threading.Lock()
_doors: dict[Way, _Door] = {}
_hearing: list[Callable[[bool], None]] = []


@dataclass(frozen=True)
class Way:
    """Where a door leads: the ARN of a cluster, and who comes."""

    arn: str
    source: str


def hear(listener: Callable[[bool], None]) -> None:
    """Call `listener` after each request, with whether it may have changed something; the world lock is held."""
    _hearing[:] = [listener]


def open(way: Way) -> int:  # noqa: A001 - endpoint.open
    """Return the loopback port of a way. The world lock is not held."""
    with _lock:
        if way not in _doors:
            _doors[way] = _Door(way)
        return _doors[way].port


def lets_in(cluster: Any, source: str) -> bool:
    """Whether the endpoint of a cluster answers somebody; the world lock is held."""
    if cluster is None or not cluster.endpoint:
        return False
    network = cluster.resources_vpc_config
    allowed = network["publicAccessCidrs"] if network["endpointPublicAccess"] else []
    if _EVERYWHERE in allowed:
        return True
    try:
        asked = IPv4Network(source, strict=False)
    except ValueError:
        return bool(allowed) and source != INTERNET
    return any(asked.subnet_of(IPv4Network(each)) for each in allowed)


class _Door(ThreadingHTTPServer):
    """Listens for one way."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, way: Way) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.way = way
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self.serve_forever, name="kubernetes", daemon=True).start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, then converse."""
        with world().turn():
            cluster = find(self.way.arn)
            if not lets_in(cluster, self.way.source):
                return
            name, authority = _names(cluster), authorities.of(life_of(cluster).identifier)
        request.settimeout(_HANDSHAKE_S)
        try:
            with authority.context(name).wrap_socket(request, server_side=True) as secured:
                secured.settimeout(_IDLE_S)
                _Conversation(secured, client_address, self)
        except (OSError, ssl.SSLError):
            return  # it went away, or speaks no TLS

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Write down what went wrong."""
        del request, client_address
        _log.exception("a conversation with a cluster failed")


def _names(cluster: Any) -> Shown:
    host = (urlsplit(cluster.endpoint).hostname or "").lower()
    return Shown(names=(host, "kubernetes", "kubernetes.default.svc", "localhost", "127.0.0.1"))


class _Conversation(BaseHTTPRequestHandler):
    """Answers on one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Door

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""

    def _answer(self) -> None:
        if int(self.headers.get("Content-Length") or 0) > _MOST_BODY:
            self._send(_status(413, "RequestEntityTooLarge", "limit is 3145728"))
            return
        url, body = urlsplit(self.path), self._body()
        user = self._user(url.path)
        if user is None:
            self.close_connection = True
            return
        if isinstance(user, Response):
            self._send(user)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = answer_of(self.server.way.arn, user, Request(self.command, url.path, url.query, headers, body))
        with world().turn():
            for each in _hearing:
                each(self.command not in _READS)
            if self.command not in _READS:
                world().announce()
        self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815 - as the base class

    def _user(self, path: str) -> User | Response | None:
        """Who asks; a refusal for whom nobody knows; None for whom the endpoint does not answer (any more)."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        with world().turn():
            cluster = find(self.server.way.arn)
            if not lets_in(cluster, self.server.way.source):
                return None
            if not token:
                return ANONYMOUS if path in _OPEN_TO_ALL else _status(401, "Unauthorized", "Unauthorized")
            who = tokens.caller(cluster, token.strip()) if scheme.lower() == "bearer" else None
            user = user_of(cluster, who) if who is not None else None
            return user or _status(401, "Unauthorized", "Unauthorized")

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = bytearray()
        while size := int(self.rfile.readline(1024).partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline(1024)
        self.rfile.readline(1024)
        return bytes(body)

    def _send(self, answer: Response) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if isinstance(answer.body, bytes):
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
        else:
            self._stream(answer.body)

    def _stream(self, pieces: Iterator[bytes]) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        try:
            for piece in pieces:
                if piece:
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                elif self._is_gone():
                    self.close_connection = True
                    return
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def _is_gone(self) -> bool:
        """Whether a client that only listens has sent something: that is its farewell."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable)


def _status(code: int, reason: str, message: str) -> Response:
    told = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    body = json.dumps({**told, "message": message, "reason": reason, "code": code}).encode()
    return Response(code, {"Content-Type": "application/json"}, body)
