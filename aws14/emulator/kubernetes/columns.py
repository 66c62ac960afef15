"""The columns of the tables, by kind.

Source: ``k8s.io/kubernetes/pkg/printers/internalversion/printers.go``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.times import epoch

__all__ = ["COLUMNS", "PLAIN", "Column", "duration"]

Cell = Callable[[Object, float], Any]

#: Below so many seconds: the unit, its letter, the smaller unit that is told too, its letter.
_SPANS = (
    (120, 1, "s", 0, ""),
    (600, 60, "m", 1, "s"),
    (3 * 3600, 60, "m", 0, ""),
    (8 * 3600, 3600, "h", 60, "m"),
    (48 * 3600, 3600, "h", 0, ""),
    (8 * 86400, 86400, "d", 3600, "h"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        Its heading.
    cell : callable
        From an object and the present to what stands there.
    wide : bool
        Shown with ``-o wide`` only.
    """

    name: str
    cell: Cell
    wide: bool = False

    def definition(self) -> Object:
        """Return how a table announces it."""
        form = "name" if self.name == "Name" else ""
        priority = 1 if self.wide else 0
        return {"name": self.name, "type": "string", "format": form, "description": "", "priority": priority}


def duration(seconds: float) -> str:
    """Return a time span as kubectl writes it: ``45s``, ``3m12s``, ``5h``, ``2d``."""
    whole = max(0, int(seconds))
    for below, unit, letter, part, part_letter in _SPANS:
        if whole < below:
            rest = whole % unit // part if part else 0
            return f"{whole // unit}{letter}" + (f"{rest}{part_letter}" if rest else "")
    return f"{whole // 86400}d"


def _at(*path: str, default: Any = "") -> Cell:
    def read(thing: Object, _now: float) -> Any:
        value: Any = thing
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value is None else value

    return read


def _since(*path: str) -> Cell:
    def read(thing: Object, now: float) -> str:
        told = _at(*path)(thing, now)
        return duration(now - epoch(told)) if told else "<unknown>"

    return read


def _pod_ready(pod: Object, _now: float) -> str:
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return f"{sum(bool(one.get('ready')) for one in statuses)}/{len(pod['spec'].get('containers') or ())}"


def _pod_status(pod: Object, _now: float) -> str:
    status = pod.get("status") or {}
    told: str = status.get("reason") or status.get("phase") or "Unknown"
    for one in reversed(status.get("containerStatuses") or ()):
        state = one.get("state") or {}
        for kind in ("waiting", "terminated"):
            if (state.get(kind) or {}).get("reason"):
                told = state[kind]["reason"]
    return "Terminating" if "deletionTimestamp" in pod["metadata"] else told


def _pod_restarts(pod: Object, now: float) -> str:
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    count = sum(one.get("restartCount", 0) for one in statuses)
    ended = [((one.get("lastState") or {}).get("terminated") or {}).get("finishedAt") for one in statuses]
    last = max((one for one in ended if one), default="")
    return f"{count} ({duration(now - epoch(last))} ago)" if count and last else str(count)


def _deployment_ready(thing: Object, _now: float) -> str:
    return f"{(thing.get('status') or {}).get('readyReplicas', 0)}/{thing['spec'].get('replicas', 1)}"


def _images(thing: Object, _now: float) -> str:
    return ",".join(one.get("image", "") for one in thing["spec"]["template"]["spec"]["containers"])


def _external(service: Object, _now: float) -> str:
    spec = service["spec"]
    if spec["type"] == "LoadBalancer":
        found = (service["status"].get("loadBalancer") or {}).get("ingress") or ()
        return ",".join(one.get("hostname") or one.get("ip") or "" for one in found) or "<pending>"
    return str(spec.get("externalName") or "<none>")


def _ports(service: Object, _now: float) -> str:
    told = [
        f"{port['port']}:{port['nodePort']}/{port['protocol']}"
        if port.get("nodePort")
        else f"{port['port']}/{port['protocol']}"
        for port in service["spec"].get("ports") or ()
    ]
    return ",".join(told) or "<none>"


def _node_status(node: Object, _now: float) -> str:
    conditions = (node.get("status") or {}).get("conditions") or ()
    ready = [one for one in conditions if one["type"] == "Ready"]
    told = "Ready" if ready and ready[0]["status"] == "True" else "NotReady" if ready else "Unknown"
    return told + (",SchedulingDisabled" if node["spec"].get("unschedulable") else "")


def _targets(scaler: Object, _now: float) -> str:
    current = {one.get("resource", {}).get("name"): one for one in scaler["status"].get("currentMetrics") or ()}
    told = []
    for metric in scaler["spec"].get("metrics") or ():
        resource = metric.get("resource") or {}
        name, target = resource.get("name"), resource.get("target") or {}
        present = (current.get(name) or {}).get("resource", {}).get("current", {})
        if target.get("averageUtilization"):
            has = present.get("averageUtilization")
            told.append(f"{name}: {'<unknown>' if has is None else f'{has}%'}/{target['averageUtilization']}%")
        else:
            told.append(f"{name}: {present.get('averageValue', '<unknown>')}/{target.get('averageValue', '')}")
    return ", ".join(told) or "<none>"


