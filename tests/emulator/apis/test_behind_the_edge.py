"""CloudFront in front of a REST API, and addresses behind one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from aws14.cloud.process import Emulator
from tests.emulator.apis.conftest import Api, Ask

DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER, EXCEPT_HOST = "216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SEEN = '{"path": "$context.path", "host": "$context.domainName", "club": "$input.params(\'X-Club\')"}'


def listed(*values: Any) -> dict[str, Any]:
    return {"Quantity": len(values), "Items": list(values)}


def distribution(aws: Callable[..., Any], host: str, policy: str) -> str:
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    origin = {"Id": "api", "DomainName": host, "OriginPath": "/prod", "CustomOriginConfig": custom}
    behaviour = {
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "https-only",
        "CachePolicyId": DISABLED,
        "OriginRequestPolicyId": policy,
        "AllowedMethods": listed("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"),
    }
    config = {
        "CallerReference": policy,
        "Comment": "members-cdn",
        "Enabled": True,
        "Origins": listed(origin),
        "DefaultCacheBehavior": behaviour,
    }
    made = aws("cloudfront").create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["DomainName"])


def test_an_api_behind_a_distribution(api: Api, ask: Ask, aws: Callable[..., Any], emulator: Emulator):
    api.mock("/api/users", answer=SEEN)
    api.deploy("prod")
    cdn = distribution(aws, api.host, EXCEPT_HOST)
    emulator.advance(900)
    assert re.fullmatch(r"d[a-z0-9]{12}\.cloudfront\.net", cdn)
    answer = ask(cdn, "/api/users", X_Club="shibuya")
    assert answer.json == {"path": "/prod/api/users", "host": api.host, "club": "shibuya"}
    assert answer.headers["X-Cache"] == "Miss from cloudfront"


def test_a_distribution_that_passes_the_viewers_host_on(
    api: Api, ask: Ask, aws: Callable[..., Any], emulator: Emulator
):
    api.mock("/api/users", answer=SEEN)
    api.deploy("prod")
    cdn = distribution(aws, api.host, ALL_VIEWER)
    emulator.advance(900)
    answer = ask(cdn, "/api/users")
    assert (answer.status, answer.json) == (403, {"message": "Forbidden"})


def test_an_address_behind_a_method(api: Api, ask: Ask, aws: Callable[..., Any]):
    s3 = aws("s3")
    s3.create_bucket(Bucket="rates-of-today", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_bucket_website(Bucket="rates-of-today", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.put_public_access_block(
        Bucket="rates-of-today",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": False,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        },
    )
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::rates-of-today/*",
    }
    s3.put_bucket_policy(
        Bucket="rates-of-today", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    s3.put_object(Bucket="rates-of-today", Key="eur.json", Body=b'{"EUR": 170}', ContentType="application/json")
    site = "http://rates-of-today.s3-website-ap-northeast-1.amazonaws.com"
    where = api.method("/api/rates/{of}", requestParameters={"method.request.path.of": True})
    api.client.put_method_response(**where, statusCode="200")
    api.client.put_method_response(**where, statusCode="404")
    mapping = {"integration.request.path.file": "method.request.path.of"}
    api.client.put_integration(
        **where, type="HTTP", integrationHttpMethod="GET", uri=f"{site}/{{file}}.json", requestParameters=mapping
    )
    api.client.put_integration_response(**where, statusCode="200")
    api.client.put_integration_response(
        **where,
        statusCode="404",
        selectionPattern="4\\d\\d",
        responseTemplates={"application/json": '{"unknown": "$input.params(\'of\')"}'},
    )
    proxy = api.method("/proxy/{rest+}", "ANY", requestParameters={"method.request.path.rest": True})
    mapping = {"integration.request.path.rest": "method.request.path.rest"}
    api.client.put_integration(
        **proxy, type="HTTP_PROXY", integrationHttpMethod="ANY", uri=f"{site}/{{rest}}", requestParameters=mapping
    )
    nowhere = api.method("/nowhere")
    api.client.put_integration(
        **nowhere, type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://no-such-name.example.jp/"
    )
    api.deploy("stg")
    assert ask(api.host, "/stg/api/rates/eur").json == {"EUR": 170}
    assert ask(api.host, "/stg/api/rates/xyz").json == {"unknown": "xyz"}
    assert ask(api.host, "/stg/proxy/eur.json").json == {"EUR": 170}
    assert ask(api.host, "/stg/proxy/none").status in (403, 404)
    assert ask(api.host, "/stg/nowhere").status == 500


def test_a_request_too_many_is_not_kept_by_the_edge(api: Api, ask: Ask, aws: Callable[..., Any], emulator: Emulator):
    api.mock("/api/users")
    api.deploy("prod")
    cdn = distribution(aws, api.host, EXCEPT_HOST)
    emulator.advance(900)
    api.patch("prod", **{"/*/*/throttling/rateLimit": "0.01", "/*/*/throttling/burstLimit": "1"})
    assert [ask(cdn, "/api/users").status for _ in range(2)] == [200, 429]
    api.patch("prod", **{"/*/*/throttling/rateLimit": "200", "/*/*/throttling/burstLimit": "300"})
    emulator.advance(1 / 200)
    assert ask(cdn, "/api/users").status == 200
