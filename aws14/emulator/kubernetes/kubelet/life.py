"""The kubelets of all nodes of a cluster: each pod a step further, when something about it changed or is due."""

from __future__ import annotations

from aws14.emulator.clock import handles
from aws14.emulator.kubernetes.controllers import addresses, loop
from aws14.emulator.kubernetes.controllers.pods import is_leaving
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.exchange import Key
from aws14.emulator.kubernetes.kubelet import containers, ending, probes, processes, status, volumes
from aws14.emulator.kubernetes.kubelet.cases import Case, is_over
from aws14.emulator.kubernetes.kubelet.runs import NEVER, ContainerRun, PodRun

__all__ = ["WATCHES", "cases_of", "run_of", "sync"]

WATCHES = frozenset({"Pod", "Node", "machines", "kubelet"})
_MOUNT_AGAIN_S, _LONGEST_MOUNT_S = 2.0, 122.0
_OVER = frozenset({"Succeeded", "Failed"})


def run_of(cluster: Sight, uid: str) -> PodRun | None:
    """What the kubelet of a pod remembers of it."""
    return cluster.notes("kubelet").get(uid)


def sync(cluster: Sight) -> None:
    """Bring every pod that has a node a step further."""
    held: dict[str, PodRun] = cluster.notes("kubelet")
    nodes = {each["metadata"]["name"]: each for each in cluster.all("Node")}
    living, due = set(), NEVER
    for pod in cluster.all("Pod"):
        uid, name = pod["metadata"]["uid"], pod["spec"].get("nodeName")
        if not name:
            continue
        living.add(uid)
        run = held.setdefault(uid, PodRun(uid=uid, since=cluster.now))
        back = run.lost and _works(cluster, name)
        if back or run.due <= cluster.now or run.seen != pod["metadata"]["resourceVersion"]:
            run.due = _step(cluster, pod, run, nodes.get(name))
        due = min(due, run.due)
    for uid in [uid for uid in held if uid not in living]:
        _forget(cluster, uid)
    if due < NEVER:
        cluster.wake("kubelet", due)


@handles("kubelet.exited")
def _exited(key: Key, uid: str) -> None:
    seen = loop.sight(key)
    run = run_of(seen, uid) if seen is not None else None
    if run is not None:
        run.due = 0.0
        for each in run.containers.values():
            if each.phase == "running":
                each.due = 0.0
        loop.mark(key, "kubelet")


def _forget(cluster: Sight, uid: str) -> None:
    cluster.notes("kubelet").pop(uid, None)
    processes.forget(uid)
    probes.forget(uid)
    addresses.give_back(cluster, uid)


def cases_of(cluster: Sight, pod: Object, run: PodRun) -> list[Case]:
    """Its containers, initial ones first."""
    found = []
    for part, initial in (("initContainers", True), ("containers", False)):
        for each in pod["spec"].get(part) or ():
            state = run.containers.setdefault(each["name"], ContainerRun(name=each["name"]))
            found.append(Case(cluster, pod, each, state, initial))
    return found


def _step(cluster: Sight, pod: Object, run: PodRun, node: Object | None) -> float:
    if node is None or not _works(cluster, pod["spec"]["nodeName"]):
        return _lose(pod, run)
    cases = cases_of(cluster, pod, run)
    if run.lost:
        run.lost = False
        _begin_again(cases)
    if is_leaving(pod):
        due = ending.step(cluster, pod, run, cases)
        if due == 0.0:
            processes.forget(run.uid)
            cluster.delete(pod, grace_s=0)
            return NEVER
        run.seen = pod["metadata"]["resourceVersion"]
        return due
    if run.evicted or (pod.get("status") or {}).get("phase") in _OVER:
        due = NEVER
    elif not _mounted(cluster, pod, run):
        due = run.due
    else:
        due = _run(cluster, pod, run, cases)
    _publish(cluster, pod, run, cases)
    return due


def _works(cluster: Sight, name: str) -> bool:
    silent: dict[str, float] = cluster.notes("silent nodes")
    return name not in silent


def _lose(pod: Object, run: PodRun) -> float:
    """The node is dead: so are its processes; nobody says so."""
    if not run.lost:
        run.lost = True
        for seat in processes.all_of(run.uid):
            processes.end(seat)
    run.seen = pod["metadata"]["resourceVersion"]
    return NEVER


def _begin_again(cases: list[Case]) -> None:
    """The node is back: what ran is started once more."""
    for each in cases:
        if each.run.phase == "running":
            each.run.phase, each.run.exit_code, each.run.ended_by = "over", 255, "Unknown"
            each.run.finished_at, each.run.due = each.cluster.now, 0.0
            each.run.is_ready = each.run.is_started = False


def _mounted(cluster: Sight, pod: Object, run: PodRun) -> bool:
    """Whether all volumes are there; says so where one is not, and tries again later."""
    name, why = volumes.missing(cluster, pod)
    if not name:
        run.mounts = ""
        return True
    if run.mounts != why or run.due <= cluster.now:
        run.mounts = why
        text = f'MountVolume.SetUp failed for volume "{name}" : {why}'
        record(cluster, pod, "FailedMount", text, kind="Warning", source="kubelet", host=pod["spec"]["nodeName"])
        run.due = cluster.now + min(_MOUNT_AGAIN_S * 2**run.mount_tries, _LONGEST_MOUNT_S)
        run.mount_tries += 1
    return False


def _run(cluster: Sight, pod: Object, run: PodRun, cases: list[Case]) -> float:
    """Give it an address, run its initial containers one after the other, then the others."""
    if not run.address:
        run.address = _address(cluster, pod)
    for each in cases:
        if each.initial and not is_over(each):
            return containers.step(each)
        if each.initial and each.run.exit_code:
            return NEVER
    return min((containers.step(each) for each in cases if not each.initial), default=NEVER)


def _address(cluster: Sight, pod: Object) -> str:
    from aws14.emulator.kubernetes.cluster_view import view

    node = cluster.get("Node", "", pod["spec"]["nodeName"]) or {}
    if pod["spec"].get("hostNetwork"):
        held: list[Object] = (node.get("status") or {}).get("addresses") or []
        return str(held[0]["address"]) if held else ""
    machine = next((each for each in view().machines(cluster.key) if each.name == pod["spec"]["nodeName"]), None)
    return addresses.take(cluster, machine.subnet if machine is not None else "", pod["metadata"]["uid"])


def _publish(cluster: Sight, pod: Object, run: PodRun, cases: list[Case]) -> None:
    if any(each.run.shared for each in cases):
        _annotate(cluster, pod)
    cluster.say(pod, status.told(cluster, cluster.fresh(pod) or pod, run, cases))
    present = cluster.fresh(pod)
    if present is not None:
        run.seen = present["metadata"]["resourceVersion"]


def _annotate(cluster: Sight, pod: Object) -> None:
    """Say that a pod has no process of its own."""
    said = "none of its own: a sibling answers for it"
    if (pod["metadata"].get("annotations") or {}).get("aws14/process") == said:
        return

    def edit(thing: Object) -> None:
        thing["metadata"]["annotations"] = {**(thing["metadata"].get("annotations") or {}), "aws14/process": said}

    cluster.change(pod, edit)
