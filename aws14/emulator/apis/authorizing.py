"""Whether a client may call a method: the API's policy, a signature, a Lambda authorizer.

Source: API Gateway developer guide, "How API Gateway resource policies affect authorization workflow", "Use API Gateway
Lambda authorizers".
"""

from __future__ import annotations

import json
import re
from typing import Any

from aws14.catalog import quota
from aws14.emulator.apis import functions
from aws14.emulator.apis.coming import Coming, pairs
from aws14.emulator.apis.events import event_v1
from aws14.emulator.apis.parameters import with_variables
from aws14.emulator.apis.refusals import RefusedError
from aws14.emulator.buckets.policy import Caller, verdict
from aws14.emulator.world import world

__all__ = ["asked", "by_policy", "signed"]

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
_WAIT_S = 10.0


def by_policy(request: Coming, policy: str | None, *, is_signed: bool) -> None:
    """Hold a request to the API's resource policy.

    Parameters
    ----------
    request : Coming
        The request.
    policy : str or None
        JSON; None or empty where the API has none: everybody may.
    is_signed : bool
        Whether a principal of the account signed it.

    Raises
    ------
    RefusedError
        403.
    """
    if not policy:
        return
    text = _spelled_out(policy, request)
    facts = {"aws:sourceip": request.source, "aws:securetransport": "true"}
    caller = Caller(kind="account" if is_signed else "anybody", facts=facts)
    said = verdict(text, caller, "execute-api:Invoke", request.arn)
    if said == "deny" or (said != "allow" and not is_signed):
        hidden = f"********{request.account[-4:]}"
        resource = request.arn.replace(request.account, hidden)
        ending = " with an explicit deny" if said == "deny" else ""
        text = f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {resource}{ending}"
        raise RefusedError("ACCESS_DENIED", text)


def _spelled_out(policy: str, request: Coming) -> str:
    """A policy with its resources in full: ``execute-api:/stage/GET/path`` is short for this API."""
    start = request.arn.partition("/")[0]
    told = json.loads(policy)
    statements = told.get("Statement")
    for each in statements if isinstance(statements, list) else [statements]:
        for key in ("Resource", "NotResource"):
            if key in each:
                listed = each[key] if isinstance(each[key], list) else [each[key]]
                each[key] = [re.sub(r"^execute-api:/", f"{start}/", str(one)) for one in listed]
    return json.dumps(told)


def signed(request: Coming, service: str = "execute-api") -> bool:
    """Whether a principal that this cloud knows signed the request; without any signature it is False.

    Raises
    ------
    RefusedError
        403: the signature is of somebody unknown, or for another region or service.
    """
    text = request.header("Authorization")
    if not text:
        return False
    match = _SIGNED.search(text)
    if match is None:
        raise RefusedError("ACCESS_DENIED", "Authorization header requires 'Credential' parameter.")
    if match[2] != request.region or match[3] != service:
        raise RefusedError("ACCESS_DENIED", f"Credential should be scoped to correct service: '{service}'.")
    from aws14.emulator.gate import is_known

    if not is_known(match[1]):
        raise RefusedError("ACCESS_DENIED", "The security token included in the request is invalid.")
    return True


def asked(
    request: Coming, authorizer: dict[str, Any], resource: dict[str, Any], path: dict[str, str]
) -> dict[str, Any]:
    """Ask a Lambda authorizer.

    Parameters
    ----------
    request : Coming
        The request.
    authorizer : dict
        As the API shows it.
    resource : dict
        ``id`` and ``path``.
    path : dict
        Parameters of the path.

    Returns
    -------
    dict
        ``principalId`` and what else the authorizer said of the client.

    Raises
    ------
    RefusedError
        401 without what identifies the client, 403 where the policy says no, 500 where the authorizer fails.
    """
    identity = _identity(request, authorizer)
    kept: dict[tuple[str, ...], tuple[float, dict[str, Any]]] = world().state.setdefault("api_authorized", {})
    key = (request.api, request.stage, str(authorizer["id"]), *identity)
    until, told = kept.get(key, (0.0, {}))
    if request.now >= until:
        told = _told(request, authorizer, identity, (resource, path))
        ttl_s = authorizer.get("authorizerResultTtlInSeconds")
        default = quota("API Gateway", "authorizer result TTL unless changed").value
        kept[key] = (request.now + (default if ttl_s is None else float(ttl_s)), told)
    _judged(request, told)
    return {"principalId": str(told["principalId"]), **(told.get("context") or {})} | (
        {"usageIdentifierKey": told["usageIdentifierKey"]} if told.get("usageIdentifierKey") else {}
    )


def _identity(request: Coming, authorizer: dict[str, Any]) -> tuple[str, ...]:
    sources = [each.strip() for each in str(authorizer.get("identitySource") or "").split(",") if each.strip()]
    found = []
    for source in sources or ["method.request.header.Authorization"]:
        place, _, name = source.removeprefix("method.request.").partition(".")
        found.append(request.header(name) if place == "header" else dict(pairs(request.query)).get(name, ""))
    pattern = authorizer.get("identityValidationExpression")
    if not all(found) or (pattern and not re.fullmatch(pattern, found[0])):
        raise RefusedError("UNAUTHORIZED")
    return tuple(found)


def _told(
    request: Coming, authorizer: dict[str, Any], identity: tuple[str, ...], where: tuple[dict[str, Any], dict[str, str]]
) -> dict[str, Any]:
    function = functions.reference(with_variables(str(authorizer.get("authorizerUri") or ""), request.variables))
    resource, path = where
    event: dict[str, Any] = {"type": authorizer.get("type"), "methodArn": request.arn}
    if authorizer.get("type") == "TOKEN":
        event["authorizationToken"] = identity[0]
    else:
        event |= event_v1(request, resource=resource, parameters=path, more={})
    sources = (f"{request.arn.partition('/')[0]}/authorizers/{authorizer['id']}",)
    if function is None or not (
        authorizer.get("authorizerCredentials") or functions.may_run(function, "apigateway.amazonaws.com", sources)
    ):
        raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR", reason="Invalid permissions on Lambda function")
    ran = functions.run(function, event, _WAIT_S)
    try:
        told = json.loads(ran.payload or b"null")
    except ValueError:
        told = None
    if ran.error and isinstance(told, dict) and told.get("errorMessage") == "Unauthorized":
        raise RefusedError("UNAUTHORIZED")
    if ran.error or ran.refused or not ran.in_time or not isinstance(told, dict) or "principalId" not in told:
        raise RefusedError("AUTHORIZER_FAILURE", reason="Execution failed due to an authorizer error")
    return told


def _judged(request: Coming, told: dict[str, Any]) -> None:
    policy = told.get("policyDocument") or {}
    statements = [{"Principal": "*", **each} for each in policy.get("Statement") or ()]
    said = verdict(json.dumps({"Statement": statements}), Caller(), "execute-api:Invoke", request.arn)
    if said == "deny":
        raise RefusedError("ACCESS_DENIED", "User is not authorized to access this resource with an explicit deny")
    if said != "allow":
        raise RefusedError("ACCESS_DENIED")
