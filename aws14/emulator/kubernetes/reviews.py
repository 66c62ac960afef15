"""Questions about the one who asks: may I, and who am I (``kubectl auth can-i``, ``kubectl auth whoami``)."""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.authorising import Wish, is_allowed
from aws14.emulator.kubernetes.bodies import read
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.exchange import Request, User
from aws14.emulator.kubernetes.kinds import KINDS
from aws14.emulator.kubernetes.storage import Object

__all__ = ["review"]

_MAY_I = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_WHO_AM_I = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


def review(cluster: Cluster, user: User, request: Request) -> Object | None:
    """Return the answer to a question about the user; None if it is another request."""
    if request.method != "POST" or request.path not in (_MAY_I, _WHO_AM_I):
        return None
    if request.path == _WHO_AM_I:
        said = {"userInfo": {"username": user.name, "groups": list(user.groups)}}
        return _written("SelfSubjectReview", "authentication.k8s.io/v1") | {"status": said}
    asked = read(request) or {}
    wanted = (asked.get("spec") or {}).get("resourceAttributes") or {}
    allowed = is_allowed(cluster, user, _wish(wanted))
    written = _written("SelfSubjectAccessReview", "authorization.k8s.io/v1")
    return written | {"spec": asked.get("spec") or {}, "status": {"allowed": allowed}}


def _wish(wanted: dict[str, Any]) -> Wish:
    resource, part = str(wanted.get("resource", "")), wanted.get("subresource")
    cluster_wide = any(kind.plural == resource and not kind.namespaced for kind in KINDS.values())
    return Wish(
        str(wanted.get("verb", "")),
        str(wanted.get("group", "")),
        f"{resource}/{part}" if part else resource,
        str(wanted.get("namespace", "")),
        str(wanted.get("name", "")),
        not cluster_wide,
    )


def _written(kind: str, version: str) -> Object:
    return {"kind": kind, "apiVersion": version, "metadata": {"creationTimestamp": None}}
