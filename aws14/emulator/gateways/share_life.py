"""What becomes of shares on the clock: they come, are refreshed, and go."""

from __future__ import annotations

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache, folders, objects
from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend, storagegateway_backends
from aws14.emulator.gateways.records import Pending, Share
from aws14.emulator.world import world

__all__ = ["deliver", "find"]


def find(account: str, region: str, gateway_id: str, share_id: str) -> tuple[Gateway, Share] | None:
    """A share by the ids; None when it is gone."""
    gateway = storagegateway_backends[account][region].gateways.get(gateway_id)
    share = gateway.shares.get(share_id) if gateway is not None else None
    return None if gateway is None or share is None else (gateway, share)


def deliver(backend: StorageGatewayBackend, gateway: Gateway, pending: Pending) -> bool:
    """Put or delete an object; a file that found no room in the cache before may find it now."""
    taken = objects.deliver(backend, gateway, pending)
    if any(share.refused for share in gateway.shares.values()):
        folders.look()
    return taken


@handles("gateway.share_is_there")
def _is_there(*ids: str) -> None:
    found = find(*ids)
    if found is not None and found[1].status == "CREATING":
        found[1].status = "AVAILABLE"
        folders.look()


@handles("gateway.is_refreshed")
def _is_refreshed(*ids: str) -> None:
    found = find(*ids)
    if found is not None and found[1].status == "AVAILABLE":
        folders.look()
        folders.refresh(found[1], found[0])


@handles("gateway.share_ends")
def _ends(*ids: str) -> None:
    found = find(*ids)
    if found is None or "DELETING" not in found[1].status:
        return
    gateway, share = found
    waits = any(each.holder == share.id for each in (*gateway.queue, *gateway.stuck))
    if waits and share.status == "DELETING":
        # A share waits for its last upload: asked once a day at most.
        world().clock.after(typical_s("Storage Gateway file share asked again"), "gateway.share_ends", ids)
        return
    gateway.shares.pop(share.id)
    cache.drop(gateway, share.id)
    cache.note(gateway, "")
    folders.end(share)
