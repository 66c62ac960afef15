"""Which version of a function an invocation means: by name or ARN, by version, by alias with weights."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from aws14.emulator.world import world

__all__ = ["Target", "backend_of", "digest", "functions_of", "target"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A version of a function, called by some name.

    Parameters
    ----------
    function : moto.awslambda.models.LambdaFunction
        The version that runs.
    arn : str
        As it was called.
    qualifier : str
        Version or alias that it was called by; empty for none.
    """

    function: Any
    arn: str
    qualifier: str

    @property
    def version(self) -> str:
        """``$LATEST`` or a number."""
        return str(self.function.version)

    @property
    def name(self) -> str:
        """Of the function."""
        return str(self.function.function_name)

    @property
    def place(self) -> tuple[str, str]:
        """Account and region."""
        return str(self.function.account_id), str(self.function.region)


def backend_of(account: str, region: str) -> Any:
    """Moto's backend of Lambda."""
    from moto.awslambda.models import lambda_backends

    return lambda_backends[account][region]


def functions_of(account: str, region: str) -> list[Any]:
    """The functions of an account and region, as they are: ``$LATEST``."""
    return list(backend_of(account, region)._lambdas.latest())  # noqa: SLF001 - moto keeps them here


def target(account: str, region: str, reference: str, qualifier: str | None = None) -> Target:
    """Find what is meant.

    Parameters
    ----------
    account, region : str
        Where who calls is.
    reference : str
        Name, ``name:qualifier``, partial or whole ARN.
    qualifier : str, optional
        Version or alias.

    Raises
    ------
    moto.awslambda.exceptions.UnknownFunctionException
        There is no such function, version or alias.
    """
    if reference.startswith("arn:"):
        account, region = reference.split(":")[4], reference.split(":")[3]
    name, _, named = _named(reference).partition(":")
    meant = named or qualifier or ""
    backend = backend_of(account, region)
    found = backend.get_function(name, meant or None)
    alias = _alias(backend, name, meant)
    if alias is not None:
        found = backend.get_function(name, _chosen(alias))
    plain = f"{found.function_arn.partition(':function:')[0]}:function:{name}"
    return Target(function=found, arn=f"{plain}:{meant}" if meant else plain, qualifier=meant)


def digest(function: Any) -> str:
    """What of a version decides how it runs: another digest, another environment."""
    layers = [layer["Arn"] for layer in function.layers]
    vpc = function._vpc_config or {}  # noqa: SLF001 - moto shows another VPC's id
    what = [function.code_sha_256, function.handler, function.run_time, function.memory_size, function.timeout]
    what += [function.role, function.environment_vars, layers, vpc, function.ephemeral_storage, function.last_modified]
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _named(reference: str) -> str:
    """``name`` or ``name:qualifier`` of any way to call a function."""
    _, marked, rest = reference.partition("function:")
    return rest if marked else reference


def _alias(backend: Any, name: str, qualifier: str) -> Any:
    known = backend._lambdas._get_function_aliases(name) if qualifier else {}  # noqa: SLF001 - moto keeps them here
    return known.get(qualifier)


def _chosen(alias: Any) -> str:
    """The version of an alias for the next invocation: a share of them, as its weights say, goes to the second."""
    weights = (alias.routing_config or {}).get("AdditionalVersionWeights") or {}
    if not weights:
        return str(alias.function_version)
    counts: dict[str, int] = world().state.setdefault("lambda_routed", {})
    counts[alias.arn] = counts.get(alias.arn, 0) + 1
    drawn = crc32(f"{alias.arn} {counts[alias.arn]}".encode()) / 2**32
    for version, weight in weights.items():
        if drawn < float(weight):
            return str(version)
        drawn -= float(weight)
    return str(alias.function_version)
