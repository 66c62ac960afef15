"""HTTP APIs and function URLs answer: routes, stages, formats, CORS, limits, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.apis.conftest import ACCOUNT, REGION, Ask, allow

ECHO = """
import json

def handler(event, context):
    if event.get("rawPath", "").endswith("/broken"):
        raise ValueError("broken")
    return {"route": event.get("routeKey"), "event": event}
"""
PROXY = """
def handler(event, context):
    return {"statusCode": 202, "cookies": ["a=1", "b=2"], "body": event["version"]}
"""

Make = Callable[..., str]


@pytest.fixture
def client(clean_emulator: Emulator, aws: Callable[..., Any]) -> Any:
    del clean_emulator
    return aws("apigatewayv2")


def build(client: Any, arn: str, *routes: str, version: str = "2.0", **more: Any) -> tuple[str, str]:
    """An HTTP API with a stage $default; its id and name."""
    key = client.create_api(Name="members-http", ProtocolType="HTTP", **more)["ApiId"]
    made = client.create_integration(
        ApiId=key, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion=version
    )
    for route in routes:
        client.create_route(ApiId=key, RouteKey=route, Target=f"integrations/{made['IntegrationId']}")
    client.create_stage(ApiId=key, StageName="$default", AutoDeploy=True)
    return key, f"{key}.execute-api.{REGION}.amazonaws.com"


def test_routes_go_from_the_nearest_to_the_default(client: Any, ask: Ask, function: Make):
    routes = ("GET /users/me", "GET /users/{id}", "ANY /users/{id}", "ANY /{rest+}")
    _, host = build(client, function(ECHO), *routes)
    asked = [("GET", "/users/me"), ("GET", "/users/7"), ("POST", "/users/7"), ("GET", "/users/7/x")]
    assert [ask(host, path, verb).json["route"] for verb, path in asked] == list(routes)


def test_the_event_of_format_2(client: Any, ask: Ask, function: Make):
    _, host = build(client, function(ECHO), "POST /users/{id}")
    event = ask(host, "/users/7?a=1&a=2", "POST", body="hi", Cookie="x=1; y=2", X_Big="A").json["event"]
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/users/7", "a=1&a=2")
    assert event["queryStringParameters"] == {"a": "1,2"}
    assert (event["pathParameters"], event["cookies"]) == ({"id": "7"}, ["x=1", "y=2"])
    assert event["headers"]["x-big"] == "A"
    assert "cookie" not in event["headers"]
    assert event["requestContext"]["http"]["method"] == "POST"


def test_a_whole_answer_and_format_1(client: Any, ask: Ask, function: Make):
    _, host = build(client, function(PROXY), "$default", version="1.0")
    answer = ask(host, "/")
    assert (answer.status, answer.raw) == (202, b"1.0")
    _, host = build(client, function(PROXY, name="second"), "$default")
    assert ask(host, "/").raw == b"2.0"


def test_what_is_not_there_and_what_fails(client: Any, ask: Ask, function: Make, aws: Callable[..., Any]):
    _, host = build(client, function(ECHO), "GET /users", "GET /broken")
    assert (ask(host, "/none").status, ask(host, "/none").json) == (404, {"message": "Not Found"})
    assert ask(host, "/users", "DELETE").status == 404
    assert (ask(host, "/broken").status, ask(host, "/broken").json) == (500, {"message": "Internal Server Error"})
    aws("lambda").put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=0)
    assert (ask(host, "/users").status, ask(host, "/users").json) == (503, {"message": "Service Unavailable"})


def test_a_permission_is_for_one_route(client: Any, ask: Ask, function: Make, aws: Callable[..., Any]):
    key, host = build(client, function(ECHO, permit=False), "GET /users", "GET /other")
    allow(aws("lambda"), "members", SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{key}/*/*/users")
    assert [ask(host, path).status for path in ("/users", "/other")] == [200, 500]


def test_a_stage_serves_its_deployment(client: Any, ask: Ask, function: Make):
    key, host = build(client, function(ECHO), "GET /users")
    client.create_stage(ApiId=key, StageName="prod")
    assert ask(host, "/prod/users").status == 404
    made = client.create_deployment(ApiId=key, StageName="prod")
    assert ask(host, "/prod/users").json["event"]["requestContext"]["stage"] == "prod"
    target = client.get_routes(ApiId=key)["Items"][0]["Target"]
    client.create_route(ApiId=key, RouteKey="GET /new", Target=target)
    assert [ask(host, path).status for path in ("/prod/new", "/new")] == [404, 200]
    assert [each["DeploymentId"] for each in client.get_deployments(ApiId=key)["Items"]] == [made["DeploymentId"]]


def test_browsers_of_other_origins(client: Any, ask: Ask, function: Make):
    config = {"AllowOrigins": ["https://www.example.jp"], "AllowMethods": ["GET", "POST"], "MaxAge": 60}
    _, host = build(client, function(ECHO), "GET /users", CorsConfiguration=config)
    asks = {"Origin": "https://www.example.jp", "Access_Control_Request_Method": "GET"}
    preflight = ask(host, "/users", "OPTIONS", **asks)
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "GET,POST")
    answer = ask(host, "/users", Origin="https://www.example.jp")
    assert answer.headers["access-control-allow-origin"] == "https://www.example.jp"
    assert "access-control-allow-origin" not in ask(host, "/users", Origin="https://evil.example").headers


def test_a_route_is_throttled(client: Any, ask: Ask, function: Make):
    key, host = build(client, function(ECHO), "GET /users")
    limits = {"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 2}
    client.update_stage(ApiId=key, StageName="$default", DefaultRouteSettings=limits)
    answers = [ask(host, "/users") for _ in range(3)]
    assert [each.status for each in answers] == [200, 200, 429]


def test_quick_creation(client: Any, ask: Ask, function: Make):
    made = client.create_api(Name="quick", ProtocolType="HTTP", Target=function(ECHO))
    assert ask(made["ApiEndpoint"].removeprefix("https://"), "/any/thing").json["route"] == "$default"


def test_refusals(client: Any):
    key = client.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    client.create_route(ApiId=key, RouteKey="GET /a")
    with pytest.raises(ClientError) as again:
        client.create_route(ApiId=key, RouteKey="GET /a")
    assert again.value.response["Error"]["Code"] == "ConflictException"
    with pytest.raises(ClientError) as jwt:
        client.create_authorizer(
            ApiId=key, AuthorizerType="JWT", Name="j", IdentitySource=["$request.header.Authorization"]
        )
    assert jwt.value.response["Error"]["Code"] == "NotImplemented"


def url_of(client: Any, auth: str, *, permit: bool, **more: Any) -> str:
    url = str(client.create_function_url_config(FunctionName="members", AuthType=auth, **more)["FunctionUrl"])
    if permit:
        client.add_permission(
            FunctionName="members",
            StatementId="url",
            Action="lambda:InvokeFunctionUrl",
            Principal="*",
            FunctionUrlAuthType="NONE",
        )
    return url


def test_a_function_url_answers(client: Any, ask: Ask, function: Make, aws: Callable[..., Any]):
    del client
    function(ECHO)
    url = url_of(aws("lambda"), "NONE", permit=True)
    assert url.startswith("https://")
    assert url.endswith(f".lambda-url.{REGION}.on.aws/")
    host = url.removeprefix("https://").rstrip("/")
    event = ask(host, "/a/b?x=1", "PUT", body="{}", Content_Type="application/json").json["event"]
    assert (event["rawPath"], event["routeKey"], event["body"]) == ("/a/b", "$default", "{}")
    assert event["requestContext"]["accountId"] == "anonymous"
    assert ask(host, "/broken").status == 502
    aws("lambda").put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=0)
    assert ask(host, "/").status == 429


def test_a_function_url_is_closed_without_a_permission(client: Any, ask: Ask, function: Make, aws: Callable[..., Any]):
    del client
    function(ECHO)
    host = url_of(aws("lambda"), "NONE", permit=False).removeprefix("https://").rstrip("/")
    assert ask(host, "/").status == 403
    aws("lambda").update_function_url_config(FunctionName="members", AuthType="AWS_IAM")
    assert ask(host, "/").json["Message"].startswith("Forbidden")
    with pytest.raises(ClientError, match="FunctionUrlConfig exists"):
        aws("lambda").create_function_url_config(FunctionName="members", AuthType="NONE")


def test_a_url_goes_with_its_configuration(client: Any, function: Make, aws: Callable[..., Any], emulator: Emulator):
    del client
    function(ECHO)
    host = url_of(aws("lambda"), "NONE", permit=True).removeprefix("https://").rstrip("/")
    assert emulator.connect(host, 443)["outcome"] == "open"
    aws("lambda").delete_function_url_config(FunctionName="members")
    assert emulator.connect(host, 443)["outcome"] == "name_not_found"
