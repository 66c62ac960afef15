"""A client of a DB instance, and whether it is let in: the way there, the user, the password, the database.

What a guest asks is done on the instance as it is at that moment: when its server is down, or has moved to another
host, or the cloud has been replaced by a saved one, the guest is gone (`ServerGoneError`).
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Callable
from typing import Any

from aws14.emulator.databases import counting, replication
from aws14.emulator.databases.host import Host
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.outcome import Outcome
from aws14.emulator.databases.records import find, is_serving, life_of, primary_of
from aws14.emulator.databases.session import Session
from aws14.emulator.world import world

__all__ = ["Guest", "ServerGoneError", "password_of"]


class ServerGoneError(Exception):
    """There is no server at the other end any more."""


class Guest:
    """One client.

    Parameters
    ----------
    arn : str
        Of the DB instance.
    interface : str
        Id of the network interface it came to.
    address : str
        The client's, as the server sees it.
    number : int
        Of the connection.
    """

    def __init__(self, arn: str, interface: str, address: str, number: int) -> None:
        self._arn = arn
        self._interface = interface
        self._address = address
        self._number = number
        self._lock = threading.Lock()
        self._session: Session | None = None

    @property
    def autocommit(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return self._session is None or self._session.autocommit

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._session is not None and self._session.in_transaction

    def version(self) -> str:
        """MySQL's version."""
        with world().turn():
            instance = find(self._arn)
            return _version(instance) if instance is not None else ""

    def enter(self, user: str, proves: Callable[[str], bool], database: str, *, found_rows: bool = False) -> None:
        """Log in.

        Parameters
        ----------
        user : str
            Its name.
        proves : callable
            Whether the client knows this password.
        database : str
            To use; empty for none.
        found_rows : bool, optional
            Whether found rows are counted instead of changed ones.

        Raises
        ------
        MysqlError
            1045, 1049.
        ServerGoneError
            The server is away.
        """
        with world().turn():
            instance = self._server()
            master, password = instance.master_username or "", password_of(instance)
            image = life_of(instance).image
        known = user == master and password is not None
        if not proves(password if known and password is not None else "\0") or not known:
            raise MysqlError(1045, f"Access denied for user '{user}'@'{self._address}' (using password: YES)")
        with world().turn():
            self._counted(instance)
        host = Host(
            image=image,
            version=_version(instance),
            name=f"ip-{self._interface.removeprefix('eni-')[:12]}",
            read_only=bool(instance.is_replica),
            committed=self._committed,
            now=world().clock.now,
            status=lambda: {"Threads_connected": counting.connected(self._arn), "Uptime": 1},
            max_connections=counting.allowed(instance),
        )
        self._session = Session(host, user=f"{user}@{self._address}", database=database, number=self._number)
        self._session.found_rows = found_rows
        self._image = image

    def execute(self, sql: str) -> Outcome:
        """Run the statements of a text.

        Raises
        ------
        MysqlError
            As MySQL says it.
        ServerGoneError
            The server is away.
        """
        with self._lock:
            with world().turn():
                instance = self._server()
                if self._session is None or life_of(instance).image is not self._image:
                    raise ServerGoneError
            return self._session.execute(sql)

    def close(self) -> None:
        """Go; what is not committed is rolled back."""
        counting.leaves(self._arn, self._number)
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _counted(self, instance: Any) -> None:
        """Take one of the connections that the instance allows."""
        counting.enters(instance, self._number)
        # A page that ends without closing its connection has closed it.
        weakref.finalize(self, counting.leaves, self._arn, self._number)

    def _server(self) -> Any:
        instance = find(self._arn)
        if instance is None or not is_serving(instance) or primary_of(instance) != self._interface:
            raise ServerGoneError
        return instance

    def _committed(self, statements: tuple[Any, ...]) -> None:
        with world().turn():
            replication.committed(self._arn, statements)


def password_of(instance: Any) -> str | None:
    """The master password, from Secrets Manager where RDS manages it there."""
    secret = getattr(instance, "master_user_secret", None)
    if secret is None:
        return getattr(instance, "_master_user_password", None)
    value = secret.secret
    text = value.versions[value.default_version_id]["secret_string"]
    return str(json.loads(text)["password"])


def _version(instance: Any) -> str:
    return str(instance.engine_version)
