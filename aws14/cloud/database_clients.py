"""Two clients of one MySQL endpoint while its primary is lost: one asks DNS for every new connection, one asked once.

Both are ordinary PyMySQL clients, in a loop as an application's pool has it: use the connection; when it breaks, make
another one. They ask as from an instance, through the course's resolver, which remembers a name for its TTL.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pymysql

from aws14.cloud.breaking import break_database
from aws14.cloud.resolver import Resolver
from aws14.cloud.session import Session
from aws14.cloud.sources import own_source
from aws14.errors import NotAvailable, ScenarioError

__all__ = ["ASKED_ONCE", "ASKS_AGAIN", "Attempt", "Endpoint", "watch"]

ASKS_AGAIN = "asks DNS again"
ASKED_ONCE = "keeps the address"
_PATIENCE_S = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A MySQL endpoint, and who logs in.

    Parameters
    ----------
    host : str
        Its name.
    user, password : str
        Of the master.
    port : int
        TCP.
    """

    host: str
    user: str
    password: str
    port: int = 3306


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """What came of a query.

    Parameters
    ----------
    t_s : float
        Seconds of AWS time after the primary was lost; negative before.
    client : {'asks DNS again', 'keeps the address'}
        Whose.
    answered : bool
        Whether it came through.
    address : str
        The IPv4 address the client was connected to, or tried; empty where it has found none.
    problem : str
        PyMySQL's words; empty when it was answered.
    """

    t_s: float
    client: str
    answered: bool
    address: str = ""
    problem: str = ""


def watch(
    session: Session,
    endpoint: Endpoint,
    *,
    database: str,
    source: str,
    seconds: float = 240.0,
    every_s: float = 5.0,
) -> tuple[Attempt, ...]:
    """Break the primary of a database under two clients, and write down what becomes of their queries.

    Parameters
    ----------
    session : Session
        On the embedded AWS; its clock is advanced.
    endpoint : Endpoint
        Where the clients connect, and as whom.
    database : str
        Identifier, drawn id or name tag of the DB instance; its host stays away for as long as is watched.
    source : str
        The instance that the clients run on, by id or name.
    seconds : float, optional
        How long to watch, s.
    every_s : float, optional
        Between two queries of a client, s.

    Returns
    -------
    tuple of Attempt
        By time; of each client two from before the loss.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    ScenarioError
        There is no such database, or the times are not positive.
    """
    if session.place.control is None:
        raise NotAvailable(f"a primary is lost on purpose in the embedded AWS only; this is {session.target}")
    if not (seconds > 0 and every_s > 0):
        raise ScenarioError("nothing is watched", allowed="seconds and every_s above 0")
    attempts: list[Attempt] = []
    with _asking_from(session, source):
        clients = (_Client(endpoint, ASKS_AGAIN), _Client(endpoint, ASKED_ONCE))
        try:
            for t_s in _ticks(session, database, seconds, every_s):
                attempts += [client.ask(t_s) for client in clients]
        finally:
            for client in clients:
                client.close()
    return tuple(attempts)


def _ticks(session: Session, database: str, seconds: float, every_s: float) -> Iterator[float]:
    t_s = -2 * every_s
    while t_s < seconds:
        if t_s == 0:
            break_database(session, database, seconds=seconds)
        yield t_s
        session.advance(every_s)
        t_s += every_s


@contextmanager
def _asking_from(session: Session, source: str) -> Iterator[None]:
    assert session.place.control is not None  # `watch` has asked
    resolver = Resolver(session.place.control, own_source(session, source))
    resolver.install()
    try:
        yield
    finally:
        resolver.uninstall()


class _Client:
    def __init__(self, endpoint: Endpoint, kind: str) -> None:
        self._endpoint = endpoint
        self._kind = kind
        self._kept = ""
        self._connection: Any = None

    def ask(self, t_s: float) -> Attempt:
        """One query, over a new connection where the last one has broken."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT NOW()")
            return Attempt(t_s=t_s, client=self._kind, answered=True, address=self._kept)
        except (pymysql.err.Error, OSError) as error:  # a pool lets go of a connection whatever happened to it
            self.close()
            return Attempt(t_s=t_s, client=self._kind, answered=False, address=self._kept, problem=_told(error))

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            with suppress(pymysql.err.Error, OSError):  # it may be dead already
                self._connection.close()
            self._connection = None

    def _connect(self) -> Any:
        if self._kind == ASKS_AGAIN or not self._kept:
            self._kept = socket.gethostbyname(self._endpoint.host)
        login = {"user": self._endpoint.user, "password": self._endpoint.password}
        patience = {"connect_timeout": _PATIENCE_S, "read_timeout": _PATIENCE_S}
        return pymysql.connect(host=self._kept, port=self._endpoint.port, **login, **patience)


def _told(error: Exception) -> str:
    words = [str(each) for each in error.args if isinstance(each, str)] or [type(error).__name__]
    return words[-1]
