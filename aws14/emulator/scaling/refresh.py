"""Instance refreshes: instances of an old template are replaced, one batch after the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.scaling.launching import template_of
from aws14.emulator.scaling.life import look_again, take_out
from aws14.emulator.scaling.records import at, counted, find_group, key_of, moment, record_of, suspended
from aws14.emulator.world import world

__all__ = ["LIVE", "Refresh", "begin", "cancel", "live_refresh"]

LIVE = frozenset({"Pending", "InProgress", "Cancelling"})
"""The states of a refresh that is not over."""

_MOST_KEPT = 50
_LOOK_AGAIN_S = 15.0


@dataclass
class Refresh:
    """One instance refresh, with the names that the API has for it.

    Parameters
    ----------
    old : list of str
        Ids of the instances that are still to be replaced.
    whole : int
        How many there were.
    min_healthy : float
        Per cent of the desired capacity that stay in service.
    warmup_s : float
        How long a new instance warms up.
    moved_at : float
        When a batch began last (epoch seconds).
    """

    instance_refresh_id: str
    auto_scaling_group_name: str
    start_time: datetime
    old: list[str]
    whole: int
    min_healthy: float
    warmup_s: float
    preferences: dict[str, Any]
    moved_at: float
    status: str = "Pending"
    status_reason: str | None = None
    end_time: datetime | None = None

    @property
    def percentage_complete(self) -> int:
        """How much is done, 0 to 100."""
        done = self.whole - len(self.old)
        return 100 if not self.whole else 100 * done // self.whole

    @property
    def instances_to_update(self) -> int:
        """How many are still to be replaced."""
        return len(self.old)


def live_refresh(group: Any) -> Refresh | None:
    """The refresh that is going on; None where there is none."""
    found: list[Refresh] = record_of(group).refreshes
    return next((one for one in found if one.status in LIVE), None)


def begin(group: Any, preferences: dict[str, Any], *, min_healthy: float, warmup_s: float) -> Refresh:
    """Begin a refresh of a group.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    preferences : dict
        As the call gave them, with what it left out filled in.
    min_healthy : float
        Per cent.
    warmup_s : float
        Seconds.
    """
    now, kept = template_of(group), record_of(group)
    skip = bool(preferences.get("SkipMatching"))
    old = [
        one.instance.id
        for one in counted(group)
        if not (skip and one.instance.id in kept.stays and kept.stays[one.instance.id].template == now)
    ]
    made = Refresh(
        instance_refresh_id=str(uuid4()),
        auto_scaling_group_name=group.name,
        start_time=moment(),
        old=old,
        whole=len(old),
        min_healthy=min_healthy,
        warmup_s=warmup_s,
        preferences=preferences,
        moved_at=world().clock.now(),
    )
    kept.refreshes.insert(0, made)
    del kept.refreshes[_MOST_KEPT:]
    _go_on(group, made)
    return made


def cancel(group: Any, refresh: Refresh) -> None:
    """Begin no further batch; what is replaced stays replaced."""
    refresh.status, refresh.status_reason = "Cancelling", "Cancelled by user."
    _go_on(group, refresh)


def _go_on(group: Any, refresh: Refresh, after: float = 0.0) -> None:
    world().clock.after(after, "scaling.refresh_goes_on", (*key_of(group), refresh.instance_refresh_id))


@handles("scaling.refresh_goes_on")
def _goes_on(account: str, region: str, name: str, refresh_id: str) -> None:
    group = find_group(account, region, name)
    refresh = live_refresh(group) if group is not None else None
    if refresh is None or refresh.instance_refresh_id != refresh_id:
        return
    here = {one.instance.id for one in counted(group)}
    refresh.old = [one for one in refresh.old if one in here]
    ready, wait = _all_ready(group, refresh)
    if refresh.status == "Cancelling":
        _end(refresh, "Cancelled", refresh.status_reason)
    elif world().clock.now() - refresh.moved_at > refresh.warmup_s + typical_s("Auto Scaling refresh without progress"):
        _end(refresh, "Failed", "The instances that replace others did not come into service in time.")
    elif not ready:
        _go_on(group, refresh, wait)
    elif not refresh.old:
        _end(refresh, "Successful", None)
    else:
        refresh.status = "InProgress"
        if not suspended(group, "InstanceRefresh") and not suspended(group, "Terminate"):
            _replace(group, refresh)
        _go_on(group, refresh, _LOOK_AGAIN_S)


def _end(refresh: Refresh, status: str, reason: str | None) -> None:
    refresh.status, refresh.status_reason, refresh.end_time = status, reason, moment()


def _all_ready(group: Any, refresh: Refresh) -> tuple[bool, float]:
    """Whether as many serve as should, warmed up, and else when to look again."""
    serving = [one for one in counted(group) if one.lifecycle_state == "InService"]
    if len(serving) < group.desired_capacity:
        return False, _LOOK_AGAIN_S
    begun, stays = refresh.start_time.timestamp(), record_of(group).stays
    since = [stays[one.instance.id].in_service_at or 0.0 for one in serving if one.instance.id in stays]
    warm_at = max((t + refresh.warmup_s for t in since if t > begun), default=0.0)
    left = warm_at - world().clock.now()
    return left <= 0, max(left, 0.0)


def _replace(group: Any, refresh: Refresh) -> None:
    floor = math.ceil(group.desired_capacity * refresh.min_healthy / 100)
    batch = max(1, group.desired_capacity - floor)
    here = [one for one in counted(group) if one.instance.id in refresh.old]
    refresh.moved_at = world().clock.now()
    for member in here[:batch]:
        text = "an instance was taken out of service in response to an instance refresh"
        chosen = f"instance {member.instance.id} was selected for termination"
        take_out(group, member, [at(text), at(chosen)])
        record_of(group).refreshing += 1
    look_again(group)
