"""What a cluster says of itself: versions, groups, resources, health, and as much OpenAPI as kubectl asks for.

The OpenAPI documents name paths and kinds only: they have no schemas, so ``kubectl explain`` has nothing to tell and
fields are not checked against them (kubectl's check of fields passes).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.kinds import Kind, served
from aws14.emulator.kubernetes.supplies import measured

__all__ = ["HEALTH", "document"]

HEALTH = frozenset({"/healthz", "/livez", "/readyz"})
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_OF_SUBRESOURCE = {
    "status": ["get", "patch", "update"],
    "scale": ["get", "patch", "update"],
    "log": ["get"],
    "eviction": ["create"],
    "binding": ["create"],
    "finalize": ["update"],
}
_KIND_OF_SUBRESOURCE = {"scale": ("autoscaling", "v1", "Scale"), "eviction": ("policy", "v1", "Eviction")}
_IN_ALL = frozenset({"Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob"})
_IN_ALL_TOO = frozenset({"HorizontalPodAutoscaler"})


def document(cluster: Cluster, path: str) -> dict[str, Any] | None:
    """Return what stands at a path that is not about objects; None if nothing does."""
    known = _documents(cluster)
    if path in known:
        return known[path]
    if path.startswith("/openapi/v3/"):
        return _openapi(cluster, path.removeprefix("/openapi/v3/"))
    return None


def _documents(cluster: Cluster) -> dict[str, dict[str, Any]]:
    here = _served(cluster)
    groups: dict[str, list[str]] = defaultdict(list)
    for group, version in here:
        if group:
            groups[group].append(version)
    every = [_group(name, versions) for name, versions in groups.items()]
    found: dict[str, dict[str, Any]] = {
        "/version": _version(cluster),
        "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": every},
        "/openapi/v2": {"swagger": "2.0", "info": {"title": "Kubernetes"}, "paths": {}, "definitions": {}},
        "/openapi/v3": {"paths": {_root(*one)[1:]: {"serverRelativeURL": f"/openapi/v3{_root(*one)}"} for one in here}},
    }
    for (group, version), kinds in here.items():
        found[_root(group, version)] = _resources(f"{group}/{version}".lstrip("/"), kinds)
    for told in every:
        found[f"/apis/{told['name']}"] = {"kind": "APIGroup", "apiVersion": "v1"} | told
    return found


def _served(cluster: Cluster) -> dict[tuple[str, str], tuple[Kind, ...]]:
    measures = measured(cluster, "NodeMetrics") is not None
    return {place: kinds for place, kinds in served().items() if measures or not kinds[0].is_measured}


def _root(group: str, version: str) -> str:
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def _version(cluster: Cluster) -> dict[str, Any]:
    major, _, minor = cluster.version.partition(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": f"v{cluster.version}.0-eks-aws14",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "",
        "goVersion": "",
        "compiler": "",
        "platform": "linux/amd64",
    }


def _group(name: str, versions: list[str]) -> dict[str, Any]:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in sorted(versions, reverse=True)]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resources(group_version: str, kinds: tuple[Kind, ...]) -> dict[str, Any]:
    resources: list[dict[str, Any]] = []
    for kind in kinds:
        resources.append(_resource(kind))
        resources += [_subresource(kind, one) for one in kind.subresources]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}


def _resource(kind: Kind) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": kind.plural,
        "singularName": kind.name.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.name,
        "verbs": ["get", "list"] if kind.is_measured else _VERBS,
    }
    if kind.short:
        told["shortNames"] = [kind.short]
    if kind.name in _IN_ALL | _IN_ALL_TOO:
        told["categories"] = ["all"]
    return told


def _subresource(kind: Kind, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced}
    if name in _KIND_OF_SUBRESOURCE:
        group, version, what = _KIND_OF_SUBRESOURCE[name]
        told |= {"group": group, "version": version, "kind": what}
    else:
        told["kind"] = {"binding": "Binding"}.get(name, kind.name)
    return told | {"verbs": _OF_SUBRESOURCE[name]}


def _openapi(cluster: Cluster, place: str) -> dict[str, Any] | None:
    for (group, version), kinds in _served(cluster).items():
        root = _root(group, version)
        if root[1:] == place:
            paths = {_path(root, kind): {"patch": _patch(group, version, kind.name)} for kind in kinds}
            return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": cluster.version}, "paths": paths}
    return None


def _path(root: str, kind: Kind) -> str:
    return (
        f"{root}/namespaces/{{namespace}}/{kind.plural}/{{name}}"
        if kind.namespaced
        else f"{root}/{kind.plural}/{{name}}"
    )


def _patch(group: str, version: str, kind: str) -> dict[str, Any]:
    # What kubectl looks for before it leaves the check of fields to the server.
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("dryRun", "fieldValidation")]
    what = {"group": group, "version": version, "kind": kind}
    return {"parameters": parameters, "responses": {}, "x-kubernetes-group-version-kind": what}
