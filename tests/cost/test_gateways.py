"""What hangs on gateways is charged by what is stored on it: by hand."""

from __future__ import annotations

import pytest

from aws14 import catalog, cost
from aws14.model import Node, Topology

HERE = "ap-northeast-1"


def month(gateway_type: str, *shares: str) -> dict[str, float]:
    stated = {
        "gateway_type": gateway_type,
        "cache_gib": 150.0,
        "buffer_gib": 150.0,
        "shares": shares,
        "state": "RUNNING",
    }
    gateway = Node(id="office", kind="storage_gateway", parent=HERE, attributes=stated)
    topology = Topology(name="office", origin="built", nodes=(Node(id=HERE, kind="region"), gateway), links=())
    return {line.item: line.quantity for line in cost.standing(topology, hours=730)}


def test_a_cached_volume_is_charged_for_what_lies_in_aws() -> None:
    assert month("CACHED", "plans 200 12.5") == {"Volume storage": 12.5}


def test_a_tape_is_charged_for_what_is_written_on_it() -> None:
    assert month("VTL", "WK0001 100 AVAILABLE 7") == {"Tape storage": 7.0}


@pytest.mark.parametrize(("of_type", "share"), [("STORED", "plans 200 0"), ("FILE_S3", "files SMB models-1")])
def test_what_lies_in_the_office_or_in_a_bucket_is_not_charged_here(of_type: str, share: str) -> None:
    assert month(of_type, share) == {}


@pytest.mark.parametrize("item", ["Volume storage", "Tape storage"])
def test_the_price_book_knows_both(item: str) -> None:
    assert catalog.price("Storage Gateway", item, HERE).usd > 0
