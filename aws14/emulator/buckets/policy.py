"""Bucket policies: what they say to a caller, and whether they are public.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators"; S3 user guide,
"The meaning of public".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any, Literal

__all__ = ["ANYBODY", "Caller", "Verdict", "applies", "is_about", "is_policy", "is_public", "verdict"]

Verdict = Literal["allow", "deny", ""]
#: Keys whose fixed values make a statement for everybody one for somebody.
_NARROWING = frozenset(
    {
        "aws:sourceip",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:principalorgid",
        "aws:principalaccount",
        "aws:principalarn",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who asks S3.

    Parameters
    ----------
    kind : {'anybody', 'service', 'account'}
        Nobody in particular; a service of AWS; a principal of the bucket's own account.
    service : str
        ``cloudfront.amazonaws.com``.
    facts : Mapping of str to str
        Condition keys in lower case, and their values: ``aws:sourceip``, ``aws:securetransport``.
    """

    kind: Literal["anybody", "service", "account"] = "anybody"
    service: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


ANYBODY = Caller()


def is_policy(text: bytes | str) -> bool:
    """Whether `text` is a policy at all."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    statements = _many(found.get("Statement")) if isinstance(found, dict) else []
    return bool(statements) and all(
        isinstance(each, dict) and each.get("Effect") in ("Allow", "Deny") and {"Principal", "NotPrincipal"} & set(each)
        for each in statements
    )


def is_about(policy: bytes | str, bucket: str) -> bool:
    """Whether all resources that a policy names are the bucket or objects in it; a statement names one at least.

    Parameters
    ----------
    policy : bytes or str
        JSON.
    bucket : str
        Name of the bucket that the policy is for.
    """
    named = [_many(each.get("Resource", each.get("NotResource"))) for each in _statements(policy)]
    own = f"arn:aws:s3:::{bucket}"
    return all(named) and all(_like(own, str(each).partition("/")[0]) for resources in named for each in resources)


def verdict(policy: bytes | str | None, caller: Caller, action: str, resource: str) -> Verdict:
    """What a bucket policy says: ``deny`` goes before ``allow``; empty where it says nothing.

    Parameters
    ----------
    policy : bytes or str or None
        JSON.
    caller : Caller
        Who asks.
    action, resource : str
        ``s3:GetObject``, ``arn:aws:s3:::bucket/key``.
    """
    said: Verdict = ""
    for statement in _statements(policy):
        if _speaks(statement, caller, action, resource):
            if statement["Effect"] == "Deny":
                return "deny"
            said = "allow"
    return said


def is_public(policy: bytes | str | None) -> bool:
    """Whether a statement lets everybody in, without a condition that narrows it to somebody."""
    return any(
        each["Effect"] == "Allow" and _is_everybody(each.get("Principal")) and not _is_narrowed(each)
        for each in _statements(policy)
    )


def _statements(policy: bytes | str | None) -> Iterator[dict[str, Any]]:
    if policy and is_policy(policy):
        yield from _many(json.loads(policy)["Statement"])


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_everybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, dict) and "*" in _many(principal.get("AWS")))


def _is_narrowed(statement: Mapping[str, Any]) -> bool:
    for operator, keys in (statement.get("Condition") or {}).items():
        if operator.removesuffix("IfExists") not in _TESTS or "Not" in operator:
            continue
        for key, values in keys.items():
            fixed = all("*" not in str(value) and str(value) != "0.0.0.0/0" for value in _many(values))
            if key.lower() in _NARROWING and (fixed or key.lower() in ("aws:sourcearn", "aws:principalarn")):
                return True
    return False


def _speaks(statement: Mapping[str, Any], caller: Caller, action: str, resource: str) -> bool:
    return _is_meant(statement, caller) and applies(statement, caller, action, resource)


def applies(statement: Mapping[str, Any], caller: Caller, action: str, resource: str) -> bool:
    """Whether a statement is about an action on a resource, and its conditions hold, whoever its principal is."""
    return (
        _fits(statement, "Action", action, fold=True)
        and _fits(statement, "Resource", resource)
        and _holds(statement, caller)
    )


def _is_meant(statement: Mapping[str, Any], caller: Caller) -> bool:
    if "NotPrincipal" in statement:
        return caller.kind == "anybody"
    principal = statement.get("Principal")
    if _is_everybody(principal):
        return True
    if not isinstance(principal, dict):
        return False
    if caller.kind == "service":
        return caller.service in _many(principal.get("Service"))
    return caller.kind == "account" and bool(_many(principal.get("AWS")))


def _fits(statement: Mapping[str, Any], name: str, value: str, *, fold: bool = False) -> bool:
    negated = f"Not{name}" in statement
    patterns = (str(each) for each in _many(statement.get(f"Not{name}" if negated else name)))
    found = any(_like(value.lower() if fold else value, each.lower() if fold else each) for each in patterns)
    return found != negated


def _like(value: str, pattern: str) -> bool:
    # Only * and ? are special in a policy; fnmatch knows brackets, too.
    return fnmatchcase(value, pattern.replace("[", "[[]"))


@dataclass(frozen=True, slots=True)
class _Condition:
    """One key of a statement's conditions."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, caller: Caller, *, allows: bool) -> bool:
        """Whether it is met; `allows` says what the statement does."""
        if self.operator == "Null":
            return (self.key not in caller.facts) == (self.values[0].lower() == "true")
        bare = self.operator.removesuffix("IfExists")
        test = _TESTS.get(bare)
        if test is None:
            return not allows  # what is not understood lets nobody in
        if self.key not in caller.facts:
            return self.operator != bare or ("Not" in bare and caller.kind != "account")
        found = any(test(caller.facts[self.key], value) for value in self.values)
        return found != ("Not" in bare)


def _holds(statement: Mapping[str, Any], caller: Caller) -> bool:
    conditions = (
        _Condition(operator, key.lower(), tuple(str(each) for each in _many(values)))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    )
    return all(each.holds(caller, allows=statement["Effect"] == "Allow") for each in conditions)


def _in_block(address: str, block: str) -> bool:
    try:
        return ip_address(address) in ip_network(block, strict=False)
    except ValueError:
        return False


def _alike(given: str, wanted: str) -> bool:
    return given.lower() == wanted.lower()


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringNotEquals": str.__eq__,
    "StringEqualsIgnoreCase": _alike,
    "StringLike": _like,
    "StringNotLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "ArnNotEquals": _like,
    "ArnNotLike": _like,
    "IpAddress": _in_block,
    "NotIpAddress": _in_block,
    "Bool": _alike,
}
