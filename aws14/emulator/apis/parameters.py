"""Parameter mapping of REST APIs: from the request to the integration, and from its answer to the client.

Source: API Gateway developer guide, "Parameter mapping source reference for REST APIs in API Gateway".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from aws14.emulator.apis.coming import Coming, pairs
from aws14.emulator.apis.template_values import found_at
from aws14.emulator.dataplane.answering import Told

__all__ = ["context_of", "from_answer", "from_request", "with_variables"]


def with_variables(text: str, variables: Mapping[str, str]) -> str:
    """A text with ``${stageVariables.name}`` filled in; empty for what there is not."""
    return re.sub(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}", lambda match: variables.get(match[1], ""), text)


def context_of(
    request: Coming, resource: Mapping[str, Any], authorizer: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``$context`` of a request.

    Parameters
    ----------
    request : Coming
        The request.
    resource : Mapping
        ``id`` and ``path``.
    authorizer : Mapping, optional
        What an authorizer said.
    """
    return {
        "accountId": request.account,
        "apiId": request.api,
        "domainName": request.host,
        "extendedRequestId": request.request_id.replace("-", "")[:16],
        "httpMethod": request.method,
        "path": request.whole_path,
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTimeEpoch": int(request.now * 1000),
        "resourceId": resource.get("id", ""),
        "resourcePath": resource.get("path", ""),
        "stage": request.stage,
        "authorizer": dict(authorizer or {}),
        "identity": {"sourceIp": request.source, "userAgent": request.header("User-Agent")},
    }


def from_request(source: str, request: Coming, path: Mapping[str, str], context: Mapping[str, Any]) -> str | None:
    """The value that a mapping takes from a request; None where it is not there.

    Parameters
    ----------
    source : str
        ``method.request.querystring.of``, ``'static'``, ``stageVariables.alias``, ``context.requestId``.
    request : Coming
        The request.
    path : Mapping
        Its path's parameters.
    context : Mapping
        Its context.
    """
    if source.startswith("'"):
        return source.strip("'")
    if source.startswith("stageVariables."):
        return request.variables.get(source.removeprefix("stageVariables."))
    if source.startswith("context."):
        return _text(found_at(f"$.{source.removeprefix('context.')}", context))
    place, _, name = source.removeprefix("method.request.").removeprefix("multivalue").partition(".")
    if place == "body":
        return _from_body(name, request.text)
    found = {
        "path": path.get(name),
        "querystring": dict(pairs(request.query)).get(name),
        "header": request.header(name) or None,
    }
    return found.get(place)


def from_answer(source: str, told: Told, context: Mapping[str, Any]) -> str | None:
    """The value that a mapping takes from an integration's answer; None where it is not there."""
    if source.startswith("'"):
        return source.strip("'")
    if source.startswith("context."):
        return _text(found_at(f"$.{source.removeprefix('context.')}", context))
    place, _, name = source.removeprefix("integration.response.").partition(".")
    if place in ("header", "multivalueheader"):
        found = next((value for key, value in told[1].items() if key.lower() == name.lower()), None)
        return found.split("\n")[0] if found else None
    if place == "body":
        return _from_body(name, told[2].decode("utf-8", "replace"))
    return None


def _from_body(path: str, text: str) -> str | None:
    if not path:
        return text
    try:
        return _text(found_at(f"$.{path}", json.loads(text)))
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
