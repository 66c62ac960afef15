"""A request to an HTTP API: stage, route, CORS, limits, integration.

Source: API Gateway developer guide, "Create routes for HTTP APIs in API Gateway", "Configure CORS for HTTP APIs",
"Create AWS Lambda proxy integrations for HTTP APIs".
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from aws14.catalog import quota
from aws14.emulator.apis import cors, functions, recording
from aws14.emulator.apis.coming import Coming, coming
from aws14.emulator.apis.events import MalformedError, answer_v1, answer_v2, event_v1, event_v2
from aws14.emulator.apis.matching import matched, rank
from aws14.emulator.apis.parameters import with_variables
from aws14.emulator.apis.reaching import reach
from aws14.emulator.apis.refusals import plain
from aws14.emulator.apis.throttles import account_limits, takes
from aws14.emulator.dataplane.answering import Told, Visit

__all__ = ["apis", "find", "freeze", "routes_of", "serve"]

_DEFAULT = "$default"
_HOP = frozenset({"connection", "transfer-encoding", "keep-alive", "content-length"})
_FAILED, _AWAY, _MANY = "Internal Server Error", "Service Unavailable", "Too Many Requests"


def apis() -> Iterator[tuple[str, str, Any]]:
    """Account, region and API, of every HTTP API."""
    loaded = sys.modules.get("moto.apigatewayv2.models")
    for account, regions in list(loaded.apigatewayv2_backends.items()) if loaded is not None else ():
        for region, backend in list(regions.items()):
            for api in list(backend.apis.values()):
                if api.protocol_type == "HTTP":
                    yield account, region, api


def find(key: str, region: str) -> tuple[str, Any] | None:
    """Account and API of an id; None for none."""
    return next(((account, api) for account, at, api in apis() if (api.api_id, at) == (key, region)), None)


def routes_of(api: Any) -> dict[str, dict[str, Any]]:
    """Route key -> route with its integration, as the API is now."""
    found = {}
    for route in api.routes.values():
        target = str(route.target or "").rpartition("/")[2]
        integration = api.integrations.get(target)
        told = {"route": route.to_json(), "integration": integration.to_json() if integration is not None else None}
        found[str(route.route_key)] = json.loads(json.dumps(told, default=str))
    return found


def freeze(api: Any, deployment: dict[str, Any]) -> None:
    """Keep the routes as they are now in a deployment."""
    deployment["routes"] = routes_of(api)


def serve(key: str, region: str, visit: Visit) -> Told | None:
    """Answer a request to an HTTP API; None where there is no such API.

    Parameters
    ----------
    key, region : str
        Id of the API, and its region.
    visit : Visit
        The request.
    """
    found = find(key, region)
    if found is None or found[1].disable_execute_api_endpoint:
        return None
    account, api = found
    path = visit.path.partition("?")[0]
    name, _, rest = path.removeprefix("/").partition("/")
    stage = api.stages.get(name) if name != _DEFAULT else None
    if stage is not None:
        inner = f"/{rest}"
    else:
        stage, inner, name = api.stages.get(_DEFAULT), path, _DEFAULT
    if stage is None:
        return plain(404, "", "Not Found")
    started = time.perf_counter()
    request = coming(visit, account=account, region=region, api=key, stage=name, path=inner)
    request = replace(request, variables={k: str(v) for k, v in (stage.stage_variables or {}).items()})
    exchange = _Exchange(api, stage, request)
    told = cors.finished(exchange.answer(), request, api.cors_configuration)
    exchange.record(told, (time.perf_counter() - started) * 1000)
    return told[0], {**told[1], "apigw-requestid": request.request_id.replace("-", "")[:15] + "="}, told[2]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A route and what the path gave it."""

    key: str
    told: dict[str, Any]
    parameters: dict[str, str]


def chosen(routes: dict[str, dict[str, Any]], method: str, path: str) -> _Chosen | None:
    """The route of a request: the path that fits best, its own method before ``ANY``, ``$default`` last."""
    fitting = []
    for key, told in routes.items():
        wanted, _, template = key.partition(" ")
        found = matched(template, path) if wanted in (method, "ANY") and template else None
        if found is not None:
            fitting.append((rank(template), wanted == "ANY", _Chosen(key, told, found)))
    if fitting:
        return min(fitting, key=lambda each: each[:2])[2]
    return _Chosen(_DEFAULT, routes[_DEFAULT], {}) if _DEFAULT in routes else None


