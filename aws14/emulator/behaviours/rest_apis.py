"""REST APIs answer at the addresses of their stages, ``https://<id>.execute-api.<region>.amazonaws.com/<stage>``.

What AWS does
    A deployment is a copy of the API; a stage serves one. Paths, ``{name}`` and ``{name+}``, methods and ``ANY``;
    functions (with or without templates), mock answers, addresses behind them; stage variables; keys, usage plans,
    limits as token buckets; validators; policies, signatures and Lambda authorizers; time-outs; metrics and logs.
What moto leaves out
    No name resolves and nothing answers; a deployment copies nothing; names may be given twice; a new deployment of a
    stage forgets its settings; there is no TestInvokeMethod and no GetUsage.
What this adds
    All of that on the data plane, over TLS. Functions really run, and a stage answers 504 when the time of the
    integration (29 s unless set) has really passed, whatever the function does then.
What it still does not do
    Caching, canaries, client certificates, custom domain names, VPC links, Cognito authorizers (refused when they are
    made), AWS integrations other than Lambda, streaming, WAF, mutual TLS, export and import of stages. The signature
    of a signed request is not checked, only whose key it is. Templates know no macros, and JSON paths no wildcards.
    Edge-optimized APIs answer as regional ones do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace as changed
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

from aws14.catalog import quota
from aws14.emulator.apis import front, rest, stages
from aws14.emulator.apis.coming import coming
from aws14.emulator.apis.definition import definition, freeze
from aws14.emulator.apis.throttles import account_limits, counted
from aws14.emulator.behaviours.hooks import add, around, before, replace
from aws14.emulator.dataplane.answering import Visit
from aws14.emulator.gaps import AbsentOperationError
from aws14.emulator.refusal import HINT

__all__ = ["install"]

_TYPES = frozenset({"AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"})


def install() -> None:
    """Take hold of how moto's REST APIs are made and deployed, and let the data plane find them."""
    from moto.apigateway.models import APIGatewayBackend, RestAPI, Stage
    from moto.apigateway.responses import APIGatewayResponse
    from moto.apigateway.urls import url_paths

    front.register_apis()
    replace(RestAPI, "update_integration_mocks", lambda *_: None)
    replace(Stage, "_get_default_method_settings", _settings)
    around(APIGatewayResponse, "create_rest_api", _create_api)
    around(APIGatewayResponse, "create_deployment", _deployed)
    around(APIGatewayBackend, "create_deployment", _deploy)
    before(APIGatewayBackend, "create_resource", _unique_resource)
    before(APIGatewayBackend, "put_method", _unique_method)
    before(APIGatewayBackend, "put_integration", _sound_integration)
    before(APIGatewayBackend, "create_stage", _sound_stage)
    around(APIGatewayBackend, "create_stage", _make_stage)
    around(APIGatewayBackend, "update_stage", _change_stage)
    around(Stage, "to_json", lambda original, stage: {**original(stage), **stages.shown(stage)})
    before(APIGatewayBackend, "create_authorizer", _known_authorizer)
    before(APIGatewayBackend, "delete_usage_plan", _no_stages)
    before(APIGatewayBackend, "get_method_response", _has_response)
    add(APIGatewayResponse, "test_invoke_method", _try_method)
    add(APIGatewayResponse, "get_usage", _usage)
    url_paths["{0}/usageplans/(?P<usage_plan_id>[^/]+)/usage$"] = APIGatewayResponse.dispatch


def _settings(stage: Any) -> dict[str, Any]:
    """What a method's settings say that nobody gave: the account's limits, not moto's."""
    del stage
    rate_rps, burst = account_limits()
    return {
        "metricsEnabled": False,
        "dataTraceEnabled": False,
        "throttlingBurstLimit": int(burst),
        "throttlingRateLimit": rate_rps,
        "cachingEnabled": False,
        "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": False,
        "requireAuthorizationForCacheControl": True,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    }


