"""The CronJob controller: a Job each time the schedule says. Source: kubernetes/pkg/controller/cronjob."""

from __future__ import annotations

from copy import deepcopy

from aws14.emulator.kubernetes.controllers.job import is_finished
from aws14.emulator.kubernetes.controllers.pods import is_leaving
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, reference
from aws14.emulator.kubernetes.times import stamp
from aws14.errors import DesignError
from aws14.sim.autoscaling.cron import read_recurrence

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"CronJob", "Job"})
_SOURCE = "cronjob-controller"
_NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def sync(cluster: Sight) -> None:
    """Start what is due, note what is over, forget old Jobs."""
    due: dict[str, float] = cluster.notes("cron due")
    there = {each["metadata"]["uid"]: each for each in cluster.all("CronJob") if not is_leaving(each)}
    for uid in [uid for uid in due if uid not in there]:
        del due[uid]
    for uid, owner in there.items():
        _follow(cluster, owner)
        at = _next(cluster, owner, due.get(uid))
        if at is None:
            due.pop(uid, None)
            continue
        if at <= cluster.now:
            _start(cluster, cluster.fresh(owner) or owner, at)
            at = _after(owner, cluster.now)
        if at is not None:
            due[uid] = at
            cluster.wake("CronJob", at)


def _after(owner: Object, t: float) -> float | None:
    written = owner["spec"]["schedule"]
    try:
        recurrence = read_recurrence(_NAMES.get(written, written).replace("?", "*"))
        return recurrence.next_after(t, owner["spec"].get("timeZone") or "UTC")
    except DesignError:
        return None


def _next(cluster: Sight, owner: Object, known: float | None) -> float | None:
    """When it is due; the schedule may have changed since that was reckoned."""
    if owner["spec"].get("suspend"):
        return None
    if known is not None and known <= cluster.now:
        return known
    return _after(owner, cluster.now)


def _follow(cluster: Sight, owner: Object) -> None:
    """Which of its Jobs run, which are over, how many of those are kept."""
    jobs = sorted(cluster.owned("Job", owner), key=lambda job: job["metadata"]["creationTimestamp"])
    running = [job for job in jobs if not is_finished(job)]
    status = deepcopy(owner.get("status") or {})
    before = {each["uid"]: each["name"] for each in status.get("active") or ()}
    status["active"] = [
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "name": job["metadata"]["name"],
            "namespace": job["metadata"]["namespace"],
            "uid": job["metadata"]["uid"],
        }
        for job in running
    ]
    for job in jobs:
        kind = is_finished(job)
        if kind and job["metadata"]["uid"] in before:
            text = f"Saw completed job: {job['metadata']['name']}, condition: {kind}"
            record(cluster, owner, "SawCompletedJob", text, source=_SOURCE)
            if kind == "Complete":
                status["lastSuccessfulTime"] = job["status"]["completionTime"]
    if not status["active"]:
        del status["active"]
    cluster.say(owner, status)
    for kind, limit in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
        kept = int(owner["spec"].get(limit, 3 if kind == "Complete" else 1))
        over = [job for job in jobs if is_finished(job) == kind]
        for job in over[: max(0, len(over) - kept)]:
            cluster.delete(job, propagation="Background")
            record(cluster, owner, "SuccessfulDelete", f"Deleted job {job['metadata']['name']}", source=_SOURCE)


def _start(cluster: Sight, owner: Object, at: float) -> None:
    running = [job for job in cluster.owned("Job", owner) if not is_finished(job)]
    policy = owner["spec"].get("concurrencyPolicy") or "Allow"
    deadline = owner["spec"].get("startingDeadlineSeconds")
    if deadline is not None and cluster.now > at + float(deadline):
        text = f"Missed scheduled time to start a job: {stamp(at)}"
        record(cluster, owner, "MissSchedule", text, kind="Warning", source=_SOURCE)
        return
    if running and policy == "Forbid":
        text = "Not starting job because prior execution is running and concurrency policy is Forbid"
        record(cluster, owner, "JobAlreadyActive", text, source=_SOURCE)
        return
    for job in running if policy == "Replace" else ():
        cluster.delete(job, propagation="Background")
    job = _made(cluster, owner, at)
    record(cluster, owner, "SuccessfulCreate", f"Created job {job['metadata']['name']}", source=_SOURCE)
    present = cluster.fresh(owner) or owner
    cluster.say(owner, {**(present.get("status") or {}), "lastScheduleTime": stamp(at)})
    _follow(cluster, cluster.fresh(owner) or owner)


def _made(cluster: Sight, owner: Object, at: float) -> Object:
    template = owner["spec"]["jobTemplate"]
    meta = deepcopy(template.get("metadata") or {})
    notes = {**(meta.get("annotations") or {}), "batch.kubernetes.io/cronjob-scheduled-timestamp": stamp(at)}
    meta |= {
        "name": f"{owner['metadata']['name']}-{int(at) // 60}",
        "namespace": owner["metadata"]["namespace"],
        "annotations": notes,
        "ownerReferences": [reference(owner)],
    }
    meta.pop("creationTimestamp", None)
    return cluster.create(
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": deepcopy(template["spec"])}
    )
