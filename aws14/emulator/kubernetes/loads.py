"""What a course says of the work of pods, by the control API: ``POST /_aws14/pod_load``."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.kubernetes import usage
from aws14.emulator.kubernetes.cluster_view import view
from aws14.emulator.kubernetes.controllers import loop
from aws14.emulator.kubernetes.exchange import place_of
from aws14.errors import ScenarioError

__all__ = ["PodLoad", "declare"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PodLoad:
    """What the pods of a workload are asked to do from now on.

    Parameters
    ----------
    cluster, namespace, workload : str
        Names: of the cluster, of the Deployment (DaemonSet, Job) and its namespace.
    cores : float
        CPUs that all its work together needs; its ready pods share it, each up to its limit.
    each_mib : float or None
        Memory that each of its pods uses, MiB; None: as before.
    region : str
        Where the cluster is.
    """

    cluster: str
    namespace: str
    workload: str
    cores: float
    each_mib: float | None = None
    region: str = "ap-northeast-1"


def declare(load: PodLoad) -> None:
    """Take it for true from now on; the world lock is held.

    Raises
    ------
    ScenarioError
        There is no such cluster or workload.
    """
    places = {place_of(key)[1:]: key for key in view().clusters()}
    key = places.get((load.region, load.cluster))
    seen = loop.sight(key) if key is not None else None
    if seen is None:
        names = ", ".join(sorted(name for _, name in places)) or "none"
        raise ScenarioError(f"there is no cluster {load.cluster!r} in {load.region}", allowed=names)
    kinds = ("Deployment", "DaemonSet", "Job", "ReplicaSet", "Pod")
    if not any(seen.get(kind, load.namespace, load.workload) for kind in kinds):
        there = [each["metadata"]["name"] for each in seen.all("Deployment", load.namespace)]
        raise ScenarioError(
            f"namespace {load.namespace!r} has no workload {load.workload!r}", allowed=", ".join(there) or "none"
        )
    usage.declare(seen, load.namespace, load.workload, cores=load.cores, each_mib=load.each_mib)
