"""What goes through an edge, and what is left for the load balancer behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from aws14 import cost
from aws14.cost.edge import geographies
from aws14.errors import DataError
from aws14.model import DatabaseRecord, EdgeRecord, Link, Node, Topology, Trace, Usage

HERE = "ap-northeast-1"


def edged(trace: Trace, *, hits: int, misses: int, from_bucket: int) -> Trace:
    """A run of two ticks in which the edge sent one GiB and fetched half of it."""
    record = EdgeRecord(
        node="cdn",
        hits=np.array([hits, 0]),
        misses=np.array([misses, 0]),
        bytes_from_edge=np.array([2.0**30, 0]),
        bytes_from_origin=np.array([0, 2.0**29]),
        requests_by_origin={"files": from_bucket, "origin.example.jp": misses - from_bucket},
    )
    nothing = np.zeros(2)
    return replace(trace, edge=record, bytes_in=nothing, bytes_out=nothing, nodes=("www", "cdn", "alb"))


def behind(*extra: Node, links: tuple[Link, ...] = ()) -> Topology:
    zones = (f"{HERE}a", f"{HERE}c")
    nodes = (
        Node(id=HERE, kind="region"),
        Node(id="www", kind="dns_record", attributes={"alias": "d1.cloudfront.net"}),
        Node(id="cdn", kind="distribution"),
        Node(id="files", kind="bucket", parent=HERE),
        Node(id="alb", kind="load_balancer", parent=HERE, attributes={
            "state": "active", "scheme": "internet-facing", "zones": zones}),
        *extra,
    )  # fmt: skip
    return Topology(name="edge", origin="built", nodes=nodes, links=links)


def quantity(usage: tuple[Usage, ...], service: str, item: str, region: str) -> float:
    return sum(line.quantity for line in usage if (line.service, line.item, line.region) == (service, item, region))


def test_requests_and_bytes_are_charged_where_the_viewers_are(run: Callable[..., Trace]) -> None:
    viewers = {"Tokyo": 0.6, "Osaka": 0.3, "Singapore": 0.1}
    trace = edged(run(), hits=80_000, misses=20_000, from_bucket=5_000)
    month = cost.monthly(behind(), trace, days=30, assume=cost.Assumptions(viewers=viewers))
    assert quantity(month, "CloudFront", "HTTPS requests", "Japan") == pytest.approx(0.9 * 300)
    asia = "Asia Pacific (HK, SG, KR, TW...)"
    assert quantity(month, "CloudFront", "HTTPS requests", asia) == pytest.approx(0.1 * 300)
    assert quantity(month, "CloudFront", "to Internet", "Japan") == pytest.approx(27)
    assert quantity(month, "S3", "GET and other requests", HERE) == pytest.approx(150)
    assert cost.bill(month, title="edge").of_service("CloudFront") == pytest.approx(
        270 * 0.012 + 30 * 0.012 + 27 * 0.114 + 3 * 0.12, abs=0.02
    )


def test_nothing_goes_straight_to_the_internet_and_an_alias_costs_no_queries(run: Callable[..., Trace]) -> None:
    month = cost.monthly(behind(), edged(run(), hits=1, misses=1, from_bucket=1))
    assert not [line for line in month if line.service == "Data transfer" or "queries" in line.item]
    assert quantity(month, "CloudFront", "to Internet", "Japan") == pytest.approx(30)


def test_the_load_balancer_works_for_what_went_on_only(run: Callable[..., Trace]) -> None:
    """A fifth of the requests come to it: a fifth of the connections, and half a GiB in twelve hours."""
    trace = edged(run(requests=10_800_000), hits=8_640_000, misses=2_160_000, from_bucket=0)
    whole = replace(trace, edge=None)
    lcu = [quantity(cost.monthly(behind(), each, days=30), "ELB", "ALB LCU", HERE) for each in (trace, whole)]
    assert lcu[1] == pytest.approx(125 / 25 * 720)
    assert lcu[0] == pytest.approx(lcu[1] / 5)


def test_rules_beyond_the_free_ones_are_a_dimension_of_their_own(run: Callable[..., Trace]) -> None:
    """125 requests a second against 60 rules, ten of them free, are 6250 evaluations a second."""
    group = Node(id="targets", kind="target_group", parent=HERE)
    links = tuple(Link(source="alb", target="targets", kind="routes", label=f"HTTPS:443 /{n}/*") for n in range(60))
    trace = replace(run(requests=10_800_000, bytes_out=0.0, bytes_in=0.0), nodes=("alb",))
    month = cost.monthly(behind(group, links=links), trace, days=30)
    assert quantity(month, "ELB", "ALB LCU", HERE) == pytest.approx(6.25 * 720)


def test_only_requests_that_reached_the_database_cross_to_it(run: Callable[..., Trace]) -> None:
    zone = f"{HERE}c"
    database = Node(id="db", kind="db_instance", parent=HERE, attributes={
        "state": "available", "engine": "mysql", "instance_class": "db.m5.large", "gib": 20, "storage_type": "gp3",
        "multi_az": False, "zone": zone})  # fmt: skip
    group = Node(id="app", kind="autoscaling_group", parent=HERE, attributes={"zones": (f"{HERE}a",), "desired": 0})
    links = (Link(source="app", target="db", kind="uses", label="MySQL"),)
    record = DatabaseRecord(node="db", utilization=np.zeros(2), queries=np.array([2**20, 0]), down_s=np.zeros(2))
    trace = replace(edged(run(), hits=90, misses=10, from_bucket=0), database=record)
    month = cost.monthly(
        behind(database, group, links=links), trace, days=30, assume=cost.Assumptions(internal_kib_per_request=1)
    )
    assert quantity(month, "Data transfer", "between AZs, each direction", HERE) == pytest.approx(60)


def test_logs_and_minutes_are_charged(run: Callable[..., Trace]) -> None:
    watched = Node(id="app", kind="autoscaling_group", parent=HERE, count=2, attributes={
        "desired": 2, "instance_type": "c5.large", "root_gib": 8, "root_volume_type": "gp3",
        "detailed_monitoring": True})  # fmt: skip
    month = cost.monthly(
        behind(watched, Node(id="log", kind="log_group", parent=HERE)),
        run(),
        assume=cost.Assumptions(log_gib=5),
    )
    assert quantity(month, "EC2", "Detailed monitoring", HERE) == pytest.approx(14)
    assert quantity(month, "CloudWatch", "Logs ingested (Standard)", HERE) == 5


def test_a_place_without_a_price_is_told() -> None:
    assert geographies({"Tokyo": 1, "Osaka": 3}) == {"Japan": 1.0}
    assert geographies({"Nairobi": 1}) == {"Kenya": 1.0}
    line = Usage(service="CloudFront", item="HTTPS requests", unit="10,000 requests", region="Kenya", quantity=1)
    with pytest.raises(DataError, match="Kenya"):
        cost.bill([line], title="far")
