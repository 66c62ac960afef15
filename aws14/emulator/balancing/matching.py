"""Rules: which one a request meets first, by priority.

Sources: Application Load Balancer guide, "Rule condition types": host, header values and query are compared without
case, paths with; ``*`` stands for any characters, ``?`` for one; the values of a condition are alternatives, its
conditions all have to hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aws14.emulator.dataplane.answering import Visit

__all__ = ["header", "host_of", "rule_for"]


def rule_for(listener: Any, visit: Visit) -> Any:
    """Moto's rule that a request meets: the first that fits by priority, else the default one.

    Parameters
    ----------
    listener : moto.elbv2.models.FakeListener
        Where the request came in.
    visit : Visit
        The request.
    """
    rules = sorted(listener.rules.values(), key=_order)
    return next(rule for rule in rules if rule.is_default or all(_holds(each, visit) for each in rule.conditions))


def header(visit: Visit, name: str) -> str:
    """The value of a request's header, whatever its case; empty where it has none."""
    return next((value for key, value in visit.headers.items() if key.lower() == name.lower()), "")


def host_of(visit: Visit) -> str:
    """The host that a request names, without its port."""
    return header(visit, "Host").rpartition("@")[2].partition(":")[0].lower()


def _order(rule: Any) -> tuple[bool, int]:
    return rule.is_default, 0 if rule.is_default else int(rule.priority)


def _holds(condition: Mapping[str, Any], visit: Visit) -> bool:
    return _FIELDS[condition["Field"]](condition, visit)


def _values(condition: Mapping[str, Any], config: str) -> list[Any]:
    return list(condition.get(config, {}).get("Values") or condition.get("Values") or [])


def _host(condition: Mapping[str, Any], visit: Visit) -> bool:
    return any(_like(each, host_of(visit)) for each in _values(condition, "HostHeaderConfig"))


def _path(condition: Mapping[str, Any], visit: Visit) -> bool:
    path = urlsplit(visit.path).path or "/"
    return any(_pattern(each, 0).fullmatch(path) for each in _values(condition, "PathPatternConfig"))


def _header(condition: Mapping[str, Any], visit: Visit) -> bool:
    value = header(visit, condition["HttpHeaderConfig"]["HttpHeaderName"])
    return any(_like(each, value) for each in _values(condition, "HttpHeaderConfig"))


def _method(condition: Mapping[str, Any], visit: Visit) -> bool:
    return visit.method in _values(condition, "HttpRequestMethodConfig")


def _query(condition: Mapping[str, Any], visit: Visit) -> bool:
    pairs = parse_qsl(urlsplit(visit.path).query, keep_blank_values=True)
    wanted = [(each.get("Key", "*"), each["Value"]) for each in _values(condition, "QueryStringConfig")]
    return any(_like(name, key) and _like(text, value) for name, text in wanted for key, value in pairs)


def _source(condition: Mapping[str, Any], visit: Visit) -> bool:
    blocks = (ip_network(each, strict=False) for each in _values(condition, "SourceIpConfig"))
    return any(IPv4Address(visit.source) in block for block in blocks if block.version == 4)


_FIELDS: Mapping[str, Callable[[Mapping[str, Any], Visit], bool]] = {
    "host-header": _host,
    "path-pattern": _path,
    "http-header": _header,
    "http-request-method": _method,
    "query-string": _query,
    "source-ip": _source,
}


def _like(pattern: str, value: str) -> bool:
    return _pattern(pattern, re.IGNORECASE).fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(each) or re.escape(each) for each in text), flags | re.DOTALL)
