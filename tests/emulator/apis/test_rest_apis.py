"""A REST API answers at its stages: deployments, paths, mock answers, limits, keys, checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud import explain
from aws14.cloud.process import Emulator
from tests.emulator.apis.conftest import Api, Ask


def test_a_change_is_live_after_the_next_deployment(api: Api, ask: Ask):
    api.mock("/api/health", answer='{"health": "fine"}')
    api.deploy("stg")
    assert ask(api.host, "/stg/api/health").json == {"health": "fine"}
    api.mock("/api/news", answer='{"news": []}')
    assert ask(api.host, "/stg/api/news").status == 403
    api.deploy("stg")
    assert ask(api.host, "/stg/api/news").json == {"news": []}


def test_two_stages_serve_two_deployments(api: Api, ask: Ask):
    where = api.mock("/api/health", answer='{"v": 1}')
    api.deploy("prod")
    api.client.put_integration_response(**where, statusCode="200", responseTemplates={"application/json": '{"v": 2}'})
    api.deploy("stg")
    assert [ask(api.host, f"/{stage}/api/health").json for stage in ("prod", "stg")] == [{"v": 1}, {"v": 2}]


def test_a_new_deployment_keeps_what_the_stage_was_told(api: Api, ask: Ask):
    api.mock("/a")
    api.deploy("stg", variables={"alias": "live"})
    api.patch("stg", **{"/*/*/throttling/rateLimit": "7"})
    api.deploy("stg")
    stage = api.client.get_stage(restApiId=api.id, stageName="stg")
    assert stage["variables"] == {"alias": "live"}
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 7
    assert stage["methodSettings"]["*/*"]["throttlingBurstLimit"] == 5000


def test_a_method_without_an_integration_is_named(api: Api):
    api.mock("/a")
    api.method("/api/news", "GET")
    with pytest.raises(ClientError) as refused:
        api.deploy("stg")
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("BadRequestException", "No integration defined for method")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "put_integration for GET /api/news" in explain(refused.value)


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ({"path": "/*/*/throttling/rateLimit", "value": "abc"}, "Invalid value 'abc'"),
        ({"path": "/*/*/throttling/burstLimit", "value": "1.5"}, "Invalid value '1.5'"),
        ({"path": "/*/*/throttling/rateLimit"}, "Invalid value 'None'"),
        (
            {"path": "/throttling/rateLimit", "value": "5"},
            "Invalid method setting path: /throttling/rateLimit. Must be",
        ),
        ({"path": "/*/*/throttling/rate", "value": "5"}, "Invalid method setting path: /*/*/throttling/rate. Must be"),
        ({"op": "add", "path": "/*/*/throttling/rateLimit", "value": "5"}, "specified for op 'add'"),
        ({"op": "change", "path": "/description", "value": "5"}, "specified for op 'change'"),
        ({"op": "add", "path": "/variables/a", "value": "5"}, "specified for op 'add'"),
    ],
)
def test_a_wrong_change_of_a_stage_changes_nothing(api: Api, patch: dict[str, str], words: str):
    api.mock("/a")
    api.deploy("stg")
    good = {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "5"}
    changes = [good, {"op": "replace", **patch}]
    with pytest.raises(ClientError, match="BadRequestException") as refused:
        api.client.update_stage(restApiId=api.id, stageName="stg", patchOperations=changes)
    assert words in refused.value.response["Error"]["Message"]
    assert api.client.get_stage(restApiId=api.id, stageName="stg")["methodSettings"] == {}


def test_settings_of_a_method_can_be_taken_away(api: Api):
    api.mock("/a")
    api.deploy("stg")
    api.patch("stg", **{"/*/*/throttling/rateLimit": "7"})
    change = [{"op": "remove", "path": "/*/*"}]
    assert api.client.update_stage(restApiId=api.id, stageName="stg", patchOperations=change)["methodSettings"] == {}


def test_a_stage_knows_what_it_is_for_and_when_it_was_made(api: Api, emulator: Emulator):
    api.mock("/a")
    deployment = api.deploy("stg", stageDescription="to try things")
    made = api.client.create_stage(restApiId=api.id, stageName="prod", deploymentId=deployment, description="for all")
    assert made["description"] == "for all"
    emulator.advance(60)
    api.patch("prod", **{"/*/*/throttling/rateLimit": "7"})
    stg, prod = (api.client.get_stage(restApiId=api.id, stageName=each) for each in ("stg", "prod"))
    assert (stg["description"], prod["description"]) == ("to try things", "for all")
    assert prod["createdDate"] == made["createdDate"] and stg["createdDate"] == stg["lastUpdatedDate"]
    assert (prod["lastUpdatedDate"] - prod["createdDate"]).total_seconds() >= 60


@pytest.mark.parametrize("path", ["/stg/nothing", "/stg/api", "/nowhere/api/health", "/"])
def test_what_is_not_there(api: Api, ask: Ask, path: str):
    api.mock("/api/health")
    api.deploy("stg")
    answer = ask(api.host, path)
    assert answer.status == 403
    assert answer.json["message"] in ("Missing Authentication Token", "Forbidden")


def test_a_method_that_is_not_there(api: Api, ask: Ask):
    api.mock("/api/health")
    api.deploy("stg")
    answer = ask(api.host, "/stg/api/health", "DELETE")
    assert (answer.status, answer.json) == (403, {"message": "Missing Authentication Token"})
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_paths_and_their_parameters(api: Api, ask: Ask):
    say = '{"path": "$context.resourcePath", "is": "$input.params(\'id\')$input.params(\'rest\')"}'
    api.mock("/users/me", answer=say)
    api.mock("/users/{id}", answer=say)
    api.mock("/{rest+}", "ANY", answer=say)
    api.deploy("stg")
    found = [ask(api.host, f"/stg{path}").json for path in ("/users/me", "/users/a%20b", "/users/1/cards", "/else")]
    assert found == [
        {"path": "/users/me", "is": ""},
        {"path": "/users/{id}", "is": "a b"},
        {"path": "/{rest+}", "is": "users/1/cards"},
        {"path": "/{rest+}", "is": "else"},
    ]


def test_a_mock_chooses_its_answer_by_the_status(api: Api, ask: Ask):
    where = api.method("/room", "GET")
    template = '#if($input.params("full") == "yes"){"statusCode": 503}#else{"statusCode": 200}#end'
    for status in ("200", "503"):
        api.client.put_method_response(
            **where, statusCode=status, responseParameters={"method.response.header.X-S": True}
        )
    api.client.put_integration(**where, type="MOCK", requestTemplates={"application/json": template})
    api.client.put_integration_response(**where, statusCode="200", responseTemplates={"application/json": "free"})
    api.client.put_integration_response(
        **where,
        statusCode="503",
        selectionPattern="5\\d\\d",
        responseTemplates={"application/json": "full"},
        responseParameters={"method.response.header.X-S": "'late'"},
    )
    api.deploy("stg")
    free, full = ask(api.host, "/stg/room"), ask(api.host, "/stg/room?full=yes")
    assert (free.status, free.raw) == (200, b"free")
    assert (full.status, full.raw, full.headers["X-S"]) == (503, b"full", "late")


def test_a_mock_without_a_status_is_an_error_of_configuration(api: Api, ask: Ask):
    where = api.method("/room")
    api.client.put_integration(**where, type="MOCK")
    api.deploy("stg")
    assert (ask(api.host, "/stg/room").status, ask(api.host, "/stg/room").json["message"]) == (
        500,
        "Internal server error",
    )


def test_cors_by_a_mock(api: Api, ask: Ask):
    where = api.method("/users", "OPTIONS")
    header = "method.response.header.Access-Control-Allow-Origin"
    api.client.put_method_response(**where, statusCode="200", responseParameters={header: True})
    api.client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    api.client.put_integration_response(**where, statusCode="200", responseParameters={header: "'*'"})
    api.deploy("stg")
    answer = ask(api.host, "/stg/users", "OPTIONS", Origin="https://www.example.jp")
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


def test_the_limit_of_a_stage(api: Api, ask: Ask, emulator: Emulator):
    api.mock("/a")
    api.deploy("stg")
    api.patch("stg", **{"/*/*/throttling/rateLimit": "0.01", "/*/*/throttling/burstLimit": "3"})
    answers = [ask(api.host, "/stg/a") for _ in range(5)]
    assert [each.status for each in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].json == {"message": "Too Many Requests"}
    emulator.advance(200)  # two tokens of 0.01 a second
    assert [ask(api.host, "/stg/a").status for _ in range(3)] == [200, 200, 429]


def test_the_limit_of_one_method_is_its_own(api: Api, ask: Ask):
    api.mock("/a")
    api.mock("/b")
    api.deploy("stg")
    api.patch("stg", **{"/~1a/GET/throttling/rateLimit": "0.01", "/~1a/GET/throttling/burstLimit": "1"})
    assert [ask(api.host, path).status for path in ("/stg/a", "/stg/a", "/stg/b", "/stg/b")] == [200, 429, 200, 200]


@pytest.fixture
def keyed(api: Api) -> tuple[Api, dict[str, Any], str]:
    """An API that wants a key, the key, and the plan it is in: 2 a day, no more."""
    api.mock("/api/users", apiKeyRequired=True)
    api.deploy("stg")
    key = api.client.create_api_key(name="app", enabled=True)
    plan = api.client.create_usage_plan(
        name="basic",
        apiStages=[{"apiId": api.id, "stage": "stg"}],
        throttle={"rateLimit": 10, "burstLimit": 10},
        quota={"limit": 2, "period": "DAY"},
    )
    api.client.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    return api, key, plan["id"]


def test_without_a_key_nobody_comes_in(keyed: tuple[Api, dict[str, Any], str], ask: Ask):
    api, key, _ = keyed
    assert ask(api.host, "/stg/api/users").json == {"message": "Forbidden"}
    assert ask(api.host, "/stg/api/users", x_api_key="no such key, but long").status == 403
    assert ask(api.host, "/stg/api/users", x_api_key=key["value"]).status == 200


def test_a_quota_is_used_up_and_comes_back(keyed: tuple[Api, dict[str, Any], str], ask: Ask, emulator: Emulator):
    api, key, plan = keyed
    answers = [ask(api.host, "/stg/api/users", x_api_key=key["value"]) for _ in range(3)]
    assert [each.status for each in answers] == [200, 200, 429]
    assert answers[-1].json == {"message": "Limit Exceeded"}
    from datetime import UTC, datetime

    today = datetime.fromtimestamp(emulator.status()["now"], UTC).date().isoformat()
    used = api.client.get_usage(usagePlanId=plan, startDate=today, endDate=today)
    assert used["items"][key["id"]] == [[2, 0]]
    emulator.advance(24 * 3600)
    assert ask(api.host, "/stg/api/users", x_api_key=key["value"]).status == 200


def test_a_plan_throttles_its_key(keyed: tuple[Api, dict[str, Any], str], ask: Ask):
    api, key, plan = keyed
    changes = [
        {"op": "remove", "path": "/quota"},
        {"op": "replace", "path": "/throttle/burstLimit", "value": "1"},
        {"op": "replace", "path": "/throttle/rateLimit", "value": "0"},
    ]
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=changes)
    assert [ask(api.host, "/stg/api/users", x_api_key=key["value"]).status for _ in range(2)] == [200, 429]


def test_a_body_is_held_to_its_model(api: Api, ask: Ask):
    schema = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    api.client.create_model(restApiId=api.id, name="Member", contentType="application/json", schema=json.dumps(schema))
    check = api.client.create_request_validator(
        restApiId=api.id, name="all", validateRequestBody=True, validateRequestParameters=True
    )
    api.mock(
        "/users",
        "POST",
        requestValidatorId=check["id"],
        requestModels={"application/json": "Member"},
        requestParameters={"method.request.querystring.club": True},
    )
    api.deploy("stg")
    good = ask(api.host, "/stg/users?club=7", "POST", body='{"name": "Aoi"}', Content_Type="application/json")
    nameless = ask(api.host, "/stg/users?club=7", "POST", body='{"age": 3}', Content_Type="application/json")
    broken = ask(api.host, "/stg/users?club=7", "POST", body="{", Content_Type="application/json")
    clubless = ask(api.host, "/stg/users", "POST", body='{"name": "Aoi"}', Content_Type="application/json")
    assert good.status == 200
    assert (nameless.status, nameless.json) == (400, {"message": "Invalid request body"})
    assert broken.status == 400
    assert clubless.json == {"message": "Missing required request parameters: [club]"}


def test_a_policy_keeps_out(api: Api, ask: Ask, aws: Callable[..., Any]):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/stg/GET/secret",
            },
        ],
    }
    closed = Api(aws("apigateway"), policy=json.dumps(policy))
    closed.mock("/open")
    closed.mock("/secret")
    closed.deploy("stg")
    assert ask(closed.host, "/stg/open").status == 200
    refused = ask(closed.host, "/stg/secret")
    assert refused.status == 403
    assert refused.json["Message"].startswith("User: anonymous is not authorized to perform: execute-api:Invoke")
    assert "123456789012" not in refused.body
    del api


def test_iam_wants_a_signature(api: Api, ask: Ask, emulator: Emulator):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    api.mock("/a", auth="AWS_IAM")
    api.deploy("stg")
    assert ask(api.host, "/stg/a").json == {"message": "Missing Authentication Token"}

    def sign(key: str, region: str = "ap-northeast-1") -> dict[str, str]:
        request = AWSRequest("GET", f"https://{api.host}/stg/a")
        SigV4Auth(Credentials(key, emulator.secret_key), "execute-api", region).add_auth(request)
        return {name.replace("-", "_"): value for name, value in request.headers.items()}

    assert ask(api.host, "/stg/a", **sign(emulator.access_key)).status == 200
    assert ask(api.host, "/stg/a", **sign("AKIAIOSFODNN7EXAMPLE")).status == 403
    assert ask(api.host, "/stg/a", **sign(emulator.access_key, "us-east-1")).status == 403


def test_an_api_has_no_door_without_tls(api: Api, emulator: Emulator):
    api.mock("/a")
    api.deploy("stg")
    found = [emulator.connect(api.host, port)["outcome"] for port in (443, 80)]
    assert found == ["open", "timed_out"]
    assert emulator.connect("nosuchapi1.execute-api.ap-northeast-1.amazonaws.com", 443)["outcome"] == "name_not_found"


def test_another_host_name_is_forbidden(api: Api, ask: Ask):
    api.mock("/a")
    api.deploy("stg")
    answer = ask(api.host, "/stg/a", Host="www.example.jp")
    assert answer.status != 200


def test_metrics_count_requests_and_errors(api: Api, ask: Ask, aws: Callable[..., Any], emulator: Emulator):
    from datetime import UTC, datetime

    api.mock("/a")
    api.deploy("stg")
    for path in ("/stg/a", "/stg/a", "/stg/none"):
        ask(api.host, path)
    now = emulator.status()["now"]
    found = {
        name: aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=[{"Name": "ApiName", "Value": "members-api"}, {"Name": "Stage", "Value": "stg"}],
            StartTime=datetime.fromtimestamp(now - 300, UTC),
            EndTime=datetime.fromtimestamp(now + 60, UTC),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        for name in ("Count", "4XXError", "5XXError", "Latency")
    }
    sums = {name: sum(each["Sum"] for each in points) for name, points in found.items()}
    assert (sums["Count"], sums["4XXError"], sums["5XXError"]) == (3, 1, 0)
    assert sums["Latency"] > 0


def test_logs_where_they_are_configured(api: Api, ask: Ask, aws: Callable[..., Any]):
    logs = aws("logs")
    logs.create_log_group(logGroupName="access")
    api.mock("/a")
    api.deploy("stg")
    arn = "arn:aws:logs:ap-northeast-1:123456789012:log-group:access"
    line = "$context.httpMethod $context.resourcePath $context.status"
    api.patch("stg", **{"/accessLogSettings/destinationArn": arn, "/accessLogSettings/format": line})
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set"):
        api.patch("stg", **{"/*/*/logging/loglevel": "INFO"})
    role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": "arn:aws:iam::123456789012:role/logs"}
    api.client.update_account(patchOperations=[role])
    api.patch("stg", **{"/*/*/logging/loglevel": "INFO"})
    ask(api.host, "/stg/a")
    messages = [each["message"] for each in logs.filter_log_events(logGroupName="access")["events"]]
    assert messages == ["GET /a 200"]
    group = f"API-Gateway-Execution-Logs_{api.id}/stg"
    told = " ".join(each["message"] for each in logs.filter_log_events(logGroupName=group)["events"])
    assert "Method completed with status: 200" in told


def test_a_gateway_response_may_be_changed(api: Api, ask: Ask):
    api.client.put_gateway_response(
        restApiId=api.id,
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseTemplates={"application/json": '{"oops": $context.error.messageString}'},
    )
    api.mock("/a")
    api.deploy("stg")
    answer = ask(api.host, "/stg/none")
    assert (answer.status, answer.json) == (404, {"oops": "Missing Authentication Token"})


def test_a_method_is_tried_without_a_deployment(api: Api):
    where = api.mock("/users/{id}", answer='{"id": "$input.params(\'id\')"}')
    told = api.client.test_invoke_method(**where, pathWithQueryString="/users/7")
    assert (told["status"], json.loads(told["body"])) == (200, {"id": "7"})
    assert "Method completed with status: 200" in told["log"]


def code_of(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_refusals_of_the_api(api: Api):
    client, root = api.client, api.resources["/"]
    api.mock("/a")
    here = {"restApiId": api.id}
    resource = api.resource("/a")
    assert code_of(client.create_resource, **here, parentId=root, pathPart="a") == "ConflictException"
    again = {**here, "resourceId": resource, "httpMethod": "GET"}
    assert code_of(client.put_method, **again, authorizationType="NONE") == "ConflictException"
    slow = {**again, "type": "MOCK", "timeoutInMillis": 40_000}
    assert code_of(client.put_integration, **slow) == "BadRequestException"
    assert code_of(client.create_stage, **here, stageName="x", deploymentId="none") == "NotFoundException"
    cognito = {"name": "c", "type": "COGNITO_USER_POOLS", "providerARNs": ["arn:aws:cognito-idp:x:1:userpool/y"]}
    assert code_of(client.create_authorizer, **here, **cognito) == "NotImplemented"


def test_it_outlives_a_save(api: Api, ask: Ask, emulator: Emulator):
    api.mock("/a", answer='{"saved": true}')
    api.deploy("stg")
    emulator.save("apis")
    emulator.reset()
    assert emulator.connect(api.host, 443)["outcome"] == "name_not_found"
    emulator.restore("apis")
    assert ask(api.host, "/stg/a").json == {"saved": True}
