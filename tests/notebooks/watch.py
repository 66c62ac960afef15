"""Watch a process: requests that leave loopback are refused and written down, writes into the tree are written down.

Runs in the process of a chapter and, through a ``sitecustomize`` on its path, in every Python that it starts.
`AWS14_WATCH_LOG` names the log, `AWS14_WATCH_TREE` the folder that has to stay as it is. Standard library only.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

LOG, TREE = "AWS14_WATCH_LOG", "AWS14_WATCH_TREE"
_CACHES = ("__pycache__", ".git", ".pytest_cache")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.symlink", "os.link", "os.truncate")


def install() -> None:
    """Watch from now on; an audit hook cannot be taken away again."""
    log = os.open(os.environ[LOG], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    tree = os.path.realpath(os.environ[TREE])

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            host = _host(event, arguments)
            # Nobody is asked about an address: whether it is called, its connect says.
            written_out = event == "socket.getaddrinfo" and _is_address(host)
            if not written_out and not is_loopback(host):
                os.write(log, f"request to {host}\n".encode())
                raise ConnectionRefusedError(f"a chapter tried to reach {host}")
        elif path := _written(event, arguments, tree):
            os.write(log, f"{event} of {path}\n".encode())

    sys.addaudithook(hook)


def _host(event: str, arguments: tuple[object, ...]) -> object:
    if event == "socket.getaddrinfo":
        return arguments[0]
    address = arguments[1]
    return address[0] if isinstance(address, tuple) else None


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return True


def is_loopback(host: object) -> bool:
    """Whether a host is this computer; a missing host and a socket file are."""
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _written(event: str, arguments: tuple[object, ...], tree: str) -> str:
    """The path inside the tree that an event changes, empty for none."""
    if event == "open":
        flags = arguments[2]
        if not isinstance(flags, int) or not flags & _WRITING:
            return ""
    elif event not in _CHANGES:
        return ""
    if not isinstance(arguments[0], (str, bytes)):
        return ""
    path = os.path.realpath(os.fsdecode(arguments[0]))
    inside = path.startswith(tree + os.sep) and not set(Path(path).parts) & set(_CACHES)
    return path if inside else ""
