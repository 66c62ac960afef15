"""APIs through a course session: built once however often a cell runs, tagged, read back, deleted to nothing."""

from __future__ import annotations

import json
from typing import Any

from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.model.kinds import ATTRIBUTES
from tests.emulator.apis.conftest import TRUST, package

ARN = "arn:aws:lambda:ap-northeast-1:123456789012:function:members"
URI = f"arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/{ARN}:live/invocations"


def build(session: Session) -> str:
    """What the lesson's cells make of a REST API; its id."""
    client = session.client("apigateway")
    made = client.create_rest_api(name="members-api", endpointConfiguration={"types": ["REGIONAL"]})
    here = {"restApiId": made["id"]}
    above = client.create_resource(**here, parentId=made["rootResourceId"], pathPart="api")["id"]
    users = client.create_resource(**here, parentId=above, pathPart="users")["id"]
    where = {**here, "resourceId": users, "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE", apiKeyRequired=True)
    client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=URI, timeoutInMillis=5000)
    health = {**here, "resourceId": above, "httpMethod": "GET"}
    client.put_method(**health, authorizationType="NONE")
    client.put_method_response(**health, statusCode="200")
    client.put_integration(**health, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_integration_response(**health, statusCode="200")
    deployment = client.create_deployment(**here)["id"]
    for stage in ("stg", "prod"):
        client.create_stage(**here, stageName=stage, deploymentId=deployment, variables={"alias": "live"})
    limits = [
        {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "100"},
        {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "200"},
    ]
    client.update_stage(**here, stageName="prod", patchOperations=limits)
    key = client.create_api_key(name="app", enabled=True)["id"]
    plan = client.create_usage_plan(name="basic", apiStages=[{"apiId": made["id"], "stage": "prod"}])["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    return str(made["id"])


def build_http(session: Session) -> str:
    """An HTTP API; its id."""
    client = session.client("apigatewayv2")
    key = client.create_api(Name="members-http", ProtocolType="HTTP")["ApiId"]
    behind = client.create_integration(
        ApiId=key, IntegrationType="AWS_PROXY", IntegrationUri=ARN, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    client.create_route(ApiId=key, RouteKey="GET /users/{id}", Target=f"integrations/{behind}")
    settings = {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}
    client.create_stage(ApiId=key, StageName="$default", AutoDeploy=True, DefaultRouteSettings=settings)
    return str(key)


def test_cells_may_run_twice(session: Session, said: list[str]):
    first = build(session), build_http(session)
    counts = _counts(session)
    said.clear()
    assert (build(session), build_http(session)) == first
    assert _counts(session) == counts
    built = [line for line in said if line.startswith("already built")]
    # 1 API, 2 resources, 2 methods, 1 response, 2 stages, a key, a plan, a plan's key; 1 API, its parts.
    assert len(built) == 11 + 4


def _counts(session: Session) -> dict[str, int]:
    rest, http = session.client("apigateway"), session.client("apigatewayv2")
    api, other = rest.get_rest_apis()["items"][0]["id"], http.get_apis()["Items"][0]["ApiId"]
    return {
        "apis": len(rest.get_rest_apis()["items"]),
        "resources": len(rest.get_resources(restApiId=api)["items"]),
        "keys": len(rest.get_api_keys()["items"]),
        "plans": len(rest.get_usage_plans()["items"]),
        "http": len(http.get_apis()["Items"]),
        "routes": len(http.get_routes(ApiId=other)["Items"]),
    }


def test_what_is_made_is_tagged(session: Session):
    api, other = build(session), build_http(session)
    rest = session.client("apigateway")
    assert rest.get_rest_api(restApiId=api)["tags"]["aws14:pattern"] == "p01"
    assert rest.get_stage(restApiId=api, stageName="stg")["tags"]["aws14:pattern"] == "p01"
    assert session.client("apigatewayv2").get_api(ApiId=other)["Tags"]["aws14:pattern"] == "p01"


def test_a_rest_api_is_read_back(session: Session):
    api = build(session)
    node = read_back(session).node("members-api")
    assert node.kind == "api"
    assert set(node.attributes) == set(ATTRIBUTES["api"])
    assert node.attributes == {
        "protocol": "REST",
        "api_id": api,
        "methods": ("GET /api MOCK", "GET /api/users members"),
        "stages": ("stg", "prod rate=100 burst=200"),
        "timeout_s": 29.0,
        "api_key_required": True,
    }


def test_an_http_api_is_read_back(session: Session):
    key = build_http(session)
    node = read_back(session).node("members-http")
    assert node.attributes == {
        "protocol": "HTTP",
        "api_id": key,
        "methods": ("GET /users/{id} members",),
        "stages": ("$default rate=10 burst=20",),
        "timeout_s": 30.0,
        "api_key_required": False,
    }


def test_apis_lead_to_their_functions(session: Session):
    document = json.dumps(TRUST)
    role = session.client("iam").create_role(RoleName="members-api", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    client = session.client("lambda")
    code = {"ZipFile": package(app="def handler(event, context): return {'statusCode': 200}")}
    client.create_function(FunctionName="members", Runtime="python3.13", Role=role, Handler="app.handler", Code=code)
    client.get_waiter("function_active_v2").wait(FunctionName="members")
    client.create_alias(
        FunctionName="members", Name="live", FunctionVersion=client.publish_version(FunctionName="members")["Version"]
    )
    build(session)
    build_http(session)
    links = read_back(session).links
    assert {(link.source, link.kind, link.label) for link in links if link.target == "members"} >= {
        ("members-api", "routes", "GET /api/users"),
        ("members-http", "routes", "GET /users/{id}"),
    }
    assert all(link.source != "members-api" or link.label != "GET /api" for link in links)


def listed(*values: Any) -> dict[str, Any]:
    return {"Quantity": len(values), "Items": list(values)}


def test_a_distribution_leads_to_its_api(session: Session):
    api = build(session)
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    host = f"{api}.execute-api.ap-northeast-1.amazonaws.com"
    origin = {"Id": "api", "DomainName": host, "OriginPath": "/prod", "CustomOriginConfig": custom}
    policy = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    behaviour = {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only", "CachePolicyId": policy}
    config = {
        "CallerReference": "1",
        "Comment": "members-cdn",
        "Enabled": True,
        "Origins": listed(origin),
        "DefaultCacheBehavior": behaviour,
        "CacheBehaviors": listed({**behaviour, "PathPattern": "/api/*"}),
    }
    session.client("cloudfront").create_distribution(DistributionConfig=config)
    links = {(link.source, link.target, link.label) for link in read_back(session).links}
    assert ("members-cdn", "members-api", "/api/*") in links


def test_nothing_is_left(session: Session):
    build(session)
    build_http(session)
    report = tear_down(session)
    assert report.ok, json.dumps([each.detail for each in report.findings])
    assert session.client("apigateway").get_rest_apis()["items"] == []
    assert session.client("apigateway").get_usage_plans()["items"] == []
    assert session.client("apigateway").get_api_keys()["items"] == []
    assert session.client("apigatewayv2").get_apis()["Items"] == []
