"""A request to a stage of a REST API: from the policy to the integration, and what is counted and logged of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from aws14.catalog import quota
from aws14.emulator.apis import access, authorizing, recording, validating
from aws14.emulator.apis.coming import Coming
from aws14.emulator.apis.definition import frozen
from aws14.emulator.apis.integrations import Matter, answered
from aws14.emulator.apis.matching import best
from aws14.emulator.apis.refusals import RefusedError, said
from aws14.emulator.dataplane.answering import Told

__all__ = ["serve", "tested"]

_MB = 1_000_000
_MiB = 1024 * 1024


class _Exchange:
    """One request and what becomes of it."""

    def __init__(self, api: Any, stage: Any, request: Coming, told: dict[str, Any]) -> None:
        self.api, self.stage, self.request, self.told = api, stage, request, told
        self.resource: dict[str, Any] = {"id": "", "path": request.path, "binary": told["binary"]}
        self.integration_ms: float | None = None
        self.log: list[str] = [f"HTTP Method: {request.method}, Resource Path: {request.path}"]
        self.reason = ""

    def answer(self) -> Told:
        """What the client gets."""
        try:
            told = self._answer()
        except RefusedError as refused:
            self.reason = refused.reason or refused.message
            self.log.append(self.reason)
            told = said(refused, self.request, self.told["responses"])
        status, headers, body = told
        headers = {**headers, "x-amzn-RequestId": self.request.request_id, "x-amz-apigw-id": self.apigw_id}
        self.log.append(f"Method completed with status: {status}")
        return status, headers, body

    @property
    def apigw_id(self) -> str:
        """The number that API Gateway gives a request beside its id."""
        return self.request.request_id.replace("-", "")[:15] + "="

    def _answer(self) -> Told:
        request = self.request
        if len(request.body) > quota("API Gateway", "payload").value * _MiB:
            raise RefusedError("REQUEST_TOO_LARGE")
        method, parameters = self._method()
        is_signed = authorizing.signed(request) if method.get("authorizationType") == "AWS_IAM" else False
        if method.get("authorizationType") == "AWS_IAM" and not is_signed:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN")
        authorizing.by_policy(request, self.told["policy"], is_signed=is_signed)
        client = self._client(method, parameters)
        if method.get("apiKeyRequired"):
            name = f"{self.resource['path']}/{method['httpMethod']}"
            access.check_key(request, self.told["key_source"], name, str(client.get("usageIdentifierKey", "")))
        self._throttle(method)
        validating.check(request, method, self.told)
        matter = Matter(
            request=request,
            resource=self.resource,
            parameters=parameters,
            method=method,
            authorizer=client,
            log=self.log,
        )
        started = time.perf_counter()
        try:
            return answered(matter)
        finally:
            self.integration_ms = (time.perf_counter() - started) * 1000

    def _method(self) -> tuple[dict[str, Any], dict[str, str]]:
        found = best(self.told["resources"], self.request.path)
        methods = self.told["resources"][found[0]]["methods"] if found else {}
        method = methods.get(self.request.method) or methods.get("ANY")
        if found is None or method is None:
            raise RefusedError("MISSING_AUTHENTICATION_TOKEN", reason="No method matches")
        self.resource = {"id": self.told["resources"][found[0]]["id"], "path": found[0], "binary": self.told["binary"]}
        return method, found[1]

    def _client(self, method: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
        if method.get("authorizationType") != "CUSTOM":
            return {}
        authorizer = self.told["authorizers"].get(method.get("authorizerId") or "")
        if authorizer is None:
            raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR")
        return authorizing.asked(self.request, authorizer, self.resource, parameters)

    def _throttle(self, method: dict[str, Any]) -> None:
        settings = access.settings_for(self.stage, str(method["httpMethod"]), self.resource["path"])
        access.throttle(self.request, access.limits_of(settings), self.resource["path"])


def serve(api: Any, stage: Any, request: Coming) -> Told:
    """Answer a request to a stage.

    Parameters
    ----------
    api : moto.apigateway.models.RestAPI
        Whose.
    stage : moto.apigateway.models.Stage
        Which.
    request : Coming
        The request.
    """
    started = time.perf_counter()
    told = frozen(api, stage)
    if told is None or told["closed"]:
        return said(RefusedError("INVALID_API_KEY"), request, {})
    exchange = _Exchange(api, stage, request, told)
    answer = exchange.answer()
    _recorded(exchange, answer, (time.perf_counter() - started) * 1000)
    return answer


def tested(api: Any, request: Coming, told: dict[str, Any], path: str) -> tuple[Told, list[str], float]:
    """Try a method as it is now, without a deployment, keys, limits or authorizers: `TestInvokeMethod`.

    Parameters
    ----------
    api : moto.apigateway.models.RestAPI
        Whose.
    request : Coming
        The request.
    told : dict
        The API as it is now.
    path : str
        Of the resource: ``/users/{id}``.

    Returns
    -------
    tuple
        The answer, the lines of the log, how long it took in ms.
    """
    resource = told["resources"][path]
    method = resource["methods"].get(request.method) or resource["methods"].get("ANY") or {}
    log = [
        f"Starting execution for request: {request.request_id}",
        f"HTTP Method: {request.method}, Resource Path: {request.path}",
    ]
    found = best([path], request.path)
    matter = Matter(
        request=request,
        resource={"id": resource["id"], "path": path, "binary": told["binary"]},
        parameters=found[1] if found else {},
        method=method,
        log=log,
    )
    del api
    started = time.perf_counter()
    try:
        validating.check(request, method, told)
        answer = answered(matter)
    except RefusedError as refused:
        log.append(refused.reason or refused.message)
        answer = said(refused, request, told["responses"])
    log.append(f"Method completed with status: {answer[0]}")
    return answer, log, (time.perf_counter() - started) * 1000


def _recorded(exchange: _Exchange, answer: Told, latency_ms: float) -> None:
    request, api, stage = exchange.request, exchange.api, exchange.stage
    place = (request.account, request.region)
    settings = access.settings_for(stage, request.method, exchange.resource["path"])
    dimensions = [{"ApiName": api.name}, {"ApiName": api.name, "Stage": stage.name}]
    if settings.get("metricsEnabled"):
        dimensions.append(dimensions[1] | {"Resource": exchange.resource["path"], "Method": request.method})
    recording.measured(place, dimensions, answer[0], latency_ms=(latency_ms, exchange.integration_ms))
    _log(exchange, answer, settings, latency_ms)


def _log(exchange: _Exchange, answer: Told, settings: dict[str, Any], latency_ms: float) -> None:
    request, stage = exchange.request, exchange.stage
    place = (request.account, request.region)
    level = settings.get("loggingLevel", "OFF")
    if level == "INFO" or (level == "ERROR" and exchange.reason):
        lines = [f"({request.request_id}) {line}" for line in exchange.log]
        group = f"API-Gateway-Execution-Logs_{request.api}/{stage.name}"
        recording.logged(place, group, request.request_id.replace("-", ""), lines, create=True)
    wanted = stage.access_log_settings or {}
    if wanted.get("destinationArn") and wanted.get("format"):
        facts = _facts(exchange, answer, latency_ms)
        group = str(wanted["destinationArn"]).partition(":log-group:")[2].removesuffix(":*")
        recording.logged(place, group, f"{request.api}-{stage.name}", [recording.access_line(wanted["format"], facts)])


def _facts(exchange: _Exchange, answer: Told, latency_ms: float) -> dict[str, Any]:
    from aws14.emulator.apis.parameters import context_of

    context = context_of(exchange.request, exchange.resource)
    identity = {f"identity.{name}": value for name, value in context.pop("identity").items()}
    integration = exchange.integration_ms
    more = {
        "status": answer[0],
        "responseLength": len(answer[2]),
        "responseLatency": int(latency_ms),
        "integrationLatency": "-" if integration is None else int(integration),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(exchange.request.now)),
        "error.message": exchange.reason or "-",
    }
    return context | identity | more


def as_stage(request: Coming, stage: Any) -> Coming:
    """The request with its stage's variables."""
    return replace(request, variables={name: str(value) for name, value in (stage.variables or {}).items()})
