"""Disks: what volumes of EBS are charged for while they stand.

Source: EBS pricing (storage as ordered; of gp3, IOPS and throughput beyond what is included; attached or not).
Left out: the IOPS of io1 and io2, which the course orders nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aws14.catalog import quota
from aws14.cost.managed import GONE, Rates, number
from aws14.model import Node, Usage

__all__ = ["DISKS"]

_GP3 = "gp3"


def _volume(node: Node, region: str) -> Rates:
    if node.require("state") in GONE:
        return
    kind, free = str(node.require("volume_type")), node.require("state") == "available"
    note = "attached to nothing, charged all the same" if free else ""
    yield Usage(
        service="EBS", item=f"{kind} storage", unit="GB-month", region=region, quantity=number(node, "gib"), note=note
    )
    if kind == _GP3:
        yield from _beyond(node, region)


def _beyond(node: Node, region: str) -> Iterator[Usage]:
    """What was ordered of a gp3 volume beyond what each has; a drawing may leave it unsaid."""
    bounds = (
        ("iops", "gp3 baseline IOPS", "gp3 IOPS above 3,000", "IOPS-month"),
        ("throughput_mibps", "gp3 baseline throughput", "gp3 throughput above 125 MB/s", "MB/s-month"),
    )
    for attribute, included, item, unit in bounds:
        if node.attributes.get(attribute):
            beyond = number(node, attribute) - quota("EBS", included).value
            if beyond > 0:
                note = f"{attribute} beyond what is included"
                yield Usage(service="EBS", item=item, unit=unit, region=region, quantity=beyond, note=note)


DISKS: Mapping[str, Callable[[Node, str], Rates]] = {"volume": _volume}
"""Kind of node -> what it is charged for while it stands."""
