"""Load balancers, groups, databases, copies: what stands, and what a run made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import catalog, cost
from aws14.cost.tiers import crossing_share
from aws14.errors import DesignError
from aws14.kernels.bins import BINS
from aws14.model import FleetRecord, Link, Node, Topology, Trace
from aws14.model.kinds import ATTRIBUTES

HERE = "ap-northeast-1"
HOURS = 24


def node(kind, name, **stated):
    """A node that says all a read-back says of its kind, most of it nothing."""
    nothing = dict.fromkeys(ATTRIBUTES.get(kind, ()), "")
    return Node(id=name, kind=kind, parent=stated.pop("parent", HERE), attributes={**nothing, **stated})


def topology(*nodes, links=()):
    places = (Node(id=HERE, kind="region"), Node(id="ap-northeast-3", kind="region"))
    return Topology(name="inside", origin="built", nodes=(*places, *nodes), links=links)


def database(name="db", **stated):
    usual = {"state": "available", "engine": "mysql", "instance_class": "db.m5.large", "gib": 100}
    return node("db_instance", name, **{**usual, "storage_type": "gp3", "multi_az": False, **stated})


def balancer(**stated):
    zones = (f"{HERE}a", f"{HERE}c")
    return node("load_balancer", "alb", **{"state": "active", "scheme": "internal", "zones": zones, **stated})


def group(count=2, **stated):
    usual = {"desired": count, "instance_type": "c5.large", "root_gib": 8, "root_volume_type": "gp3"}
    return replace(node("autoscaling_group", "app", zones=(f"{HERE}a", f"{HERE}c"), **{**usual, **stated}), count=count)


def day(*, nodes=("alb",), offered=3600, served=3600, megabytes=0.0, fleet=None):
    """A day in ticks of an hour."""
    hourly, nothing = np.full(HOURS, offered), np.zeros(HOURS)
    return Trace(
        scenario="day", pattern="inside", region=HERE, tick_s=3600.0, horizon_s=86_400.0, seed=1, replication=0,
        offered=hourly, served=np.full(HOURS, served), failed={}, in_flight=np.zeros(HOURS, np.int64), busy_s=nothing,
        wasted_s=nothing, workers=np.zeros(HOURS, np.int64), response_time_sum_s=nothing,
        histogram=np.zeros((HOURS, BINS), np.uint32), bytes_in=nothing, bytes_out=np.full(HOURS, megabytes * 2**20),
        nodes=nodes, fleet=fleet,
    )  # fmt: skip


def lines(usage):
    return {f"{line.service}: {line.item} {line.region}": line.quantity for line in usage}


def usd(service, item, region=HERE):
    return catalog.price(service, item, region).usd


def test_both_of_multi_az_are_paid_for():
    hour = cost.hourly(topology(database(multi_az=True)))
    assert lines(hour) == {
        f"RDS: db.m5.large MySQL Single-AZ {HERE}": 2,
        f"RDS: gp3 storage Single-AZ {HERE}": pytest.approx(200 / 730),
    }


def test_a_stopped_database_keeps_its_storage_only():
    assert list(lines(cost.hourly(topology(database(state="stopped"))))) == [f"RDS: gp3 storage Single-AZ {HERE}"]


def test_an_engine_without_a_price_is_refused():
    with pytest.raises(DesignError, match="oracle-ee"):
        cost.hourly(topology(database(engine="oracle-ee")))


def test_a_group_costs_what_its_instances_cost():
    assert lines(cost.hourly(topology(group(count=3)))) == {
        f"EC2: c5.large Linux on-demand {HERE}": 3,
        f"EBS: gp3 storage {HERE}": pytest.approx(3 * 8 / 730),
    }


def test_only_a_public_load_balancer_pays_for_addresses():
    assert "VPC: Public IPv4 in use ap-northeast-1" not in lines(cost.hourly(topology(balancer())))
    assert lines(cost.hourly(topology(balancer(scheme="internet-facing"))))[f"VPC: Public IPv4 in use {HERE}"] == 2


def test_a_run_pays_for_the_instances_it_had():
    nothing, ones = np.zeros(HOURS), np.full(HOURS, 5)
    ran = FleetRecord(
        group="app", desired=ones, in_service=ones, pending=ones * 0, draining=ones * 0, healthy=ones,
        cpu_utilization=nothing, instance_s=np.full(HOURS, 5 * 3600.0),
    )  # fmt: skip
    month = cost.monthly(topology(group(), balancer()), day(fleet=ran), days=30)
    hours = lines(month)[f"EC2: c5.large Linux on-demand {HERE}"]
    assert hours == pytest.approx(5 * 720 + 2 * 10)


def test_units_of_an_hour_are_of_its_dearest_dimension():
    """90,000 requests an hour are 25 connections a second: one unit. Ten GB an hour are ten."""
    few = lines(cost.monthly(topology(balancer()), day(offered=90_000), days=30))
    many = lines(cost.monthly(topology(balancer()), day(offered=90_000, megabytes=10 * 1024), days=30))
    assert few[f"ELB: ALB LCU {HERE}"] == pytest.approx(720)
    assert many[f"ELB: ALB LCU {HERE}"] == pytest.approx(7200)


def test_nothing_of_an_intranet_goes_to_the_internet():
    """One of two zones is another one; both directions are charged."""
    inside = lines(cost.monthly(topology(balancer()), day(megabytes=1024), days=30))
    assert inside[f"Data transfer: between AZs, each direction {HERE}"] == pytest.approx(24 * 30)
    assert f"Data transfer: to Internet {HERE}" not in inside
    public = balancer(scheme="internet-facing")
    assert lines(cost.monthly(topology(public), day(megabytes=1024)))[f"Data transfer: to Internet {HERE}"] == 720


def test_a_copy_in_another_region_pays_for_the_way():
    there = database("away", parent="ap-northeast-3", replica_of="db")
    linked = (Link(source="db", target="away", kind="routes", label="replicates"),)
    assume = cost.Assumptions(written_gib=50)
    far = cost.monthly(topology(database(), there, links=linked), day(nodes=()), assume=assume)
    near = cost.monthly(topology(database(), replace(there, parent=HERE), links=linked), day(nodes=()), assume=assume)
    assert lines(far)[f"Data transfer: to another AWS region {HERE}"] == 50
    assert f"Data transfer: to another AWS region {HERE}" not in lines(near)


def test_half_of_a_group_in_two_zones_crosses_to_its_database():
    both = topology(group(), database(zone=f"{HERE}a"))
    assert crossing_share(both, Link(source="app", target="db", kind="uses")) == 0.5


def test_health_checks_cost_by_their_options():
    plain = node("health_check", "plain", type="HTTP", interval_s=30)
    fancy = node("health_check", "fancy", type="HTTPS_STR_MATCH", interval_s=10)
    bill = cost.bill(cost.standing(topology(plain, fancy), hours=730), title="checks")
    assert bill.total_usd == pytest.approx(2 * 0.5 + 3 * 1.0)


def test_copies_are_charged_by_their_size():
    kept = topology(node("snapshot", "disk", gib=8, state="completed"), node("db_snapshot", "rows", gib=100))
    month = cost.bill(cost.standing(kept, hours=730), title="copies")
    by_hand = 8 * usd("EBS", "Snapshot standard storage") + 100 * usd("RDS", "Backup storage beyond free")
    assert month.total_usd == pytest.approx(by_hand, abs=0.02)
