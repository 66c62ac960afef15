"""A request to a function URL.

Source: Lambda developer guide, "Creating and managing Lambda function URLs", "Control access to Lambda function URLs".
"""

from __future__ import annotations

import re
import sys
from typing import Any

from aws14.emulator.apis import cors, functions
from aws14.emulator.apis.authorizing import signed
from aws14.emulator.apis.coming import Coming, coming
from aws14.emulator.apis.events import MalformedError, answer_v2, event_v2
from aws14.emulator.apis.functions import Reference, statements
from aws14.emulator.apis.refusals import RefusedError
from aws14.emulator.dataplane.answering import Told, Visit

__all__ = ["find", "serve"]

_FORBIDDEN = "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
_LONGEST_S = 900.0


def find(key: str, region: str) -> Any:
    """The URL configuration of an id, moto's; None for none."""
    loaded = sys.modules.get("moto.awslambda.models")
    for regions in list(loaded.lambda_backends.values()) if loaded is not None else ():
        backend = regions.get(region)
        for function in list(backend._lambdas.latest()) if backend is not None else ():  # noqa: SLF001 - moto keeps them here
            config = function.url_config
            if config is not None and str(config.url).startswith(f"https://{key}."):
                return config
    return None


def serve(match: re.Match[str] | None, visit: Visit) -> Told:
    """Answer a request to a function URL.

    Parameters
    ----------
    match : re.Match or None
        Of the host name: ``key`` and ``region``.
    visit : Visit
        The request.
    """
    config = find(match["key"], match["region"]) if match else None
    if match is None or config is None:
        return _said(403, "AccessDeniedException", _FORBIDDEN)
    function = functions.reference(config.function.function_arn)
    if function is None:
        return _said(403, "AccessDeniedException", _FORBIDDEN)
    facts = {"account": function.account, "region": function.region, "api": match["key"]}
    request = coming(visit, **facts, stage="$default", path=visit.path.partition("?")[0])
    settings = config.config.get("Cors")
    answer = cors.preflight(request, settings) or _answer(request, config, function)
    status, headers, body = cors.finished(answer, request, settings)
    return status, {**headers, "x-amzn-RequestId": request.request_id}, body


def _answer(request: Coming, config: Any, function: Reference) -> Told:
    try:
        allowed = _may(request, str(config.config.get("AuthType")), function)
    except RefusedError as refused:
        return _said(403, "AccessDeniedException", refused.message)
    if not allowed:
        return _said(403, "AccessDeniedException", _FORBIDDEN)
    more = {"accountId": "anonymous"} if config.config.get("AuthType") == "NONE" else {}
    event = event_v2(request, route="$default", parameters={}, more=more)
    ran = functions.run(function, event, _LONGEST_S)
    if ran.throttled:
        return _said(429, "TooManyRequestsException", "Rate Exceeded.")
    if ran.error or ran.refused or not ran.in_time:
        return (
            502,
            {"Content-Type": "application/json", "x-amzn-ErrorType": "InternalServerErrorException"},
            b"Internal Server Error",
        )
    try:
        return answer_v2(ran.payload)
    except MalformedError:
        return 502, {"Content-Type": "application/json"}, b"Internal Server Error"


def _may(request: Coming, auth: str, function: Reference) -> bool:
    if auth == "AWS_IAM":
        return signed(request, "lambda")
    return any(
        each.get("Effect") == "Allow"
        and each.get("Principal") in ("*", {"AWS": "*"})
        and each.get("Action") in ("lambda:InvokeFunctionUrl", "lambda:*", "*")
        for each in statements(function)
    )


def _said(status: int, error: str, message: str) -> Told:
    import json

    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error}
    return status, headers, json.dumps({"Message": message}).encode()
