"""Which APIs may invoke a function: every form that a resource policy takes, and those that say nothing."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.readback.invoking import Method, may_invoke

REGION, API = "ap-northeast-1", "a1b2c3"
FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:members"
SOURCE = f"arn:aws:execute-api:{REGION}:123456789012"
METHODS = (Method(function=FUNCTION, path="GET/api/users"), Method(function=FUNCTION, path="GET/api/users/{id}"))


def asked(*statements: dict[str, Any], methods: tuple[Method, ...] = METHODS) -> bool:
    """Whether the API may call the function under a policy of these statements."""

    def get_policy(**named: str) -> dict[str, str]:
        assert named == {"FunctionName": "members"}
        if not statements:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, "GetPolicy")
        return {"Policy": json.dumps({"Statement": list(statements)})}

    asking: Any = SimpleNamespace(client=lambda *_: SimpleNamespace(get_policy=get_policy))
    return may_invoke(asking, REGION, API, stages=("stg", "prod"), methods=methods) == {FUNCTION}


def allows(
    source: str | None, *, principal: Any = None, operator: str = "ArnLike", effect: str = "Allow"
) -> dict[str, Any]:
    """A statement as `add_permission` writes it."""
    made: dict[str, Any] = {"Effect": effect, "Principal": principal or {"Service": "apigateway.amazonaws.com"}}
    return made | ({"Condition": {operator: {"AWS:SourceArn": source}}} if source else {})


@pytest.mark.parametrize(
    "statement",
    [
        allows(f"{SOURCE}:{API}/*/*/api/users*"),
        allows(f"{SOURCE}:{API}/prod/GET/*"),
        allows(f"{SOURCE}:*"),
        allows(None),
        allows(None, principal="*"),
        allows(f"{SOURCE}:{API}/*", operator="StringLike"),
    ],
)
def test_a_statement_that_fits_allows(statement):
    assert asked(statement)


@pytest.mark.parametrize(
    "statement",
    [
        allows(f"{SOURCE}:another/*"),
        allows(f"{SOURCE}:{API}/dev/*"),
        allows(f"{SOURCE}:{API}/*/POST/*"),
        allows(f"{SOURCE}:{API}/*/GET/api/users"),
        allows(None, principal={"Service": "s3.amazonaws.com"}),
        allows(None, effect="Deny"),
    ],
)
def test_a_statement_that_does_not_fit_all_methods_allows_nothing(statement):
    assert not asked(statement)


def test_two_statements_add_up_and_none_allows_nothing():
    first, second = allows(f"{SOURCE}:{API}/*/GET/api/users"), allows(f"{SOURCE}:{API}/*/GET/api/users/*")
    assert asked(first, second)
    assert not asked()


def test_a_role_of_the_integration_needs_no_policy():
    role = "arn:aws:iam::123456789012:role/caller"
    assert asked(methods=(Method(function=FUNCTION, path="GET/api/users", role=role),))