def _create_api(original: Callable[..., Any], response: Any) -> Any:
    """With the binary media types, which moto overlooks."""
    told = original(response)
    types = response._get_param("binaryMediaTypes")  # noqa: SLF001 - as moto's own operations
    if not types:
        return told
    status, headers, body = told
    api = response.backend.apis[json.loads(body)["id"]]
    api.binaryMediaTypes = list(types)
    return status, headers, json.dumps(api.to_dict())


def _deploy(
    original: Callable[..., Any],
    backend: Any,
    function_id: str,
    name: str | None,
    *said: Any,
) -> Any:
    """Copy the API; a stage that is there keeps what was set, and serves the new copy."""
    api = backend.get_rest_api(function_id)
    bare = [each for each in _methods(api) if each[1].method_integration is None]
    if bare:
        path, method = bare[0]
        hint = f"put_integration for {method.http_method} {path}, or delete_method; then create_deployment again"
        _refuse("BadRequestException", "No integration defined for method", 400, hint=hint)
    stage = api.stages.get(name) if name else None
    deployment = original(backend, function_id, name, *said)
    freeze(api, deployment)
    _description, variables = said
    if stage is not None:
        stage.deployment_id = deployment.id
        stage.variables |= variables or {}
        api.stages[name] = stage
        stages.touched(stage)
    elif name:
        stages.made(api.stages[name])
    return deployment


def _deployed(original: Callable[..., Any], response: Any) -> Any:
    """With the description of the stage that is made, which moto overlooks."""
    told = original(response)
    name, said = (response._get_param(each) for each in ("stageName", "stageDescription"))  # noqa: SLF001 - as above
    if name and said:
        response.backend.get_stage(response.path.split("/")[2], name).description = said
    return told


def _methods(api: Any) -> list[tuple[str, Any]]:
    return [(each.get_path(), method) for each in api.resources.values() for method in each.resource_methods.values()]


def _make_stage(original: Callable[..., Any], backend: Any, *which: Any, **more: Any) -> Any:
    stage = original(backend, *which, **more)
    stages.made(stage)
    return stage


def _change_stage(original: Callable[..., Any], backend: Any, *which: Any) -> Any:
    *stage_id, given = which
    patches = given or []
    fault = stages.fault(patches)
    if fault:
        _refuse("BadRequestException", fault, 400)
    _logging_has_a_role(backend, patches)
    stage = original(backend, *stage_id, patches)
    for each in patches:
        if each["op"] == "remove":
            stage.method_settings.pop(each["path"].lstrip("/"), None)
    stages.touched(stage)
    return stage


def _refuse(error: str, text: str, status: int, *, hint: str = "") -> None:
    from moto.core.exceptions import JsonRESTError

    refused: Any = JsonRESTError(error, text)
    refused.code = status
    if hint:
        headers = [*refused.get_headers(), (HINT, hint)]
        refused.get_headers = lambda *_: headers
    raise refused


def _unique_resource(backend: Any, function_id: str, parent_resource_id: str, path_part: str) -> None:
    api = backend.get_rest_api(function_id)
    if parent_resource_id not in api.resources:
        _refuse("NotFoundException", "Invalid Resource identifier specified", 404)
    if any((each.parent_id, each.path_part) == (parent_resource_id, path_part) for each in api.resources.values()):
        _refuse("ConflictException", f"Another resource with the same parent already has this name: {path_part}", 409)


def _unique_method(backend: Any, function_id: str, resource_id: str, method_type: str, *_: Any, **__: Any) -> None:
    if method_type in backend.get_resource(function_id, resource_id).resource_methods:
        _refuse("ConflictException", "Method already exists for this resource", 409)


def _has_response(backend: Any, *which: str) -> None:
    *method, response_code = which
    if backend.get_method(*method).get_response(response_code) is None:
        _refuse("NotFoundException", "Invalid Response status code specified", 404)


def _sound_integration(backend: Any, *which: Any, **more: Any) -> None:
    function_id, resource_id, method_type, integration_type = which[:4]
    if method_type not in backend.get_resource(function_id, resource_id).resource_methods:
        _refuse("NotFoundException", "Invalid Method identifier specified", 404)
    if integration_type not in _TYPES:
        _refuse("BadRequestException", f"Enum value for IntegrationType must be one of {sorted(_TYPES)}", 400)
    given = more.get("timeout_in_millis")
    low, high = (
        int(1000 * quota("API Gateway", name).value)
        for name in ("integration timeout, least", "REST integration timeout")
    )
    if given is not None and not low <= int(given) <= high:
        _refuse("BadRequestException", f"Timeout should be between {low} ms and {high} ms", 400)


