"""What may be wrong with an object, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.failure import Cause, forbidden_value, immutable
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.validation.autoscalers import autoscaler_faults, disruption_faults
from aws14.emulator.kubernetes.validation.pods import pod_change_faults, pod_spec_faults
from aws14.emulator.kubernetes.validation.services import service_faults
from aws14.emulator.kubernetes.validation.workloads import cron_job_faults, job_faults, workload_faults

__all__ = ["faults"]

Check = Callable[[Object, Object | None], Iterable[Cause]]


def faults(_cluster: Contents, new: Object, old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with an object, or with the change of one.

    Parameters
    ----------
    _cluster : Contents
        Which has it, or is to have it.
    new : dict
        The object, with its defaults.
    old : dict or None
        What it was.
    """
    check = _CHECKS.get(new["kind"])
    if check is not None:
        yield from check(new, old)


def _pod_faults(new: Object, old: Object | None) -> Iterator[Cause]:
    if old is not None:
        yield from pod_change_faults(new, old)
    yield from pod_spec_faults(new["spec"], "spec")


def _data_faults(new: Object, old: Object | None) -> Iterator[Cause]:
    if old is None or not old.get("immutable"):
        return
    if not new.get("immutable"):
        yield forbidden_value("immutable", "field is immutable when `immutable` is set")
    for key in ("data", "binaryData"):
        if new.get(key) != old.get(key):
            yield forbidden_value(key, "field is immutable when `immutable` is set")


def _secret_faults(new: Object, old: Object | None) -> Iterator[Cause]:
    yield from _data_faults(new, old)
    if old is not None and new.get("type") != old.get("type"):
        yield immutable("type", new.get("type"))


_CHECKS: dict[str, Check] = {
    "Pod": _pod_faults,
    "Deployment": workload_faults,
    "ReplicaSet": workload_faults,
    "DaemonSet": workload_faults,
    "StatefulSet": workload_faults,
    "Job": job_faults,
    "CronJob": cron_job_faults,
    "Service": service_faults,
    "HorizontalPodAutoscaler": autoscaler_faults,
    "PodDisruptionBudget": disruption_faults,
    "ConfigMap": _data_faults,
    "Secret": _secret_faults,
}
