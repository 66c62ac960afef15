"""Whether a request is what a method asks for: required parameters, and a body that fits its model."""

from __future__ import annotations

import json
from typing import Any

from aws14.emulator.apis.coming import Coming, pairs
from aws14.emulator.apis.refusals import RefusedError

__all__ = ["check"]

_PLACE = "method.request."


def check(request: Coming, method: dict[str, Any], told: dict[str, Any]) -> None:
    """Refuse a request that its method's validator refuses.

    Parameters
    ----------
    request : Coming
        The request.
    method : dict
        As the API shows it.
    told : dict
        The deployed definition.

    Raises
    ------
    RefusedError
        400.
    """
    validator = told["validators"].get(method.get("requestValidatorId") or "")
    if validator is None:
        return
    if validator.get("validateRequestParameters"):
        missing = [
            name for name, wanted in (method.get("requestParameters") or {}).items() if _lacks(request, name, wanted)
        ]
        if missing:
            names = ", ".join(each.rpartition(".")[2] for each in missing)
            raise RefusedError("BAD_REQUEST_PARAMETERS", f"Missing required request parameters: [{names}]")
    if validator.get("validateRequestBody"):
        _body(request, method.get("requestModels") or {}, told["models"])


def _lacks(request: Coming, name: str, wanted: Any) -> bool:
    if str(wanted).lower() != "true" or not name.startswith(_PLACE):
        return False
    place, _, key = name.removeprefix(_PLACE).partition(".")
    if place == "header":
        return not request.header(key)
    return place == "querystring" and key not in dict(pairs(request.query))


def _body(request: Coming, models: dict[str, str], schemas: dict[str, str]) -> None:
    from jsonschema import Draft4Validator  # type: ignore[import-untyped]
    from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped]

    kind = (request.header("Content-Type") or "application/json").partition(";")[0].strip()
    schema = schemas.get(models.get(kind, ""))
    if not schema:
        return
    try:
        body = json.loads(request.text or "null")
        problems = list(Draft4Validator(json.loads(schema)).iter_errors(body))
    except ValueError:
        raise RefusedError("BAD_REQUEST_BODY", reason="Request body is no JSON") from None
    except SchemaError as error:
        raise RefusedError("API_CONFIGURATION_ERROR", reason=f"The model is no JSON schema: {error.message}") from None
    if problems:
        raise RefusedError("BAD_REQUEST_BODY", reason="; ".join(each.message for each in problems[:3]))
