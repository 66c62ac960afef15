"""TCP ports on this machine: taken or free."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now.

    Parameters
    ----------
    port : int
        TCP port.
    """
    with socket.socket() as listener:
        try:
            listener.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    return port
