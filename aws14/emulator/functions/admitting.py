"""Whether an invocation may run now: the concurrency of the account, what is reserved, and how fast functions scale.

What is decided here stands in moto's functions (what is reserved), in the world's state (what is provisioned) and in
this process (what runs). The rate of new environments is `aws14.sim.admission.environment_starts`, as in the engine.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from aws14 import catalog
from aws14.emulator.functions.targets import Target, functions_of
from aws14.emulator.world import world
from aws14.sim.admission import environment_starts
from aws14.sim.throttling import TokenBucket

__all__ = ["ACCOUNT", "RATE", "RESERVED", "account_limit", "enter", "leave", "may_start", "reserved_of", "running"]

RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
ACCOUNT = "ConcurrentInvocationLimitExceeded"
RATE = "FunctionInvocationRateLimitExceeded"

_RUNNING: Counter[tuple[str, str, str]] = Counter()
_BUCKETS: dict[tuple[str, str, str], TokenBucket] = {}


def account_limit() -> int:
    """Invocations of all functions of an account in a region that may run at the same time."""
    return int(catalog.quota("Lambda", "concurrent executions default").value)


def reserved_of(function: Any) -> int | None:
    """The concurrency reserved for a function; None for none."""
    given = function.reserved_concurrency
    return None if given is None else int(given)


def running(account: str, region: str, name: str = "") -> int:
    """How many invocations run now: of a function, or of all."""
    return sum(count for key, count in _RUNNING.items() if key[:2] == (account, region) and name in ("", key[2]))


def enter(target: Target) -> str:
    """Count an invocation in; return why it may not run, empty where it may."""
    account, region = target.place
    latest = next(each for each in functions_of(account, region) if each.function_name == target.name)
    reserved = reserved_of(latest)
    own = running(account, region, target.name)
    if reserved is not None and own >= reserved:
        return RESERVED
    if reserved is None and _unreserved_running(account, region) >= unreserved(account, region):
        return ACCOUNT
    _RUNNING[account, region, target.name] += 1
    return ""


def leave(target: Target) -> None:
    """Count an invocation out."""
    key = (*target.place, target.name)
    _RUNNING[key] -= 1
    if _RUNNING[key] <= 0:
        del _RUNNING[key]


def may_start(target: Target) -> bool:
    """Whether one more environment of a function may be started now."""
    key = (*target.place, target.name)
    granted, _BUCKETS[key] = _BUCKETS.get(key, environment_starts(world().clock.now())).take(world().clock.now())
    return granted


def unreserved(account: str, region: str) -> int:
    """What of the account's concurrency no function has reserved."""
    return account_limit() - sum(reserved_of(each) or 0 for each in functions_of(account, region))


def _unreserved_running(account: str, region: str) -> int:
    reserved = {each.function_name for each in functions_of(account, region) if reserved_of(each) is not None}
    return sum(count for key, count in _RUNNING.items() if key[:2] == (account, region) and key[2] not in reserved)