class _Exchange:
    """One request."""

    def __init__(self, api: Any, stage: Any, request: Coming) -> None:
        self.api, self.stage, self.request = api, stage, request
        self.route = ""
        self.integration_ms: float | None = None

    def answer(self) -> Told:
        """What the client gets, CORS headers excepted."""
        preflight = cors.preflight(self.request, self.api.cors_configuration)
        if preflight is not None:
            return preflight
        routes = self._routes()
        found = chosen(routes, self.request.method, self.request.path)
        if found is None:
            return plain(404, "", "Not Found")
        self.route = found.key
        if not self._within():
            return plain(429, "", _MANY)
        if found.told["route"].get("authorizationType") == "AWS_IAM" and not self._signed():
            return plain(403, "", "Forbidden")
        started = time.perf_counter()
        try:
            return self._asked(found)
        finally:
            self.integration_ms = (time.perf_counter() - started) * 1000

    def _routes(self) -> dict[str, dict[str, Any]]:
        if self.stage.auto_deploy:
            return routes_of(self.api)
        deployments: dict[str, Any] = vars(self.api).get("_aws14_deployments", {})
        found = deployments.get(self.stage.config.get("deploymentId") or "")
        return found["routes"] if found else {}

    def _within(self) -> bool:
        request = self.request
        settings = {
            **(self.stage.default_route_settings or {}),
            **(self.stage.route_settings or {}).get(self.route, {}),
        }
        rate_rps, burst = account_limits()
        given = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
        limits = (float(given[0] or rate_rps), float(given[1] or burst))
        key = ("stage", request.api, request.stage, self.route)
        return takes(key, *limits) and takes(("account", request.account, request.region), rate_rps, burst)

    def _signed(self) -> bool:
        from aws14.emulator.apis.authorizing import signed
        from aws14.emulator.apis.refusals import RefusedError

        try:
            return signed(self.request)
        except RefusedError:
            return False

    def _asked(self, found: _Chosen) -> Told:
        integration = found.told["integration"]
        if integration is None:
            return plain(500, "", _FAILED)
        given = integration.get("timeoutInMillis")
        timeout_s = float(given) / 1000 if given else quota("API Gateway", "HTTP API integration timeout").value
        if integration["integrationType"] == "AWS_PROXY" and not integration.get("integrationSubtype"):
            return self._function(found, integration, timeout_s)
        if integration["integrationType"] == "HTTP_PROXY":
            return self._address(found, integration, timeout_s)
        return plain(500, "", _FAILED)

    def _function(self, found: _Chosen, integration: dict[str, Any], timeout_s: float) -> Told:
        request = self.request
        function = functions.reference(with_variables(str(integration.get("integrationUri")), request.variables))
        start = f"{request.arn.partition('/')[0]}/{request.stage}"
        template = found.key.partition(" ")[2]
        paths = (f"{start}/{request.method}{request.path}", f"{start}/{request.method}{template}")
        sources = paths if template else (f"{start}/{_DEFAULT}", f"{start}/{request.method}{request.path}")
        if function is None or not (
            integration.get("credentialsArn") or functions.may_run(function, "apigateway.amazonaws.com", sources)
        ):
            return plain(500, "", _FAILED)
        whole = integration.get("payloadFormatVersion") or "1.0"
        ran = functions.run(function, self._event(found, str(whole)), timeout_s)
        if not ran.in_time or ran.throttled:
            return plain(503, "", _AWAY)
        if ran.error or ran.refused:
            return plain(500, "", _FAILED)
        try:
            return answer_v2(ran.payload) if whole == "2.0" else answer_v1(ran.payload)
        except MalformedError:
            return plain(500, "", _FAILED)

    def _event(self, found: _Chosen, version: str) -> dict[str, Any]:
        if version == "2.0":
            return event_v2(self.request, route=found.key, parameters=found.parameters, more={})
        path = found.key.partition(" ")[2] or _DEFAULT
        resource = {"id": found.key, "path": path, "binary": ()}
        event = event_v1(self.request, resource=resource, parameters=found.parameters, more={})
        return {"version": "1.0", **event, "path": self.request.whole_path}

    def _address(self, found: _Chosen, integration: dict[str, Any], timeout_s: float) -> Told:
        request = self.request
        url = with_variables(str(integration.get("integrationUri")), request.variables)
        for name, value in found.parameters.items():
            url = url.replace("{" + name + "}", quote(value)).replace("{" + name + "+}", quote(value))
        if request.query:
            url += ("&" if "?" in url else "?") + request.query
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        method = integration.get("integrationMethod") or "ANY"
        came = reach(
            request.method if method == "ANY" else method, url, headers, body=request.body, timeout_s=timeout_s
        )
        if came.told is None:
            return plain(
                503 if came.problem == "timed_out" else 500, "", _AWAY if came.problem == "timed_out" else _FAILED
            )
        status, got, body = came.told
        return status, {name: value for name, value in got.items() if name.lower() not in _HOP}, body

    def record(self, told: Told, latency_ms: float) -> None:
        """Count and log the request."""
        request = self.request
        dimensions = [{"ApiId": request.api}, {"ApiId": request.api, "Stage": request.stage}]
        settings = self.stage.default_route_settings or {}
        if settings.get("detailedMetricsEnabled") and self.route:
            dimensions.append(dimensions[1] | {"Route": self.route})
        place = (request.account, request.region)
        latency = (latency_ms, self.integration_ms)
        recording.measured(place, dimensions, told[0], names=("4xx", "5xx"), latency_ms=latency)
        wanted = self.stage.access_log_settings or {}
        if wanted.get("destinationArn") and wanted.get("format"):
            facts = self._facts(told, latency_ms)
            group = str(wanted["destinationArn"]).partition(":log-group:")[2].removesuffix(":*")
            line = recording.access_line(str(wanted["format"]), facts)
            recording.logged(place, group, f"{request.api}-{request.stage}", [line])

    def _facts(self, told: Told, latency_ms: float) -> dict[str, Any]:
        request = self.request
        return {
            "requestId": request.request_id,
            "identity.sourceIp": request.source,
            "identity.userAgent": request.header("User-Agent"),
            "httpMethod": request.method,
            "path": request.whole_path,
            "routeKey": self.route or "-",
            "stage": request.stage,
            "status": told[0],
            "protocol": "HTTP/1.1",
            "responseLength": len(told[2]),
            "responseLatency": int(latency_ms),
            "integrationLatency": "-" if self.integration_ms is None else int(self.integration_ms),
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(request.now)),
        }
