"""What waits for the office's line, and what becomes of it: objects, blocks of volumes, tapes.

A gateway sends one thing after the other, as fast as the line carries. Nothing is posted on the clock while nothing
waits, while the line is cut, or while the gateway is shut down. Two gateways do not share the line with each other.
"""

from __future__ import annotations

from collections.abc import Callable

from aws14.emulator import offices
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache
from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend, gateways, storagegateway_backends
from aws14.emulator.gateways.records import Pending
from aws14.emulator.world import world

__all__ = ["deliver_with", "enqueue", "forget", "line_changed", "look_again", "pause", "start", "waiting_bytes"]

_BYTES_PER_MBIT = 1e6 / 8
_DELIVERIES: dict[str, Callable[[StorageGatewayBackend, Gateway, Pending], bool]] = {}


def deliver_with(kind: str, deliver: Callable[[StorageGatewayBackend, Gateway, Pending], bool]) -> None:
    """Say what becomes of what was sent, by the kind of its holder; False: AWS did not take it."""
    _DELIVERIES[kind] = deliver


def enqueue(backend: StorageGatewayBackend, gateway: Gateway, pending: Pending, *, again: bool = False) -> None:
    """Let something wait for the line.

    Parameters
    ----------
    backend, gateway
        Whose line.
    pending : Pending
        What.
    again : bool
        Whether the same file may wait already: then it is not sent twice.
    """
    if again:
        forget(backend, gateway, pending.holder, pending.path)
    gateway.queue.append(pending)
    start(backend, gateway)


def forget(backend: StorageGatewayBackend, gateway: Gateway, holder: str, path: str | None = None) -> None:
    """Send nothing more of a holder, or of one file."""
    pause(gateway)
    for waiting in (gateway.queue, gateway.stuck):
        waiting[:] = [each for each in waiting if each.holder != holder or path not in (None, each.path)]
    start(backend, gateway)


def pause(gateway: Gateway) -> None:
    """Stop sending; what went of the first stays sent."""
    if gateway.queue:
        gateway.queue[0].sent += _gone(gateway)
    gateway.since = None
    gateway.round += 1


def start(backend: StorageGatewayBackend, gateway: Gateway) -> None:
    """Send the first that waits, if the line and the gateway let it."""
    line = offices.line()
    if gateway.since is not None or not gateway.queue or line.cut or gateway.state != "RUNNING":
        return
    first, now = gateway.queue[0], world().clock.now()
    limit = gateway.settings.get("AverageUploadRateLimitInBitsPerSec")
    gateway.rate = min(line.up_mbps * _BYTES_PER_MBIT, limit / 8 if limit else float("inf"))
    gateway.since = now
    due = max(now, first.ready) + (first.size - first.sent) / gateway.rate
    args = (backend.account_id, backend.region_name, gateway.id, gateway.round)
    world().clock.at(due, "gateway.sent", args)


@handles("gateway.sent")
def _sent(account: str, region: str, gateway_id: str, number: int) -> None:
    backend = storagegateway_backends[account][region]
    gateway = backend.gateways.get(gateway_id)
    if gateway is None or gateway.round != number or not gateway.queue:
        return
    first = gateway.queue.pop(0)
    gateway.since = None
    deliver = _DELIVERIES[first.kind]
    if deliver(backend, gateway, first):
        cache.count(gateway, first.holder, uploaded=first.size)
    else:
        first.sent = 0.0
        gateway.stuck.append(first)
    start(backend, gateway)


def line_changed() -> None:
    """The line is another one: whatever is being sent goes on as fast as that."""
    for backend, gateway in gateways():
        pause(gateway)
        start(backend, gateway)


def look_again() -> None:
    """Something changed in the cloud: what AWS did not take is tried again."""
    for backend, gateway in gateways():
        if gateway.stuck:
            pause(gateway)
            ready = world().clock.now() + typical_s("Storage Gateway file share, upload begins")
            for each in gateway.stuck:
                each.ready = ready
            gateway.queue += gateway.stuck
            gateway.stuck = []
            start(backend, gateway)


def waiting_bytes(gateway: Gateway) -> int:
    """Bytes that are not in AWS yet, without those of the first that went already."""
    whole = sum(each.size - each.sent for each in (*gateway.queue, *gateway.stuck))
    return max(0, int(whole - _gone(gateway)))


def _gone(gateway: Gateway) -> float:
    """Bytes of the first that went since it was started."""
    if gateway.since is None or not gateway.queue:
        return 0.0
    first = gateway.queue[0]
    spent = world().clock.now() - max(gateway.since, first.ready)
    return min(first.size - first.sent, max(0.0, spent) * gateway.rate)
