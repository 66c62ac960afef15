"""The bodies of requests: objects, patches, options; in JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from aws14.emulator.kubernetes.deleting import Deletion
from aws14.emulator.kubernetes.exchange import Request
from aws14.emulator.kubernetes.failure import ApiError, bad_request
from aws14.emulator.kubernetes.patches import json_patched, merge_patched
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.strategic import strategic_patched
from aws14.emulator.kubernetes.targets import Query, Target

__all__ = ["APPLY", "deletion_of", "media_type", "object_of", "patched", "read"]

#: Server-side apply.
APPLY = "application/apply-patch+yaml"
_PATCHES: dict[str, Callable[[Object, Any], Object]] = {
    "application/json-patch+json": json_patched,
    "application/merge-patch+json": merge_patched,
    "application/strategic-merge-patch+json": strategic_patched,
    APPLY: strategic_patched,
}
_READABLE = ("", "application/json", "application/yaml", "text/yaml", *_PATCHES)


def media_type(request: Request) -> str:
    """Return what the body of a request says it is, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def read(request: Request) -> Any:
    """Return the body of a request.

    Raises
    ------
    ApiError
        It is of a kind that is not read here (415), or cannot be read (400).
    """
    if media_type(request) not in _READABLE:
        raise _unread(_READABLE[1:])
    try:
        return yaml.safe_load(request.body) if "yaml" in media_type(request) else json.loads(request.body or b"null")
    except (ValueError, yaml.YAMLError) as error:
        raise bad_request(f"couldn't get version/kind; json parse error: {error}") from None


def _unread(known: tuple[str, ...]) -> ApiError:
    why = "the body of the request was in an unknown format - accepted media types include: " + ", ".join(known)
    return ApiError(415, "UnsupportedMediaType", why)


def object_of(request: Request, target: Target) -> Object:
    """Return the object in the body of a request.

    Raises
    ------
    ApiError
        It is none, is of another kind, or of another namespace or name than the path says (400).
    """
    thing = read(request)
    if not isinstance(thing, dict):
        raise bad_request("unable to decode: an object is expected")
    said = thing.get("apiVersion", target.version), thing.get("kind", target.kind.name)
    if not target.subresource and said != (target.version, target.kind.name):
        raise bad_request(f"{said[1]} of {said[0]} cannot be handled as {target.kind.name} of {target.version}")
    _check_place(thing.setdefault("metadata", {}) or {}, target)
    return thing


def _check_place(metadata: dict[str, Any], target: Target) -> None:
    namespace = metadata.get("namespace")
    if target.namespace and namespace and namespace != target.namespace:
        raise bad_request(
            f"the namespace of the provided object does not match the namespace sent on the request"
            f" ({namespace} != {target.namespace})"
        )
    name = metadata.get("name")
    if target.name and not target.subresource and name and name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")
    if target.namespace:
        metadata["namespace"] = target.namespace


def patched(request: Request, thing: Object) -> Object:
    """Return an object with the patch that is in the body of a request.

    Raises
    ------
    ApiError
        It cannot be read (400, 415), or cannot be done (422).
    """
    how = _PATCHES.get(media_type(request))
    if how is None:
        raise _unread(tuple(_PATCHES))
    patch = read(request)
    if how is not json_patched and not isinstance(patch, dict):
        raise bad_request("error decoding patch: an object is expected")
    return how(thing, patch)


def deletion_of(request: Request, query: Query) -> Deletion:
    """Return how an object is to be deleted: in the body of a request, or in its query.

    Raises
    ------
    ApiError
        It cannot be read (400).
    """
    said = (read(request) if request.body else None) or {}
    if said.get("kind") not in (None, "DeleteOptions"):
        said = {}
    conditions = said.get("preconditions") or {}
    grace_s = said.get("gracePeriodSeconds", query.number("gracePeriodSeconds"))
    orphans = said.get("orphanDependents")
    usual = "" if orphans is None else ("Orphan" if orphans else "Background")
    return Deletion(
        grace_s=grace_s,
        propagation=said.get("propagationPolicy") or query.text("propagationPolicy") or usual,
        uid=conditions.get("uid") or "",
        revision=conditions.get("resourceVersion") or "",
        dry_run=query.dry_run or "All" in (said.get("dryRun") or ()),
    )
