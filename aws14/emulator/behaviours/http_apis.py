"""HTTP APIs answer at ``https://<id>.execute-api.<region>.amazonaws.com``, stages other than $default below it.

What AWS does
    Routes (``GET /users/{id}``, ``ANY /{proxy+}``, ``$default``), stages that deploy by themselves or serve a
    deployment, functions in formats 1.0 and 2.0 and addresses behind them, CORS, limits, stage variables. A function
    that is throttled, or takes longer than 30 s, is a 503, an error in it a 500.
What moto leaves out
    Nothing answers; there are no deployments; ``Target`` of a new API makes nothing.
What this adds
    All of that on the data plane, over TLS; deployments; the quick creation by ``Target``.
What it still does not do
    JWT and Lambda authorizers (refused when they are made), parameter mapping, integrations with AWS services, VPC
    links, custom domain names, WebSocket APIs. The signature of a signed request is not checked, only whose key it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from aws14.emulator.apis import front, http
from aws14.emulator.behaviours.hooks import add, around, before
from aws14.emulator.gaps import AbsentOperationError
from aws14.emulator.world import world

__all__ = ["install"]

_DEFAULT = "$default"


def install() -> None:
    """Take hold of how moto's HTTP APIs are made, and let the data plane find them."""
    from moto.apigateway.urls import url_paths
    from moto.apigatewayv2.models import ApiGatewayV2Backend
    from moto.apigatewayv2.responses import ApiGatewayV2Response

    front.register_apis()
    around(ApiGatewayV2Response, "create_api", _create)
    before(ApiGatewayV2Backend, "create_authorizer", _no_authorizers)
    before(ApiGatewayV2Backend, "create_route", _unique_route)
    before(ApiGatewayV2Backend, "create_stage", _unique_stage)
    around(ApiGatewayV2Backend, "create_stage", _deploys_itself)
    operations = {
        "create_deployment": _create_deployment,
        "get_deployments": _deployments,
        "get_deployment": _deployment,
        "delete_deployment": _delete_deployment,
        "update_stage": _update_stage,
    }
    for name, operation in operations.items():
        add(ApiGatewayV2Response, name, operation)
    for path in ("deployments", "deployments/(?P<deployment_id>[^/]+)"):
        url_paths["{0}/v2/apis/(?P<api_id>[^/]+)/" + path + "$"] = ApiGatewayV2Response.dispatch


def _create(original: Callable[..., Any], response: Any) -> Any:
    """With what ``Target`` asks for: one integration, one route, one stage that deploys itself."""
    asked = json.loads(response.body)
    told = original(response)
    target = asked.get("target")
    if not target:
        return told
    backend = response.apigatewayv2_backend
    api = backend.get_api(json.loads(told[2])["apiId"])
    is_function = str(target).startswith("arn:aws:lambda:")
    integration = api.create_integration(
        connection_type="INTERNET",
        description="",
        integration_method="POST" if is_function else "ANY",
        integration_type="AWS_PROXY" if is_function else "HTTP_PROXY",
        integration_uri=target,
        payload_format_version="2.0" if is_function else "1.0",
        credentials_arn=asked.get("credentialsArn"),
    )
    api.create_route(
        api_key_required=False,
        authorization_scopes=[],
        route_key=asked.get("routeKey") or _DEFAULT,
        target=f"integrations/{integration.id}",
    )
    api.create_stage({"stageName": _DEFAULT, "autoDeploy": True})
    return told


def _no_authorizers(backend: Any, *_: Any, **__: Any) -> None:
    del backend
    raise AbsentOperationError


def _refuse(text: str, error: str = "ConflictException", status: int = 409) -> None:
    from moto.core.exceptions import JsonRESTError

    refused = JsonRESTError(error, text)
    refused.code = status
    raise refused


def _unique_route(backend: Any, api_id: str, *args: Any, **more: Any) -> None:
    key = more.get("route_key")
    if any(route.route_key == key for route in backend.get_api(api_id).routes.values()):
        del args
        _refuse(f"Route with key {key} already exists for this API")


def _unique_stage(backend: Any, api_id: str, config: dict[str, Any]) -> None:
    if config["stageName"] in backend.get_api(api_id).stages:
        _refuse("Stage already exists")


def _deploys_itself(original: Callable[..., Any], backend: Any, api_id: str, config: dict[str, Any]) -> Any:
    wanted = config.get("deploymentId")
    if wanted and wanted not in _kept(backend.get_api(api_id)):
        _refuse(f"Unable to find Deployment by id {wanted} within the provided api", "NotFoundException", 404)
    return original(backend, api_id, config)


def _kept(api: Any) -> dict[str, dict[str, Any]]:
    deployments: dict[str, dict[str, Any]] = vars(api).setdefault("_aws14_deployments", {})
    return deployments


def _api(response: Any) -> Any:
    return response.apigatewayv2_backend.get_api(response.path.split("/")[3])


def _shown(deployment: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in deployment.items() if name != "routes"}


def _create_deployment(response: Any) -> Any:
    from moto.moto_api._internal import mock_random

    api, asked = _api(response), json.loads(response.body or "{}")
    at = datetime.fromtimestamp(world().clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    deployment: dict[str, Any] = {
        "deploymentId": mock_random.get_random_string(length=6, include_digits=True).lower(),
        "deploymentStatus": "DEPLOYED",
        "createdDate": at,
        "description": asked.get("description") or "",
        "autoDeployed": False,
    }
    http.freeze(api, deployment)
    _kept(api)[deployment["deploymentId"]] = deployment
    if asked.get("stageName"):
        api.get_stage(asked["stageName"]).config["deploymentId"] = deployment["deploymentId"]
    return 201, {}, json.dumps(_shown(deployment))


def _deployments(response: Any) -> Any:
    return 200, {}, json.dumps({"items": [_shown(each) for each in _kept(_api(response)).values()]})


def _found(response: Any) -> dict[str, Any]:
    key = response.path.split("/")[-1]
    found = _kept(_api(response)).get(key)
    if found is None:
        _refuse(f"Unable to find Deployment by id {key} within the provided api", "NotFoundException", 404)
    return found or {}


def _deployment(response: Any) -> Any:
    return 200, {}, json.dumps(_shown(_found(response)))


def _delete_deployment(response: Any) -> Any:
    key, api = _found(response)["deploymentId"], _api(response)
    if any(stage.config.get("deploymentId") == key for stage in api.stages.values()):
        _refuse("Active stages pointing to this deployment must be moved or deleted", "BadRequestException", 400)
    del _kept(api)[key]
    return 204, {}, ""


def _update_stage(response: Any) -> Any:
    """UpdateStage, which moto leaves out."""
    stage = _api(response).get_stage(unquote(response.path.split("/")[-1]))
    asked = json.loads(response.body or "{}")
    names = {
        "autoDeploy": "auto_deploy",
        "defaultRouteSettings": "default_route_settings",
        "description": "description",
        "stageVariables": "stage_variables",
        "accessLogSettings": "access_log_settings",
    }
    for name, attribute in names.items():
        if name in asked:
            setattr(stage, attribute, asked[name])
    stage.route_settings |= asked.get("routeSettings") or {}
    if asked.get("deploymentId"):
        stage.config["deploymentId"] = asked["deploymentId"]
    return 200, {}, json.dumps(stage.to_json())
