"""Rates that are kept: token buckets on AWS's clock, and quotas by the day, week or month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aws14.catalog import quota
from aws14.emulator.world import world
from aws14.sim.throttling import TokenBucket

__all__ = ["account_limits", "counted", "over_quota", "takes"]

_DAYS = {"DAY": 1, "WEEK": 7}


def account_limits() -> tuple[float, float]:
    """Requests a second, and the burst, that an account has in a region."""
    return quota("API Gateway", "account throttle").value, quota("API Gateway", "account burst").value


def takes(key: tuple[str, ...], rate_rps: float, burst: float) -> bool:
    """Take a token of a bucket; whether there was one.

    Parameters
    ----------
    key : tuple of str
        Whose bucket.
    rate_rps, burst : float
        Its limits now.
    """
    buckets: dict[tuple[str, ...], TokenBucket] = world().state.setdefault("api_buckets", {})
    now = world().clock.now()
    bucket = buckets.get(key)
    if bucket is None:
        bucket = TokenBucket.full(rate_rps, burst, now)
    elif (bucket.rate_rps, bucket.burst) != (rate_rps, burst):
        bucket = bucket.resized(rate_rps, burst)
    granted, buckets[key] = bucket.take(now)
    return granted


def over_quota(plan: str, key: str, limits: dict[str, Any]) -> bool:
    """Count a request of an API key against its plan's quota; whether it is one too many."""
    used = counted(plan, key)
    day = _begins(str(limits.get("period", "DAY")), world().clock.now())
    already = sum(count for at, count in used.items() if at >= day)
    if already >= int(limits["limit"]) - int(limits.get("offset") or 0):
        return True
    today = _today(world().clock.now())
    used[today] = used.get(today, 0) + 1
    return False


def counted(plan: str, key: str) -> dict[str, int]:
    """Requests of an API key under a plan, by the day (UTC, ISO)."""
    kept: dict[tuple[str, str], dict[str, int]] = world().state.setdefault("api_usage", {})
    return kept.setdefault((plan, key), {})


def _today(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def _begins(period: str, now: float) -> str:
    """The first day of the period that `now` is in: weeks begin on Sunday (developer guide, "Usage plans")."""
    today = datetime.fromtimestamp(now, UTC).date()
    if period == "MONTH":
        return today.replace(day=1).isoformat()
    if period == "WEEK":
        return (today - timedelta(days=(today.weekday() + 1) % _DAYS["WEEK"])).isoformat()
    return today.isoformat()
