"""Environment variables of a container: values, ConfigMaps, Secrets, fields of the pod, services of its namespace."""

from __future__ import annotations

import base64
import re

from aws14.emulator.kubernetes.controllers import addresses
from aws14.emulator.kubernetes.controllers.sight import Object, Sight

__all__ = ["MissingError", "field", "variables"]

_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")


class MissingError(Exception):
    """Something that a variable is taken from is not there; kubelet's own words."""


def variables(cluster: Sight, pod: Object, container: Object) -> dict[str, str]:
    """The environment of a container.

    Raises
    ------
    MissingError
        A ConfigMap, a Secret or a key of one is not there, and not optional.
    """
    found = _services(cluster, pod)
    found["HOSTNAME"] = pod["metadata"]["name"]
    for each in container.get("envFrom") or ():
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if key in each:
                prefix = each.get("prefix") or ""
                data = _data(cluster, pod, kind, each[key])
                found |= {prefix + name: text for name, text in data.items()}
    for each in container.get("env") or ():
        text = each.get("value")
        if text is None:
            text = _taken(cluster, pod, container, each.get("valueFrom") or {})
        if text is not None:
            found[each["name"]] = _REFERENCE.sub(lambda one: found.get(one[1], one[0]), str(text))
    return found


def _taken(cluster: Sight, pod: Object, container: Object, source: Object) -> str | None:
    if "fieldRef" in source:
        return field(cluster, pod, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        part, _, resource = source["resourceFieldRef"]["resource"].partition(".")
        return str(((container.get("resources") or {}).get(part) or {}).get(resource, "0"))
    for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        if key in source:
            wanted = source[key]
            data = _data(cluster, pod, kind, wanted)
            if wanted["key"] not in data and not wanted.get("optional"):
                where = f"{pod['metadata']['namespace']}/{wanted['name']}"
                raise MissingError(f"couldn't find key {wanted['key']} in {kind} {where}")
            return data.get(wanted["key"])
    return ""


def _data(cluster: Sight, pod: Object, kind: str, source: Object) -> dict[str, str]:
    thing = cluster.get(kind, pod["metadata"]["namespace"], source["name"])
    if thing is None:
        if source.get("optional"):
            return {}
        raise MissingError(f'{kind.lower()} "{source["name"]}" not found')
    held: dict[str, str] = thing.get("data") or {}
    if kind == "Secret":
        return {name: base64.b64decode(text).decode(errors="replace") for name, text in held.items()}
    return dict(held)


def field(cluster: Sight, pod: Object, path: str) -> str:
    """A field of the pod, as the downward API gives it."""
    meta, spec = pod["metadata"], pod["spec"]
    node = cluster.get("Node", "", spec.get("nodeName", "")) or {}
    host = next((one["address"] for one in (node.get("status") or {}).get("addresses") or ()), "")
    plain = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", "default"),
        "status.podIP": addresses.of(cluster, meta["uid"]) or host,
        "status.podIPs": addresses.of(cluster, meta["uid"]) or host,
        "status.hostIP": host,
    }
    if path in plain:
        return str(plain[path])
    kept = re.fullmatch(r"metadata\.(labels|annotations)(?:\['(.+)'\])?", path)
    if kept is None:
        return ""
    held: dict[str, str] = meta.get(kept[1]) or {}
    if kept[2]:
        return held.get(kept[2], "")
    return "\n".join(f'{name}="{text}"' for name, text in sorted(held.items()))


def _services(cluster: Sight, pod: Object) -> dict[str, str]:
    """``CATALOG_SERVICE_HOST`` and ``CATALOG_SERVICE_PORT`` of each service that is there when the pod starts."""
    found = {}
    if pod["spec"].get("enableServiceLinks") is False:
        return {}
    for each in cluster.all("Service", pod["metadata"]["namespace"]):
        address = each["spec"].get("clusterIP")
        if address and address != "None" and each["spec"].get("ports"):
            name = each["metadata"]["name"].upper().replace("-", "_")
            found[f"{name}_SERVICE_HOST"] = address
            found[f"{name}_SERVICE_PORT"] = str(each["spec"]["ports"][0]["port"])
    return found
