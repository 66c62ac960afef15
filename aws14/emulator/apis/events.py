"""A request as a function gets it, and what the function's answer means.

Source: API Gateway developer guide, "Lambda proxy integrations in API Gateway", "Create AWS Lambda proxy integrations
for HTTP APIs" (formats 1.0 and 2.0); Lambda developer guide, "Invoking Lambda function URLs".
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.apis.coming import Coming, pairs
from aws14.emulator.dataplane.answering import Told

__all__ = ["MalformedError", "answer_v1", "answer_v2", "event_v1", "event_v2", "is_binary"]

_PROXY_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded", "cookies"})


class MalformedError(Exception):
    """What a function returned is no answer."""


def event_v1(
    request: Coming, *, resource: dict[str, Any], parameters: Mapping[str, str], more: Mapping[str, Any]
) -> dict[str, Any]:
    """The event of format 1.0.

    Parameters
    ----------
    request : Coming
        The request.
    resource : dict
        ``id``, ``path`` of the resource, ``binary``: media types that come as base64.
    parameters : Mapping
        Of the path.
    more : Mapping
        Entries of the request's context, such as ``authorizer``.
    """
    queries = pairs(request.query)
    body, encoded = _body(request, resource.get("binary", ()))
    return {
        "resource": resource["path"],
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": {name: [value] for name, value in request.headers.items()} or None,
        "queryStringParameters": dict(queries) or None,
        "multiValueQueryStringParameters": _grouped(queries) or None,
        "pathParameters": dict(parameters) or None,
        "stageVariables": dict(request.variables) or None,
        "requestContext": {**_context_v1(request, resource), **more},
        "body": body,
        "isBase64Encoded": encoded,
    }


def _grouped(queries: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in queries:
        found.setdefault(name, []).append(value)
    return found


def _context_v1(request: Coming, resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceId": resource["id"],
        "resourcePath": resource["path"],
        "httpMethod": request.method,
        "extendedRequestId": request.request_id.replace("-", "")[:16],
        "requestTime": _stamp(request.now),
        "path": request.whole_path,
        "accountId": request.account,
        "protocol": "HTTP/1.1",
        "stage": request.stage,
        "domainPrefix": request.host.partition(".")[0],
        "requestTimeEpoch": int(request.now * 1000),
        "requestId": request.request_id,
        "identity": {
            "cognitoIdentityPoolId": None,
            "accountId": None,
            "cognitoIdentityId": None,
            "caller": None,
            "sourceIp": request.source,
            "principalOrgId": None,
            "accessKey": None,
            "cognitoAuthenticationType": None,
            "cognitoAuthenticationProvider": None,
            "userArn": None,
            "userAgent": request.header("User-Agent") or None,
            "user": None,
        },
        "domainName": request.host,
        "apiId": request.api,
    }


def _stamp(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")


def event_v2(request: Coming, *, route: str, parameters: Mapping[str, str], more: Mapping[str, Any]) -> dict[str, Any]:
    """The event of format 2.0.

    Parameters
    ----------
    request : Coming
        The request.
    route : str
        Key of the route: ``GET /users/{id}``, ``$default``.
    parameters : Mapping
        Of the path.
    more : Mapping
        Entries of the request's context, such as ``authorizer``.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = [each.strip() for each in headers.pop("cookie", "").split(";") if each.strip()]
    body, encoded = _body(request, None)
    context = {
        "accountId": request.account,
        "apiId": request.api,
        "domainName": request.host,
        "domainPrefix": request.host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.whole_path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source,
            "userAgent": request.header("User-Agent"),
        },
        "requestId": request.request_id,
        "routeKey": route,
        "stage": request.stage,
        "time": _stamp(request.now),
        "timeEpoch": int(request.now * 1000),
        **more,
    }
    optional: dict[str, Any] = {
        "cookies": cookies,
        "queryStringParameters": {k: ",".join(v) for k, v in _grouped(pairs(request.query)).items()},
        "pathParameters": dict(parameters),
        "stageVariables": dict(request.variables),
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.whole_path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context,
        **{name: value for name, value in optional.items() if value},
        "isBase64Encoded": encoded,
    }


def is_binary(kind: str, types: Any) -> bool:
    """Whether a media type is among those that are binary; ``*/*`` is any, ``image/*`` every image."""
    kind = kind.partition(";")[0].partition(",")[0].strip().lower()
    wanted = [str(each).lower().replace("~1", "/") for each in types]
    return any(each in ("*/*", kind) or (each.endswith("/*") and kind.startswith(each[:-1])) for each in wanted)


def _body(request: Coming, binary: Any) -> tuple[str | None, bool]:
    """The body as text, or as base64: by the API's media types, or, where there are none, by whether it is text."""
    if not request.body:
        return None, False
    if binary is not None:
        as_bytes = is_binary(request.header("Content-Type"), binary)
    else:
        as_bytes = not _is_text(request.header("Content-Type"))
    return (b64encode(request.body).decode(), True) if as_bytes else (request.text, False)


def _is_text(kind: str) -> bool:
    kind = kind.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind in (
        "application/json",
        "application/javascript",
        "application/xml",
    )


def answer_v1(payload: bytes, *, accepts: str = "", binary: Any = None) -> Told:
    """What a function of format 1.0 answered.

    Parameters
    ----------
    payload : bytes
        What it returned.
    accepts : str, optional
        The client's header ``Accept``.
    binary : iterable of str, optional
        Media types that go out as bytes; None: whatever the function encoded.

    Raises
    ------
    MalformedError
        It is no answer.
    """
    told = _json(payload)
    if not isinstance(told, dict) or not set(told) <= _PROXY_KEYS:
        raise MalformedError("Malformed Lambda proxy response")
    decodes = binary is None or is_binary(accepts or "*/*", binary)
    return _answer(told, decodes=decodes)


def answer_v2(payload: bytes) -> Told:
    """What a function of format 2.0 answered: without a ``statusCode``, all that it returned is the body.

    Raises
    ------
    MalformedError
        Its status or its body is none.
    """
    told = _json(payload)
    if isinstance(told, dict) and "statusCode" in told:
        return _answer(told, decodes=True)
    text = told if isinstance(told, str) else json.dumps(told)
    return 200, {"Content-Type": "application/json"}, text.encode() if told is not None else b""


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload or b"null")
    except ValueError:
        raise MalformedError("Malformed Lambda proxy response") from None


def _answer(told: dict[str, Any], *, decodes: bool) -> Told:
    body, status = told.get("body"), told.get("statusCode", 200)
    single, several = told.get("headers") or {}, told.get("multiValueHeaders") or {}
    fine = isinstance(single, dict) and isinstance(several, dict) and (body is None or isinstance(body, str))
    if not fine or isinstance(status, bool) or not str(status).isdecimal():
        raise MalformedError("Malformed Lambda proxy response")
    headers = {str(name): str(value) for name, value in single.items()}
    headers |= {str(name): "\n".join(str(each) for each in values) for name, values in several.items()}
    if told.get("cookies"):
        headers["Set-Cookie"] = "\n".join(str(each) for each in told["cookies"])
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    try:
        coded = bool(told.get("isBase64Encoded")) and decodes
        return int(status), headers, b64decode(body or "", validate=True) if coded else (body or "").encode()
    except Error:
        raise MalformedError("Malformed Lambda proxy response") from None
