"""The campaign site as read back, and runs through it with round numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from aws14.kernels.bins import BINS
from aws14.model import Link, Node, Topology, Trace

TODAY = date(2026, 11, 24)


def _server(node_id: str, subnet: str, state: str, address: str) -> Node:
    stated = {
        "instance_type": "t3.small",
        "state": state,
        "root_gib": 8,
        "root_volume_type": "gp3",
        "public_ipv4_kind": address,
    }
    return Node(id=node_id, kind="instance", parent=subnet, attributes=stated)


def _site(
    *,
    db_state: str = "running",
    web_state: str = "running",
    nat: bool = True,
    db_zone: str = "a",
    extra: tuple[Node, ...] = (),
) -> Topology:
    gateways = (
        Node(
            id="nat",
            kind="nat_gateway",
            parent="public-a",
            attributes={"state": "available", "public_ipv4": "203.0.113.9"},
        ),
    )
    return Topology(
        name="site",
        origin="built",
        nodes=(
            Node(id="internet", kind="internet"),
            Node(id="example.co.jp", kind="hosted_zone", attributes={"name": "example.co.jp", "private": False}),
            Node(id="www.example.co.jp", kind="dns_record", attributes={"type": "A", "ttl_s": 300}),
            Node(id="ap-northeast-1", kind="region"),
            Node(id="vpc", kind="vpc", parent="ap-northeast-1"),
            Node(id="igw", kind="internet_gateway", parent="vpc"),
            Node(id="az-a", kind="az", parent="vpc"),
            Node(id="az-c", kind="az", parent="vpc"),
            Node(id="public-a", kind="subnet", parent="az-a"),
            Node(id="private-a", kind="subnet", parent="az-a"),
            Node(id="private-c", kind="subnet", parent="az-c"),
            _server("web", "public-a", web_state, "elastic"),
            _server("db", f"private-{db_zone}", db_state, "none"),
            *(gateways if nat else ()),
            *extra,
        ),
        links=(Link(source="web", target="db", kind="uses", label="MySQL"),),
    )


def _run(*, requests: int = 86_400, bytes_out: float = 2.0**30, bytes_in: float = 2.0**20) -> Trace:
    zeros = np.zeros(2)
    half = np.array([requests // 2, requests - requests // 2])
    return Trace(
        scenario="a day",
        pattern="site",
        region="ap-northeast-1",
        tick_s=43_200.0,
        horizon_s=86_400.0,
        seed=14,
        replication=0,
        offered=half,
        served=half,
        failed={},
        in_flight=np.zeros(2, dtype=np.int64),
        busy_s=zeros,
        wasted_s=zeros,
        workers=np.array([2, 2]),
        response_time_sum_s=zeros,
        histogram=np.zeros((2, BINS), dtype=np.uint32),
        bytes_in=np.array([bytes_in, 0.0]),
        bytes_out=np.array([0.0, bytes_out]),
        nodes=("internet", "www.example.co.jp", "web"),
    )


@pytest.fixture
def site() -> Callable[..., Topology]:
    return _site


@pytest.fixture
def run() -> Callable[..., Trace]:
    return _run


@pytest.fixture
def today() -> date:
    return TODAY
