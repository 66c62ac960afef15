"""What answers at an address: the inside of an instance, or a front, a thing of AWS's own.

Plain nouns and protocols; `aws14.emulator.dataplane.fronts` knows which front stands where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Front", "Host", "Inside", "Shown", "Told", "Visit"]

Told = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""


class Inside(Protocol):
    """What an instance is from within; `aws14.emulator.machines` has them."""

    def listens(self, port: int) -> bool:
        """Whether a connection from outside is accepted."""

    def speaks_tls(self, port: int) -> bool:
        """Whether what listens there expects TLS."""

    def answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes = b"",
        *,
        port: int = 80,
        source: str = "",
        patience_s: float | None = None,
    ) -> Told:
        """Answer an HTTP request: status, headers, body.

        A `ConnectionError` where nothing speaks HTTP, a `TimeoutError` where the asker's patience ends first.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A request as it comes to a front; its time is the clock's.

    Parameters
    ----------
    method, path : str
        ``GET``, ``/index.html?x=1``.
    headers : dict
        As they came.
    body : bytes
        Whole.
    port : int
        Where it comes in.
    source : str
        The client's IPv4 address as it is seen here: behind a NAT gateway, the gateway's.
    called : str
        The IPv4 address that was called.
    patience_s : float or None
        For how long who asks waits for the answer, AWS time; None: as long as it takes.
    """

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: int = 80
    source: str = ""
    called: str = ""
    patience_s: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The certificate that a front shows to TLS clients.

    Parameters
    ----------
    names : tuple of str
        Domain names it is for, wildcards too; the first is its subject.
    key : bytes
        Private key, PEM, not encrypted; empty: one is made.
    chain : bytes
        The certificate and those above it, PEM. Empty: the authority of this home issues one for `names` and `key`.
    """

    names: tuple[str, ...] = ()
    key: bytes = b""
    chain: bytes = b""


class Front(Protocol):
    """A thing of AWS's own that answers: a load balancer's node, a database's endpoint, an edge.

    The world lock is held by whoever asks, except for `door`.
    """

    @property
    def owner(self) -> str:
        """What it is: ``elb/<name>``, ``rds/<identifier>``, ``cloudfront/<id>``; empty for an instance."""

    def listens(self, port: int) -> bool:
        """Whether a connection is accepted."""

    def speaks_tls(self, port: int) -> bool:
        """Whether what listens there expects TLS."""

    def shown(self, port: int, name: str) -> Shown | None:
        """The certificate for a client that calls `name` (empty: it calls none); None: one for the name called."""

    def answer(self, visit: Visit) -> Told:
        """Answer an HTTP request; a `ConnectionError` where none is spoken: the connection is reset."""

    def door(self, port: int, source: str) -> int | None:
        """A loopback port of its own for `source`, where it does not speak HTTP; the world lock is not held."""


@dataclass(frozen=True, slots=True)
class Host:
    """An instance, answering as fronts do."""

    inside: Inside

    @property
    def owner(self) -> str:
        """Nothing of AWS's."""
        return ""

    def listens(self, port: int) -> bool:
        """Whether the machine does."""
        return self.inside.listens(port)

    def speaks_tls(self, port: int) -> bool:
        """Whether the machine does."""
        return self.inside.speaks_tls(port)

    def shown(self, port: int, name: str) -> Shown | None:
        """One for the name that is called."""
        del port, name
        return None

    def answer(self, visit: Visit) -> Told:
        """What the machine answers."""
        return self.inside.answer(
            visit.method,
            visit.path,
            visit.headers,
            visit.body,
            port=visit.port,
            source=visit.source,
            patience_s=visit.patience_s,
        )

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None
