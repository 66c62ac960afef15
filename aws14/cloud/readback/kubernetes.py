"""What stands inside clusters read back: workloads, services and pod autoscalers as nodes, asked of Kubernetes itself.

Kubernetes' own namespaces are left out, but for what the ledger knows as the pattern's. The label or annotation
``aws14/node`` gives the drawn id, ``aws14/uses`` what is used: a tag's key could not be a label's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen
from aws14.cloud.readback.workloads import workload
from aws14.model import Link, Node

__all__ = ["Facts", "fetch", "ready_nodes", "to_links", "to_nodes"]

_WORKLOADS = ("deployments", "daemonsets", "statefulsets", "jobs", "cronjobs")
_PATHS: Mapping[str, str] = {
    "nodes": "/api/v1/nodes",
    "pods": "/api/v1/pods",
    "services": "/api/v1/services",
    "endpoints": "/api/v1/endpoints",
    "replicasets": "/apis/apps/v1/replicasets",
    "deployments": "/apis/apps/v1/deployments",
    "daemonsets": "/apis/apps/v1/daemonsets",
    "statefulsets": "/apis/apps/v1/statefulsets",
    "jobs": "/apis/batch/v1/jobs",
    "cronjobs": "/apis/batch/v1/cronjobs",
    "horizontalpodautoscalers": "/apis/autoscaling/v2/horizontalpodautoscalers",
}
_KINDS: Mapping[str, str] = {
    "deployments": "Deployment",
    "daemonsets": "DaemonSet",
    "statefulsets": "StatefulSet",
    "jobs": "Job",
    "cronjobs": "CronJob",
    "replicasets": "ReplicaSet",
}
_NODE_GROUP, _PROFILE = "eks.amazonaws.com/nodegroup", "eks.amazonaws.com/fargate-profile"
_MARKS: Mapping[str, str] = {"aws14/node": "aws14:node", "aws14/uses": "aws14:uses", "aws14/pattern": "aws14:pattern"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What one cluster answered.

    Parameters
    ----------
    cluster, arn : str
        Its name and ARN.
    home : str
        Key of the container that its objects stand in.
    objects : Mapping
        Plural of a kind -> its objects, as JSON has them.
    recorded : frozenset of str
        Ids that the ledger knows as the pattern's.
    """

    cluster: str
    arn: str
    home: str
    objects: Mapping[str, tuple[Resource, ...]]
    recorded: frozenset[str]

    def key(self, plural: str, one: Resource) -> str:
        """``<cluster>|<path>``, as the ledger has it."""
        place = one["metadata"]
        root = _PATHS[plural].rpartition("/")[0]
        return f"{self.cluster}|{root}/namespaces/{place.get('namespace', '')}/{plural}/{place['name']}"

    def shown(self, *plurals: str) -> Iterator[tuple[str, Resource]]:
        """The objects that are nodes: nobody else's, and not Kubernetes' own."""
        for plural in plurals:
            for one in self.objects[plural]:
                place = one["metadata"]
                own = str(place.get("namespace", "")).startswith("kube-") or _is_first(one)
                mine = self.key(plural, one) in self.recorded or "aws14:pattern" in _tags(one)
                if not place.get("ownerReferences") and (mine or not own):
                    yield plural, one


def _is_first(one: Resource) -> bool:
    """The service that every cluster has."""
    return (one["metadata"].get("namespace"), one["metadata"]["name"]) == ("default", "kubernetes")


def fetch(asking: Asking, region: str, cluster: Resource, *, home: str, recorded: frozenset[str]) -> Facts:
    """Ask a cluster for what stands in it.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Where the cluster is.
    cluster : Resource
        As EKS describes it: active.
    home : str
        Key of the container that its objects stand in.
    recorded : frozenset of str
        Ids that the ledger knows as the pattern's.
    """
    inside = asking.client("kubernetes", region)
    told = {plural: inside.ask(cluster["name"], "GET", path)[1] for plural, path in _PATHS.items()}
    objects = {plural: tuple(each.get("items") or ()) for plural, each in told.items()}
    return Facts(cluster=cluster["name"], arn=cluster["arn"], home=home, objects=objects, recorded=recorded)


