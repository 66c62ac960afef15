"""Names and addresses of services, and which pod a connection to one goes to.

Connections go to the ready pods one after the other (kube-proxy takes one at random: over many the same).
"""

from __future__ import annotations

from aws14.emulator.kubernetes import cluster_view
from aws14.emulator.kubernetes.controllers import addresses as pod_addresses
from aws14.emulator.kubernetes.controllers.pods import is_leaving, is_ready
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, controller_of, selects
from aws14.emulator.kubernetes.kubelet import processes
from aws14.emulator.kubernetes.kubelet.probes import port_of
from aws14.emulator.workers import Way

__all__ = ["addresses", "behind", "is_silent", "pick", "real_port", "target_port", "way"]

_DOMAIN = "cluster.local"


def behind(cluster: Sight, service: Object) -> list[Object]:
    """The pods that a service selects and that have an address, ready or not; none of those that are over."""
    selector = service["spec"].get("selector")
    if not selector:
        return []
    return [
        pod
        for pod in cluster.all("Pod", service["metadata"]["namespace"])
        if selects({"matchLabels": selector}, pod["metadata"].get("labels"))
        and (pod.get("status") or {}).get("podIP")
        and (pod.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}
    ]


def target_port(pod: Object, port: Object) -> int:
    """The port of a pod that a port of a service leads to; 0 where it has no port of that name."""
    wanted: int | str = port.get("targetPort") or port["port"]
    found = (port_of(each, wanted) for each in pod["spec"]["containers"])
    return next((each for each in found if each), 0)


def pick(cluster: Sight, service: Object, port: Object) -> tuple[Object, int] | None:
    """The pod that a connection goes to, and its port; None without a ready one."""
    early = bool(service["spec"].get("publishNotReadyAddresses"))
    able = [pod for pod in behind(cluster, service) if early or (is_ready(pod) and not is_leaving(pod))]
    able = [pod for pod in able if target_port(pod, port)]
    if not able:
        return None
    turns = cluster.notes("turns")
    key = (service["metadata"]["uid"], port["port"])
    turn = turns[key] = turns.get(key, -1) + 1
    chosen = able[turn % len(able)]
    return chosen, target_port(chosen, port)


def is_silent(cluster: Sight, pod: Object) -> bool:
    """Whether nothing comes back from a pod, because the hardware under its node fails: nobody knows that yet."""
    host = pod["spec"].get("nodeName")
    return any(each.name == host and not each.works for each in cluster_view.view().machines(cluster.key))


def real_port(cluster: Sight, pod: Object, port: int) -> int:
    """The port of this machine where a pod answers: its own, or a sibling's where it has no process; 0: nowhere."""
    own = processes.real_port(pod["metadata"]["uid"], port)
    if own or processes.all_of(pod["metadata"]["uid"]):
        return own
    owner = controller_of(pod).get("uid")
    alike = [
        each for each in cluster.all("Pod", pod["metadata"]["namespace"]) if controller_of(each).get("uid") == owner
    ]
    found = (processes.real_port(each["metadata"]["uid"], port) for each in alike if is_ready(each))
    return next((each for each in found if each), 0)


def addresses(cluster: Sight, name: str, namespace: str) -> tuple[str, ...] | None:
    """The addresses of a name inside the cluster; none for one that nobody has, None for a name of elsewhere.

    Parameters
    ----------
    cluster : Sight
        Where.
    name : str
        ``catalog``, ``catalog.shop``, ``catalog.shop.svc.cluster.local``.
    namespace : str
        Of who asks.
    """
    words = name.rstrip(".").lower().split(".")
    inside = name.rstrip(".").lower().endswith("." + _DOMAIN)
    words = words[: -len(_DOMAIN.split("."))] if inside else words
    if len(words) == 3 and words[2] == "svc":
        words = words[:2]
    if len(words) > 2:
        return () if inside else None
    service = cluster.get("Service", words[1] if len(words) == 2 else namespace, words[0])
    if service is None:
        return () if inside else None
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return None
    if spec.get("clusterIP") not in (None, "", "None"):
        return (spec["clusterIP"],)
    return tuple(pod["status"]["podIP"] for pod in behind(cluster, service) if is_ready(pod) and not is_leaving(pod))


def way(cluster: Sight, host: str, port: int) -> Way | None:
    """What comes of connecting to an address of a service or a pod; None for an address of neither."""
    for service in cluster.all("Service"):
        if service["spec"].get("clusterIP") == host:
            return _to_service(cluster, service, port)
    for pod in cluster.all("Pod"):
        uid = pod["metadata"]["uid"]
        if pod_addresses.of(cluster, uid) == host:
            if is_silent(cluster, pod):
                return _silence(pod)
            found = real_port(cluster, pod, port)
            if found:
                return Way(outcome="open", port=found)
            return Way(
                outcome="refused", explanation=f"nothing listens on port {port} of pod {pod['metadata']['name']}"
            )
    return None


def _to_service(cluster: Sight, service: Object, port: int) -> Way:
    name = service["metadata"]["name"]
    wanted = next((each for each in service["spec"].get("ports") or () if int(each["port"]) == port), None)
    if wanted is None:
        return Way(outcome="timed_out", explanation=f"service {name} has no port {port}")
    chosen = pick(cluster, service, wanted)
    if chosen is None:
        return Way(outcome="refused", explanation=f"service {name} has no ready endpoint")
    if is_silent(cluster, chosen[0]):
        return _silence(chosen[0])
    found = real_port(cluster, *chosen)
    if not found:
        pod = chosen[0]["metadata"]["name"]
        return Way(outcome="refused", explanation=f"nothing listens on port {chosen[1]} of pod {pod}")
    return Way(outcome="open", port=found)


def _silence(pod: Object) -> Way:
    return Way(outcome="timed_out", explanation=f"the node under pod {pod['metadata']['name']} is down")
