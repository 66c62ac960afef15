"""What the API server refuses, as the Status objects that clients read.

Source of reasons and sentences: ``k8s.io/apimachinery/pkg/api/errors/errors.go`` and
``k8s.io/apimachinery/pkg/util/validation/field/errors.go``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws14.emulator.kubernetes.kinds import Kind

__all__ = [
    "ApiError",
    "Cause",
    "already_exists",
    "bad_request",
    "conflict",
    "forbidden",
    "forbidden_value",
    "gone",
    "immutable",
    "invalid",
    "invalid_value",
    "not_found",
    "refused",
    "required",
    "unsupported",
]


class ApiError(Exception):
    """A request that the API server refuses.

    Parameters
    ----------
    code : int
        HTTP status.
    reason : str
        In one CamelCase word, as clients test it.
    message : str
        The sentence.
    details : dict, optional
        ``name``, ``group``, ``kind``, ``causes``, ``retryAfterSeconds``.
    """

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details

    def status(self) -> dict[str, Any]:
        """Return the Status object of the answer."""
        body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message}
        told: dict[str, Any] = {"reason": self.reason} | ({"details": self.details} if self.details else {})
        return body | told | {"code": self.code}


@dataclass(frozen=True)
class Cause:
    """One thing wrong with one field.

    Parameters
    ----------
    field : str
        ``spec.template.spec.containers[0].image``.
    reason : str
        ``FieldValueRequired`` and the like.
    message : str
        What is said of the field, without its name.
    """

    field: str
    reason: str
    message: str


def required(field: str, detail: str = "") -> Cause:
    """Return the cause for a field that is missing."""
    return Cause(field, "FieldValueRequired", "Required value" + (f": {detail}" if detail else ""))


def invalid_value(field: str, value: Any, detail: str) -> Cause:
    """Return the cause for a field whose value cannot be."""
    return Cause(field, "FieldValueInvalid", f"Invalid value: {_shown(value)}: {detail}")


def unsupported(field: str, value: Any, allowed: Sequence[str]) -> Cause:
    """Return the cause for a value that is none of a closed list."""
    listed = ", ".join(f'"{one}"' for one in sorted(allowed))
    return Cause(field, "FieldValueNotSupported", f"Unsupported value: {_shown(value)}: supported values: {listed}")


def forbidden_value(field: str, detail: str) -> Cause:
    """Return the cause for a field that may not be given, or not be changed."""
    return Cause(field, "FieldValueForbidden", f"Forbidden: {detail}")


def immutable(field: str, value: Any) -> Cause:
    """Return the cause for a field that never changes."""
    return invalid_value(field, value, "field is immutable")


def _shown(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> ApiError:
    """Return the refusal of an object for what is in it (422)."""
    sentences = [f"{one.field}: {one.message}" for one in causes]
    told = sentences[0] if len(sentences) == 1 else "[" + ", ".join(sentences) + "]"
    details = {
        "name": name,
        "group": kind.group,
        "kind": kind.name,
        "causes": [{"reason": one.reason, "message": one.message, "field": one.field} for one in causes],
    }
    return ApiError(422, "Invalid", f'{kind.qualified} "{name}" is invalid: {told}', _filled(details))


def not_found(kind: Kind, name: str) -> ApiError:
    """Return the refusal for an object that is not there (404)."""
    return ApiError(404, "NotFound", f'{kind.resource} "{name}" not found', _about(kind, name))


def already_exists(kind: Kind, name: str) -> ApiError:
    """Return the refusal of a second object of one name (409)."""
    return ApiError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _about(kind, name))


def conflict(kind: Kind, name: str, why: str = "") -> ApiError:
    """Return the refusal of a change of something that has changed meanwhile (409)."""
    stale = "the object has been modified; please apply your changes to the latest version and try again"
    sentence = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why or stale}'
    return ApiError(409, "Conflict", sentence, _about(kind, name))


def forbidden(kind: Kind, name: str, why: str) -> ApiError:
    """Return the refusal of something that is not allowed here, or not to this user (403)."""
    named = f'{kind.resource} "{name}"' if name else kind.resource
    return ApiError(403, "Forbidden", f"{named} is forbidden: {why}", _about(kind, name))


def bad_request(why: str) -> ApiError:
    """Return the refusal of a request that cannot be read (400)."""
    return ApiError(400, "BadRequest", why)


def gone(why: str) -> ApiError:
    """Return the refusal of a resource version that has been forgotten (410)."""
    return ApiError(410, "Expired", why)


def refused(kind: Kind, name: str, why: str, *, retry_after_s: int = 0) -> ApiError:
    """Return the refusal of what may be tried again later (429)."""
    details = _about(kind, name) | ({"retryAfterSeconds": retry_after_s} if retry_after_s else {})
    return ApiError(429, "TooManyRequests", why, details)


def _about(kind: Kind, name: str) -> dict[str, Any]:
    return _filled({"name": name, "group": kind.group, "kind": kind.plural})


def _filled(details: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in details.items() if value}
