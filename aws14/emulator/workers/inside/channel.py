"""Messages between the embedded AWS and a worker: a JSON head and a body of bytes, each with its length before it."""

from __future__ import annotations

import json
import socket
import struct
import threading
from typing import Any

__all__ = ["Channel", "Message"]

Message = tuple[dict[str, Any], bytes]
_LENGTHS = struct.Struct("!II")


class Channel:
    """One end of a connection.

    Parameters
    ----------
    connection : socket.socket
        Connected, of stream type.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    @classmethod
    def join(cls, port: int, token: str, role: str) -> Channel:
        """Connect to the desk of the embedded AWS and say who one is."""
        channel = cls(socket.create_connection(("127.0.0.1", port), timeout=30))
        channel.patience(None)
        channel.send({"token": token, "role": role})
        return channel

    def patience(self, seconds: float | None) -> None:
        """Let `receive` wait so long at most; None: for ever."""
        self._connection.settimeout(seconds)

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a message; an OSError where nobody is there any more."""
        told = json.dumps(head).encode()
        with self._sending:
            self._connection.sendall(_LENGTHS.pack(len(told), len(body)) + told + body)

    def receive(self) -> Message | None:
        """Return the next message; None when the other end has gone; a TimeoutError when patience ends."""
        lengths = self._exactly(_LENGTHS.size)
        if lengths is None:
            return None
        head, body = _LENGTHS.unpack(lengths)
        both = self._exactly(head + body)
        return None if both is None else (json.loads(both[:head]), both[head:])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _exactly(self, count: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < count:
            try:
                part = self._connection.recv(min(count - len(parts), 1 << 20))
            except TimeoutError:
                raise
            except OSError:
                return None
            if not part:
                return None
            parts += part
        return bytes(parts)
