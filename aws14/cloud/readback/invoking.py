"""Which APIs may invoke which functions: by the function's resource policy, or by a role of the integration's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.seen import Resource
from aws14.model import Link

_API_GATEWAY = "apigateway.amazonaws.com"
_NONE = ("ResourceNotFoundException",)
_OPERATORS = ("ArnLike", "ArnEquals", "StringLike", "StringEquals")


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of an API with a function behind it.

    Parameters
    ----------
    function : str
        ARN of the function, without a qualifier.
    path : str
        What its source ARN ends with: ``GET/api/users``.
    role : str
        ARN of the role with which the API calls; empty where the function's own policy decides.
    """

    function: str
    path: str
    role: str = ""


def may_invoke(
    asking: Asking, region: str, api_id: str, *, stages: Iterable[str], methods: Iterable[Method]
) -> set[str]:
    """ARNs of the functions that an API may call by all of its methods, in one of its stages at least.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Of the API.
    api_id : str
        As AWS gave it.
    stages : iterable of str
        Names of its stages.
    methods : iterable of Method
        Those with functions behind them.
    """
    named, found = tuple(stages) or ("test-invoke-stage",), tuple(methods)
    allowed = set()
    for function in dict.fromkeys(each.function for each in found):
        patterns = _patterns(asking, region, function)
        account = function.split(":")[4]
        begins = f"arn:aws:execute-api:{region}:{account}:{api_id}"
        mine = [each for each in found if each.function == function]
        if any(all(each.role or _fits(f"{begins}/{stage}/{each.path}", patterns) for each in mine) for stage in named):
            allowed.add(function)
    return allowed


def to_links(source: str, allowed: Iterable[str]) -> Iterator[Link]:
    """From an API to each function that it may invoke."""
    for function in sorted(allowed):
        yield Link(source=source, target=function, kind="allows", label="invoke")


def _fits(arn: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(arn, each) for each in patterns)


def _patterns(asking: Asking, region: str, function: str) -> tuple[str, ...]:
    """From which ARNs API Gateway may invoke a function; ``*`` for a statement without a condition."""
    client, name = asking.client("lambda", region), function.rpartition(":")[2]
    policy = unless(_NONE, lambda: client.get_policy(FunctionName=name), {}).get("Policy") or "{}"
    found: list[str] = []
    for statement in _several(json.loads(policy).get("Statement")):
        if statement.get("Effect") == "Allow" and _is_gateway(statement.get("Principal")):
            found += _sources(statement) or ["*"]
    return tuple(found)


def _is_gateway(principal: Any) -> bool:
    services = principal.get("Service") or principal.get("AWS") if isinstance(principal, dict) else principal
    return bool({_API_GATEWAY, "*"} & set(_several(services)))


def _sources(statement: Resource) -> list[str]:
    conditions = statement.get("Condition", {})
    return [
        str(arn)
        for operator in _OPERATORS
        for key, arns in conditions.get(operator, {}).items()
        for arn in _several(arns)
        if key.lower() == "aws:sourcearn"
    ]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
