"""The resolver of a kernel: its sockets find the names and addresses of the embedded AWS on loopback.

Taken over are looking up names and connecting by TCP over IPv4, and of those only names that the embedded AWS speaks
for and addresses that it hands out: the ranges of RFC 5737, and what its own answers said. An answer is remembered for
its TTL, in AWS time. Everything else goes the way it went before.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Any

from aws14.cloud.place import Control
from aws14.errors import EmulatorError

__all__ = ["Resolver"]

_HANDED_OUT = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
_OF_MODULE = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")
_ERRORS: Mapping[str, int] = {"timed_out": errno.ETIMEDOUT, "refused": errno.ECONNREFUSED}


@dataclass(frozen=True, slots=True)
class _Memory:
    since: float
    until: float
    said: Mapping[str, Any]


class Resolver:
    """Takes the place of what ``socket`` does by itself.

    Parameters
    ----------
    control : Control
        The embedded AWS.
    source : str
        From where this process connects.
    """

    def __init__(self, control: Control, source: str) -> None:
        self._control = control
        self._source = source
        self._given: set[str] = set()
        self._memory: dict[str, _Memory] = {}
        self._active = False
        self._before: dict[tuple[Any, str], Any] = {}
        self._ours: dict[tuple[Any, str], Any] = {}

    def install(self) -> None:
        """Take over."""

        def connect(sock: socket.socket, address: Any) -> None:
            self._call("connect", sock, self._redirected(sock, address))

        def connect_ex(sock: socket.socket, address: Any) -> int:
            try:
                found = self._redirected(sock, address)
            except socket.gaierror:
                raise
            except OSError as error:
                return error.errno or errno.EHOSTUNREACH
            return int(self._call("connect_ex", sock, found))

        self._ours = {(socket, name): getattr(self, f"_{name}") for name in _OF_MODULE}
        self._ours |= {(socket.socket, each.__name__): each for each in (connect, connect_ex)}
        for (owner, name), ours in self._ours.items():
            self._before[owner, name] = getattr(owner, name)
            setattr(owner, name, ours)
        self._active = True

    def uninstall(self) -> None:
        """Put back what was there before; where somebody has taken over since, only step aside."""
        self._active = False
        for (owner, name), ours in self._ours.items():
            if getattr(owner, name) == ours:
                setattr(owner, name, self._before[owner, name])

    def _call(self, name: str, *args: Any, **named: Any) -> Any:
        """Do what was done before."""
        return self._before[socket if name in _OF_MODULE else socket.socket, name](*args, **named)

    def _getaddrinfo(self, host: Any, port: Any, family: int = 0, *rest: Any, **named: Any) -> Any:
        if family not in (socket.AF_UNSPEC, socket.AF_INET):
            return self._call("getaddrinfo", host, port, family, *rest, **named)
        addresses = self._addresses(host)
        if addresses is None:
            return self._call("getaddrinfo", host, port, family, *rest, **named)
        each = (self._call("getaddrinfo", one, port, socket.AF_INET, *rest, **named) for one in addresses)
        return [found for several in each for found in several]

    def _gethostbyname(self, host: str) -> str:
        addresses = self._addresses(host)
        return str(self._call("gethostbyname", host)) if addresses is None else addresses[0]

    def _gethostbyname_ex(self, host: str) -> Any:
        addresses = self._addresses(host)
        return self._call("gethostbyname_ex", host) if addresses is None else (host, [], list(addresses))

    def _addresses(self, host: Any) -> tuple[str, ...] | None:
        """The addresses of a name of the embedded AWS; None for what is not its to answer."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if not self._active or not isinstance(name, str) or not _is_name(name):
            return None
        try:
            said = self._remembered(name) or self._asked(name)
        except EmulatorError:  # it has ended: nobody speaks for its names
            return None
        if not said["known"]:
            return None
        if not said["addresses"]:
            code = socket.EAI_AGAIN if said["code"] == "SERVFAIL" else socket.EAI_NONAME
            raise socket.gaierror(code, f"{name}: {said['explanation']}")
        self._given.update(said["addresses"])
        return tuple(said["addresses"])

    def _asked(self, name: str) -> Mapping[str, Any]:
        said = self._control.resolve(name, self._source)
        if said["known"] and said["addresses"]:
            now = float(self._control.status()["now"])
            self._memory[name] = _Memory(now, now + float(said["ttl_s"]), said)
        return said

    def _remembered(self, name: str) -> Mapping[str, Any] | None:
        """What was said of a name, for as long as its TTL says, in AWS time."""
        known = self._memory.get(name)
        # A cloud that was put back to an earlier time has said nothing yet.
        if known is None or not known.since <= float(self._control.status()["now"]) < known.until:
            return None
        return known.said

    def _redirected(self, sock: socket.socket, address: Any) -> Any:
        """Where to connect instead; the same address where it is not one of the embedded AWS."""
        if sock.family != socket.AF_INET or sock.type != socket.SOCK_STREAM or not isinstance(address, tuple):
            return address
        host, port = str(address[0]), int(address[1])
        addresses = self._addresses(host)
        host = addresses[0] if addresses else host
        if not self._is_ours(host):
            return address
        try:
            found = self._control.connect(host, port, self._source)
        except EmulatorError as error:
            raise ConnectionRefusedError(errno.ECONNREFUSED, str(error)) from None
        if found["outcome"] == "open" and found["loopback_port"]:
            return "127.0.0.1", found["loopback_port"]
        # OSError makes itself a TimeoutError or a ConnectionRefusedError by its number.
        raise OSError(_ERRORS.get(found["outcome"], errno.EHOSTUNREACH), _told(found))

    def _is_ours(self, host: str) -> bool:
        if not self._active:
            return False
        if host in self._given:
            return True
        with suppress(ValueError):
            return any(IPv4Address(host) in block for block in _HANDED_OUT)
        return False


def _is_name(text: str) -> bool:
    if not text or text == "localhost" or text.endswith(".localhost"):
        return False
    try:
        ip_address(text)
    except ValueError:
        return True
    return False


def _told(found: Mapping[str, Any]) -> str:
    stopped = found["blocked_by"]
    hop = f" ({stopped['kind'].replace('_', ' ')} {stopped['name'] or stopped['id']})" if stopped else ""
    return f"{found['explanation']}{hop}"
