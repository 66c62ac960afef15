"""Lists: selected, of one moment, page by page."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.failure import ApiError, bad_request, gone
from aws14.emulator.kubernetes.selectors import field_filter, label_filter
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.targets import Query, Target

__all__ = ["listed", "selected_by"]

_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter."
)


def selected_by(target: Target, query: Query) -> Callable[[Object], bool]:
    """Return the test that a request makes of objects: namespace, name, label selector, field selector.

    Raises
    ------
    ApiError
        A selector cannot be read (400).
    """
    labels = label_filter(query.text("labelSelector"))
    fields = field_filter(target.kind, query.text("fieldSelector"))

    def fits(thing: Object) -> bool:
        metadata = thing["metadata"]
        here = not target.namespace or metadata.get("namespace") == target.namespace
        named = not target.name or metadata["name"] == target.name
        return here and named and labels(thing) and fields(thing)

    return fits


def listed(cluster: Cluster, target: Target, query: Query) -> tuple[list[Object], dict[str, object]]:
    """Return the objects that a request asks for, and the metadata of their list.

    Raises
    ------
    ApiError
        A parameter cannot be (400, 422), or the moment is too long ago (410).
    """
    revision, after = _moment(cluster, query)
    fits = selected_by(target, query)
    try:
        found = [one for one in cluster.storage.as_of(target.kind.name, revision) if fits(one)]
    except ApiError as error:
        raise gone(_TOO_OLD) if query.text("continue") else error from error
    found = [one for one in found if _place(one) > after] if after else found
    metadata: dict[str, object] = {"resourceVersion": str(revision)}
    limit = query.number("limit") or 0
    if limit and len(found) > limit:
        metadata["continue"] = _token(revision, found[limit - 1])
        if not query.text("labelSelector") and not query.text("fieldSelector"):
            metadata["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return found, metadata


def _moment(cluster: Cluster, query: Query) -> tuple[int, list[str]]:
    """Return the revision that is asked for, and the place after which to go on."""
    if query.text("continue"):
        return _read_token(query.text("continue"))
    present, asked = cluster.storage.revision, query.number("resourceVersion")
    match = query.text("resourceVersionMatch")
    if match and asked is None:
        why = "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
        raise ApiError(422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: {why}')
    if asked and asked > present:
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        details = {"causes": [cause], "retryAfterSeconds": 1}
        raise ApiError(504, "Timeout", f"Too large resource version: {asked}, current: {present}", details)
    return (asked if match == "Exact" and asked else present), []


def _place(thing: Object) -> list[str]:
    return [thing["metadata"].get("namespace", ""), thing["metadata"]["name"]]


def _token(revision: int, last: Object) -> str:
    told = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": _place(last)}).encode()
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, list[str]]:
    try:
        told = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return int(told["rv"]), [str(part) for part in told["start"]]
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise bad_request("continue key is not valid: illegal base64 data") from None
