"""HTTP on loopback: one connection carries many requests, so that none of them waits for a new one.

werkzeug closes every connection after its answer, since an application may leave a part of a request unread. Here the
whole request is read before the application is asked; the next one begins where it ends.
"""

from __future__ import annotations

import io
import logging
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler

__all__ = ["QuietHandler"]

_log = logging.getLogger(__name__)
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class QuietHandler(MotoRequestHandler):
    """Requests are not logged one by one; bytes leave at once; connections stay until the client closes them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: Any) -> None:
        """Say nothing."""

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        try:
            body = _whole(environ)
            if body is None:
                self.close_connection = True
                return
            environ["wsgi.input"] = io.BytesIO(body)
            self._send(*self._answer(environ))
        except ConnectionError as error:
            self.connection_dropped(error, environ)
            self.close_connection = True

    def _answer(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """What the application says: status, headers, body."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            started[:] = [status, headers]

        app: Any = self.server.app
        try:
            body = b"".join(app(environ, start_response))
        except Exception:
            _log.exception("%s %s", self.command, self.path)
            return "500 Internal Server Error", [], b""
        return started[0], started[1], body

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        bare = self.command == "HEAD" or int(code) in _WITHOUT_BODY
        if not bare and all(name.lower() != "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bare:
            self.wfile.write(body)


def _whole(environ: dict[str, Any]) -> bytes | None:
    """The body of a request; None where the client went away before its end."""
    if environ.get("wsgi.input_terminated"):
        try:
            return bytes(environ["wsgi.input"].read())
        except OSError:
            return None
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    return body if len(body) == length else None
