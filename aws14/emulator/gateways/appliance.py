"""The machine in the office that becomes a gateway: it answers at its name, gives an activation key, and has disks.

On AWS it is a virtual machine from an image of AWS's, and it answers at its own address in the office. Here any name
below ``.office`` that nobody else has, such as ``gateway.office``, is such a machine, and answers to the office only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from aws14.catalog import quota
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit
from aws14.emulator.gateways.models import gateways
from aws14.emulator.gateways.records import Disk
from aws14.emulator.world import world

__all__ = ["Appliance", "of_key", "register", "spend", "with_disks"]

_HTTP = 80
_NAME = re.compile(r"[a-z0-9-]*gateway[a-z0-9-]*\.office")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_GIB = 1024**3


@dataclass(frozen=True)
class Appliance:
    """What answers at an appliance's address: the page that gives a key.

    Parameters
    ----------
    name : str
        ``gateway.office``.
    """

    name: str

    @property
    def owner(self) -> str:
        """``office/gateway.office``."""
        return f"office-gateway/{self.name}"

    def listens(self, port: int) -> bool:
        """On 80."""
        return port == _HTTP

    def speaks_tls(self, port: int) -> bool:
        """Never."""
        del port
        return False

    def shown(self, port: int, name: str) -> Shown | None:
        """None."""
        del port, name
        return None

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None

    def answer(self, visit: Visit) -> Told:
        """The key, in a redirection to the console, or alone for ``no_redirect``."""
        asked = parse_qs(urlsplit(visit.path).query, keep_blank_values=True)
        region = (asked.get("activationRegion") or [""])[0]
        plain = {"Content-Type": "text/plain"}
        if not _REGION.fullmatch(region):
            return 400, plain, b"activationRegion must name a region"
        key = _key(self.name)
        if "no_redirect" in asked:
            return 200, plain, key.encode()
        to = f"https://console.aws.amazon.com/storagegateway/home?region={region}#/activate?activationKey={key}"
        return 302, {"Location": to}, b""


def register() -> None:
    """Let the data plane find appliances."""
    fronts.register("office-gateway", names=_addresses, of_address=_at)


def _addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    if vpc or not _NAME.fullmatch(name):
        return None
    return fronts.edge_addresses(f"office-gateway/{name}")


def _at(address: str) -> Appliance | None:
    kind, _, name = fronts.edge_holder(address).partition("/")
    return Appliance(name) if kind == "office-gateway" else None


def _spent() -> dict[str, int]:
    known: dict[str, int] = world().state.setdefault("gateway_keys", {})
    return known


def _key(name: str) -> str:
    """The key of an appliance: the same until a gateway made with it is deleted."""
    mark = sha256(f"{name} {_spent().get(name, 0)}".encode()).hexdigest()[:25].upper()
    return "-".join(mark[at : at + 5] for at in range(0, 25, 5))


def of_key(key: str) -> str:
    """The appliance that gave a key and is no gateway yet; empty for none."""
    taken = {gateway.appliance for _, gateway in gateways()}
    held: dict[str, list[str]] = world().state.get("edge_addresses", {})
    names = [each.partition("/")[2] for each in held if each.startswith("office-gateway/")]
    return next((name for name in names if _key(name) == key and name not in taken), "")


def spend(name: str) -> None:
    """Let an appliance give another key from now on."""
    _spent()[name] = _spent().get(name, 0) + 1


def with_disks(gateway_id: str) -> list[Disk]:
    """The disks of a new appliance."""
    count, size = (int(quota("Storage Gateway", f"appliance, {word}").value) for word in ("disks", "GiB of a disk"))
    marks = (sha256(f"{gateway_id} {number}".encode()).hexdigest()[:12] for number in range(count))
    return [
        Disk(f"pci-0000:03:00.0-scsi-0:0:{n}:0-{mark}", f"SCSI (0:{n})", size * _GIB) for n, mark in enumerate(marks, 1)
    ]
