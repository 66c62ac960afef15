"""Who may use a REST API how much: API keys, usage plans, and the limits of methods, stages and the account.

Limits are looked at in this order (developer guide, "Throttle requests to your REST APIs"): those of the usage plan for
the client and the method, those of the stage's method, those of the account.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.apis.coming import Coming
from aws14.emulator.apis.refusals import RefusedError
from aws14.emulator.apis.throttles import account_limits, over_quota, takes

__all__ = ["check_key", "limits_of", "settings_for", "throttle"]

_EVERY = "*/*"


def settings_for(stage: Any, method: str, path: str) -> dict[str, Any]:
    """The settings of a stage for one method: its own over those for all.

    Parameters
    ----------
    stage : moto.apigateway.models.Stage
        The stage.
    method, path : str
        ``GET``, ``/users/{id}``.
    """
    escaped = path.replace("~", "~0").replace("/", "~1")
    given = stage.method_settings
    names = (f"{escaped}/{method}", f"{path.lstrip('/')}/{method}")
    own: dict[str, Any] = next((given[each] for each in names if each in given), {})
    return {**given.get(_EVERY, {}), **own}


def limits_of(settings: dict[str, Any]) -> tuple[float, float]:
    """Rate and burst of a method under a stage's settings; the account's where they say nothing."""
    rate_rps, burst = account_limits()
    given = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
    return (
        rate_rps if given[0] in (None, -1) else float(given[0]),
        burst if given[1] in (None, -1) else float(given[1]),
    )


def check_key(request: Coming, key_source: str, resource: str, identity: str = "") -> None:
    """Let a client in by its API key, within its usage plan.

    Parameters
    ----------
    request : Coming
        Of whom.
    key_source : str
        ``HEADER``, or ``AUTHORIZER``: the key is what the authorizer said.
    resource : str
        ``/users/GET``, as plans name methods.
    identity : str, optional
        The key that the authorizer said.

    Raises
    ------
    RefusedError
        403 without a key of a plan of this stage, 429 beyond the plan's limits.
    """
    from moto.apigateway.models import apigateway_backends

    backend = apigateway_backends[request.account][request.region]
    value = identity if key_source == "AUTHORIZER" else request.header("x-api-key")
    key = next((each for each in backend.keys.values() if each.value == value and each.enabled), None)
    if not value or key is None:
        raise RefusedError("INVALID_API_KEY", reason="API Key is missing or unknown")
    for plan in backend.usage_plans.values():
        stage = next((each for each in plan.api_stages if _is_of(each, request)), None)
        if stage is not None and key.id in backend.usage_plan_keys.get(plan.id, {}):
            _within(plan, key.id, stage, resource)
            return
    raise RefusedError("INVALID_API_KEY", reason=f"API Key {key.id} is in no usage plan of this stage")


def _is_of(stage: dict[str, Any], request: Coming) -> bool:
    return (stage.get("apiId"), stage.get("stage")) == (request.api, request.stage)


def _within(plan: Any, key: str, stage: dict[str, Any], resource: str) -> None:
    own = (stage.get("throttle") or {}).get(resource)
    for limits, name in ((own, resource), (plan.throttle, "")):
        if limits:
            bucket = ("plan", plan.id, key, name)
            if not takes(bucket, float(limits.get("rateLimit") or 0), float(limits.get("burstLimit") or 0)):
                raise RefusedError("THROTTLED", reason=f"Usage plan {plan.id} throttles")
            break
    if plan.quota and over_quota(plan.id, key, plan.quota):
        raise RefusedError("QUOTA_EXCEEDED", reason=f"API Key {key} has used up its quota")


def throttle(request: Coming, limits: tuple[float, float], resource: str) -> None:
    """Hold a request to the limits of its method and of the account.

    Raises
    ------
    RefusedError
        429.
    """
    own = ("stage", request.api, request.stage, request.method, resource)
    account = ("account", request.account, request.region)
    if not takes(own, *limits) or not takes(account, *account_limits()):
        raise RefusedError("THROTTLED", reason="Rate exceeded")
