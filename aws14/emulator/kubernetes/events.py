"""Events are kept for an hour.

Source: ``kube-apiserver --event-ttl``, one hour by default and on EKS.
"""

from __future__ import annotations

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.times import epoch
from aws14.emulator.world import world

__all__ = ["forget_old"]

_KEPT_S = 3600.0
#: So often, in AWS time, old events are looked for.
_LOOK_S = 60.0


def forget_old(cluster: Contents) -> None:
    """Drop the events of more than an hour ago, now and then."""
    now = world().clock.now()
    if now - cluster.looked_for_old_events_at < _LOOK_S:
        return
    cluster.looked_for_old_events_at = now
    for event in list(cluster.storage.all_of("Event")):
        if now - _last_seen(event) > _KEPT_S:
            cluster.drop("Event", (event["metadata"]["namespace"], event["metadata"]["name"]))


def _last_seen(event: Object) -> float:
    told = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
    return epoch(told)
