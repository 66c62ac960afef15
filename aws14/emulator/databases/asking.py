"""Databases as programs inside the emulated machines ask them: no bytes move, the same network decides.

The world lock is held by whoever asks. While a statement runs it is let go: the statement may have to wait for another
one's commit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from aws14.emulator.databases.front import Endpoint
from aws14.emulator.databases.guest import Guest, ServerGoneError
from aws14.emulator.databases.guests import guest as guest_of
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.outcome import Outcome
from aws14.emulator.databases.proxy_front import ProxyEndpoint
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = ["Link", "Login", "connect", "execute", "interpolated"]

_numbers = count(1_000_000)
_UNQUOTED = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|(\?)|:([A-Za-z_]\w*)", re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where to, and who.

    Parameters
    ----------
    host : str
        Name of the endpoint, another name for it, or an address.
    user, password : str
        Of the database.
    database : str
        To use; empty for none.
    port : int
        TCP.
    """

    host: str
    user: str
    password: str
    database: str = ""
    port: int = 3306


class Link:
    """A connection; `connect` makes it."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._guest.in_transaction

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> Outcome:
        """Run a statement.

        Parameters
        ----------
        sql : str
            With ``?`` or ``:name`` where parameters go.
        params : sequence or Mapping, optional
            Their values.

        Returns
        -------
        Outcome
            ``fields`` and ``rows``, ``affected`` and ``last_id``. Dates and decimals are texts.

        Raises
        ------
        MysqlError
            As MySQL says it; 2006 when the server has gone away.
        """
        with world().released():
            try:
                return self._guest.execute(interpolated(sql, params))
            except ServerGoneError:
                raise MysqlError(2006, "MySQL server has gone away") from None

    def close(self) -> None:
        """End it; what is not committed is rolled back."""
        with world().released():
            self._guest.close()


def connect(login: Login, source: str) -> Link:
    """Connect from an instance.

    Parameters
    ----------
    login : Login
        Where to, and who.
    source : str
        Id of the instance that asks.

    Raises
    ------
    MysqlError
        1045, 1049; 2005 where the name is unknown, 2003 where nothing answers: ``(110)`` for a connection that timed
        out, ``(111)`` for one that was refused.
    """
    from aws14.emulator.dataplane import Ask, inside
    from aws14.emulator.dataplane import connect as called  # the data plane is above: machines import this

    try:
        found = called(Ask(host=login.host, port=login.port, source=source), inside)
    except ScenarioError as error:
        raise MysqlError(2003, f"Can't connect to MySQL server on '{login.host}' ({error.problem})") from None
    if found.outcome == "name_not_found":
        raise MysqlError(2005, f"Unknown MySQL server host '{login.host}' (-2)")
    if found.outcome != "open" or not isinstance(found.front, Endpoint | ProxyEndpoint):
        number = {"refused": 111, "unreachable": 113}.get(found.outcome, 110)
        raise MysqlError(2003, f"Can't connect to MySQL server on '{login.host}:{login.port}' ({number})")
    guest = guest_of(found.front.arn, found.front.interface, found.source, next(_numbers))
    try:
        guest.enter(login.user, lambda password: password == login.password, login.database)
    except ServerGoneError:
        raise MysqlError(2003, f"Can't connect to MySQL server on '{login.host}:{login.port}' (111)") from None
    return Link(guest)


def execute(login: Login, source: str, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> Outcome:
    """Connect from an instance, run one statement in a transaction of its own, and go.

    Raises
    ------
    MysqlError
        As `connect` and `Link.execute`.
    """
    link = connect(login, source)
    try:
        return link.execute(sql, params)
    finally:
        link.close()


def interpolated(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> str:
    """A statement with its parameters written in, as a client's library does.

    Raises
    ------
    MysqlError
        2031 where there are too few or too many.
    """
    if not params:
        return sql
    named = params if isinstance(params, Mapping) else {}
    listed = iter(()) if isinstance(params, Mapping) else iter(params)

    def written(found: re.Match[str]) -> str:
        if found[1]:
            return _literal(next(listed))
        if found[2] and found[2] in named:
            return _literal(named[found[2]])
        return found[0]

    try:
        made = _UNQUOTED.sub(written, sql)
    except (StopIteration, RuntimeError):
        raise MysqlError(2031, "No data supplied for parameters in prepared statement") from None
    if next(listed, None) is not None:
        raise MysqlError(2031, "Too many parameters for the prepared statement")
    return made


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(int(value)) if isinstance(value, bool) else repr(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    text = str(value)
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\0", "\\0"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return f"'{text}'"
