"""Kinds of API Gateway. Resources, methods, models and routes go with their API, keys of a plan with the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind


def _of_api(operation: str, argument: str, *, api: str = "restApiId") -> presence.Exists:
    """A check for what has an id within its API, which the creating call named."""
    asked = presence.got(operation, api, argument)
    return lambda client, key, params: asked(client, f"{params.get(api, '')}|{key}", params)


def _usage_plan(client: Any, key: str) -> object:
    """Delete a usage plan, its stages taken out first."""
    for stage in client.get_usage_plan(usagePlanId=key).get("apiStages", ()):
        change = {"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"}
        client.update_usage_plan(usagePlanId=key, patchOperations=[change])
    return client.delete_usage_plan(usagePlanId=key)


def _rest(**facts: Any) -> Kind:
    return Kind(service="apigateway", **facts)


def _http(**facts: Any) -> Kind:
    return Kind(service="apigatewayv2", **facts)


_METHOD = ("restApiId", "resourceId", "httpMethod")

APIS: Mapping[str, Kind] = {
    "usage-plan": _rest(order=8, exists=presence.got("get_usage_plan", "usagePlanId"), delete=_usage_plan),
    "usage-plan-key": _rest(order=8, exists=presence.got("get_usage_plan_key", "usagePlanId", "keyId")),
    "api-key": _rest(
        order=9,
        exists=presence.got("get_api_key", "apiKey"),
        delete=deletion.call("delete_api_key", "apiKey"),
    ),
    "rest-api": _rest(
        order=14,
        exists=presence.got("get_rest_api", "restApiId"),
        delete=deletion.call("delete_rest_api", "restApiId"),
    ),
    "rest-resource": _rest(order=14, exists=_of_api("get_resource", "resourceId")),
    "rest-method": _rest(order=14, exists=presence.got("get_method", *_METHOD)),
    "rest-method-response": _rest(order=14, exists=presence.got("get_method_response", *_METHOD, "statusCode")),
    "rest-stage": _rest(order=14, exists=presence.got("get_stage", "restApiId", "stageName")),
    "rest-model": _rest(order=14, exists=presence.got("get_model", "restApiId", "modelName")),
    "rest-validator": _rest(order=14, exists=_of_api("get_request_validator", "requestValidatorId")),
    "rest-authorizer": _rest(order=14, exists=_of_api("get_authorizer", "authorizerId")),
    "http-api": _http(order=14, exists=presence.got("get_api", "ApiId"), delete=deletion.call("delete_api", "ApiId")),
    "http-integration": _http(order=14, exists=_of_api("get_integration", "IntegrationId", api="ApiId")),
    "http-route": _http(order=14, exists=_of_api("get_route", "RouteId", api="ApiId")),
    "http-stage": _http(order=14, exists=presence.got("get_stage", "ApiId", "StageName")),
}
"""Kind -> how it is seen and deleted."""
