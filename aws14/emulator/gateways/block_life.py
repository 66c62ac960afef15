"""What becomes of written blocks and tapes: through the upload buffer to AWS, and tapes on to the archive."""

from __future__ import annotations

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache, uploads
from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend, storagegateway_backends
from aws14.emulator.gateways.records import Pending, Tape, Volume
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = ["deliver_blocks", "deliver_tape", "eject", "write_tape", "write_volume"]

_BUFFER = "UPLOAD BUFFER"


def _buffered(gateway: Gateway, size: int) -> None:
    """Refuse what finds no room in the upload buffer."""
    if uploads.waiting_bytes(gateway) + size > gateway.room(_BUFFER):
        raise ScenarioError(
            f"the upload buffer of {gateway.told['GatewayName']} is full of what waits for the line",
            allowed="what fits the buffer",
            cure="wait, a faster line, a larger buffer",
        )


def write_volume(backend: StorageGatewayBackend, gateway: Gateway, volume: Volume, size: int) -> None:
    """Write new blocks to a volume.

    Raises
    ------
    ScenarioError
        It is not there yet, is full, or the upload buffer is.
    """
    if volume.status != "AVAILABLE":
        raise ScenarioError(f"the volume is {volume.status}", allowed="AVAILABLE", cure="let AWS time pass")
    if volume.used + size > volume.size:
        raise ScenarioError(f"the volume {volume.id} is full", allowed=f"{volume.size - volume.used} bytes")
    _buffered(gateway, size)
    volume.used += size
    if volume.kind == "CACHED":
        cache.admit(gateway, (volume.id, str(volume.used)), size, dirty=True)
    uploads.enqueue(backend, gateway, Pending(volume.id, "", size, world().clock.now(), kind="volume"))
    cache.count(gateway, volume.id)


def write_tape(backend: StorageGatewayBackend, gateway: Gateway, tape: Tape, size: int) -> None:
    """Let backup software write to a tape.

    Raises
    ------
    ScenarioError
        It is not in the drive, is full, or the upload buffer is.
    """
    if tape.status != "AVAILABLE":
        raise ScenarioError(f"the tape is {tape.status}", allowed="AVAILABLE", cure="a new tape, or time")
    if tape.used + size > tape.size:
        raise ScenarioError(f"the tape {tape.barcode} is full", allowed=f"{tape.size - tape.used} bytes")
    _buffered(gateway, size)
    tape.used += size
    uploads.enqueue(backend, gateway, Pending(tape.arn, "", size, world().clock.now(), kind="tape"))
    cache.count(gateway, tape.arn)


def eject(backend: StorageGatewayBackend, gateway: Gateway, tape: Tape) -> None:
    """Let backup software eject a tape: once all of it is in AWS, it goes to the archive.

    Raises
    ------
    ScenarioError
        It is not in the library.
    """
    if tape.status not in ("AVAILABLE", "RETRIEVED"):
        raise ScenarioError(f"the tape is {tape.status}", allowed="AVAILABLE or RETRIEVED")
    tape.status = "IN TRANSIT TO VTS"
    uploads.enqueue(backend, gateway, Pending(tape.arn, "", 0, world().clock.now(), kind="tape", what="eject"))


def deliver_blocks(backend: StorageGatewayBackend, gateway: Gateway, pending: Pending) -> bool:
    """Blocks are in AWS; the cache may let go of them."""
    del backend
    held = next(((key, one) for key, one in gateway.cache.items() if key[0] == pending.holder and one.dirty), None)
    if held is not None:
        cache.admit(gateway, held[0], held[1].size, dirty=False)
    return True


def deliver_tape(backend: StorageGatewayBackend, gateway: Gateway, pending: Pending) -> bool:
    """A part of a tape is in AWS, or all of one that was ejected."""
    del gateway
    tape = backend.tapes.get(pending.holder)
    if tape is not None and pending.what == "eject":
        args = (backend.account_id, backend.region_name, tape.arn, (tape.status, "ARCHIVED"))
        world().clock.after(typical_s("Storage Gateway tape to the archive"), "gateway.tape_enters", args)
    return True


@handles("gateway.tape_enters")
def _enters(account: str, region: str, arn: str, change: tuple[str, str]) -> None:
    tape = storagegateway_backends[account][region].tapes.get(arn)
    before, status = change
    if tape is None or tape.status != before:
        return
    tape.status = status
    if status == "ARCHIVED":
        tape.archived, tape.gateway = world().clock.now(), ""
