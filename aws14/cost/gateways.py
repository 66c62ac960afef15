"""Gateways: what volumes and tapes of Storage Gateway are charged for while they stand.

Source: Storage Gateway pricing (what is stored is charged, not the size that was ordered; a stored volume lies in the
office, and its snapshots are EBS's). Objects of file shares are the bucket's; what is written is `copied`'s. Left out:
tapes that were archived, which hang on no gateway any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.cost.managed import Rates
from aws14.model import Node, Usage

__all__ = ["GATEWAYS"]

_CACHED, _TAPES = "CACHED", "VTL"
_OF_VOLUME, _OF_TAPE = 3, 4


def _gateway(node: Node, region: str) -> Rates:
    of_type = str(node.require("gateway_type"))
    shares = node.require("shares")
    for text in shares if isinstance(shares, tuple) else ():
        parts = text.split()
        if of_type == _CACHED and len(parts) == _OF_VOLUME:
            yield _stored("Volume storage", region, float(parts[-1]), f"what is on the volume {parts[0]}")
        if of_type == _TAPES and len(parts) == _OF_TAPE:
            yield _stored("Tape storage", region, float(parts[-1]), f"what is on the tape {parts[0]}")


def _stored(item: str, region: str, gib: float, note: str) -> Usage:
    return Usage(service="Storage Gateway", item=item, unit="GB-month", region=region, quantity=gib, note=note)


GATEWAYS: Mapping[str, Callable[[Node, str], Rates]] = {"storage_gateway": _gateway}
"""Kind of node -> what it is charged for while it stands."""
