"""Stages of REST APIs: which changes they take, and when they were made and changed.

The paths are those of `UpdateStage` ("Patch operations" in the API's reference); a path that is none, a value of
another kind or an operation that a path does not take is refused before anything is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws14.emulator.world import world

__all__ = ["fault", "made", "shown", "touched"]

_OWN: Mapping[str, tuple[str, ...]] = {
    "/deploymentId": ("replace", "copy"),
    "/description": ("replace",),
    "/cacheClusterEnabled": ("replace",),
    "/cacheClusterSize": ("replace",),
    "/clientCertificateId": ("replace",),
    "/accessLogSettings": ("remove",),
    "/accessLogSettings/destinationArn": ("replace",),
    "/accessLogSettings/format": ("replace",),
    "/tracingEnabled": ("replace",),
}
_SETTINGS: Mapping[str, str] = {
    "metrics/enabled": "boolean",
    "logging/dataTrace": "boolean",
    "logging/loglevel": "level",
    "throttling/burstLimit": "integer",
    "throttling/rateLimit": "number",
    "caching/ttlInSeconds": "integer",
    "caching/enabled": "boolean",
    "caching/dataEncrypted": "boolean",
    "caching/requireAuthorizationForCacheControl": "boolean",
    "caching/unauthorizedCacheControlHeaderStrategy": "text",
}
_OF_METHOD = re.compile(r"/[^/]+/[^/]+/(?P<setting>[^/]+/[^/]+)")
_WHOLE_METHOD = re.compile(r"/[^/]+/[^/]+")
_VARIABLE = re.compile(r"/variables/[A-Za-z0-9_]+")
_LEVELS = frozenset({"OFF", "ERROR", "INFO"})


def fault(patches: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with changes to a stage, in API Gateway's words; empty for nothing.

    Parameters
    ----------
    patches : sequence of Mapping
        ``op``, ``path``, ``value``.
    """
    return next((found for each in patches if (found := _fault(each))), "")


def _fault(patch: Mapping[str, Any]) -> str:
    operation, path, value = str(patch.get("op")), str(patch.get("path") or ""), patch.get("value")
    setting = _OF_METHOD.fullmatch(path)
    kind = _SETTINGS.get(setting["setting"], "") if setting else ""
    allowed = _operations(path, kind, operation)
    if allowed is None:
        places = (*_OWN, *(f"/{{resourcePath}}/{{httpMethod}}/{each}" for each in _SETTINGS), "/variables/{name}")
        return f"Invalid method setting path: {path}. Must be one of: [{', '.join(places)}]"
    if operation not in allowed:
        return f"Invalid patch path '{path}' specified for op '{operation}'. Allowed operations: {list(allowed)}"
    if operation == "replace" and not _fits(kind, value):
        return f"Invalid value '{value}' for patch path '{path}': {_WANTED[kind]}"
    return ""


def _operations(path: str, kind: str, operation: str) -> tuple[str, ...] | None:
    if kind:
        return ("replace",)
    if _VARIABLE.fullmatch(path):
        return ("replace", "remove")
    if path in _OWN:
        return _OWN[path]
    return ("remove",) if operation == "remove" and _WHOLE_METHOD.fullmatch(path) else None


def _is_number(value: Any) -> bool:
    return re.fullmatch(r"-1|\d+(\.\d*)?|\.\d+", str(value)) is not None


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "boolean": lambda value: str(value).lower() in {"true", "false"},
    "level": lambda value: value in _LEVELS,
    "integer": lambda value: re.fullmatch(r"-1|\d+", str(value)) is not None,
    "number": _is_number,
}
_WANTED = {
    "boolean": "must be true or false",
    "level": f"must be one of {sorted(_LEVELS)}",
    "integer": "must be a whole number, not negative",
    "number": "must be a number, not negative",
}


def _fits(kind: str, value: Any) -> bool:
    return kind not in _FITS or _FITS[kind](value)


def made(stage: Any, description: str = "") -> None:
    """Note when a stage was made, and what it is for."""
    stage.aws14_created = stage.aws14_changed = int(world().clock.now())
    if description:
        stage.description = description


def touched(stage: Any) -> None:
    """Note that a stage was changed now."""
    stage.aws14_changed = int(world().clock.now())


def shown(stage: Any) -> dict[str, int]:
    """When a stage was made and changed, as the API tells it; nothing where it is not known."""
    created = getattr(stage, "aws14_created", None)
    return {} if created is None else {"createdDate": created, "lastUpdatedDate": stage.aws14_changed}
