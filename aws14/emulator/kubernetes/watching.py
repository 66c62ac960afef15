"""Watches: a stream of the changes of some objects, from one revision on.

A stream waits on a queue of its own: no lock is held. It ends when AWS time has passed its time-out, when its cluster
is gone (or the cloud was restored), or when it is closed.
"""

from __future__ import annotations

import json
import queue
import random
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.failure import ApiError
from aws14.emulator.kubernetes.hearing import on_change
from aws14.emulator.kubernetes.listing import selected_by
from aws14.emulator.kubernetes.storage import Change, Object
from aws14.emulator.kubernetes.targets import Query, Target
from aws14.emulator.world import world

__all__ = ["Stream", "end_all", "watch"]

#: Seconds of real time after which a stream looks whether it should end.
_LOOK_S = 0.5
#: A watch without a time-out of its own lasts as long, up to twice (``--min-request-timeout``).
_SHORTEST_S = 1800.0
_BOOKMARK_S = 60.0
_LONGEST_QUEUE = 20_000

_STREAMS: weakref.WeakSet[Stream] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a stream tells.

    Parameters
    ----------
    kind, version : str
        Name of the kind, and the version in which it is told.
    fits : callable
        Whether an object is selected.
    told : callable
        How an object is written.
    bookmarks : bool
        Whether to tell the revision now and then.
    ends_at : float
        Epoch seconds of AWS time.
    """

    kind: str
    version: str
    fits: Callable[[Object], bool]
    told: Callable[[Object], Object]
    bookmarks: bool
    ends_at: float


class Stream(Iterator[bytes]):
    """The lines of one watch; an empty piece says only that it still waits.

    Parameters
    ----------
    cluster : Cluster
        Which is watched.
    wanted : Wanted
        What of it.
    revision : int
        Up to which it has told.
    """

    def __init__(self, cluster: Cluster, wanted: Wanted, revision: int) -> None:
        self.cluster, self._wanted, self._revision = cluster, wanted, revision
        self._lines: deque[bytes] = deque()
        self._changes: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._closed = False
        self._world = world()
        self._marked_at = self._world.clock.now()
        _STREAMS.add(self)

    def tell(self, event: str, thing: Object) -> None:
        """Let a line be sent."""
        self._lines.append(json.dumps({"type": event, "object": thing}, separators=(",", ":")).encode() + b"\n")

    def bookmark(self, annotations: dict[str, str] | None = None) -> None:
        """Let the present revision be sent."""
        metadata: Object = {"resourceVersion": str(self._revision), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        self.tell("BOOKMARK", {"kind": self._wanted.kind, "apiVersion": self._wanted.version, "metadata": metadata})
        self._marked_at = self._world.clock.now()

    def hear(self, change: Change) -> None:
        """Take note of a change; whoever makes it does not wait."""
        self._changes.put(change)

    def follow(self, change: Change) -> None:
        """Tell of a change, if it is about what is wanted."""
        self._revision = change.revision
        if change.kind != self._wanted.kind:
            return
        before = change.old is not None and self._wanted.fits(change.old)
        after = change.event != "DELETED" and self._wanted.fits(change.new)
        if after:
            self.tell("MODIFIED" if before else "ADDED", self._wanted.told(change.new))
        elif before:
            last = change.new if change.event == "DELETED" else _last(change)
            self.tell("DELETED", self._wanted.told(last))

    def close(self) -> None:
        """End it; whoever waits for a line is told."""
        self._closed = True
        self._changes.put(None)

    def __next__(self) -> bytes:
        if self._lines:
            return self._lines.popleft()
        if self._closed or self._is_over():
            raise StopIteration
        try:
            change = self._changes.get(timeout=_LOOK_S)
        except queue.Empty:
            if self._wanted.bookmarks and self._world.clock.now() - self._marked_at >= _BOOKMARK_S:
                self.bookmark()
            return b""
        if change is not None and change.revision > self._revision:
            self.follow(change)
        return self._lines.popleft() if self._lines else b""

    def _is_over(self) -> bool:
        if not self._changes.empty():
            return self._changes.qsize() > _LONGEST_QUEUE
        held = self._world.state.get("kubernetes", {}).get(self.cluster.key)
        return held is not self.cluster or self._world.clock.now() >= self._wanted.ends_at


def _last(change: Change) -> Object:
    """Return an object that is selected no longer as it was, at the revision at which that came about."""
    old = change.old or change.new
    return {**old, "metadata": {**old["metadata"], "resourceVersion": str(change.revision)}}


def watch(cluster: Cluster, target: Target, query: Query, *, told: Callable[[Object], Object]) -> Stream:
    """Begin a watch. The world lock is held: nothing changes between what is told first and what follows.

    Parameters
    ----------
    cluster : Cluster
        Which is watched.
    target : Target
        Which objects.
    query : Query
        Selectors, ``resourceVersion``, ``timeoutSeconds``, ``allowWatchBookmarks``, ``sendInitialEvents``.
    told : callable
        How an object is written.
    """
    lasts_s = query.number("timeoutSeconds") or _SHORTEST_S * (1 + random.random())
    bookmarks = query.flag("allowWatchBookmarks")
    wanted = Wanted(
        target.kind.name,
        target.version,
        selected_by(target, query),
        told,
        bookmarks=bookmarks,
        ends_at=world().clock.now() + lasts_s,
    )
    from_revision = query.number("resourceVersion") or 0
    initial = query.flag("sendInitialEvents")
    begun = Stream(cluster, wanted, cluster.storage.revision)
    if initial or not from_revision:
        for thing in cluster.storage.all_of(target.kind.name):
            if wanted.fits(thing):
                begun.tell("ADDED", told(thing))
        if initial and bookmarks:
            begun.bookmark({"k8s.io/initial-events-end": "true"})
        return begun
    _catch_up(begun, cluster, from_revision)
    return begun


def _catch_up(stream: Stream, cluster: Cluster, revision: int) -> None:
    try:
        for change in cluster.storage.since(revision):
            stream.follow(change)
    except ApiError as error:
        stream.tell("ERROR", error.status())
        stream.close()


def end_all() -> None:
    """End every watch, as a server does that stops."""
    for stream in tuple(_STREAMS):
        stream.close()


def _tell_streams(cluster: Contents, change: Change) -> None:
    for stream in tuple(_STREAMS):
        if stream.cluster is cluster:
            stream.hear(change)


on_change(_tell_streams)
