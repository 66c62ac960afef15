"""What the edge keeps: answers under their keys, each for its time.

Source: CloudFront developer guide, "Manage how long content stays in the cache", "Understand the cache key".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase

from aws14.catalog import quota
from aws14.emulator.buckets.objects import header
from aws14.emulator.dataplane.answering import Told
from aws14.emulator.edges.settings import CacheSettings, Selection
from aws14.emulator.world import world

__all__ = [
    "Kept",
    "Viewed",
    "cookies_for",
    "error_min_s",
    "find",
    "forget",
    "forget_all",
    "is_storable",
    "keep",
    "key_of",
    "lifetime_s",
]

_MOST_KEPT = 2048
_DIRECTIVE = re.compile(r"([a-z-]+)(?:\s*=\s*\"?([^\",]*)\"?)?")


@dataclass(frozen=True, slots=True)
class Viewed:
    """What of a request tells answers apart: path with the query that counts, headers, cookies."""

    path: str
    queries: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of the origin.

    Parameters
    ----------
    told : tuple
        Status, headers, body.
    since : float
        Epoch seconds of AWS time at which it came.
    until : float
        Until when it is fresh.
    path : str
        With its whole query, as invalidations name it.
    """

    told: Told
    since: float
    until: float
    path: str


def _all() -> dict[str, dict[Viewed, Kept]]:
    kept: dict[str, dict[Viewed, Kept]] = world().state.setdefault("edge_cache", {})
    return kept


def find(distribution: str, key: Viewed) -> Kept | None:
    """The answer that is kept under a key, fresh or not."""
    return _all().get(distribution, {}).get(key)


def keep(distribution: str, key: Viewed, kept: Kept) -> None:
    """Keep an answer; of too many the one kept longest goes."""
    mine = _all().setdefault(distribution, {})
    mine.pop(key, None)
    while len(mine) >= _MOST_KEPT:
        del mine[next(iter(mine))]
    mine[key] = kept


def forget(distribution: str, patterns: tuple[str, ...]) -> None:
    """Drop what invalidations name: paths, with ``*`` at their end for all that begin so."""
    mine = _all().get(distribution, {})
    wanted = [each.replace("[", "[[]").replace("?", "[?]") for each in patterns]
    for key, kept in list(mine.items()):
        if any(fnmatchcase(kept.path, each) for each in wanted):
            del mine[key]


def forget_all(distribution: str) -> None:
    """Drop everything: the distribution is gone."""
    _all().pop(distribution, None)


def key_of(path: str, queries: list[tuple[str, str]], headers: Mapping[str, str], settings: CacheSettings) -> Viewed:
    """Under which key the answer to a request is kept.

    Parameters
    ----------
    path : str
        Without its query.
    queries : list of (str, str)
        In their order.
    headers : Mapping
        Of the viewer.
    settings : CacheSettings
        What counts.
    """
    cookies = _cookies(headers)
    return Viewed(
        path=path,
        queries=tuple(each for each in queries if settings.queries.takes(each[0])),
        headers=tuple(sorted((k.lower(), v) for k, v in headers.items() if settings.headers.takes(k.lower()))),
        cookies=tuple(sorted(each for each in cookies if settings.cookies.takes(each[0]))),
    )


def _cookies(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    pairs = (each.strip().partition("=") for each in header(headers, "Cookie").split(";") if each.strip())
    return [(name, value) for name, _, value in pairs]


def _directives(headers: Mapping[str, str]) -> dict[str, str]:
    return {match[1]: match[2] or "" for match in _DIRECTIVE.finditer(header(headers, "Cache-Control").lower())}


def is_storable(headers: Mapping[str, str], settings: CacheSettings) -> bool:
    """Whether an answer is kept at all, be it only to ask whether it still holds."""
    forbidden = {"no-store", "private"} & set(_directives(headers))
    return settings.max_s > 0 and (not forbidden or settings.min_s > 0)


def error_min_s() -> float:
    """How long an error is kept at the least where the distribution says nothing of it, s."""
    return quota("CloudFront", "error caching minimum TTL").value


def lifetime_s(headers: Mapping[str, str], settings: CacheSettings, now: float) -> float:
    """How long an answer is fresh, s.

    Parameters
    ----------
    headers : Mapping
        Of the origin's answer.
    settings : CacheSettings
        Limits, and what holds where the origin says nothing.
    now : float
        Epoch seconds of AWS time.
    """
    said = _directives(headers)
    if {"no-store", "no-cache", "private"} & set(said):
        return settings.min_s
    age = said.get("s-maxage") or said.get("max-age")
    wanted = settings.default_s
    if age is not None and age.isdecimal():
        wanted = float(age)
    elif expires := header(headers, "Expires"):
        wanted = _seconds_to(expires, now)
    return min(max(wanted, settings.min_s), settings.max_s)


def _seconds_to(date: str, now: float) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - now)
    except ValueError:
        return 0.0  # a date that is none has passed (RFC 9111, section 5.3)


def cookies_for(headers: Mapping[str, str], *taken: Selection) -> str:
    """The cookies of a request that one of several selections takes, as a header."""
    pairs = (f"{name}={value}" for name, value in _cookies(headers) if any(each.takes(name) for each in taken))
    return "; ".join(pairs)
