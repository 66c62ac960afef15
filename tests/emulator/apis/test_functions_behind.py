"""Functions behind REST APIs: events, answers, errors, time-outs, permissions, authorizers; on real workers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.apis.conftest import Api, Ask, allow

ECHO = """
import json

def handler(event, context):
    return {"statusCode": 201, "headers": {"X-By": context.function_name}, "body": json.dumps(event)}
"""
ERRORS = """
import time

def handler(event, context):
    kind = event["pathParameters"]["kind"]
    if kind == "raises":
        raise ValueError("the table is not there")
    if kind == "sleeps":
        time.sleep(2)
    return {"text": "plain"} if kind == "text" else {"statusCode": 200, "body": {"a": 1}} if kind == "object" else kind
"""
PICTURE = """
def handler(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "image/png"}, "body": event["body"], "isBase64Encoded": True}
"""
REPORT = """
def handler(event, context):
    if event.get("who") == "nobody":
        raise KeyError("no such member")
    return {"hello": event.get("who"), "stage": event.get("stage")}
"""
GUARD = """
def handler(event, context):
    token = event["authorizationToken"]
    if token == "gone":
        raise Exception("Unauthorized")
    effect = "Allow" if token == "let me in" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {"principalId": "aoi", "policyDocument": {"Statement": [statement]}, "context": {"club": "shibuya"}}
