"""Work for pods: what a workload of an emulated cluster is asked to do, so that its autoscaler has something to see."""

from __future__ import annotations

from aws14.cloud.session import Session
from aws14.errors import NotAvailable, ScenarioError

__all__ = ["load_pods"]


def load_pods(session: Session, workload: str, *, cluster: str, cores: float, memory_mib: float | None = None) -> float:
    """Ask the pods of a workload for so much from now on; return AWS time, epoch seconds.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    workload : str
        ``namespace/name``.
    cluster : str
        Name of the cluster.
    cores : float
        CPUs for all of its pods together, shared by the ready ones, each up to its limit.
    memory_mib : float, optional
        Memory that each pod uses; left out: what it did.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    ScenarioError
        When the workload is not written as ``namespace/name``.
    EmulatorError
        When there is no such cluster or workload.
    """
    namespace, slash, name = workload.partition("/")
    if not slash or not namespace or not name:
        raise ScenarioError(f"'{workload}' names no workload", allowed="namespace/name, such as shop/catalog-pods")
    if session.place.control is None:
        raise NotAvailable(
            f"the load is given in the embedded AWS only; this session works on {session.target}",
            cure="send real requests: a pod that runs a load generator such as k6",
        )
    load = {"cluster": cluster, "namespace": namespace, "workload": name, "cores": cores, "region": session.region}
    return session.place.control.pod_load(load | ({} if memory_mib is None else {"memory_mib": memory_mib}))
