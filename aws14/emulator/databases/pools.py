"""RDS Proxy: its connections to a database, shared by its clients, and who its clients are.

A client's statement, or its transaction, borrows one of the connections; there are no more of them than the share of
``max_connections`` that its target group may take. Who finds none waits for the borrow time-out (of real time).

Source: RDS user guide, "Amazon RDS Proxy concepts and terminology", "Connection pooling"; the error is MySQL's 9501 of
the proxy.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from aws14.emulator.databases import counting
from aws14.emulator.databases.guest import Guest, ServerGoneError
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.outcome import Outcome
from aws14.emulator.databases.records import is_serving, primary_of
from aws14.emulator.world import world
from aws14.sim.connections import proxy_connections

__all__ = ["ProxyGuest", "find_proxy", "proxies", "target_of"]

_POLL_S = 0.01
_TIMED_OUT = 9501
_numbers = count(2_000_000)


def proxies() -> Iterator[Any]:
    """Every proxy, moto's."""
    loaded = sys.modules.get("moto.rds.models")
    for regions in list(loaded.rds_backends.values()) if loaded is not None else ():
        for backend in list(regions.values()):
            yield from list(backend.db_proxies.values())


def find_proxy(arn: str) -> Any:
    """The proxy of an ARN; None where there is none."""
    return next((each for each in proxies() if each.arn == arn), None)


def target_of(proxy: Any) -> Any:
    """The DB instance behind a proxy; None while it has none."""
    targets = proxy.proxy_target_groups["default"].targets
    databases = proxy.backend.databases
    return next((databases[each.rds_resource_id] for each in targets if each.rds_resource_id in databases), None)


class _Pool:
    """The connections of one proxy."""

    def __init__(self) -> None:
        self.idle: list[int] = []
        self.busy: set[int] = set()
        self.arn = ""


_pools: dict[str, _Pool] = {}
_lock = threading.Lock()


class ProxyGuest(Guest):
    """A client of a proxy.

    Parameters
    ----------
    arn : str
        Of the proxy.
    interface : str
        Id of the network interface it came to.
    address : str
        The client's.
    number : int
        Of its connection to the proxy.
    """

    def __init__(self, arn: str, interface: str, address: str, number: int) -> None:
        super().__init__(arn, interface, address, number)
        self._proxy_arn = arn
        self._held: int | None = None

    def version(self) -> str:
        """That of the database."""
        with world().turn():
            proxy = find_proxy(self._proxy_arn)
            target = target_of(proxy) if proxy is not None else None
            return str(target.engine_version) if target is not None else "8.0"

    def enter(self, user: str, proves: Callable[[str], bool], database: str, *, found_rows: bool = False) -> None:
        """Log in with one of the secrets that the proxy knows; otherwise as `Guest.enter`."""
        with world().turn():
            proxy = find_proxy(self._proxy_arn)
            if proxy is None or target_of(proxy) is None:
                raise ServerGoneError
            known = _password(proxy, user)
            self._arn = target_of(proxy).db_instance_arn
        if known is None or not proves(known):
            raise MysqlError(1045, f"Access denied for user '{user}'@'{self._address}' (using password: YES)")
        self._borrow(proxy)
        try:
            super().enter(user, lambda password: password == known, database, found_rows=found_rows)
        finally:
            self._give_back()

    def execute(self, sql: str) -> Outcome:
        """Run statements on a borrowed connection, which a transaction keeps to its end."""
        proxy = find_proxy(self._proxy_arn)
        if proxy is None:
            raise ServerGoneError
        if self._held is None:
            self._borrow(proxy)
        try:
            return super().execute(sql)
        finally:
            if not self.in_transaction:
                self._give_back()

    def close(self) -> None:
        """Go."""
        super().close()
        self._give_back()

    def _counted(self, instance: Any) -> None:
        """What counts is the connection that is borrowed."""

    def _server(self) -> Any:
        from aws14.emulator.databases.records import find

        instance = find(self._arn)
        if instance is None or not is_serving(instance) or not primary_of(instance):
            raise ServerGoneError
        return instance

    def _borrow(self, proxy: Any) -> None:
        group = proxy.proxy_target_groups["default"]
        until = time.monotonic() + float(group.borrow_timeout or 0)
        while True:
            taken = self._taken(float(group.max_connections))
            if taken is not None:
                self._held = taken
                return
            if time.monotonic() >= until:
                raise MysqlError(_TIMED_OUT, "Timed-out waiting to acquire database connection")
            time.sleep(_POLL_S)

    def _taken(self, percent: float) -> int | None:
        with world().turn(), _lock:
            instance = self._server()
            pool = _pools.setdefault(self._proxy_arn, _Pool())
            if pool.arn != instance.db_instance_arn:
                pool.arn, pool.idle, pool.busy = instance.db_instance_arn, [], set()
            if pool.idle:
                number = pool.idle.pop()
            elif len(pool.busy) < proxy_connections(counting.allowed(instance), percent):
                number = next(_numbers)
                try:
                    counting.enters(instance, number)
                except MysqlError:
                    return None  # others have taken what the database allows
            else:
                return None
            pool.busy.add(number)
            return number

    def _give_back(self) -> None:
        with world().turn(), _lock:
            number, self._held = self._held, None
            pool = _pools.get(self._proxy_arn)
            if number is None or pool is None or number not in pool.busy:
                return
            pool.busy.discard(number)
            proxy = find_proxy(self._proxy_arn)
            if proxy is not None and len(pool.idle) < _most_idle(proxy):
                pool.idle.append(number)
            else:
                counting.leaves(pool.arn, number)


def forget(arn: str) -> None:
    """A proxy is gone, and its connections with it."""
    with _lock:
        pool = _pools.pop(arn, None)
    for number in [*pool.idle, *pool.busy] if pool is not None else ():
        counting.leaves(pool.arn if pool is not None else "", number)


def _most_idle(proxy: Any) -> int:
    instance = target_of(proxy)
    percent = float(proxy.proxy_target_groups["default"].max_idle_connections)
    return proxy_connections(counting.allowed(instance), percent) if instance is not None else 0


def _password(proxy: Any, user: str) -> str | None:
    """The password of a user in one of the proxy's secrets; None where no secret is this user's."""
    from moto.secretsmanager.models import secretsmanager_backends

    backend = secretsmanager_backends[proxy.account_id][proxy.region]
    for each in proxy.auth or ():
        for secret in backend.secrets.values():
            if getattr(secret, "arn", "") == each.get("SecretArn"):
                told = json.loads(secret.versions[str(secret.default_version_id)]["secret_string"])
                if told.get("username") == user:
                    return str(told.get("password"))
    return None
