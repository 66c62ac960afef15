"""Cache policies and origin request policies: AWS's own, and the learner's.

Source: CloudFront developer guide, "Use managed cache policies", "Use managed origin request policies"; the TTLs stand
in data/quotas.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.catalog import quota
from aws14.emulator.edges.settings import Behaviour, CacheSettings, Selection, items
from aws14.emulator.world import world

__all__ = ["MANAGED", "cache_settings", "custom", "forwarded", "managed_config", "policy_config"]

MANAGED: Mapping[str, str] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": "CachingOptimized",
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": "CachingOptimizedForUncompressedObjects",
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": "CachingDisabled",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": "UseOriginCacheControlHeaders",
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": "UseOriginCacheControlHeaders-QueryStrings",
}
"""Ids of AWS's own cache policies, and their names without ``Managed-``."""

_KEEPS_NOTHING = "CachingDisabled"
_AS_ORIGIN_SAYS = (_KEEPS_NOTHING, "UseOriginCacheControlHeaders", "UseOriginCacheControlHeaders-QueryStrings")
_ORIGIN_HEADERS = ("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")
_ALL = Selection(kind="all")
#: AWS's own origin request policies: headers, cookies, query strings.
_REQUEST: Mapping[str, tuple[Selection, Selection, Selection]] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": (_ALL, _ALL, _ALL),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": (Selection(kind="except", names=frozenset({"host"})), _ALL, _ALL),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": (
        Selection(kind="only", names=frozenset({"user-agent", "referer"})),
        Selection(),
        Selection(),
    ),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": (
        Selection(
            kind="only",
            names=frozenset({"origin", "access-control-request-headers", "access-control-request-method"}),
        ),
        Selection(),
        Selection(),
    ),
}
_KINDS = {"none": "none", "all": "all", "allExcept": "except", "whitelist": "only"}


def custom() -> dict[str, dict[str, Any]]:
    """The learner's cache policies by id: ``config``, ``etag``, ``modified``."""
    kept: dict[str, dict[str, Any]] = world().state.setdefault("cache_policies", {})
    return kept


def managed_config(policy: str) -> dict[str, Any]:
    """The configuration of one of AWS's own cache policies, as the API shows it."""
    name = MANAGED[policy]
    from_origin = name.startswith("UseOrigin")
    headers = {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 5, "Items": list(_ORIGIN_HEADERS)}}
    return {
        "Name": f"Managed-{name}",
        "MinTTL": 0 if name in _AS_ORIGIN_SAYS else _ttl_s("minimum", name),
        "DefaultTTL": 0 if name in _AS_ORIGIN_SAYS else _ttl_s("default", name),
        "MaxTTL": 0 if name == _KEEPS_NOTHING else _ttl_s("maximum", name),
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": name not in ("CachingDisabled", "CachingOptimizedForUncompressedObjects"),
            "EnableAcceptEncodingBrotli": name not in ("CachingDisabled", "CachingOptimizedForUncompressedObjects"),
            "HeadersConfig": headers if from_origin else {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "all" if from_origin else "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "all" if name.endswith("QueryStrings") else "none"},
        },
    }


def _ttl_s(which: str, name: str) -> int:
    return int(quota("CloudFront", f"{which} TTL of {name}").value)


def policy_config(policy: str) -> dict[str, Any] | None:
    """The configuration of a cache policy by its id; None where there is none."""
    if policy in MANAGED:
        return managed_config(policy)
    found = custom().get(policy)
    return found["config"] if found is not None else None


def cache_settings(behaviour: Behaviour) -> CacheSettings:
    """How a behaviour keeps answers: by its cache policy, or by its older settings."""
    config = policy_config(behaviour.cache_policy) if behaviour.cache_policy else None
    if config is None:
        return _legacy(behaviour.legacy)
    parts = config.get("ParametersInCacheKeyAndForwardedToOrigin") or {}
    headers, cookies, queries = _selections(parts)
    return CacheSettings(
        min_s=float(config["MinTTL"]),
        default_s=float(_given(config, "DefaultTTL", "default TTL without a cache policy")),
        max_s=float(_given(config, "MaxTTL", "maximum TTL without a cache policy")),
        headers=headers,
        cookies=cookies,
        queries=queries,
    )


def forwarded(behaviour: Behaviour) -> tuple[Selection, ...]:
    """Which headers, cookies and query strings go to the origin beyond those that tell answers apart."""
    return _REQUEST.get(behaviour.request_policy, (Selection(), Selection(), Selection()))


def _given(config: Mapping[str, Any], name: str, otherwise: str) -> float:
    value = config.get(name)
    return quota("CloudFront", otherwise).value if value is None else float(value)


def _selections(parts: Mapping[str, Any]) -> tuple[Selection, Selection, Selection]:
    headers, cookies = parts.get("HeadersConfig") or {}, parts.get("CookiesConfig") or {}
    queries = parts.get("QueryStringsConfig") or {}
    return (
        _selection(headers.get("HeaderBehavior"), [each.lower() for each in items(headers.get("Headers"))]),
        _selection(cookies.get("CookieBehavior"), items(cookies.get("Cookies"))),
        _selection(queries.get("QueryStringBehavior"), items(queries.get("QueryStrings"))),
    )


def _selection(kind: str | None, names: list[str]) -> Selection:
    return Selection(kind=_KINDS[kind or "none"], names=frozenset(names))


def _legacy(told: Mapping[str, Any]) -> CacheSettings:
    values = told.get("ForwardedValues") or {}
    cookies = values.get("Cookies") or {}
    names = [each.lower() for each in items(values.get("Headers"))]
    keys = items(values.get("QueryStringCacheKeys"))
    queries = Selection(kind="only", names=frozenset(keys)) if keys else _ALL
    # All headers to the origin means: keep nothing ("Cache content based on request headers").
    everything = "*" in names
    return CacheSettings(
        min_s=float(told.get("MinTTL") or 0),
        default_s=_given(told, "DefaultTTL", "default TTL without a cache policy"),
        max_s=0.0 if everything else _given(told, "MaxTTL", "maximum TTL without a cache policy"),
        headers=_ALL if everything else Selection(kind="only", names=frozenset(names)),
        cookies=_selection(cookies.get("Forward"), items(cookies.get("WhitelistedNames"))),
        queries=queries if values.get("QueryString") else Selection(),
    )
