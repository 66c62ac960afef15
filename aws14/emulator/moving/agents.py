"""The appliance in the office: ``agent.office`` gives activation keys by HTTP, as the virtual machine of an agent does.

A key belongs to the region that was asked for, holds half an hour, and activates one agent.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from aws14.emulator import offices
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["NAME", "Appliance", "is_online", "register", "take_key"]

NAME = "agent.office"
_HOLDER = "datasync-agent/office"
_HTTP = 80


@dataclass(frozen=True)
class Appliance:
    """What answers at ``agent.office``: HTTP on port 80, activation keys only."""

    owner: str = _HOLDER

    def listens(self, port: int) -> bool:
        """On 80, as long as somebody may still activate it."""
        return port == _HTTP

    def speaks_tls(self, port: int) -> bool:
        """No."""
        del port
        return False

    def shown(self, port: int, name: str) -> Shown | None:
        """None."""
        del port, name
        return None

    def answer(self, visit: Visit) -> Told:
        """A key as text where ``no_redirect`` is asked, else in the redirect to the console."""
        asked = parse_qs(urlsplit(visit.path).query, keep_blank_values=True)
        region = asked.get("activationRegion", [""])[0]
        if not region:
            return 400, {"Content-Type": "text/plain"}, b"activationRegion is missing"
        key = _new_key(region)
        if "no_redirect" in asked:
            return 200, {"Content-Type": "text/plain"}, key.encode()
        place = f"https://console.aws.amazon.com/datasync/home?region={region}#/agents/create?activationKey={key}"
        return 302, {"Location": place}, b""

    def door(self, port: int, source: str) -> int | None:
        """None of its own."""
        del port, source
        return None


def _keys() -> dict[str, tuple[str, float]]:
    kept: dict[str, tuple[str, float]] = world().state.setdefault("datasync_keys", {})
    return kept


def _new_key(region: str) -> str:
    kept, now = _keys(), world().clock.now()
    for old in [key for key, (_, given) in kept.items() if now - given > typical_s("DataSync activation key holds")]:
        del kept[old]
    number: int = world().state.get("datasync_keys_given", 0) + 1
    world().state["datasync_keys_given"] = number
    mark = sha256(f"{_HOLDER} {number}".encode()).hexdigest().upper()
    key = "-".join(mark[at : at + 5] for at in range(0, 25, 5))
    kept[key] = (region, now)
    return key


def take_key(key: str, region: str) -> bool:
    """Use up a key; whether it was one that holds, for this region."""
    given = _keys().get(key)
    if given is None or given[0] != region:
        return False
    del _keys()[key]
    return world().clock.now() - given[1] <= typical_s("DataSync activation key holds")


def is_online() -> bool:
    """Whether the agents in the office reach AWS."""
    return not offices.line().cut


def register() -> None:
    """Let the data plane find the appliance."""
    fronts.register("datasync-agent", names=_addresses, of_address=_at)


def _addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """From the office and the Internet only: a VPC does not know the office's names."""
    if name != NAME:
        return None
    return () if vpc else fronts.edge_addresses(_HOLDER)


def _at(address: str) -> Appliance | None:
    return Appliance() if fronts.edge_holder(address) == _HOLDER else None
