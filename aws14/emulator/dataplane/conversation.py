"""HTTP/1.1 as the machines of this cloud speak it: one connection, request after request.

Each request is decided by itself. One that nobody may or can answer gets no answer: the connection is closed without a
byte, so that a blocked request never looks like a page. What a machine answers goes out as it is.
"""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import urlsplit

from aws14.emulator.dataplane.answering import Shown
from aws14.emulator.dataplane.connecting import Ask, Connection
from aws14.sim.reachability import INTERNET

__all__ = ["Conversation", "Door", "Reply", "Request", "Traffic", "reset"]

SOURCE_HEADER = "X-Aws14-Source"
_HTTP = 80
_MOST_BODY = 64 * 1024 * 1024
_LONGEST_LINE = 65_536
_NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_SILENT = frozenset({SOURCE_HEADER.lower()})


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks.

    Parameters
    ----------
    method, path : str
        ``GET``, ``/index.html?x=1``.
    headers : dict
        As they came.
    body : bytes
        Whole.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a machine answers: status, headers (several values of one stand on lines of their own), body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Traffic(Protocol):
    """Who decides and answers; `aws14.emulator.dataplane.plane.DataPlane` does."""

    def look(self, ask: Ask) -> Connection:
        """What comes of a wish to connect."""

    def speaks_tls(self, connection: Connection) -> bool:
        """Whether what was reached expects TLS."""

    def shown(self, connection: Connection, name: str) -> Shown | None:
        """The certificate that a TLS client which calls `name` gets to see; None: one for that name."""

    def serve(self, ask: Ask, request: Request) -> Reply | None:
        """Answer a request; None where it is not open, a `ConnectionError` where nothing speaks HTTP."""


@dataclass(frozen=True, slots=True)
class Door:
    """A loopback port and where it leads.

    Parameters
    ----------
    traffic : Traffic
        Who decides.
    ask : Ask or None
        Where it leads; None for a port that all names share: each request says whom it calls.
    tls : bool
        Whether a shared port speaks TLS.
    """

    traffic: Traffic
    ask: Ask | None = None
    tls: bool = False


class Conversation(BaseHTTPRequestHandler):
    """Answers on one connection; `server` is its `Door`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 65  # seconds without a request; nginx's own keepalive_timeout
    door: Door

    def setup(self) -> None:
        """Know the door."""
        self.door = self.server  # type: ignore[assignment] # the base class only keeps it
        super().setup()

    def handle_one_request(self) -> None:
        """Read a request, and answer it if it is open."""
        self.close_connection = True
        try:
            self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
            if 0 < len(self.raw_requestline) <= _LONGEST_LINE and self.parse_request():
                self._converse()
        except ConnectionError:
            self.close_connection = True
            reset(self.connection)
        except (OSError, ValueError):  # it went away, or does not speak HTTP
            self.close_connection = True

    def handle_expect_100(self) -> bool:
        """Say nothing yet: first it is decided."""
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say nothing: no machine has read this."""
        del code, message, explain
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""

    def _converse(self) -> None:
        ask, path = self._wish()
        reply = None
        if ask is not None and self._may_send_body(ask):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _SILENT}
            request = Request(self.command, path, headers, self._body())
            reply = self.door.traffic.serve(ask, request)
        if reply is None:
            self.close_connection = True
        else:
            self._send(reply)

    def _wish(self) -> tuple[Ask | None, str]:
        """Whom this request calls, and the path it asks for."""
        path, host = self.path, self.headers.get("Host", "")
        if path.lower().startswith(("http://", "https://")):
            url = urlsplit(path)
            host, path = url.netloc.rpartition("@")[2], url._replace(scheme="", netloc="").geturl() or "/"
        if self.door.ask is not None:
            return self.door.ask, path
        name, _, port = host.partition(":")
        if not name or (port and not port.isdecimal()):
            return None, path
        source = self.headers.get(SOURCE_HEADER, INTERNET)
        return Ask(host=name, port=int(port or _HTTP), source=source), path

    def _may_send_body(self, ask: Ask) -> bool:
        if self.headers.get("Expect", "").lower() != "100-continue":
            return True
        if self.door.traffic.look(ask).outcome != "open":
            return False
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= _MOST_BODY:
            raise ValueError(length)
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline(_LONGEST_LINE).partition(b";")[0], 16):
            if size < 0 or len(body) + size > _MOST_BODY:
                raise ValueError(size)
            body += self.rfile.read(size)
            self.rfile.readline(_LONGEST_LINE)
        while self.rfile.readline(_LONGEST_LINE).strip():
            pass  # trailers
        return bytes(body)

    def _send(self, reply: Reply) -> None:
        status = reply.status
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        given = {name.lower() for name in reply.headers}
        headers = list(reply.headers.items())
        if "date" not in given:
            headers.append(("Date", formatdate(usegmt=True)))
        bodiless = status in _NO_BODY or status < HTTPStatus.OK
        if not bodiless and "content-length" not in given:
            headers.append(("Content-Length", str(len(reply.body))))
        if reply.headers.get("Connection", "").lower() == "close":
            self.close_connection = True
        elif self.close_connection or self.request_version == "HTTP/1.0":
            headers.append(("Connection", "close" if self.close_connection else "keep-alive"))
        lines = "".join(f"{name}: {one}\r\n" for name, value in headers for one in value.split("\n"))
        head = f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode("latin-1", "replace")
        self.wfile.write(head if bodiless or self.command == "HEAD" else head + reply.body)


def reset(client: socket.socket) -> None:
    """Let the end of a connection be a reset (RST), not a farewell."""
    with suppress(OSError):
        shape = "hh" if sys.platform == "win32" else "ii"
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(shape, 1, 0))