def ready_nodes(facts: Facts) -> Counter[tuple[str, str]]:
    """Cluster and node group -> how many of its nodes are ready."""
    found = (
        str((one["metadata"].get("labels") or {}).get(_NODE_GROUP, ""))
        for one in facts.objects["nodes"]
        if _is_true(one, "Ready")
    )
    return Counter((facts.cluster, name) for name in found if name)


def _is_true(one: Resource, condition: str) -> bool:
    conditions = (one.get("status") or {}).get("conditions") or ()
    return any(each["type"] == condition and each["status"] == "True" for each in conditions)


def _tags(one: Resource) -> dict[str, str]:
    place = one["metadata"]
    given = {**(place.get("annotations") or {}), **(place.get("labels") or {})}
    return {_MARKS[name]: str(value) for name, value in given.items() if name in _MARKS}


def to_nodes(facts: Facts) -> Iterator[Seen]:
    """Workloads, services and pod autoscalers; their keys are what the ledger calls them."""
    zones = {one["metadata"]["name"]: _zone(one) for one in facts.objects["nodes"]}
    for plural, one in facts.shown(*_WORKLOADS):
        pods = _pods_of(facts, _KINDS[plural], one)
        node = workload(facts.key(plural, one), facts.home, one, kind=_KINDS[plural], pods=pods, zones=zones)
        yield _seen(facts, node, one)
    for plural, one in facts.shown("services"):
        yield _seen(facts, _service(facts, facts.key(plural, one), one), one)
    for plural, one in facts.shown("horizontalpodautoscalers"):
        yield _seen(facts, _autoscaler(facts, facts.key(plural, one), one), one)


def _seen(facts: Facts, node: Node, one: Resource) -> Seen:
    return Seen(node=node, tags=_tags(one), name=one["metadata"]["name"], owner=facts.arn)


def _zone(one: Resource) -> str:
    return str((one["metadata"].get("labels") or {}).get("topology.kubernetes.io/zone", ""))


def _pods_of(facts: Facts, kind: str, one: Resource) -> tuple[Resource, ...]:
    """The pods that belong to a workload, directly or through a replica set or a job."""
    owners = {str(one["metadata"]["uid"])}
    between = {"Deployment": "replicasets", "CronJob": "jobs"}.get(kind)
    if between:
        owners = {str(each["metadata"]["uid"]) for each in facts.objects[between] if _owned(each, owners)}
    return tuple(each for each in facts.objects["pods"] if _owned(each, owners))


def _owned(one: Resource, owners: set[str]) -> bool:
    return any(each["uid"] in owners for each in one["metadata"].get("ownerReferences") or ())


def _service(facts: Facts, key: str, one: Resource) -> Node:
    spec, place = one["spec"], one["metadata"]
    port = (spec.get("ports") or [{}])[0]
    balancer = ((one.get("status") or {}).get("loadBalancer") or {}).get("ingress") or [{}]
    same = (each for each in facts.objects["endpoints"] if _place(each) == _place(one))
    subsets = next(same, {}).get("subsets") or ()
    ready = [str(each["ip"]) for subset in subsets for each in subset.get("addresses") or ()]
    target = port.get("targetPort", port.get("port", 0))
    return Node(
        id=key,
        kind="pod_service",
        parent=facts.home,
        aws_id=key,
        attributes={
            "service_type": spec.get("type", "ClusterIP"),
            "namespace": place["namespace"],
            "port": port.get("port", 0),
            "target_port": target,
            "hostname": str(balancer[0].get("hostname", "")),
            "endpoints": tuple(sorted(ready)),
        },
    )


def _place(one: Resource) -> tuple[str, str]:
    return str(one["metadata"].get("namespace", "")), str(one["metadata"]["name"])


