"""Operations on virtual tapes: in the library of a gateway, and in the archive."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult

from aws14.catalog import quota
from aws14.emulator.backups.records import moment
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache, uploads
from aws14.emulator.gateways.asking import Asking, new_id, tags_of
from aws14.emulator.gateways.gateway_api import BUFFER
from aws14.emulator.gateways.models import Gateway
from aws14.emulator.gateways.records import Tape
from aws14.emulator.gateways.refusals import refuse
from aws14.emulator.world import world

__all__ = ["TapeOperations"]

_GIB = 1024**3
_BARCODE = re.compile(r"[A-Z0-9]{5,16}")
_POOLS = ("GLACIER", "DEEP_ARCHIVE")


class TapeOperations(Asking):
    """Tapes."""

    def create_tapes(self) -> ActionResult:
        """Make tapes with barcodes of their own."""
        asked, gateway = self.params, self._library()
        made = self.backend.tapes.values()
        same = [each.arn for each in made if each.token == asked["ClientToken"] and each.gateway == gateway.arn]
        if same:
            return ActionResult({"TapeARNs": same})
        barcodes = [f"{asked['TapeBarcodePrefix']}{_mark()}" for _ in range(int(asked["NumTapesToCreate"]))]
        return ActionResult({"TapeARNs": [self._create_tape(gateway, barcode).arn for barcode in barcodes]})

    def create_tape_with_barcode(self) -> ActionResult:
        """Make a tape."""
        return ActionResult({"TapeARN": self._create_tape(self._library(), self.params["TapeBarcode"]).arn})

    def _library(self) -> Gateway:
        gateway = self.gateway()
        if gateway.kind != "VTL" or not gateway.room(cache.CACHE) or not gateway.room(BUFFER):
            refuse("The specified gateway has no cache or upload buffer, or is not a tape gateway.")
        return gateway

    def _create_tape(self, gateway: Gateway, barcode: str) -> Tape:
        asked, size, pool = self.params, int(self.params["TapeSizeInBytes"]), self.params.get("PoolId") or "GLACIER"
        least, most = (quota("Storage Gateway", f"{word} tape").value for word in ("smallest", "largest"))
        if not least * _GIB <= size <= most * _GIB or size % _GIB:
            refuse("The specified tape size is not valid: whole GiB, 100 GiB to 15 TiB.")
        if pool not in _POOLS:
            refuse(f"Tape pools of one's own are not part of the embedded AWS; {' and '.join(_POOLS)} are.")
        arn = self.arn(f"tape/{barcode}")
        if not _BARCODE.fullmatch(barcode) or arn in self.backend.tapes:
            refuse("The specified tape barcode is not valid, or is in use.")
        there = sum(each.gateway == gateway.arn for each in self.backend.tapes.values())
        if there >= quota("Storage Gateway", "tapes per library").value:
            refuse("The maximum number of tapes of this gateway has been reached.")
        worm = bool(asked.get("Worm"))
        tape = Tape(arn, barcode, pool, size, tags_of(asked), world().clock.now(), gateway.arn, worm)
        tape.token = str(asked.get("ClientToken") or "")
        self.backend.tapes[arn] = tape
        self._later("Storage Gateway tape creating", tape, "AVAILABLE")
        return tape

    def _later(self, thing: str, tape: Tape, status: str) -> None:
        args = (self.current_account, self.region, tape.arn, (tape.status, status))
        world().clock.after(typical_s(thing), "gateway.tape_enters", args)

    def _tape(self, *, archive: bool) -> Tape:
        tape = self.backend.tapes.get(self.params["TapeARN"])
        if tape is None or (archive and tape.status != "ARCHIVED"):
            refuse("The specified tape was not found.")
        return tape

    def list_tapes(self) -> ActionResult:
        """List tapes, those of the archive too."""
        wanted = self.params.get("TapeARNs")
        told = [
            {name: value for name, value in _told(tape).items() if name in _LISTED}
            | ({"GatewayARN": tape.gateway} if tape.gateway else {})
            for tape in self.backend.tapes.values()
            if not wanted or tape.arn in wanted
        ]
        page, more = self.page(told)
        return ActionResult({"TapeInfos": page, **more})

    def describe_tapes(self) -> ActionResult:
        """Tell the tapes of a gateway's library."""
        gateway, wanted = self.gateway(), self.params.get("TapeARNs")
        there = [tape for tape in self.backend.tapes.values() if tape.gateway == gateway.arn]
        page, more = self.page([_told(tape) for tape in there if not wanted or tape.arn in wanted])
        return ActionResult({"Tapes": page, **more})

    def describe_tape_archives(self) -> ActionResult:
        """Tell the tapes of the archive."""
        wanted = self.params.get("TapeARNs")
        there = [tape for tape in self.backend.tapes.values() if tape.archived]
        told = [
            {name: value for name, value in _told(tape).items() if name != "Progress"}
            | {"CompletionTime": moment(tape.archived)}
            | ({"RetrievedTo": tape.gateway} if tape.gateway else {})
            for tape in there
            if not wanted or tape.arn in wanted
        ]
        page, more = self.page(told)
        return ActionResult({"TapeArchives": page, **more})

    def retrieve_tape_archive(self) -> ActionResult:
        """Bring a tape back to a library, to be read there: hours."""
        tape, gateway = self._tape(archive=True), self._library()
        tape.status, tape.gateway = "RETRIEVING", gateway.arn
        self._later(f"Storage Gateway tape retrieved from {tape.pool}", tape, "RETRIEVED")
        return ActionResult({"TapeARN": tape.arn})

    def cancel_retrieval(self) -> ActionResult:
        """Leave a tape in the archive."""
        tape = self._tape(archive=False)
        if tape.status != "RETRIEVING":
            refuse("The specified tape is not being retrieved.")
        tape.status, tape.gateway = "ARCHIVED", ""
        return ActionResult({"TapeARN": tape.arn})

    def delete_tape(self) -> ActionResult:
        """Delete a tape of a library."""
        gateway, tape = self.gateway(), self._tape(archive=False)
        if tape.gateway != gateway.arn or tape.status in ("IN TRANSIT TO VTS", "RETRIEVING"):
            refuse("The specified tape is not in this library, or is on its way.")
        uploads.forget(self.backend, gateway, tape.arn)
        cache.drop(gateway, tape.arn)
        self.backend.tapes.pop(tape.arn)
        return ActionResult({"TapeARN": tape.arn})

    def delete_tape_archive(self) -> ActionResult:
        """Delete a tape of the archive."""
        tape = self._tape(archive=True)
        self.backend.tapes.pop(tape.arn)
        return ActionResult({"TapeARN": tape.arn})

    def describe_vtl_devices(self) -> ActionResult:
        """Tell the changer and the drives of a library."""
        gateway = self._library()
        count = int(quota("Storage Gateway", "tape drives per library").value)
        devices = [("MEDIACHANGER", "medium changer", "AWS-Gateway-VTL")]
        devices += [(f"TAPEDRIVE_{number:02}", "tape drive", "ULT3580-TD5") for number in range(1, count + 1)]
        told = [
            {
                "VTLDeviceARN": f"{gateway.arn}/device/AMZN_{gateway.id.upper()}_{name}",
                "VTLDeviceType": kind.title(),
                "VTLDeviceVendor": "AWS" if "changer" in kind else "IBM",
                "VTLDeviceProductIdentifier": product,
            }
            for name, kind, product in devices
        ]
        return ActionResult({"GatewayARN": gateway.arn, "VTLDevices": told})


_LISTED = ("TapeARN", "TapeBarcode", "TapeSizeInBytes", "TapeStatus", "PoolId")


def _mark() -> str:
    return new_id("x").partition("-")[2]


def _told(tape: Tape) -> dict[str, Any]:
    return {
        "TapeARN": tape.arn,
        "TapeBarcode": tape.barcode,
        "TapeCreatedDate": moment(tape.created),
        "TapeSizeInBytes": tape.size,
        "TapeUsedInBytes": tape.used,
        "TapeStatus": tape.status,
        "PoolId": tape.pool,
        "Worm": tape.worm,
    }
