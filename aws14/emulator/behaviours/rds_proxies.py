"""RDS Proxy: a proxy that pools connections, and the connections that a database allows.

What AWS does
    A DB instance accepts as many connections as ``max_connections`` says: by the memory of its class unless its
    parameter group says otherwise. One more is error 1040. A proxy takes minutes to be made; its endpoint, in the
    subnets it was given, accepts far more clients, whose statements and transactions borrow connections of a pool. The
    users are those whose secrets the proxy knows.
What moto leaves out
    A proxy is available at once, nothing answers at its endpoint, and connections are not counted.
What this adds
    All of that, for MySQL and MariaDB: states on the clock, interfaces, the pool with its share of ``max_connections``
    and its borrow time-out, ``Threads_connected`` and the metric DatabaseConnections.
What it still does not do
    Pinning, IAM authentication, TLS, proxies of PostgreSQL beyond their states, further endpoints, metrics of the
    proxy. Error 1040 comes after the greeting, and no connection is kept back for administrators. The borrow time-out
    is of real time. The memory in the formula is that of the class, a little more than AWS puts in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.clock import handles
from aws14.emulator.databases import pools, proxy_front
from aws14.emulator.databases.records import is_serving
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["install"]


def install() -> None:
    """Take hold of how moto's proxies come, get targets, and go."""
    from moto.rds.models import DBProxyTarget, RDSBackend

    around(RDSBackend, "create_db_proxy", _create)
    around(RDSBackend, "delete_db_proxy", _delete)
    around(RDSBackend, "register_db_proxy_targets", _register)
    replace(DBProxyTarget, "target_health", property(_health))


def _create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    proxy = original(backend, *args, **kwargs)
    proxy.status = "creating"
    proxy_front.place(proxy)
    world().clock.after(typical_s("RDS Proxy creating"), "rds.proxy_available", (proxy.arn,))
    return proxy


@handles("rds.proxy_available")
def _available(arn: str) -> None:
    proxy = pools.find_proxy(arn)
    if proxy is not None and proxy.status == "creating":
        proxy.status = "available"


def _delete(original: Callable[..., Any], backend: Any, proxy_name: str) -> Any:
    """Gone after a while; what it is asked meanwhile it no longer answers."""
    from moto.rds.exceptions import DBProxyNotFoundFault

    proxy = backend.db_proxies.get(proxy_name)
    if proxy is None:
        raise DBProxyNotFoundFault(proxy_name)
    del original
    proxy.status = "deleting"
    world().clock.after(typical_s("RDS Proxy deleting"), "rds.proxy_gone", (proxy.arn,))
    return proxy


@handles("rds.proxy_gone")
def _gone(arn: str) -> None:
    proxy = pools.find_proxy(arn)
    if proxy is not None:
        pools.forget(arn)
        proxy_front.remove(proxy)
        proxy.backend.db_proxies.pop(proxy.db_proxy_name, None)


def _register(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.rds.exceptions import DBInstanceNotFoundError

    wanted = kwargs.get("db_instance_identifiers") or []
    for name in wanted:
        if name not in backend.databases:
            raise DBInstanceNotFoundError(name)
    targets = original(backend, *args, **kwargs)
    ready = world().clock.now() + typical_s("RDS Proxy target registering")
    for each in targets:
        vars(each).setdefault("_aws14_ready_at", ready)
        if each.rds_resource_id in backend.databases:
            each.port = backend.databases[each.rds_resource_id].port
    return targets


def _health(target: Any) -> dict[str, str]:
    """REGISTERING, then whether the proxy reaches the database."""
    if world().clock.now() < vars(target).get("_aws14_ready_at", 0.0):
        return {"State": "REGISTERING"}
    instance = target.backend.databases.get(target.rds_resource_id)
    if instance is None or not is_serving(instance):
        return {"State": "UNAVAILABLE", "Reason": "CONNECTION_FAILED", "Description": "Database is not available"}
    if not _reaches(target, instance):
        text = "Timed out: the security group of the database does not let the proxy in"
        return {"State": "UNAVAILABLE", "Reason": "UNREACHABLE", "Description": text}
    return {"State": "AVAILABLE"}


def _reaches(target: Any, instance: Any) -> bool:
    from aws14.emulator.dataplane import Ask, connect, inside

    groups = (each for each in pools.proxies() if target in each.proxy_target_groups["default"].targets)
    proxy = next(groups, None)
    source = proxy_front.first_interface(proxy) if proxy is not None else ""
    if not source:
        return False
    found = connect(Ask(host=instance.address, port=int(instance.port), source=source), inside)
    return found.outcome == "open"
