"""TLS from the server's side: whom the client calls is read before a byte is sent back."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress

__all__ = ["called_name"]

_PATIENCE_S = 5.0
_HELLO = b"\x16\x03"
_HEADER, _MOST_BYTES = 5, 16_384 + 256


def called_name(client: socket.socket) -> str | None:
    """The name that a TLS client calls, left unread on the socket: empty where it calls none, None for no TLS client.

    Parameters
    ----------
    client : socket.socket
        Just accepted.
    """
    hello = _peek(client)
    if hello is None:
        return None
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _object, name, _context: names.append(name)
    incoming = ssl.MemoryBIO()
    incoming.write(hello)
    reader = context.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True)
    with suppress(ssl.SSLError):  # it has no certificate: it only reads
        reader.do_handshake()
    return (names[0] or "").lower() if names else None


def _peek(client: socket.socket) -> bytes | None:
    """The client's first record, whole; None where it is none or does not come."""
    deadline = time.monotonic() + _PATIENCE_S
    client.settimeout(_PATIENCE_S)
    while time.monotonic() < deadline:
        try:
            seen = client.recv(_MOST_BYTES, socket.MSG_PEEK)
        except OSError:
            return None
        if not seen or not seen.startswith(_HELLO[: len(seen)]):
            return None
        if len(seen) >= _HEADER and len(seen) >= _HEADER + int.from_bytes(seen[3:5], "big"):
            return seen
        time.sleep(0.005)  # what is peeked at stays: the socket would call itself readable at once
    return None
