"""How many events a function handles at the same time: the account's limit, what is reserved, what is provisioned.

What AWS does
    An account's functions in a region run up to 1000 events at the same time. Concurrency reserved for a function is
    its own and its limit; at least 100 stay for the others. What is beyond is throttled: TooManyRequestsException with
    its reason. Provisioned concurrency keeps environments of a version or alias started; it takes minutes to be READY.
    New environments of one function come at 1000 every ten seconds at most.
What moto leaves out
    Reserved concurrency is a number that nothing looks at; provisioned concurrency and GetAccountSettings are missing.
What this adds
    All of that. Environments that are kept ready are started before their first event, on the clock.
What it still does not do
    At most half of the processes of this machine's share are started ahead; further provisioned environments start with
    their first event, without that event being told of a start. Application Auto Scaling of provisioned concurrency;
    the limit of ten requests a second for each concurrent execution.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from aws14 import catalog
from aws14.emulator.behaviours.hooks import add, around, replace
from aws14.emulator.functions import admitting, provisioned, provisions
from aws14.emulator.functions.provisions import Provision
from aws14.emulator.functions.targets import Target, functions_of, target

__all__ = ["install"]

_PATHS = ("/functions/(?P<function_name>[^/]+)/provisioned-concurrency$", "/account-settings/?$")
_MB = 1024 * 1024


def install() -> None:
    """Take hold of where moto keeps concurrency; add what it has not."""
    from moto.awslambda.models import LambdaBackend
    from moto.awslambda.responses import LambdaResponse
    from moto.awslambda.urls import url_paths

    for path in _PATHS:
        url_paths[r"{0}/(?P<api_version>[^/]+)" + path] = LambdaResponse.dispatch
    around(LambdaBackend, "put_function_concurrency", _reserve)
    around(LambdaBackend, "update_alias", _alias_moves)
    around(LambdaBackend, "delete_function", _delete)
    replace(LambdaResponse, "get_function_concurrency", _reserved)
    for name, operation in _OPERATIONS.items():
        add(LambdaResponse, name, operation)


def _reserve(original: Callable[..., Any], backend: Any, function_name: str, reserved_concurrency: Any) -> Any:
    place, function = (backend.account_id, backend.region_name), backend.get_function(function_name)
    wanted = int(reserved_concurrency)
    left = admitting.unreserved(*place) + (admitting.reserved_of(function) or 0) - wanted
    _refuse_below_minimum(left, "ReservedConcurrentExecutions")
    allocated = sum(each.requested for each in provisions.of(*place, function.function_name).values())
    if wanted < allocated:
        text = "ReservedConcurrentExecutions for function should not be lower than function's total"
        raise _invalid(f"{text} provisioned concurrency [{allocated}].")
    return original(backend, function_name, wanted)


def _refuse_below_minimum(left: int, what: str) -> None:
    least = int(catalog.quota("Lambda", "unreserved concurrency minimum").value)
    if left < least:
        raise _invalid(
            f"Specified {what} for function decreases account's UnreservedConcurrentExecution below its minimum "
            f"value of [{least}]."
        )


def _reserved(response: Any) -> str:
    """Empty where nothing is reserved."""
    name = unquote(response.path.split("/functions/")[1].partition("/")[0])
    reserved = admitting.reserved_of(response.backend.get_function(name))
    return json.dumps({} if reserved is None else {"ReservedConcurrentExecutions": reserved})


def _alias_moves(
    original: Callable[..., Any], backend: Any, name: str, function_name: str, *args: Any, **kw: Any
) -> Any:
    before = backend.get_alias(name, function_name).function_version
    alias = original(backend, name, function_name, *args, **kw)
    known = provisions.of(backend.account_id, backend.region_name, function_name).get(name)
    if known is not None and alias.function_version != before:
        provisioned.allocate(target(backend.account_id, backend.region_name, function_name, name), known.requested)
    return alias


def _delete(original: Callable[..., Any], backend: Any, function_name: str, qualifier: str | None = None) -> Any:
    meant = target(backend.account_id, backend.region_name, function_name, qualifier)
    told = original(backend, function_name, qualifier)
    if not meant.qualifier:
        provisions.of(*meant.place, meant.name).clear()
    return told


def _meant(response: Any) -> Target:
    name = unquote(response.path.split("/functions/")[1].partition("/")[0])
    qualifier = response._get_param("Qualifier")  # noqa: SLF001 - moto's way to the query
    return target(response.current_account, response.region, name, qualifier)


def _put(response: Any) -> tuple[int, dict[str, str], str]:
    """PutProvisionedConcurrencyConfig."""
    meant = _meant(response)
    if meant.version == "$LATEST":
        raise _invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    wanted = int(response.json_body["ProvisionedConcurrentExecutions"])
    latest = next(each for each in functions_of(*meant.place) if each.function_name == meant.name)
    reserved = admitting.reserved_of(latest)
    if reserved is not None and wanted > reserved:
        raise _invalid(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
    if reserved is None:
        _refuse_below_minimum(admitting.unreserved(*meant.place) - wanted, "ConcurrentExecutions")
    return 202, {"status": "202"}, json.dumps(_shown(provisioned.allocate(meant, wanted)))


def _get(response: Any) -> str:
    """GetProvisionedConcurrencyConfig."""
    return json.dumps(_shown(_known(_meant(response))))


def _remove(response: Any) -> tuple[int, dict[str, str], str]:
    """DeleteProvisionedConcurrencyConfig."""
    meant = _meant(response)
    _known(meant)
    provisioned.release(meant)
    return 204, {"status": "204"}, ""


def _list(response: Any) -> str:
    """ListProvisionedConcurrencyConfigs."""
    meant = _meant(response)
    shown = [
        {**_shown(each), "FunctionArn": f"{meant.arn}:{qualifier}"}
        for qualifier, each in provisions.of(*meant.place, meant.name).items()
    ]
    return json.dumps({"ProvisionedConcurrencyConfigs": shown})


def _get_or_list(response: Any) -> str:
    """Both are one path; which it is, the query says."""
    return _list(response) if response._get_param("List") else _get(response)  # noqa: SLF001 - moto's way to the query


def _known(meant: Target) -> Provision:
    from moto.awslambda.exceptions import LambdaClientError

    found = provisions.of(*meant.place, meant.name).get(meant.qualifier)
    if found is None:
        text = "No Provisioned Concurrency Config found for this function"
        error = LambdaClientError("ProvisionedConcurrencyConfigNotFoundException", text)
        error.code = 404
        raise error
    return found


def _shown(provision: Provision) -> dict[str, Any]:
    there = provision.requested if provision.ready else 0
    told: dict[str, Any] = {
        "RequestedProvisionedConcurrentExecutions": provision.requested,
        "AvailableProvisionedConcurrentExecutions": there,
        "AllocatedProvisionedConcurrentExecutions": there,
        "Status": "FAILED" if provision.failed else "READY" if provision.ready else "IN_PROGRESS",
        "LastModified": datetime.fromtimestamp(provision.since, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }
    return {**told, "StatusReason": provision.failed} if provision.failed else told


def _account(response: Any) -> str:
    """GetAccountSettings."""
    place = (response.current_account, response.region)
    functions = functions_of(*place)
    limit = {
        "TotalCodeSize": int(catalog.quota("Lambda", "code storage").value * 1024 * _MB),
        "CodeSizeUnzipped": int(catalog.quota("Lambda", "package unzipped").value * _MB),
        "CodeSizeZipped": int(catalog.quota("Lambda", "package zipped, uploaded directly").value * _MB),
        "ConcurrentExecutions": admitting.account_limit(),
        "UnreservedConcurrentExecutions": admitting.unreserved(*place),
    }
    usage = {"TotalCodeSize": sum(each.code_size for each in functions), "FunctionCount": len(functions)}
    return json.dumps({"AccountLimit": limit, "AccountUsage": usage})


def _invalid(message: str) -> Exception:
    from moto.awslambda.exceptions import InvalidParameterValueException

    return InvalidParameterValueException(message)


_OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "put_provisioned_concurrency_config": _put,
    "get_provisioned_concurrency_config": _get_or_list,
    "list_provisioned_concurrency_configs": _get_or_list,
    "delete_provisioned_concurrency_config": _remove,
    "get_account_settings": _account,
}