"""

Make = Callable[..., str]


def test_a_function_gets_the_event_and_gives_the_answer(api: Api, ask: Ask, function: Make):
    api.function("/api/users/{id}", "POST", function(ECHO))
    api.deploy("stg", variables={"table": "members"})
    answer = ask(api.host, "/stg/api/users/a%20b?x=1&x=2&y=", "POST", body='{"n": "青"}'.encode(), X_Club="7")
    event = answer.json
    assert (answer.status, answer.headers["X-By"], answer.headers["Content-Type"]) == (
        201,
        "members",
        "application/json",
    )
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/api/users/{id}", "/api/users/a%20b", "POST")
    assert event["pathParameters"] == {"id": "a b"}
    assert event["queryStringParameters"] == {"x": "2", "y": ""}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": [""]}
    assert (event["headers"]["X-Club"], event["multiValueHeaders"]["X-Club"]) == ("7", ["7"])
    assert event["headers"]["X-Forwarded-Proto"] == "https"
    assert event["stageVariables"] == {"table": "members"}
    assert (json.loads(event["body"]), event["isBase64Encoded"]) == ({"n": "青"}, False)
    context = event["requestContext"]
    assert (context["stage"], context["path"], context["apiId"]) == ("stg", "/stg/api/users/a%20b", api.id)
    assert context["domainName"] == api.host
    assert context["requestId"] == answer.headers["x-amzn-RequestId"]


def test_what_is_empty_is_null(api: Api, ask: Ask, function: Make):
    api.function("/bare", "ANY", function(ECHO))
    api.deploy("stg")
    event = ask(api.host, "/stg/bare", "PATCH").json
    names = ("body", "queryStringParameters", "pathParameters", "stageVariables")
    assert {name: event[name] for name in names} == dict.fromkeys(names)
    assert event["httpMethod"] == "PATCH"


def test_what_is_no_answer_is_a_502(api: Api, ask: Ask, function: Make):
    api.function("/{kind}", "GET", function(ERRORS))
    api.deploy("stg")
    for kind in ("raises", "text", "object", "string"):
        answer = ask(api.host, f"/stg/{kind}")
        assert (answer.status, answer.json) == (502, {"message": "Internal server error"}), kind


def test_a_late_function_is_a_504_and_goes_on(api: Api, ask: Ask, function: Make):
    api.function("/{kind}", "GET", function(ERRORS), timeoutInMillis=400)
    api.deploy("stg")
    answer = ask(api.host, "/stg/sleeps")
    assert (answer.status, answer.json) == (504, {"message": "Endpoint request timed out"})


def test_a_function_without_permission_is_a_500(api: Api, ask: Ask, function: Make, aws: Callable[..., Any]):
    api.function("/users", "GET", function(ECHO, permit=False))
    api.deploy("stg")
    assert (ask(api.host, "/stg/users").status, ask(api.host, "/stg/users").json["message"]) == (
        500,
        "Internal server error",
    )
    other = "arn:aws:execute-api:ap-northeast-1:123456789012:otherapi00/*/GET/users"
    allow(aws("lambda"), "members", SourceArn=other)
    assert ask(api.host, "/stg/users").status == 500
    aws("lambda").remove_permission(FunctionName="members", StatementId="api")
    mine = f"arn:aws:execute-api:ap-northeast-1:123456789012:{api.id}/*/GET/users"
    allow(aws("lambda"), "members", SourceArn=mine)
    assert ask(api.host, "/stg/users").status == 201


def test_a_stage_variable_chooses_the_alias(api: Api, ask: Ask, function: Make, aws: Callable[..., Any]):
    client = aws("lambda")
    arn = function("def handler(event, context):\n    return {'statusCode': 200, 'body': context.function_version}\n")
    version = client.publish_version(FunctionName="members")["Version"]
    client.create_alias(FunctionName="members", Name="live", FunctionVersion=version)
    allow(client, "members", Qualifier="live")
    api.function("/v", "GET", arn + ":${stageVariables.alias}")
    api.deploy("prod", variables={"alias": "live"})
    api.deploy("stg", variables={"alias": "$LATEST"})
    assert ask(api.host, "/prod/v").raw == version.encode()


def test_a_throttled_function_is_an_error_of_the_server(api: Api, ask: Ask, function: Make, aws: Callable[..., Any]):
    api.function("/users", "GET", function(ECHO))
    api.deploy("stg")
    aws("lambda").put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=0)
    answer = ask(api.host, "/stg/users")
    assert (answer.status, answer.json) == (500, {"message": "Internal server error"})


def test_binary_media_types(clean_emulator: Emulator, aws: Callable[..., Any], ask: Ask, function: Make):
    del clean_emulator
    api = Api(aws("apigateway"), binaryMediaTypes=["image/png"])
    api.function("/picture", "POST", function(PICTURE))
    api.deploy("stg")
    picture = bytes(range(256))
    raw = ask(api.host, "/stg/picture", "POST", body=picture, Content_Type="image/png", Accept="image/png")
    assert (raw.raw, raw.headers["Content-Type"]) == (picture, "image/png")
    coded = ask(api.host, "/stg/picture", "POST", body=picture, Content_Type="image/png", Accept="text/html")
    assert coded.raw == b64encode(picture)


def test_templates_before_and_behind_a_function(api: Api, ask: Ask, function: Make):
    where = api.method("/hello/{who}")
    template = '{"who": "$input.params(\'who\')", "stage": "$context.stage"}'
    api.invokes(where, function(REPORT), kind="AWS", requestTemplates={"application/json": template})
    for status in ("200", "404"):
        api.client.put_method_response(**where, statusCode=status)
    said = {"application/json": "{\"text\": \"hello $input.path('$.hello') on $input.path('$.stage')\"}"}
    api.client.put_integration_response(**where, statusCode="200", responseTemplates=said)
    api.client.put_integration_response(
        **where,
        statusCode="404",
        selectionPattern=".*no such member.*",
        responseTemplates={"application/json": "{\"error\": $input.json('$.errorMessage')}"},
    )
    api.deploy("stg")
    assert ask(api.host, "/stg/hello/aoi").json == {"text": "hello aoi on stg"}
    missing = ask(api.host, "/stg/hello/nobody")
    assert (missing.status, missing.json) == (404, {"error": "'no such member'"})


def test_an_authorizer_lets_in_and_keeps_out(api: Api, ask: Ask, function: Make):
    guard = function(GUARD, name="guard")
    uri = f"arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/{guard}/invocations"
    made = api.client.create_authorizer(
        restApiId=api.id,
        name="guard",
        type="TOKEN",
        authorizerUri=uri,
        identitySource="method.request.header.Authorization",
    )
    where = api.method("/users", auth="CUSTOM", authorizerId=made["id"])
    api.invokes(where, function(ECHO))
    api.deploy("stg")
    assert ask(api.host, "/stg/users").json == {"message": "Unauthorized"}
    assert ask(api.host, "/stg/users", Authorization="gone").status == 401
    denied = ask(api.host, "/stg/users", Authorization="who knows")
    assert (denied.status, denied.json) == (
        403,
        {"Message": "User is not authorized to access this resource with an explicit deny"},
    )
    allowed = ask(api.host, "/stg/users", Authorization="let me in")
    assert allowed.json["requestContext"]["authorizer"]["club"] == "shibuya"


@pytest.mark.parametrize("verb", ["GET", "PUT"])
def test_a_function_is_invoked_with_post(api: Api, ask: Ask, function: Make, verb: str):
    where = api.method("/users")
    uri = f"arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/{function(ECHO)}/invocations"
    api.client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod=verb, uri=uri)
    api.deploy("stg")
    assert ask(api.host, "/stg/users").status == 500


def test_the_world_is_not_held_while_a_function_runs(api: Api, ask: Ask, function: Make, aws: Callable[..., Any]):
    code = """
import os, boto3

def handler(event, context):
    names = boto3.client("dynamodb").list_tables()["TableNames"]
    return {"statusCode": 200, "body": ",".join(names)}
"""
    aws("dynamodb").create_table(
        TableName="members",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    api.function("/tables", "GET", function(code))
    api.deploy("stg")
    assert ask(api.host, "/stg/tables").raw == b"members"