def _sound_stage(backend: Any, function_id: str, stage_name: str, deploymentId: str, *_: Any, **__: Any) -> None:  # noqa: N803 - moto's name
    if deploymentId not in backend.get_rest_api(function_id).deployments:
        _refuse("NotFoundException", "Invalid Deployment identifier specified", 404)
    if not stage_name.replace("_", "").replace("-", "").isalnum():
        _refuse("BadRequestException", "Stage name only allows a-zA-Z0-9_-", 400)


def _logging_has_a_role(backend: Any, patch_operations: Any) -> None:
    wanted = any("logging/loglevel" in each["path"] and each.get("value") != "OFF" for each in patch_operations or ())
    if wanted and not backend.account.cloudwatch_role_arn:
        text = "CloudWatch Logs role ARN must be set in account settings to enable logging"
        _refuse("BadRequestException", text, 400)


def _known_authorizer(backend: Any, restapi_id: str, name: str, authorizer_type: str, **_: Any) -> None:
    del backend, restapi_id, name
    if authorizer_type == "COGNITO_USER_POOLS":
        raise AbsentOperationError


def _no_stages(backend: Any, usage_plan_id: str) -> None:
    if backend.get_usage_plan(usage_plan_id).api_stages:
        text = f"Cannot delete Usage Plan {usage_plan_id} because it has associated stages. Please disassociate all "
        _refuse("BadRequestException", text + "stages from the usage plan", 400)


def _try_method(response: Any) -> Any:
    """TestInvokeMethod: the API as it is now."""
    _, _, api_id, _, resource_id, _, method = response.path.split("/")[:7]
    api = response.backend.get_rest_api(api_id)
    resource = response.backend.get_resource(api_id, resource_id)
    resource.get_method(method)
    asked = json.loads(response.body or "{}")
    path = asked.get("pathWithQueryString") or resource.get_path()
    headers = {str(name): str(value) for name, value in (asked.get("headers") or {}).items()}
    verb = "GET" if method == "ANY" else method
    visit = Visit(
        method=verb, path=path, headers=headers, body=(asked.get("body") or "").encode(), port=443, source="127.0.0.1"
    )
    facts = {"account": api.account_id, "region": api.region_name, "api": api.id}
    request = coming(visit, **facts, stage="test-invoke-stage", path=unquote(path.partition("?")[0]))
    request = changed(request, variables=asked.get("stageVariables") or {})
    (status, got, body), log, took_ms = rest.tested(api, request, definition(api), resource.get_path())
    told = {
        "status": status,
        "body": body.decode("utf-8", "replace"),
        "headers": {name: value.split("\n")[-1] for name, value in got.items()},
        "multiValueHeaders": {name: value.split("\n") for name, value in got.items()},
        "log": "\n".join(log),
        "latency": int(took_ms),
    }
    return 200, {}, json.dumps(told)


def _usage(response: Any) -> Any:
    """GetUsage: of each key, day by day, how much was used and how much of the quota is left."""
    plan = response.backend.get_usage_plan(response.path.split("/")[-2])
    start, end = (date.fromisoformat(response.querystring[name][0]) for name in ("startDate", "endDate"))
    days = [(start + timedelta(days=at)).isoformat() for at in range((end - start).days + 1)]
    limit = int((plan.quota or {}).get("limit") or 0)
    wanted = response.querystring.get("keyId")
    values = {}
    for key in response.backend.usage_plan_keys.get(plan.id, {}):
        if not wanted or key in wanted:
            used = [counted(plan.id, key).get(day, 0) for day in days]
            values[key] = [[each, max(0, limit - each)] for each in used]
    told = {"usagePlanId": plan.id, "startDate": start.isoformat(), "endDate": end.isoformat(), "values": values}
    return 200, {}, json.dumps(told)
