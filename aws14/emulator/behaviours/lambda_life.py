"""The life of a Lambda function: pending, active, updated, on the clock; what AWS refuses.

What AWS does
    A new function is Pending for a moment (longer in a VPC, where network interfaces are made) before it can be
    invoked; a change of its code or configuration is InProgress for a moment, in which it cannot be changed again.
    A zip that is none, a package that is too large, a runtime or role that Lambda does not take are refused. A
    dead-letter queue is part of the configuration.
What moto leaves out
    Every function is active at once and every update successful; zips are not looked into; roles need no trust; the
    VPC shown is another one; dead-letter configurations, changes of architecture and tags of versions are dropped,
    numbers of deleted versions are given again.
What this adds
    All of that; interfaces of functions in a VPC, one for each subnet and set of security groups.
What it still does not do
    A change takes effect at once, not when it is successful. Interfaces go with the last function, where AWS takes up
    to twenty minutes. Functions that are inactive after weeks, code signing, image packages.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Callable
from typing import Any

from aws14 import catalog
from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.functions import states, vpc

__all__ = ["install"]

_MB = 1024 * 1024
_RUNTIMES = tuple(f"python3.{minor}" for minor in range(9, 15))
#: Runtimes that AWS takes and that do not run here.
_OTHERS = ("nodejs", "java", "dotnet", "ruby", "provided")


def install() -> None:
    """Take hold of where moto makes and changes functions."""
    from moto.awslambda.models import LambdaBackend, LambdaFunction

    around(LambdaBackend, "create_function", _create)
    around(LambdaBackend, "update_function_code", _update_code)
    around(LambdaBackend, "update_function_configuration", _update_configuration)
    around(LambdaBackend, "delete_function", _delete)
    around(LambdaBackend, "publish_version", _publish)
    around(LambdaFunction, "get_configuration", _configuration)
    replace(LambdaFunction, "vpc_config", property(_vpc_config))


def _create(original: Callable[..., Any], backend: Any, spec: dict[str, Any]) -> Any:
    _refuse_configuration(spec)
    if spec.get("PackageType", "Zip") == "Zip":
        _refuse_runtime(spec)
        _refuse_package(spec.get("Code") or {})
    _refuse_role(backend, str(spec.get("Role") or ""))
    function = original(backend, spec)
    latest = backend.get_function(spec["FunctionName"])
    latest.aws14_dead_letters = spec.get("DeadLetterConfig") or {}
    vpc.place(latest)
    states.begin_creation(latest)
    if function is not latest:
        function.state = "Pending"
        function.aws14_dead_letters = latest.aws14_dead_letters
    return function


def _update_code(original: Callable[..., Any], backend: Any, function_name: str, qualifier: str, **named: Any) -> Any:
    body: dict[str, Any] = named["body"]
    function = backend.get_function(function_name)
    states.refuse_while_updating(function)
    _refuse_package(body)
    before = function.code_sha_256
    if body.get("Architectures") and not body.get("DryRun"):
        function.architectures = body["Architectures"]
    told = original(backend, function_name, qualifier, body=body)
    if body.get("DryRun"):
        return told
    function.code_or_config_updated = function.code_or_config_updated and (
        function.code_sha_256 != before or not body.get("Publish")
    )
    states.begin_update(function)
    return {**told, **states.shown(function)}


def _update_configuration(
    original: Callable[..., Any], backend: Any, function_name: str, qualifier: str, **named: Any
) -> Any:
    body: dict[str, Any] = named["body"]
    function = backend.get_function(function_name)
    states.refuse_while_updating(function)
    _refuse_configuration(body)
    if "Runtime" in body:
        _refuse_runtime(body)
    if body.get("Role"):
        _refuse_role(backend, str(body["Role"]))
    if "DeadLetterConfig" in body:
        function.aws14_dead_letters = body["DeadLetterConfig"] or {}
    if body.get("EphemeralStorage"):
        function.ephemeral_storage = body["EphemeralStorage"]["Size"]
    original(backend, function_name, qualifier, body=body)
    vpc.place(function)
    vpc.sweep(*_place(backend), _latest(backend))
    states.begin_update(function)
    return function.get_configuration()


def _delete(original: Callable[..., Any], backend: Any, function_name: str, qualifier: str | None = None) -> Any:
    told = original(backend, function_name, qualifier)
    vpc.sweep(*_place(backend), _latest(backend))
    return told


def _publish(original: Callable[..., Any], backend: Any, function_name: str, description: str = "") -> Any:
    function = backend.get_function(function_name)
    states.refuse_while_updating(function)
    versions = backend._lambdas._functions[function.function_name]["versions"]  # noqa: SLF001 - moto keeps them here
    known = len(versions)
    published = original(backend, function_name, description)
    if published is None or len(versions) == known:
        return published
    # moto counts those that are left: a number that was given is not given again.
    number = getattr(function, "aws14_versions", 0) + 1
    if number != published.version:
        backend._lambdas._arns.pop(published.function_arn, None)  # noqa: SLF001 - as above
        published.set_version(number)
        backend._lambdas._arns[published.function_arn] = published  # noqa: SLF001 - as above
    function.aws14_versions = number
    published.environment_vars = dict(function.environment_vars)
    return published


def _configuration(original: Callable[..., Any], function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    told: dict[str, Any] = {**original(function, *args, **kwargs), **states.shown(function)}
    dead_letters = getattr(function, "aws14_dead_letters", None)
    if dead_letters:
        told["DeadLetterConfig"] = dead_letters
    return told


def _vpc_config(function: Any) -> dict[str, Any] | None:
    config = function._vpc_config  # noqa: SLF001 - moto keeps it here
    if not config or not config.get("SubnetIds"):
        return None
    from moto.ec2.models import ec2_backends

    subnet = ec2_backends[function.account_id][function.region].get_subnet(config["SubnetIds"][0])
    return {**config, "VpcId": subnet.vpc_id}


def _refuse_runtime(spec: dict[str, Any]) -> None:
    runtime = str(spec.get("Runtime") or "")
    if runtime in _RUNTIMES:
        return
    if runtime.startswith(_OTHERS):
        raise _invalid(f"The runtime {runtime} does not run in the embedded AWS: {', '.join(_RUNTIMES)} do.")
    known = ", ".join(_RUNTIMES)
    raise _invalid(f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
                   f"[{known}] or be a valid ARN")  # fmt: skip


def _refuse_configuration(spec: dict[str, Any]) -> None:
    for name, least, limit in (("MemorySize", 128, "memory maximum"), ("Timeout", 1, "timeout")):
        value, most = spec.get(name), int(catalog.quota("Lambda", limit).value)
        if value is not None and not least <= int(value) <= most:
            where = name[0].lower() + name[1:]
            bound = f"less than or equal to {most}" if int(value) > most else f"greater than or equal to {least}"
            raise _invalid(
                f"1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint: "
                f"Member must have value {bound}"
            )


def _refuse_package(code: dict[str, Any]) -> None:
    given = code.get("ZipFile")
    if given is None:
        return
    try:
        data = base64.b64decode(given)
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, binascii.Error, ValueError):
        raise _invalid("Could not unzip uploaded file. Please check your file, then try to upload again.") from None
    most = int(catalog.quota("Lambda", "package unzipped").value * _MB)
    if sum(each.file_size for each in entries) > most:
        raise _invalid(f"Unzipped size must be smaller than {most} bytes")
    if len(data) > catalog.quota("Lambda", "package zipped, uploaded directly").value * _MB:
        from moto.awslambda.exceptions import LambdaClientError

        most = int(catalog.quota("Lambda", "package zipped, uploaded directly").value * _MB * 1.4)
        error = LambdaClientError("RequestEntityTooLargeException", f"Request must be smaller than {most} bytes")
        error.code = 413
        raise error
    if not entries:
        raise _invalid("Uploaded file must be a non-empty zip")


def _refuse_role(backend: Any, arn: str) -> None:
    """A role that does not trust Lambda; one that is not there is refused by moto."""
    from moto.iam.models import iam_backends

    roles = iam_backends[backend.account_id]["aws"].roles.values()
    role = next((each for each in roles if each.arn == arn), None)
    if role is not None and "lambda.amazonaws.com" not in str(role.assume_role_policy_document):
        raise _invalid("The role defined for the function cannot be assumed by Lambda.")


def _invalid(message: str) -> Exception:
    from moto.awslambda.exceptions import InvalidParameterValueException

    return InvalidParameterValueException(message)


def _place(backend: Any) -> tuple[str, str]:
    return backend.account_id, backend.region_name


def _latest(backend: Any) -> list[Any]:
    return list(backend._lambdas.latest())  # noqa: SLF001 - moto keeps them here
