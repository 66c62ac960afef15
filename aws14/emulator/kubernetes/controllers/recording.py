"""Events, as controllers, scheduler and kubelets write them; the same said again counts up.

Source of reasons and sentences: kubernetes/pkg/controller, pkg/scheduler and pkg/kubelet/events.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.times import stamp

__all__ = ["record"]

_KEPT_S = 3600.0


def record(cluster: Sight, about: Object, reason: str, message: str, **how: Any) -> None:
    """Write an event about an object, or count the one that says the same.

    Parameters
    ----------
    cluster : Sight
        Whose.
    about : dict
        The object.
    reason, message : str
        In one word and in a sentence.
    **how
        ``kind``: ``Warning`` instead of ``Normal``; ``source``: who says it; ``host``: on which node; ``path``: of the
        part it is about, ``spec.containers{web}``.
    """
    meta, kind = about["metadata"], str(how.get("kind", "Normal"))
    _forget_old(cluster)
    told: dict[Any, tuple[str, float]] = cluster.notes("events")
    key = (meta.get("uid"), reason, message)
    namespace = meta.get("namespace") or "default"
    known = cluster.get("Event", namespace, told[key][0]) if key in told else None
    if known is not None:
        more = {"count": int(known.get("count") or 1) + 1, "lastTimestamp": stamp(cluster.now)}
        cluster.change(known, lambda event: event.update(more))
        told[key] = (told[key][0], cluster.now)
        return
    number = cluster.notes("event numbers")
    number["next"] = number.get("next", 0) + 1
    name = f"{meta['name']}.{int(cluster.now * 1e9) + number['next']:x}"
    told[key] = (name, cluster.now)
    source = {"component": how.get("source", ""), **({"host": how["host"]} if how.get("host") else {})}
    involved = {
        "apiVersion": about["apiVersion"],
        "kind": about["kind"],
        "name": meta["name"],
        **({"namespace": namespace} if meta.get("namespace") else {}),
        "uid": meta.get("uid"),
        "resourceVersion": meta.get("resourceVersion"),
        **({"fieldPath": how["path"]} if how.get("path") else {}),
    }
    cluster.create(
        _event(name, namespace, involved, {"reason": reason, "message": message, "type": kind, "source": source})
    )


def _event(name: str, namespace: str, involved: Object, said: Object) -> Object:
    from aws14.emulator.world import world

    at = stamp(world().clock.now())
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": involved,
        **said,
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
        "reportingComponent": said["source"]["component"],
        "reportingInstance": said["source"].get("host", ""),
    }


def _forget_old(cluster: Sight) -> None:
    """Events live for an hour; they are looked through once in ten minutes."""
    numbers = cluster.notes("event numbers")
    if cluster.now < numbers.get("swept", 0.0) + _KEPT_S / 6:
        return
    numbers["swept"] = cluster.now
    told: dict[Any, tuple[str, float]] = cluster.notes("events")
    old = {name for name, at in told.values() if at < cluster.now - _KEPT_S}
    for event in cluster.all("Event"):
        if event["metadata"]["name"] in old:
            cluster.delete(event)
    for key in [key for key, (name, _) in told.items() if name in old]:
        del told[key]
