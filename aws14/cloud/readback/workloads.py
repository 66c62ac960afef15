"""A workload of Kubernetes as a node: its containers, probes, way of rolling out, and pods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from aws14.cloud.readback.seen import Resource
from aws14.model import Node
from aws14.model.quantities import mebibytes, millicores

__all__ = ["workload"]

_PROBES = ("startup", "readiness", "liveness")


def workload(
    key: str, home: str, one: Resource, *, kind: str, pods: tuple[Resource, ...], zones: Mapping[str, str]
) -> Node:
    """The node of a workload.

    Parameters
    ----------
    key, home : str
        Its key, and that of the container that it stands in.
    one : Resource
        As JSON has it.
    kind : str
        ``Deployment``, ``DaemonSet``, ``StatefulSet``, ``Job``, ``CronJob``.
    pods : tuple of Resource
        Its pods.
    zones : Mapping
        Name of a node -> its zone.
    """
    spec, pod = one["spec"], _pod_of(one)
    strategy = spec.get("strategy") or spec.get("updateStrategy") or {}
    rolling = strategy.get("rollingUpdate") or {}
    return Node(
        id=key,
        kind="workload",
        parent=home,
        count=sum(_is_ready(each) for each in pods),
        aws_id=key,
        attributes={
            "workload_kind": kind,
            "namespace": one["metadata"]["namespace"],
            "replicas": int(spec.get("replicas", spec.get("parallelism", len(pods)))),
            "containers": tuple(_container(each) for each in pod.get("containers") or ()),
            "probes": tuple(text for each in pod.get("containers") or () for text in _probes(each)),
            "surge": str(rolling.get("maxSurge", "")),
            "unavailable": str(rolling.get("maxUnavailable", "")),
            "min_ready_s": int(spec.get("minReadySeconds") or 0),
            "spread": tuple(_spread(each) for each in pod.get("topologySpreadConstraints") or ()),
            "node_selector": tuple(
                f"{name}={value}" for name, value in sorted((pod.get("nodeSelector") or {}).items())
            ),
            "schedule": str(spec.get("schedule", "")),
            "pods": tuple(_told(each, zones) for each in pods),
        },
    )


def _pod_of(one: Resource) -> Resource:
    """The pod's own part of a workload's template."""
    spec = one["spec"]
    spec = (spec.get("jobTemplate") or {}).get("spec") or spec
    found: Resource = (spec.get("template") or {}).get("spec") or {}
    return found


def _container(one: Resource) -> str:
    """``web python:3.13-slim 250 256 500 512``."""
    given = one.get("resources") or {}
    sizes = []
    for part in (given.get("requests") or {}, given.get("limits") or {}):
        sizes += [millicores(part.get("cpu", "0")), round(mebibytes(part.get("memory", "0")))]
    return " ".join((one["name"], one["image"].rpartition("/")[2], *map(str, sizes)))


def _probes(one: Resource) -> Iterator[str]:
    """``web readiness /healthz 8080 delay=0 period=10 failures=3``, and ``web preStop sleep=5``."""
    for kind in _PROBES:
        probe = one.get(f"{kind}Probe")
        if probe:
            asked = probe.get("httpGet") or probe.get("tcpSocket") or {}
            what = asked.get("path", "tcp" if "tcpSocket" in probe else "exec")
            times = (f"delay={probe.get('initialDelaySeconds', 0)}", f"period={probe.get('periodSeconds', 10)}")
            failures = f"failures={probe.get('failureThreshold', 3)}"
            yield " ".join((one["name"], kind, str(what), str(asked.get("port", "-")), *times, failures))
    before = (one.get("lifecycle") or {}).get("preStop") or {}
    command = " ".join((before.get("exec") or {}).get("command") or ())
    found = re.search(r"sleep (\d+(?:\.\d+)?)", command)
    seconds = (before.get("sleep") or {}).get("seconds") or (found[1] if found else 0)
    if seconds:
        yield f"{one['name']} preStop sleep={seconds}"


def _spread(one: Resource) -> str:
    """``topology.kubernetes.io/zone 1 ScheduleAnyway``."""
    return f"{one['topologyKey']} {one['maxSkew']} {one['whenUnsatisfiable']}"


def _is_ready(pod: Resource) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _told(pod: Resource, zones: Mapping[str, str]) -> str:
    """``catalog-5d4f-x2x9z ip-10-13-10-5... ap-northeast-1a Running``; ``-`` where it is nowhere yet."""
    node = str(pod["spec"].get("nodeName") or "")
    phase = str((pod.get("status") or {}).get("phase", "Pending"))
    return " ".join((pod["metadata"]["name"], node or "-", zones.get(node) or "-", phase))
