"""What a disk is charged for beyond its size: by hand."""

from __future__ import annotations

import pytest

from aws14 import cost
from aws14.model import Node, Topology
from aws14.model.kinds import Attribute

HERE = "ap-northeast-1"


def month(**stated: Attribute) -> dict[str, float]:
    usual: dict[str, Attribute] = {"gib": 200, "volume_type": "gp3", "state": "in-use", "iops": 3000}
    disk = Node(id="disk", kind="volume", parent=HERE, attributes={**usual, "throughput_mibps": 125, **stated})
    topology = Topology(name="office", origin="built", nodes=(Node(id=HERE, kind="region"), disk), links=())
    return {line.item: line.quantity for line in cost.standing(topology, hours=730)}


def test_what_each_gp3_volume_has_is_not_charged() -> None:
    assert month() == {"gp3 storage": 200.0}


@pytest.mark.parametrize(
    ("ordered", "item", "beyond"),
    [
        ({"iops": 5000}, "gp3 IOPS above 3,000", 2000.0),
        ({"throughput_mibps": 500}, "gp3 throughput above 125 MB/s", 375.0),
    ],
)
def test_what_is_ordered_beyond_it_is(ordered: dict[str, Attribute], item: str, beyond: float) -> None:
    assert month(**ordered) == {"gp3 storage": 200.0, item: beyond}


def test_a_gp2_volume_has_its_iops_by_its_size() -> None:
    assert month(volume_type="gp2", iops=9000, throughput_mibps=0) == {"gp2 storage": 200.0}


def test_a_disk_that_is_gone_costs_nothing() -> None:
    assert month(state="deleted") == {}
