"""What a lifecycle policy does: snapshots at its times, copies to other regions, deletions by count or age.

Source: EC2 user guide, "Amazon Data Lifecycle Manager".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aws14.emulator.clock import handles
from aws14.emulator.event_bus.expressions import ScheduleError, read_schedule
from aws14.emulator.world import world

__all__ = ["SNAPSHOTS", "arm", "readable"]

SNAPSHOTS = "EBS_SNAPSHOT_MANAGEMENT"
_POLICY, _SCHEDULE = "aws:dlm:lifecycle-policy-id", "aws:dlm:lifecycle-schedule-name"
_HOURS = frozenset({1, 2, 3, 4, 6, 8, 12, 24})
_HOUR_S, _DAY_S = 3600.0, 86400.0
_UNITS_S = {"DAYS": _DAY_S, "WEEKS": 7 * _DAY_S, "MONTHS": 30 * _DAY_S, "YEARS": 365 * _DAY_S}


def readable(rule: Mapping[str, Any]) -> bool:
    """Whether a ``CreateRule`` is one that DLM takes."""
    if rule.get("CronExpression"):
        try:
            read_schedule(rule["CronExpression"])
        except ScheduleError:
            return False
        return True
    return rule.get("Interval") in _HOURS and all(_seconds(each) is not None for each in rule.get("Times") or ())


def _seconds(text: str) -> float | None:
    try:
        hour, minute = (int(part) for part in text.split(":"))
    except ValueError:
        return None
    return _HOUR_S * hour + 60.0 * minute


def _next_run(rule: Mapping[str, Any], created: float) -> float | None:
    now = world().clock.now()
    if rule.get("CronExpression"):
        return read_schedule(rule["CronExpression"]).next_after(now, begun=created, zone=ZoneInfo("UTC"))
    every = _HOUR_S * int(rule["Interval"])
    first = (_seconds((rule.get("Times") or ["09:00"])[0]) or 0.0) % every
    return (now - first) // every * every + every + first


def arm(policy: Any) -> None:
    """Post the next run of every schedule of an enabled policy; what was posted before is void."""
    policy.round += 1
    if policy.told["State"] == "ENABLED":
        for index in range(len(policy.told["PolicyDetails"]["Schedules"])):
            _post(policy, index)


def _post(policy: Any, index: int) -> None:
    rule = policy.told["PolicyDetails"]["Schedules"][index]["CreateRule"]
    due = _next_run(rule, policy.created)
    if due is not None:
        world().clock.at(due, "dlm.is_due", (policy.arn, index, policy.round))


@handles("dlm.is_due")
def _is_due(policy_arn: str, index: int, number: int) -> None:
    from aws14.emulator.dlm.models import dlm_backends

    parts = policy_arn.split(":")
    region, account = parts[3], parts[4]
    policy = dlm_backends[account][region].policies.get(parts[-1].rpartition("/")[2])
    if policy is None or policy.round != number:
        return
    _post(policy, index)
    from moto.ec2.models import ec2_backends

    backend, details = ec2_backends[account][region], policy.told["PolicyDetails"]
    schedule = details["Schedules"][index]
    for volume in list(_volumes(backend, details)):
        _snapshot(backend, policy, schedule, volume)
    _retire(backend, policy.id, schedule["Name"], schedule["RetainRule"])
    for rule in schedule.get("CrossRegionCopyRules") or ():
        there = ec2_backends[account][_region_of(rule)]
        _retire(there, policy.id, schedule["Name"], rule.get("RetainRule") or {})


def _volumes(backend: Any, details: Mapping[str, Any]) -> Iterator[Any]:
    """The volumes with one of the tags, or of the instances that have one."""
    wanted = {(each["Key"], each["Value"]) for each in details["TargetTags"]}
    parameters = details.get("Parameters") or {}
    for volume in list(backend.volumes.values()):
        instance = volume.attachment.instance if volume.attachment is not None else None
        holder = instance if "INSTANCE" in details["ResourceTypes"] else volume
        if holder is None or not wanted & {(tag["key"], tag["value"]) for tag in holder.get_tags()}:
            continue
        boots = instance is not None and volume.attachment.device == instance.root_device_name
        if not (parameters.get("ExcludeBootVolume") and boots):
            yield volume


def _snapshot(backend: Any, policy: Any, schedule: Mapping[str, Any], volume: Any) -> None:
    when = datetime.fromtimestamp(world().clock.now(), UTC).strftime("%Y-%m-%dT%H:%MZ")
    made = backend.create_snapshot(volume.id, f"Created for policy: {policy.id} schedule: {schedule['Name']}")
    made.encrypted, made.kms_key_id = volume.encrypted, volume.kms_key_id
    copied = {tag["key"]: tag["value"] for tag in volume.get_tags()} if schedule.get("CopyTags") else {}
    added = {each["Key"]: each["Value"] for each in schedule.get("TagsToAdd") or ()}
    variable = {each["Key"]: each["Value"].replace("$(timestamp)", when) for each in schedule.get("VariableTags") or ()}
    own = {_POLICY: policy.id, _SCHEDULE: schedule["Name"], "dlm:managed": "true"}
    made.add_tags({key: value for key, value in copied.items() if not key.startswith("aws:")} | added | variable | own)
    if schedule.get("CrossRegionCopyRules"):
        ends = made._aws14_times[1]  # noqa: SLF001 - ours
        args = (
            backend.account_id,
            backend.region_name,
            made.id,
            tuple(dict(r) for r in schedule["CrossRegionCopyRules"]),
        )
        world().clock.at(ends, "dlm.copies", args)


def _region_of(rule: Mapping[str, Any]) -> str:
    return str(rule.get("TargetRegion") or rule.get("Target"))


@handles("dlm.copies")
def _copies(account: str, region: str, snapshot_id: str, rules: tuple[dict[str, Any], ...]) -> None:
    from moto.ec2.models import ec2_backends

    from aws14.emulator.behaviours.block_storage import copy_between

    source = ec2_backends[account][region].snapshots.get(snapshot_id)
    if source is None or source.status != "completed":
        return
    for rule in rules:
        there = ec2_backends[account][_region_of(rule)]
        made = copy_between(source, there, description=source.description, key=rule.get("CmkArn") or "")
        made.encrypted = made.encrypted or bool(rule.get("Encrypted"))
        tags = {tag["key"]: tag["value"] for tag in source.get_tags()}
        kept = tags if rule.get("CopyTags") else {key: tags[key] for key in (_POLICY, _SCHEDULE, "dlm:managed")}
        made.add_tags(kept)


def _retire(backend: Any, policy_id: str, schedule: str, rule: Mapping[str, Any]) -> None:
    """Delete what a schedule keeps no longer, volume by volume."""
    own: dict[str, list[Any]] = {}
    for snapshot in list(backend.snapshots.values()):
        tags = {tag["key"]: tag["value"] for tag in backend.tags.get(snapshot.id, {}) and snapshot.get_tags()}
        if (tags.get(_POLICY), tags.get(_SCHEDULE)) == (policy_id, schedule):
            own.setdefault(snapshot.volume_id, []).append(snapshot)
    for snapshots in own.values():
        for snapshot in _surplus(sorted(snapshots, key=lambda each: each.start_time), rule):
            backend.delete_snapshot(snapshot.id)


def _surplus(snapshots: list[Any], rule: Mapping[str, Any]) -> list[Any]:
    if rule.get("Count"):
        return snapshots[: -int(rule["Count"])]
    if not rule.get("Interval"):
        return []
    since = world().clock.now() - int(rule["Interval"]) * _UNITS_S[rule["IntervalUnit"]]
    return [each for each in snapshots if each.start_time.replace(tzinfo=UTC).timestamp() <= since]
