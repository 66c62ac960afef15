"""HorizontalPodAutoscalers: every 15 s, decided by `aws14.sim.containers.horizontal`.

Source: kubernetes/pkg/controller/podautoscaler/horizontal.go (events, conditions).
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes import usage
from aws14.emulator.kubernetes.controllers.pods import condition, is_leaving, is_ready, set_condition
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight, selects
from aws14.emulator.kubernetes.times import epoch, stamp
from aws14.model.quantities import mebibytes, millicores
from aws14.sim.containers.behaviour import DOWN, UP, Behaviour, Policy, Side
from aws14.sim.containers.horizontal import (
    Decision,
    HorizontalAutoscaler,
    PodReading,
    Recommendation,
    Scaling,
    counts,
    recommend,
)

__all__ = ["WATCHES", "sync"]

WATCHES = frozenset({"HorizontalPodAutoscaler", "horizontal"})
_SOURCE = "horizontal-pod-autoscaler"
_HELD = {
    "ScaleUpStabilized": "recent recommendations were lower than current one, applying the lowest recent "
    "recommendation",
    "ScaleDownStabilized": "recent recommendations were higher than current one, applying the highest recent "
    "recommendation",
    "DesiredWithinRange": "the desired count is within the acceptable range",
    "TooFewReplicas": "the desired replica count is less than the minimum replica count",
    "TooManyReplicas": "the desired replica count is more than the maximum replica count",
    "ScaleUpLimit": "the desired replica count is increasing faster than the maximum scale rate",
    "ScaleDownLimit": "the desired replica count is decreasing faster than the maximum scale rate",
}
_NO_SERVER = (
    "unable to get metrics for resource {0}: unable to fetch metrics from resource metrics API: the server could not "
    "find the requested resource (get pods.metrics.k8s.io)"
)
_NONE_RETURNED = "unable to get metrics for resource {0}: no metrics returned from resource metrics API"


def sync(cluster: Sight) -> None:
    """Look at every autoscaler whose time has come."""
    due: dict[str, float] = cluster.notes("horizontal due")
    every = typical_s("Kubernetes HPA looks")
    there = set()
    for each in cluster.all("HorizontalPodAutoscaler"):
        uid = each["metadata"]["uid"]
        there.add(uid)
        if is_leaving(each) or cluster.now < due.get(uid, 0.0):
            continue
        _look(cluster, each)
        due[uid] = cluster.now + every
    for uid in [uid for uid in due if uid not in there]:
        del due[uid]
        cluster.notes("horizontal").pop(uid, None)
    if due:
        cluster.wake("horizontal", min(due.values()))


def _look(cluster: Sight, owner: Object) -> None:
    meta, target = owner["metadata"], owner["spec"]["scaleTargetRef"]
    scaled = cluster.get(target["kind"], meta["namespace"], target["name"])
    if scaled is None:
        missing = f'{target["kind"].lower()}s.apps "{target["name"]}" not found'
        why = f"the HPA controller was unable to get the target's current scale: {missing}"
        _tell(cluster, owner, [("AbleToScale", "False", "FailedGetScale", why)], {})
        record(cluster, owner, "FailedGetScale", why.partition(": ")[2], kind="Warning", source=_SOURCE)
        return
    current = int(scaled["spec"].get("replicas", 1))
    pods = [
        pod
        for pod in cluster.all("Pod", meta["namespace"])
        if selects(scaled["spec"]["selector"], pod["metadata"].get("labels"))
        and not is_leaving(pod)
        and (pod.get("status") or {}).get("phase") not in {"Failed", "Succeeded"}
    ]
    metrics = owner["spec"].get("metrics") or [_USUAL]
    asked = [_metric(cluster, each, pods, current) for each in metrics]
    decision = _autoscaler(cluster, owner).step(cluster.now, current, [each[0] for each in asked])
    _carry_out(cluster, (owner, scaled), decision, asked)


_USUAL: Object = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}

_Asked = tuple[Recommendation | None, Object, str]


def _metric(cluster: Sight, metric: Object, pods: list[Object], current: int) -> _Asked:
    """What one metric recommends, how it reads in the status, and why there is none."""
    kind = metric["type"]
    if kind not in {"Resource", "ContainerResource"}:
        return None, {}, f"invalid metric source type {kind!r}: no adapter serves it"
    source = metric["resource" if kind == "Resource" else "containerResource"]
    resource, target = source["name"], source["target"]
    if not usage.is_measured(cluster):
        return None, {}, _NO_SERVER.format(resource)
    readings = [_reading(cluster, pod, resource) for pod in pods]
    if not any(each.usage is not None for each in readings):
        return None, {}, _NONE_RETURNED.format(resource)
    by_share = target["type"] == "Utilization"
    lacking = next((pod for pod, each in zip(pods, readings, strict=True) if by_share and each.request <= 0), None)
    if lacking is not None:
        name = lacking["spec"]["containers"][0]["name"]
        return (
            None,
            {},
            (
                f"failed to get {resource} utilization: missing request for {resource} in container {name} of Pod "
                f"{lacking['metadata']['name']}"
            ),
        )
    wanted = float(target["averageUtilization"]) if by_share else _amount(resource, target["averageValue"])
    found = recommend(readings, current=current, target=wanted, utilization=by_share)
    if found is None:
        return None, {}, "did not receive metrics for targeted pods (pods might be unready)"
    used = sum(each.usage or 0.0 for each in readings) / max(1, len(readings))
    value = {"averageValue": f"{round(used)}m" if resource == "cpu" else f"{round(used)}Mi"}
    if by_share:
        value["averageUtilization"] = round(found.value)  # type: ignore[assignment]
    return found, {"type": "Resource", "resource": {"name": resource, "current": value}}, ""


def _amount(resource: str, written: str) -> float:
    return float(millicores(written)) if resource == "cpu" else mebibytes(written)


def _reading(cluster: Sight, pod: Object, resource: str) -> PodReading:
    seen, request = usage.seen_since(pod), usage.requested(pod, resource)
    use: float | None = None
    if seen is not None and seen <= cluster.now:
        cpu, memory = usage.pod_use(cluster, pod)
        use = cpu if resource == "cpu" else memory
    ready = True
    if resource == "cpu":
        changed = condition(pod, "Ready").get("lastTransitionTime")
        begun = (pod.get("status") or {}).get("startTime")
        ready = bool(begun and changed) and counts(
            now_s=cluster.now,
            started_s=epoch(begun) if begun else cluster.now,
            ready=is_ready(pod),
            ready_since_s=epoch(changed) if changed else cluster.now,
            read_s=cluster.now,
            window_s=typical_s("Kubernetes kubelet publishes pod usage"),
        )
    return PodReading(usage=use, request=request, ready=ready)


def _autoscaler(cluster: Sight, owner: Object) -> HorizontalAutoscaler:
    held: dict[str, HorizontalAutoscaler] = cluster.notes("horizontal")
    spec = owner["spec"]
    given = spec.get("behavior") or {}
    scaling = Scaling(
        min_replicas=int(spec.get("minReplicas", 1)),
        max_replicas=int(spec["maxReplicas"]),
        behaviour=Behaviour(up=_side(given.get("scaleUp"), UP), down=_side(given.get("scaleDown"), DOWN)),
    )
    found = held.setdefault(owner["metadata"]["uid"], HorizontalAutoscaler(scaling))
    found.scaling = scaling
    return found


def _side(given: Object | None, usual: Side) -> Side:
    if not given:
        return usual
    written = given.get("policies")
    policies = tuple(
        Policy(kind=each["type"], value=float(each["value"]), period_s=float(each["periodSeconds"]))
        for each in written or ()
    )
    window = given.get("stabilizationWindowSeconds")
    return Side(
        window_s=usual.window_s if window is None else float(window),
        policies=policies or usual.policies,
        select=given.get("selectPolicy") or usual.select,
    )


def _carry_out(cluster: Sight, which: tuple[Object, Object], decision: Decision, asked: list[_Asked]) -> None:
    """Do what was decided for an autoscaler and what it scales."""
    owner, scaled = which
    current = int(scaled["spec"].get("replicas", 1))
    said = [_scales(cluster, owner, scaled, decision), *_measures(cluster, owner, decision, asked)]
    status: Object = {"currentReplicas": current, "desiredReplicas": decision.replicas}
    status["currentMetrics"] = [shown for _, shown, _ in asked if shown] or None
    if decision.replicas != current:
        status["lastScaleTime"] = stamp(cluster.now)
    _tell(cluster, owner, said, status)


_Said = tuple[str, str, str, str]


def _scales(cluster: Sight, owner: Object, scaled: Object, decision: Decision) -> _Said:
    """Set the size that was decided on; the condition AbleToScale."""
    current = int(scaled["spec"].get("replicas", 1))
    if decision.replicas != current:
        cluster.change(scaled, lambda thing: thing["spec"].update(replicas=decision.replicas))
        why = _why(owner, decision, current)
        record(cluster, owner, "SuccessfulRescale", f"New size: {decision.replicas}; reason: {why}", source=_SOURCE)
        text = f"the HPA controller was able to update the target scale to {decision.replicas}"
        return "AbleToScale", "True", "SucceededRescale", text
    if decision.reason in {"ScaleUpStabilized", "ScaleDownStabilized"}:
        return "AbleToScale", "True", decision.reason, _HELD[decision.reason]
    return "AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"


def _measures(cluster: Sight, owner: Object, decision: Decision, asked: list[_Asked]) -> list[_Said]:
    """The conditions ScalingActive and ScalingLimited."""
    failures = [why for _, _, why in asked if why]
    if decision.reason == "ScalingDisabled":
        text = "scaling is disabled since the replica count of the target is zero"
        return [("ScalingActive", "False", "ScalingDisabled", text)]
    if failures and (decision.reason == "FailedGetResourceMetric" or all(each[0] is None for each in asked)):
        _complain(cluster, owner, failures, len(asked))
        text = f"the HPA was unable to compute the replica count: {failures[0]}"
        return [("ScalingActive", "False", "FailedGetResourceMetric", text)]
    how = f"{_first_resource(owner)} resource utilization (percentage of request)"
    text = f"the HPA was able to successfully calculate a replica count from {how}"
    limited = decision.reason in {"TooFewReplicas", "TooManyReplicas", "ScaleUpLimit", "ScaleDownLimit"}
    reason = decision.reason if limited else "DesiredWithinRange"
    return [
        ("ScalingActive", "True", "ValidMetricFound", text),
        ("ScalingLimited", str(limited), reason, _HELD[reason]),
    ]


def _first_resource(owner: Object) -> str:
    return str((owner["spec"].get("metrics") or [_USUAL])[0].get("resource", {}).get("name", "cpu"))


def _complain(cluster: Sight, owner: Object, failures: list[str], count: int) -> None:
    record(cluster, owner, "FailedGetResourceMetric", failures[0], kind="Warning", source=_SOURCE)
    record(
        cluster,
        owner,
        "FailedComputeMetricsReplicas",
        f"invalid metrics ({len(failures)} invalid out of {count}), first error is: {failures[0]}",
        kind="Warning",
        source=_SOURCE,
    )


def _why(owner: Object, decision: Decision, current: int) -> str:
    if decision.reason == "TooFewReplicas" and decision.recommended == decision.replicas:
        return "Current number of replicas below Spec.MinReplicas"
    if decision.reason == "TooManyReplicas" and decision.recommended == decision.replicas:
        return "Current number of replicas above Spec.MaxReplicas"
    if decision.replicas < current:
        return "All metrics below target"
    return f"{_first_resource(owner)} resource utilization (percentage of request) above target"


def _tell(cluster: Sight, owner: Object, said: list[_Said], status: dict[str, Any]) -> None:
    before = owner.get("status") or {}
    told: Object = {**before, **status, "observedGeneration": owner["metadata"].get("generation", 1)}
    for kind, truth, reason, message in said:
        set_condition(told, {"type": kind, "status": truth, "reason": reason, "message": message}, stamp(cluster.now))
    cluster.say(owner, told)
