"""How a pod reads: phase, conditions, states of its containers. Source: kubernetes/pkg/kubelet/kubelet_pods.go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy

from aws14.emulator.kubernetes.controllers.pods import set_condition
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.kubelet import images
from aws14.emulator.kubernetes.kubelet.cases import Case, ended_state, is_over
from aws14.emulator.kubernetes.kubelet.runs import ContainerRun, PodRun
from aws14.emulator.kubernetes.times import stamp

__all__ = ["told"]


def told(cluster: Sight, pod: Object, run: PodRun, cases: Sequence[Case]) -> Object:
    """The status of a pod.

    Parameters
    ----------
    cluster : Sight
        Where.
    pod : dict
        The pod.
    run : PodRun
        What is remembered of it.
    cases : sequence of Case
        Its containers, initial ones first.
    """
    status: Object = deepcopy(pod.get("status") or {})
    first, main = [each for each in cases if each.initial], [each for each in cases if not each.initial]
    phase = _phase(run, main, first)
    status["phase"] = phase
    for name, group in (("initContainerStatuses", first), ("containerStatuses", main)):
        if group:
            status[name] = [_container(each) for each in group]
    host: Object = next(
        iter(((cluster.get("Node", "", pod["spec"]["nodeName"]) or {}).get("status") or {}).get("addresses") or ()), {}
    )
    status["startTime"] = stamp(run.since)
    if host:
        status |= {"hostIP": host["address"], "hostIPs": [{"ip": host["address"]}]}
    if run.address:
        status |= {"podIP": run.address, "podIPs": [{"ip": run.address}]}
    if run.evicted:
        status |= {"reason": "Evicted", "message": run.evicted}
    _conditions(cluster, status, run, (main, first))
    return status


def _phase(run: PodRun, main: Sequence[Case], first: Sequence[Case]) -> str:
    if run.evicted or any(is_over(each) and each.run.exit_code for each in first):
        return "Failed"
    if all(is_over(each) for each in main):
        return "Failed" if any(each.run.exit_code for each in main) else "Succeeded"
    begun = all(each.run.started_at and each.run.phase in {"running", "over", "backing off"} for each in main)
    return "Running" if begun else "Pending"


def _conditions(cluster: Sight, status: Object, run: PodRun, cases: tuple[Sequence[Case], Sequence[Case]]) -> None:
    main, first = cases
    at = stamp(cluster.now)
    over = status["phase"] in {"Succeeded", "Failed"}
    why = {"reason": "PodCompleted"} if status["phase"] == "Succeeded" else {}
    initial = [each.container["name"] for each in first if not (is_over(each) and each.run.exit_code == 0)]
    unready = [each.container["name"] for each in main if not each.run.is_ready or run.lost]
    wait = {
        "reason": "ContainersNotInitialized",
        "message": f"containers with incomplete status: [{' '.join(initial)}]",
    }
    not_ready = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{' '.join(unready)}]"}
    ready = {} if not unready else not_ready
    said: tuple[tuple[str, bool, Object], ...] = (
        ("PodReadyToStartContainers", bool(run.address) and not over, {}),
        ("Initialized", not initial, wait if initial else why),
        ("Ready", not unready and not over, why or ready),
        ("ContainersReady", not unready and not over, why or ready),
    )
    for kind, truth, more in said:
        set_condition(status, {"type": kind, "status": str(truth), **more}, at)
    if run.evicted:
        text = "The node was low on resource: memory."
        target = {"type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet", "message": text}
        set_condition(status, target, at)


def _container(case: Case) -> Object:
    run, container = case.run, case.container
    number = hashlib.sha256(f"{case.pod['metadata']['uid']}{container['name']}{run.restarts}".encode()).hexdigest()
    held = run.phase in {"running", "over", "backing off"} and bool(run.started_at)
    name = images.full_name(container["image"])
    shown: Object = {
        "name": container["name"],
        "image": container["image"],
        "imageID": f"{name.partition(':')[0]}@sha256:{hashlib.sha256(name.encode()).hexdigest()}" if held else "",
        "ready": run.is_ready or (case.initial and is_over(case) and run.exit_code == 0),
        "started": run.is_started and run.phase == "running",
        "restartCount": run.restarts,
        "state": _state(run, number),
        "lastState": _before(run, number),
    }
    if held:
        shown["containerID"] = f"containerd://{number}"
    return shown


def _state(run: ContainerRun, number: str) -> Object:
    if run.phase == "running":
        return {"running": {"startedAt": stamp(run.started_at)}}
    if run.phase == "over":
        return {"terminated": {**ended_state(run), "containerID": f"containerd://{number}"}}
    message = {"message": run.message} if run.message else {}
    return {"waiting": {"reason": run.reason or "ContainerCreating", **message}}


def _before(run: ContainerRun, number: str) -> Object:
    if run.phase == "backing off":
        return {"terminated": {**ended_state(run), "containerID": f"containerd://{number}"}}
    return run.last
