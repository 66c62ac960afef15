"""The Job controller: pods until enough of them have succeeded.

Source: kubernetes/pkg/controller/job. Pod failure policies and success policies are not known here.
"""

from __future__ import annotations

from copy import deepcopy

from aws14.emulator.kubernetes.controllers.pods import condition, is_active, is_leaving, is_ready, set_condition
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.controllers.templates import letters, new_pod
from aws14.emulator.kubernetes.times import epoch, stamp

__all__ = ["WATCHES", "is_finished", "sync"]

WATCHES = frozenset({"Job", "Pod"})
_SOURCE = "job-controller"
_INDEX = "batch.kubernetes.io/job-completion-index"
_FIRST_BACK_OFF_S, _LONGEST_BACK_OFF_S = 10.0, 600.0
_TRUE = "True"


def is_finished(job: Object) -> str:
    """``Complete`` or ``Failed``; empty while it is neither."""
    return next((kind for kind in ("Complete", "Failed") if condition(job, kind).get("status") == _TRUE), "")


def sync(cluster: Sight) -> None:
    """Bring every Job a step nearer; those that are over are deleted after their time."""
    for each in cluster.all("Job"):
        if is_leaving(each):
            continue
        if is_finished(each):
            _expire(cluster, each)
        else:
            _work(cluster, each)


def _expire(cluster: Sight, job: Object) -> None:
    kept = job["spec"].get("ttlSecondsAfterFinished")
    if kept is None:
        return
    ended = epoch(condition(job, is_finished(job))["lastTransitionTime"])
    if cluster.now >= ended + float(kept):
        cluster.delete(job, propagation="Background")
    else:
        cluster.wake("Job", ended + float(kept))


def _work(cluster: Sight, job: Object) -> None:
    spec, status = job["spec"], deepcopy(job.get("status") or {})
    at = stamp(cluster.now)
    pods = cluster.owned("Pod", job)
    active = [pod for pod in pods if is_active(pod)]
    done = [pod for pod in pods if (pod.get("status") or {}).get("phase") == "Succeeded"]
    failed = [pod for pod in pods if (pod.get("status") or {}).get("phase") == "Failed"]
    if spec.get("suspend"):
        for pod in active:
            cluster.delete(pod)
        set_condition(
            status, {"type": "Suspended", "status": _TRUE, "reason": "JobSuspended", "message": "Job suspended"}, at
        )
        cluster.say(job, {**status, "active": 0, "ready": 0})
        return
    status.setdefault("startTime", at)
    counts = {"active": len(active), "ready": sum(map(is_ready, active)), "succeeded": len(done), "failed": len(failed)}
    status = {name: value for name, value in status.items() if name not in counts}
    status |= {name: count for name, count in counts.items() if count or name == "ready"}
    verdict = _verdict(cluster, job, status, (len(done), _failures(pods, failed)))
    if verdict is not None:
        for pod in active:
            cluster.delete(pod)
        _finish(cluster, job, status, verdict)
        return
    _start(cluster, job, active, done=done, failed=failed)
    cluster.say(job, status)


def _failures(pods: list[Object], failed: list[Object]) -> int:
    """Failed pods, and restarts of those that are tried again in their place."""
    again = [pod for pod in pods if pod["spec"].get("restartPolicy") == "OnFailure"]
    states = [one for pod in again for one in (pod.get("status") or {}).get("containerStatuses") or ()]
    return len(failed) + sum(int(one.get("restartCount") or 0) for one in states)


_Verdict = tuple[str, str, str]


def _verdict(cluster: Sight, job: Object, status: Object, counts: tuple[int, int]) -> _Verdict | None:
    """How a Job ends now: kind of condition, reason, sentence; None where it goes on."""
    spec, (done, failures) = job["spec"], counts
    wanted = spec.get("completions")
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None:
        due = epoch(status["startTime"]) + float(deadline)
        if cluster.now >= due:
            return "Failed", "DeadlineExceeded", "Job was active longer than specified deadline"
        cluster.wake("Job", due)
    if failures > int(spec.get("backoffLimit", 6)):
        return "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
    enough = done >= int(wanted) if wanted is not None else done > 0 and not status.get("active")
    return ("Complete", "CompletionsReached", "Reached expected number of succeeded pods") if enough else None


def _finish(cluster: Sight, job: Object, status: Object, verdict: _Verdict) -> None:
    kind, reason, message = verdict
    at = stamp(cluster.now)
    before = {"Complete": "SuccessCriteriaMet", "Failed": "FailureTarget"}[kind]
    for each in (before, kind):
        set_condition(
            status, {"type": each, "status": _TRUE, "reason": reason, "message": message, "lastProbeTime": at}, at
        )
    if kind == "Complete":
        status["completionTime"] = at
        record(cluster, job, "Completed", "Job completed", source=_SOURCE)
    else:
        record(cluster, job, reason, message, kind="Warning", source=_SOURCE)
    status.pop("active", None)
    cluster.say(job, {**status, "ready": 0})
    kept = job["spec"].get("ttlSecondsAfterFinished")
    if kept is not None:
        cluster.wake("Job", cluster.now + float(kept))


def _start(cluster: Sight, job: Object, active: list[Object], *, done: list[Object], failed: list[Object]) -> None:
    """As many pods as may run side by side, later and later after failures."""
    spec = job["spec"]
    wanted, beside = spec.get("completions"), int(spec.get("parallelism", 1))
    left = beside if wanted is None else min(beside, int(wanted) - len(done))
    if wanted is None and done:
        return
    missing = left - len(active)
    if missing <= 0:
        return
    if failed:
        last = max(_ended(cluster, pod) for pod in failed)
        wait = min(_FIRST_BACK_OFF_S * 2 ** (len(failed) - 1), _LONGEST_BACK_OFF_S)
        if cluster.now < last + wait:
            cluster.wake("Job", last + wait)
            return
    taken = {_index(pod) for pod in (*active, *done)}
    for _ in range(missing):
        number = next(each for each in range(1_000_000) if each not in taken)
        taken.add(number)
        pod = _new(cluster, job, number)
        record(cluster, job, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}", source=_SOURCE)


def _ended(cluster: Sight, pod: Object) -> float:
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    times = [each["state"]["terminated"]["finishedAt"] for each in states if "terminated" in each.get("state", {})]
    return max(map(epoch, times), default=cluster.now)


def _index(pod: Object) -> int:
    return int((pod["metadata"].get("annotations") or {}).get(_INDEX, -1))


def _new(cluster: Sight, job: Object, number: int) -> Object:
    template = deepcopy(job["spec"]["template"])
    if job["spec"].get("completionMode") != "Indexed":
        return new_pod(cluster, job, template)
    meta = template.setdefault("metadata", {})
    for part in ("annotations", "labels"):
        meta[part] = {**(meta.get(part) or {}), _INDEX: str(number)}
    for container in template["spec"]["containers"]:
        container["env"] = [*(container.get("env") or ()), {"name": "JOB_COMPLETION_INDEX", "value": str(number)}]
    counter = cluster.notes("pod names")
    counter["next"] = counter.get("next", 0) + 1
    name = job["metadata"]["name"][:50]
    return new_pod(cluster, job, template, name=f"{name}-{number}-{letters(f'{name} {counter}', 5)}")