def _autoscaler(facts: Facts, key: str, one: Resource) -> Node:
    spec, status = one["spec"], one.get("status") or {}
    first = (spec.get("metrics") or [{}])[0]
    source = first.get("resource") or {}
    sides = {side: (spec.get("behavior") or {}).get(f"scale{side.title()}") or {} for side in ("up", "down")}
    written = tuple(
        f"{side} {each['type']} {each['value']}/{each['periodSeconds']}"
        for side, rules in sides.items()
        for each in rules.get("policies") or ()
    )
    current = ((status.get("currentMetrics") or [{}])[0].get("resource") or {}).get("current") or {}
    return Node(
        id=key,
        kind="pod_autoscaler",
        parent=facts.home,
        aws_id=key,
        attributes={
            "namespace": one["metadata"]["namespace"],
            "min_replicas": spec.get("minReplicas", 1),
            "max_replicas": spec["maxReplicas"],
            "metric": str(source.get("name", first.get("type", ""))),
            "target": int((source.get("target") or {}).get("averageUtilization") or 0),
            "scale_up_window_s": int(sides["up"].get("stabilizationWindowSeconds") or 0),
            "scale_down_window_s": int(sides["down"].get("stabilizationWindowSeconds", 300)),
            "behavior": written,
            "current": int(current.get("averageUtilization") or 0),
            "desired": int(status.get("desiredReplicas") or 0),
        },
    )


def to_links(facts: Facts, parts: Mapping[tuple[str, str], str]) -> Iterator[Link]:
    """Services to workloads, autoscalers to workloads, workloads to what their pods run on.

    Parameters
    ----------
    facts : Facts
        Of one cluster.
    parts : Mapping
        Kind and name of a node group or Fargate profile of the cluster -> its key.
    """
    shown = tuple(facts.shown(*_WORKLOADS))
    for plural, one in facts.shown("services"):
        for other_plural, other in shown:
            if _selects(one, other):
                label = f"{_protocol(one)}:{_port(one)}"
                target = facts.key(other_plural, other)
                yield Link(source=facts.key(plural, one), target=target, kind="routes", label=label)
    by_place = {(_KINDS[plural], _place(one)): facts.key(plural, one) for plural, one in shown}
    for plural, one in facts.shown("horizontalpodautoscalers"):
        aim = one["spec"]["scaleTargetRef"]
        target = by_place.get((aim["kind"], (_place(one)[0], aim["name"])), "")
        if target:
            yield Link(source=facts.key(plural, one), target=target, kind="routes", label="scales")
    for plural, one in shown:
        for key in dict.fromkeys(_grounds(facts, _pods_of(facts, _KINDS[plural], one), parts)):
            yield Link(source=facts.key(plural, one), target=key, kind="routes", label="runs on")


def _selects(service: Resource, one: Resource) -> bool:
    spec = one["spec"].get("template") or {}
    labels = (spec.get("metadata") or {}).get("labels") or {}
    wanted = service["spec"].get("selector") or {}
    same = _place(service)[0] == _place(one)[0]
    return bool(wanted) and same and all(labels.get(name) == value for name, value in wanted.items())


def _protocol(service: Resource) -> str:
    return str((service["spec"].get("ports") or [{}])[0].get("protocol", "TCP"))


def _port(service: Resource) -> int:
    return int((service["spec"].get("ports") or [{}])[0].get("port", 0))


def _grounds(facts: Facts, pods: Iterable[Resource], parts: Mapping[tuple[str, str], str]) -> Iterator[str]:
    groups = {
        one["metadata"]["name"]: (one["metadata"].get("labels") or {}).get(_NODE_GROUP, "")
        for one in facts.objects["nodes"]
    }
    for pod in pods:
        profile = (pod["metadata"].get("labels") or {}).get(_PROFILE, "")
        where = ("profile", profile) if profile else ("group", groups.get(pod["spec"].get("nodeName", ""), ""))
        if where in parts:
            yield parts[where]
