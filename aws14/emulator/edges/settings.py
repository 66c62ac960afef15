"""A distribution's configuration as plain nouns, read from what the API was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aws14.catalog import quota

__all__ = ["Behaviour", "CacheSettings", "ErrorRule", "OriginGroup", "Selection", "Settings", "items", "settings_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which of several named values count.

    Parameters
    ----------
    kind : {'none', 'all', 'only', 'except'}
        How `names` are meant.
    names : frozenset of str
        In lower case for headers.
    """

    kind: str = "none"
    names: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Whether a value of that name counts."""
        if self.kind in ("none", "all"):
            return self.kind == "all"
        return (name in self.names) == (self.kind == "only")


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheSettings:
    """How long answers are kept, s, and what tells them apart."""

    min_s: float
    default_s: float
    max_s: float
    headers: Selection = Selection()
    cookies: Selection = Selection()
    queries: Selection = Selection()


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """What is done with paths of a pattern.

    Parameters
    ----------
    pattern : str
        With ``*`` and ``?``; ``*`` for the default one.
    target : str
        Id of an origin or an origin group.
    viewer : str
        ``allow-all``, ``https-only``, ``redirect-to-https``.
    methods, kept_methods : frozenset of str
        Allowed ones, and those whose answers are kept.
    cache_policy, request_policy : str
        Ids; empty for none.
    legacy : Mapping
        ``ForwardedValues`` and TTLs, where there is no cache policy.
    """

    pattern: str
    target: str
    viewer: str
    methods: frozenset[str]
    kept_methods: frozenset[str]
    cache_policy: str = ""
    request_policy: str = ""
    legacy: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, path: str) -> bool:
        """Whether a path without its query is one of the pattern's; case counts."""
        pattern = self.pattern if self.pattern.startswith(("/", "*")) else f"/{self.pattern}"
        return fnmatchcase(path, pattern.replace("[", "[[]"))


@dataclass(frozen=True, slots=True)
class OriginGroup:
    """Two origins: the second is asked where the first fails with one of the codes, or not at all."""

    members: tuple[str, ...]
    codes: frozenset[int]


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """What is shown for an error of the origin: a page, under which status; how long it is kept at the least, s."""

    page: str
    status: int
    min_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A distribution.

    Parameters
    ----------
    enabled : bool
        Whether it answers.
    aliases : tuple of str
        Names of the learner's own.
    certificate : str
        ARN; empty for CloudFront's.
    root : str
        Object that stands for the root; empty for none.
    behaviours : tuple of Behaviour
        In order, the default one last.
    origins : Mapping
        As the API was given them, by id.
    groups : Mapping
        By id.
    errors : Mapping
        By status.
    """

    enabled: bool
    aliases: tuple[str, ...]
    certificate: str
    root: str
    behaviours: tuple[Behaviour, ...]
    origins: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, OriginGroup]
    errors: Mapping[int, ErrorRule]

    def behaviour(self, path: str) -> Behaviour:
        """The first behaviour whose pattern a path fits."""
        return next(each for each in self.behaviours if each.fits(path))


def items(given: Any) -> list[Any]:
    """The members of one of CloudFront's lists, which come with their number and may be left out."""
    return list((given or {}).get("Items") or ())


def settings_of(config: Mapping[str, Any]) -> Settings:
    """Read a ``DistributionConfig``."""
    default = {**config["DefaultCacheBehavior"], "PathPattern": "*"}
    viewer = config.get("ViewerCertificate") or {}
    return Settings(
        enabled=bool(config.get("Enabled")),
        aliases=tuple(each.lower() for each in items(config.get("Aliases"))),
        certificate=viewer.get("ACMCertificateArn") or "",
        root=config.get("DefaultRootObject") or "",
        behaviours=tuple(_behaviour(each) for each in (*items(config.get("CacheBehaviors")), default)),
        origins={each["Id"]: each for each in items(config["Origins"])},
        groups={each["Id"]: _group(each) for each in items(config.get("OriginGroups"))},
        errors={int(each["ErrorCode"]): _error(each) for each in items(config.get("CustomErrorResponses"))},
    )


def _behaviour(told: Mapping[str, Any]) -> Behaviour:
    methods = told.get("AllowedMethods") or {}
    return Behaviour(
        pattern=told["PathPattern"],
        target=told["TargetOriginId"],
        viewer=told["ViewerProtocolPolicy"],
        methods=frozenset(items(methods) or ("GET", "HEAD")),
        kept_methods=frozenset(items(methods.get("CachedMethods")) or ("GET", "HEAD")),
        cache_policy=told.get("CachePolicyId") or "",
        request_policy=told.get("OriginRequestPolicyId") or "",
        legacy={name: told.get(name) for name in ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")},
    )


def _group(told: Mapping[str, Any]) -> OriginGroup:
    codes = items((told.get("FailoverCriteria") or {}).get("StatusCodes"))
    return OriginGroup(tuple(each["OriginId"] for each in items(told["Members"])), frozenset(map(int, codes)))


def _error(told: Mapping[str, Any]) -> ErrorRule:
    code, least = told.get("ResponseCode"), told.get("ErrorCachingMinTTL")
    return ErrorRule(
        told.get("ResponsePagePath") or "",
        int(code) if code else int(told["ErrorCode"]),
        quota("CloudFront", "error caching minimum TTL").value if least is None else float(least),
    )