def _reference(scaler: Object, _now: float) -> str:
    target = scaler["spec"]["scaleTargetRef"]
    return f"{target['kind']}/{target['name']}"


def _job_status(job: Object, _now: float) -> str:
    held = [one["type"] for one in job["status"].get("conditions") or () if one["status"] == "True"]
    return next((one for one in ("Complete", "Failed", "Suspended") if one in held), "Running")


def _completions(job: Object, _now: float) -> str:
    return f"{job['status'].get('succeeded', 0)}/{job['spec'].get('completions') or 1}"


def _lasted(job: Object, now: float) -> str:
    status = job["status"]
    if not status.get("startTime"):
        return ""
    end = epoch(status["completionTime"]) if status.get("completionTime") else now
    return duration(end - epoch(status["startTime"]))


def _involved(event: Object, _now: float) -> str:
    about = event.get("involvedObject") or {}
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


def _last_seen(event: Object, now: float) -> str:
    told = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
    return duration(now - epoch(told))


def _count(key: str) -> Cell:
    return lambda thing, _now: len(thing.get(key) or {})


_NAME = Column("Name", _at("metadata", "name"))
_AGE = Column("Age", _since("metadata", "creationTimestamp"))
#: Of kinds that have no table of their own.
PLAIN = (_NAME, _AGE)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "Pod": (
        _NAME,
        Column("Ready", _pod_ready),
        Column("Status", _pod_status),
        Column("Restarts", _pod_restarts),
        _AGE,
        Column("IP", _at("status", "podIP", default="<none>"), wide=True),
        Column("Node", _at("spec", "nodeName", default="<none>"), wide=True),
    ),
    "Deployment": (
        _NAME,
        Column("Ready", _deployment_ready),
        Column("Up-to-date", _at("status", "updatedReplicas", default=0)),
        Column("Available", _at("status", "availableReplicas", default=0)),
        _AGE,
        Column("Images", _images, wide=True),
    ),
    "ReplicaSet": (
        _NAME,
        Column("Desired", _at("spec", "replicas", default=0)),
        Column("Current", _at("status", "replicas", default=0)),
        Column("Ready", _at("status", "readyReplicas", default=0)),
        _AGE,
        Column("Images", _images, wide=True),
    ),
    "DaemonSet": (
        _NAME,
        Column("Desired", _at("status", "desiredNumberScheduled", default=0)),
        Column("Current", _at("status", "currentNumberScheduled", default=0)),
        Column("Ready", _at("status", "numberReady", default=0)),
        _AGE,
    ),
    "Service": (
        _NAME,
        Column("Type", _at("spec", "type")),
        Column("Cluster-IP", _at("spec", "clusterIP", default="<none>")),
        Column("External-IP", _external),
        Column("Port(s)", _ports),
        _AGE,
    ),
    "Node": (
        _NAME,
        Column("Status", _node_status),
        Column("Roles", lambda _node, _now: "<none>"),
        _AGE,
        Column("Version", _at("status", "nodeInfo", "kubeletVersion")),
    ),
    "HorizontalPodAutoscaler": (
        _NAME,
        Column("Reference", _reference),
        Column("Targets", _targets),
        Column("MinPods", _at("spec", "minReplicas")),
        Column("MaxPods", _at("spec", "maxReplicas")),
        Column("Replicas", _at("status", "currentReplicas", default=0)),
        _AGE,
    ),
    "Job": (
        _NAME,
        Column("Status", _job_status),
        Column("Completions", _completions),
        Column("Duration", _lasted),
        _AGE,
    ),
    "CronJob": (
        _NAME,
        Column("Schedule", _at("spec", "schedule")),
        Column("Timezone", _at("spec", "timeZone", default="<none>")),
        Column("Suspend", lambda thing, _now: str(thing["spec"].get("suspend", False))),
        Column("Active", lambda thing, _now: len(thing["status"].get("active") or ())),
        Column("Last Schedule", _since("status", "lastScheduleTime")),
        _AGE,
    ),
    "Namespace": (_NAME, Column("Status", _at("status", "phase")), _AGE),
    "ConfigMap": (_NAME, Column("Data", _count("data")), _AGE),
    "Secret": (_NAME, Column("Type", _at("type")), Column("Data", _count("data")), _AGE),
    "Event": (
        Column("Last Seen", _last_seen),
        Column("Type", _at("type")),
        Column("Reason", _at("reason")),
        Column("Object", _involved),
        Column("Message", _at("message")),
    ),
    "PodDisruptionBudget": (
        _NAME,
        Column("Min Available", _at("spec", "minAvailable", default="N/A")),
        Column("Max Unavailable", _at("spec", "maxUnavailable", default="N/A")),
        Column("Allowed Disruptions", _at("status", "disruptionsAllowed", default=0)),
        _AGE,
    ),
}
