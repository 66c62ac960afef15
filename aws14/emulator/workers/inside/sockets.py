"""The network of a worker: names and ways are asked of the embedded AWS, its own loopback ports are told to it.

Nothing of this process reaches a real network. A connection that AWS would let time out waits here, too.
"""

# ruff: noqa: TID252 - not of aws14 where it runs
from __future__ import annotations

import _socket
import errno
import socket
import threading
import time
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from .channel import Channel

__all__ = ["Sockets"]

_HOSTS = frozenset({"", "localhost", "0.0.0.0", "::", "::1"})
_ERRORS: Mapping[str, int] = {"timed_out": errno.ETIMEDOUT, "refused": errno.ECONNREFUSED}
#: As long as Linux goes on trying to connect (tcp_syn_retries = 6).
_SYN_RETRIES_S = 127.0


class Sockets:
    """Takes the place of what ``socket`` does by itself.

    Parameters
    ----------
    questions : Channel
        Where answers come from.
    hostname : str
        What this worker calls itself.
    """

    def __init__(self, questions: Channel, hostname: str) -> None:
        self._questions = questions
        self._asking = threading.Lock()
        self._hostname = hostname
        self._shown: dict[int, tuple[str, int]] = {}
        self._getaddrinfo = socket.getaddrinfo

    def install(self) -> None:
        """Take over."""
        answers = {
            "getaddrinfo": self._found,
            "gethostbyname": lambda host: self._addresses(host)[0],
            "gethostbyname_ex": lambda host: (host, [], list(self._addresses(host))),
            "gethostname": lambda: self._hostname,
            "getfqdn": lambda name="": name or self._hostname,
            "gethostbyaddr": self._nobody,
        }
        for name, answer in answers.items():
            setattr(socket, name, answer)
        ours = self
        original = _socket.socket

        def connect(sock: Any, address: Any) -> None:
            original.connect(sock, ours._redirected(sock, address))

        def connect_ex(sock: Any, address: Any) -> int:
            try:
                return original.connect_ex(sock, ours._redirected(sock, address))
            except OSError as error:
                return error.errno or errno.EHOSTUNREACH

        def bind(sock: Any, address: Any) -> None:
            ours._bind(sock, address)

        def getsockname(sock: Any) -> Any:
            name = original.getsockname(sock)
            return ours._shown.get(name[1], name) if isinstance(name, tuple) else name

        for taken in (connect, connect_ex, bind, getsockname):
            setattr(socket.socket, taken.__name__, taken)

    def _ask(self, **question: Any) -> dict[str, Any]:
        with self._asking:
            self._questions.send(question)
            answer = self._questions.receive()
        if answer is None:
            raise OSError(errno.ENETDOWN, "the embedded AWS has ended")
        return answer[0]

    def _addresses(self, host: Any) -> tuple[str, ...]:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
        if name in _HOSTS:
            return ("127.0.0.1",)
        try:
            return (str(ip_address(name)),)
        except ValueError:
            pass
        said = self._ask(ask="resolve", name=name)
        if not said["addresses"]:
            raise socket.gaierror(socket.EAI_NONAME, said["explanation"] or "Name or service not known")
        return tuple(said["addresses"])

    def _found(self, host: Any, port: Any, family: int = 0, *rest: Any, **named: Any) -> Any:
        if family not in (socket.AF_UNSPEC, socket.AF_INET):
            raise socket.gaierror(socket.EAI_FAMILY, "Address family for hostname not supported")
        passive = not host and named.get("flags", rest[2] if len(rest) > 2 else 0) & socket.AI_PASSIVE
        addresses = ("0.0.0.0",) if passive else self._addresses(host)
        each = (self._getaddrinfo(one, port, socket.AF_INET, *rest, **named) for one in addresses)
        return [found for several in each for found in several]

    def _nobody(self, _host: Any) -> Any:
        raise socket.herror(1, "Unknown host")

    def _redirected(self, sock: Any, address: Any) -> Any:
        if not isinstance(address, tuple) or sock.type != socket.SOCK_STREAM:
            return address
        way = self._ask(ask="connect", host=self._addresses(address[0])[0], port=int(address[1]))
        if way["port"]:
            return "127.0.0.1", way["port"]
        if way["outcome"] == "timed_out":
            self._wait_in_vain(sock)
        raise OSError(_ERRORS.get(way["outcome"], errno.EHOSTUNREACH), way["explanation"])

    def _wait_in_vain(self, sock: Any) -> None:
        patience = sock.gettimeout()
        if patience == 0.0:  # asyncio and its like: they give up by a clock of their own
            raise BlockingIOError(errno.EINPROGRESS, "connecting")
        time.sleep(min(_SYN_RETRIES_S, _SYN_RETRIES_S if patience is None else patience))
        if patience is not None and patience < _SYN_RETRIES_S:
            raise TimeoutError("timed out")

    def _bind(self, sock: Any, address: Any) -> None:
        if not isinstance(address, tuple):
            _socket.socket.bind(sock, address)
            return
        home = ("::1", 0) if sock.family == socket.AF_INET6 else ("127.0.0.1", 0)
        _socket.socket.bind(sock, home)
        if sock.type != socket.SOCK_STREAM:
            return
        real = _socket.socket.getsockname(sock)[1]
        said = self._ask(ask="bind", port=int(address[1]), real=real)
        if not said["port"]:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        self._shown[real] = (str(address[0]) or "0.0.0.0", said["port"])
