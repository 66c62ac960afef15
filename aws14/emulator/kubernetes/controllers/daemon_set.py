"""The DaemonSet controller: one pod on each node that fits. Source: kubernetes/pkg/controller/daemon."""

from __future__ import annotations

from copy import deepcopy

from aws14.emulator.kubernetes.controllers.pods import available_at, is_active, is_leaving, is_ready
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.requests import node_shape, pod_shape
from aws14.emulator.kubernetes.controllers.rolling import resolved
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.controllers.templates import new_pod, template_hash
from aws14.sim.containers.scheduling import why_not

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"DaemonSet", "Pod", "Node"})
_SOURCE = "daemonset-controller"
_HASH = "controller-revision-hash"
_BORNE = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
_ROOM = ("Insufficient", "Too many")


def sync(cluster: Sight) -> None:
    """Bring every DaemonSet a step nearer."""
    for each in cluster.all("DaemonSet"):
        if not is_leaving(each):
            _spread(cluster, each)


def _spread(cluster: Sight, owner: Object) -> None:
    pods = [pod for pod in cluster.owned("Pod", owner) if is_active(pod)]
    nodes = {each["metadata"]["name"]: each for each in cluster.all("Node")}
    wanted = [name for name, node in nodes.items() if _fits(owner, node)]
    on: dict[str, list[Object]] = {}
    for pod in pods:
        on.setdefault(_home(pod), []).append(pod)
    for name in wanted:
        if name not in on:
            pod = new_pod(cluster, owner, _template(owner, name))
            record(cluster, owner, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}", source=_SOURCE)
    for name, there in on.items():
        for pod in there[1:] if name in wanted else there:
            _delete(cluster, owner, pod)
    _roll(cluster, owner, [on[name][0] for name in wanted if name in on], len(wanted))
    _tell(cluster, owner, wanted)


def _fits(owner: Object, node: Object) -> bool:
    if (node["metadata"].get("labels") or {}).get("eks.amazonaws.com/compute-type") == "fargate":
        return False
    template = _template(owner, node["metadata"]["name"])
    pod = {"metadata": {"name": "x", "namespace": owner["metadata"]["namespace"]}, "spec": template["spec"]}
    plain = deepcopy(node)
    plain["spec"].pop("unschedulable", None)
    return not [why for why in why_not(pod_shape(pod), node_shape(plain)) if not why.startswith(_ROOM)]


def _template(owner: Object, node: str) -> Object:
    """The pod for a node: bound to it by affinity, bearing what nodes in trouble are tainted with."""
    template: Object = deepcopy(owner["spec"]["template"])
    meta, spec = template.setdefault("metadata", {}), template["spec"]
    meta["labels"] = {**(meta.get("labels") or {}), _HASH: template_hash(owner["spec"]["template"])}
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    borne = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _BORNE]
    spec["tolerations"] = [*(spec.get("tolerations") or ()), *borne]
    return template


def _home(pod: Object) -> str:
    required = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return str(required["nodeSelectorTerms"][0]["matchFields"][0]["values"][0])


def _delete(cluster: Sight, owner: Object, pod: Object) -> None:
    cluster.delete(pod)
    record(cluster, owner, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}", source=_SOURCE)


def _is_new(owner: Object, pod: Object) -> bool:
    return bool((pod["metadata"].get("labels") or {}).get(_HASH) == template_hash(owner["spec"]["template"]))


def _available(cluster: Sight, owner: Object, pod: Object) -> bool:
    at = available_at(pod, float(owner["spec"].get("minReadySeconds") or 0))
    if at is not None and at > cluster.now:
        cluster.wake("DaemonSet", at)
    return at is not None and at <= cluster.now


def _roll(cluster: Sight, owner: Object, pods: list[Object], wanted: int) -> None:
    """Delete old pods, as many at once as may be missing."""
    how = owner["spec"].get("updateStrategy") or {}
    old = [pod for pod in pods if not _is_new(owner, pod)]
    if how.get("type") == "OnDelete" or not old:
        return
    most = max(1, resolved((how.get("rollingUpdate") or {}).get("maxUnavailable", 1), wanted, up=True))
    missing = wanted - sum(_available(cluster, owner, pod) for pod in pods)
    ill = [pod for pod in old if not _available(cluster, owner, pod)]
    for pod in ill:
        _delete(cluster, owner, pod)
    for pod in [each for each in old if each not in ill][: max(0, most - missing)]:
        _delete(cluster, owner, pod)


def _tell(cluster: Sight, owner: Object, wanted: list[str]) -> None:
    pods = [pod for pod in cluster.owned("Pod", owner) if is_active(pod)]
    right = [pod for pod in pods if _home(pod) in wanted]
    available = sum(_available(cluster, owner, pod) for pod in right)
    counts = {
        "desiredNumberScheduled": len(wanted),
        "currentNumberScheduled": len({_home(pod) for pod in right}),
        "numberMisscheduled": len(pods) - len(right),
        "numberReady": sum(map(is_ready, right)),
    }
    more = {
        "updatedNumberScheduled": sum(_is_new(owner, pod) for pod in right),
        "numberAvailable": available,
        "numberUnavailable": len(wanted) - available,
    }
    status = {**counts, **{name: count for name, count in more.items() if count}}
    cluster.say(owner, {**status, "observedGeneration": owner["metadata"].get("generation", 1)})
