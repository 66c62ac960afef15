"""What may be wrong with deployments, replica sets, daemon sets, stateful sets, jobs and cron jobs.

Source: ``k8s.io/kubernetes/pkg/apis/{apps,batch}/validation/validation.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aws14.emulator.kubernetes import selectors
from aws14.emulator.kubernetes.failure import Cause, forbidden_value, immutable, invalid_value, required, unsupported
from aws14.emulator.kubernetes.naming import label_faults
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.validation.pods import pod_spec_faults

__all__ = ["cron_job_faults", "job_faults", "workload_faults"]

_STRATEGIES = {
    "Deployment": ("strategy", ("RollingUpdate", "Recreate")),
    "DaemonSet": ("updateStrategy", ("RollingUpdate", "OnDelete")),
    "StatefulSet": ("updateStrategy", ("RollingUpdate", "OnDelete")),
}
_PERCENT = re.compile(r"\d+%")
_CRON_FIELD = re.compile(r"[\d*/,\-A-Za-z?]+")


def workload_faults(new: Object, old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with an object that keeps pods by a selector."""
    spec = new["spec"]
    yield from _not_negative(spec, "spec", ("replicas", "minReadySeconds", "revisionHistoryLimit"))
    yield from _selector_faults(spec)
    yield from template_faults(spec, "spec", ("Always",))
    if new["kind"] in _STRATEGIES:
        yield from _strategy_faults(new["kind"], spec)
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= (spec.get("minReadySeconds") or 0):
        yield invalid_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    if old is not None and spec.get("selector") != old["spec"].get("selector"):
        yield immutable("spec.selector", spec.get("selector"))


def template_faults(spec: dict[str, Any], at: str, allowed: tuple[str, ...]) -> Iterator[Cause]:
    """Return what is wrong with the template of pods in a spec."""
    template = spec.get("template")
    if not isinstance(template, dict) or not isinstance(template.get("spec"), dict):
        yield required(f"{at}.template.spec.containers")
        return
    yield from label_faults(f"{at}.template.labels", (template.get("metadata") or {}).get("labels") or {})
    yield from pod_spec_faults(template["spec"], f"{at}.template.spec", allowed=allowed)


def _selector_faults(spec: dict[str, Any]) -> Iterator[Cause]:
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
        return
    if not selectors.of_object(selector):
        yield invalid_value("spec.selector", selector, "empty selector is invalid for deployment")
        return
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if not selectors.fits(selector, labels):
        yield invalid_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")


def _strategy_faults(kind: str, spec: dict[str, Any]) -> Iterator[Cause]:
    field, allowed = _STRATEGIES[kind]
    strategy = spec[field]
    if strategy["type"] not in allowed:
        yield unsupported(f"spec.{field}.type", strategy["type"], allowed)
        return
    rolling = strategy.get("rollingUpdate")
    if strategy["type"] != "RollingUpdate":
        if rolling:
            why = f"may not be specified when strategy `type` is '{strategy['type']}'"
            yield forbidden_value(f"spec.{field}.rollingUpdate", why)
        return
    at = f"spec.{field}.rollingUpdate"
    for key in ("maxUnavailable", "maxSurge"):
        if key in rolling:
            yield from _share_faults(rolling[key], f"{at}.{key}")
    if kind == "Deployment" and _is_nothing(rolling["maxUnavailable"]) and _is_nothing(rolling["maxSurge"]):
        yield invalid_value(f"{at}.maxUnavailable", rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0")


def _share_faults(value: Any, at: str) -> Iterator[Cause]:
    if isinstance(value, str):
        if not _PERCENT.fullmatch(value):
            why = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
            yield invalid_value(at, value, why + "regex used for validation is '[0-9]+%')")
        elif at.endswith("maxUnavailable") and int(value[:-1]) > 100:
            yield invalid_value(at, value, "must not be greater than 100%")
    elif value < 0:
        yield invalid_value(at, value, "must be greater than or equal to 0")


def _is_nothing(value: Any) -> bool:
    return value in (0, "0%")


def _not_negative(spec: dict[str, Any], at: str, keys: tuple[str, ...]) -> Iterator[Cause]:
    for key in keys:
        if (spec.get(key) or 0) < 0:
            yield invalid_value(f"{at}.{key}", spec[key], "must be greater than or equal to 0")


def job_faults(new: Object, old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with a job."""
    yield from _job_spec_faults(new["spec"], "spec")
    if old is None:
        return
    for key in ("completions", "selector", "template", "completionMode"):
        if new["spec"].get(key) != old["spec"].get(key):
            yield immutable(f"spec.{key}", new["spec"].get(key))


def _job_spec_faults(spec: dict[str, Any], at: str) -> Iterator[Cause]:
    counted = ("completions", "parallelism", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")
    yield from _not_negative(spec, at, counted)
    yield from template_faults(spec, at, ("OnFailure", "Never"))


def cron_job_faults(new: Object, _old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with a cron job."""
    spec = new["spec"]
    schedule = spec.get("schedule")
    if not schedule:
        yield required("spec.schedule")
    elif not _is_schedule(schedule):
        yield invalid_value("spec.schedule", schedule, f"expected exactly 5 fields, found {len(schedule.split())}")
    if spec["concurrencyPolicy"] not in ("Allow", "Forbid", "Replace"):
        yield unsupported("spec.concurrencyPolicy", spec["concurrencyPolicy"], ("Allow", "Forbid", "Replace"))
    if spec.get("timeZone") is not None:
        yield from _zone_faults(spec["timeZone"])
    job = spec.get("jobTemplate")
    if not isinstance(job, dict) or not isinstance(job.get("spec"), dict):
        yield required("spec.jobTemplate.spec.template.spec.containers")
    else:
        yield from _job_spec_faults(job["spec"], "spec.jobTemplate.spec")


def _is_schedule(text: str) -> bool:
    fields = text.split()
    return text.startswith("@") or (len(fields) == 5 and all(_CRON_FIELD.fullmatch(one) for one in fields))


def _zone_faults(name: str) -> Iterator[Cause]:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        yield invalid_value("spec.timeZone", name, f"unknown time zone {name}")
