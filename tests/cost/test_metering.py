"""What is built and run, as amounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import catalog, cost
from aws14.cost.metering import STANDING
from aws14.errors import DesignError, ScenarioError
from aws14.model import CpuCredits, Node, Topology, Usage
from aws14.model.kinds import ATTRIBUTES


def quantities(usage: tuple[Usage, ...], *, resource: str) -> dict[str, float]:
    return {f"{line.service}: {line.item}": line.quantity for line in usage if line.resource == resource}


def test_hour_of_the_campaign_site_by_hand(site):
    hour = cost.hourly(site())
    assert quantities(hour, resource="web") == {
        "EC2: t3.small Linux on-demand": 1,
        "EBS: gp3 storage": 8 / 730,
        "VPC: Public IPv4 in use": 1,
    }
    assert quantities(hour, resource="db") == {"EC2: t3.small Linux on-demand": 1, "EBS: gp3 storage": 8 / 730}
    assert quantities(hour, resource="nat") == {"NAT gateway: Hour": 1, "VPC: Public IPv4 in use": 1}
    assert quantities(hour, resource="example.co.jp") == {"Route 53: Hosted zone": 1 / 730}
    assert {line.resource for line in hour} == {"web", "db", "nat", "example.co.jp"}


def test_regions_are_those_of_the_containers_and_dns_is_global(site):
    regions = {line.resource: line.region for line in cost.hourly(site())}
    assert regions == {"web": "ap-northeast-1", "db": "ap-northeast-1", "nat": "ap-northeast-1", "example.co.jp": "*"}


def test_a_stopped_instance_keeps_paying_for_its_disk_and_for_its_idle_address(site):
    hour = cost.hourly(site(web_state="stopped"))
    assert quantities(hour, resource="web") == {"EBS: gp3 storage": 8 / 730, "VPC: Public IPv4 idle": 1}
    disk = next(line for line in hour if line.resource == "web" and line.service == "EBS")
    assert "stopped" in disk.note


def test_an_automatic_address_goes_with_the_stop(site):
    built = site(web_state="stopped")
    nodes = tuple(
        replace(node, attributes={**node.attributes, "public_ipv4_kind": "public"}) if node.id == "web" else node
        for node in built.nodes
    )
    assert quantities(cost.hourly(replace(built, nodes=nodes)), resource="web") == {"EBS: gp3 storage": 8 / 730}


@pytest.mark.parametrize("state", ["terminated", "shutting-down"])
def test_a_terminated_instance_is_free(site, state):
    assert not quantities(cost.hourly(site(db_state=state)), resource="db")


def test_a_pending_instance_has_no_hours_yet(site):
    assert "EC2: t3.small Linux on-demand" not in quantities(cost.hourly(site(db_state="pending")), resource="db")


@pytest.mark.parametrize(("state", "lines"), [("available", 2), ("pending", 0), ("deleted", 0), ("failed", 0)])
def test_a_nat_gateway_pays_while_it_is_available(site, state, lines):
    gateway = Node(id="nat", kind="nat_gateway", parent="public-a", attributes={"state": state, "public_ipv4": "x"})
    assert len(quantities(cost.hourly(site(nat=False, extra=(gateway,))), resource="nat")) == lines


def test_loose_parts_are_found(site):
    loose = (
        Node(id="eip", kind="elastic_ip", parent="ap-northeast-1", attributes={"public_ipv4": "203.0.113.10"}),
        Node(
            id="disk",
            kind="volume",
            parent="az-a",
            attributes={"gib": 100, "volume_type": "gp2", "state": "available"},
        ),
    )
    hour = cost.hourly(site(extra=loose))
    assert quantities(hour, resource="eip") == {"VPC: Public IPv4 idle": 1}
    assert quantities(hour, resource="disk") == {"EBS: gp2 storage": 100 / 730}
    assert "attached to nothing" in next(line.note for line in hour if line.resource == "disk")


def test_a_fleet_counts_each_of_its_instances(site):
    built = site()
    fleet = replace(built, nodes=tuple(replace(node, count=3) if node.id == "web" else node for node in built.nodes))
    one, three = (quantities(cost.hourly(it), resource="web") for it in (built, fleet))
    assert three == {name: pytest.approx(3 * quantity) for name, quantity in one.items()}


def test_lines_beginners_never_see_say_why_they_are_there(site, run):
    lines = cost.monthly(site(db_state="stopped"), run(), assume=cost.Assumptions(package_gib=5))
    silent = {
        f"{line.service}: {line.item}"
        for line in lines
        if not line.note and line.service in ("VPC", "EBS", "NAT gateway", "Data transfer", "Route 53")
    }
    assert not silent


def test_a_month_is_730_hours_or_720_and_storage_is_by_the_month(site, run):
    for hours in (730, 720):
        month = quantities(cost.monthly(site(), run(), hours_per_month=hours), resource="db")
        assert month == {"EC2: t3.small Linux on-demand": hours, "EBS: gp3 storage": 8}


def test_the_load_of_a_day_is_scaled_to_the_days_of_the_month(site, run):
    by_days = {days: quantities(cost.monthly(site(), run(), days=days), resource="web") for days in (30, 3)}
    assert by_days[30]["Data transfer: to Internet"] == pytest.approx(30)
    assert by_days[30]["Data transfer: in from Internet"] == pytest.approx(30 / 1024)
    assert by_days[3]["Data transfer: to Internet"] == pytest.approx(3)
    assert by_days[3]["EC2: t3.small Linux on-demand"] == 730


def test_a_run_of_an_hour_is_scaled_by_its_horizon(site, run):
    hour = replace(run(), horizon_s=3600.0)
    assert quantities(cost.monthly(site(), hour), resource="web")["Data transfer: to Internet"] == pytest.approx(720)


def test_dns_queries_follow_the_stated_caching(site, run):
    name = "Route 53: Standard queries"
    everyone = quantities(cost.monthly(site(), run()), resource="www.example.co.jp")
    cached = quantities(
        cost.monthly(site(), run(), assume=cost.Assumptions(requests_per_dns_query=10)), resource="www.example.co.jp"
    )
    assert everyone == {name: pytest.approx(86_400 * 30 / 1e6)}
    assert cached == {name: pytest.approx(86_400 * 3 / 1e6)}


def test_an_entry_without_a_name_asks_no_dns(site, run):
    direct = replace(run(), nodes=("internet", "web"))
    assert not [line for line in cost.monthly(site(), direct) if line.item == "Standard queries"]


def test_nat_data_only_when_assumed(site, run):
    assumed = cost.Assumptions(package_gib=5)
    assert "NAT gateway: Data processed" not in quantities(cost.monthly(site(), run()), resource="nat")
    assert quantities(cost.monthly(site(), run(), assume=assumed), resource="nat")["NAT gateway: Data processed"] == 5
    assert not quantities(cost.monthly(site(nat=False), run(), assume=assumed), resource="nat")


def test_traffic_between_zones_is_charged_twice_and_inside_one_not_at_all(site, run):
    assumed = cost.Assumptions(internal_kib_per_request=2**20 / 86_400)
    item = "Data transfer: between AZs, each direction"
    apart = quantities(cost.monthly(site(db_zone="c"), run(), assume=assumed), resource="db")
    assert apart[item] == pytest.approx(2 * 30)
    assert item not in quantities(cost.monthly(site(db_zone="a"), run(), assume=assumed), resource="db")


def credit_account(*, charged, owed):
    """Two ticks of an unlimited instance that had nothing and borrowed."""
    none, used = np.zeros(2), np.array([charged, owed])
    return CpuCredits(
        mode="unlimited", at_start=0.0, most=576.0, earned=none, spent=used, discarded=none, throttled_s=none,
        charged=np.array([charged, 0.0]), balance=none, owed=np.array([0.0, owed]),
    )  # fmt: skip


def test_surplus_credits_are_charged_by_the_vcpu_hour(site, run):
    """60 credits charged during the day and 30 owed at its end are 1.5 vCPU hours a day."""
    trace = replace(run(), credits=credit_account(charged=60.0, owed=30.0))
    lines = [line for line in cost.monthly(site(), trace, days=10) if "surplus" in line.item]
    assert [(line.quantity, line.resource, line.region) for line in lines] == [(15.0, "web", "ap-northeast-1")]
    bill = cost.bill(tuple(lines), title="surplus", period="month")
    assert bill.total_usd == pytest.approx(15 * 0.05)


@pytest.mark.parametrize("name", [name for name, kind in catalog.instance_types().items() if kind.burstable])
def test_every_burstable_type_has_its_price_of_surplus_credits(site, run, name):
    topology = site()
    nodes = tuple(
        replace(node, attributes={**node.attributes, "instance_type": name}) if node.id == "web" else node
        for node in topology.nodes
    )
    trace = replace(run(), credits=credit_account(charged=0.0, owed=60.0))
    lines = [line for line in cost.monthly(replace(topology, nodes=nodes), trace, days=1) if "surplus" in line.item]
    bill = cost.bill(tuple(lines), title="surplus", period="month")
    assert bill.total_usd == pytest.approx(catalog.t_credit(name).surplus_usd_per_vcpu_hour)


def test_credits_that_were_earned_cost_nothing(site, run):
    paid_back = replace(run(), credits=credit_account(charged=0.0, owed=0.0))
    assert cost.monthly(site(), paid_back) == cost.monthly(site(), run())


def test_every_metered_kind_and_attribute_is_of_the_model(site):
    assert set(STANDING) <= set(ATTRIBUTES)


def test_a_drawing_that_does_not_say_its_disk_is_refused(site):
    bare = Node(
        id="bare", kind="instance", parent="public-a", attributes={"state": "running", "instance_type": "t3.nano"}
    )
    with pytest.raises(DesignError, match="does not say its root_volume_type"):
        cost.hourly(site(extra=(bare,)))


def test_a_node_outside_any_region_is_refused():
    lost = Topology(name="lost", origin="built", nodes=(Node(id="eip", kind="elastic_ip"),))
    with pytest.raises(DesignError, match="stands in no region"):
        cost.hourly(lost)


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf")])
def test_times_that_are_none_are_refused(site, run, wrong):
    with pytest.raises(ScenarioError):
        cost.standing(site(), hours=wrong)
    with pytest.raises(ScenarioError):
        cost.monthly(site(), run(), days=wrong)
    with pytest.raises(ScenarioError):
        cost.hourly(site(), hours_per_month=wrong)


@pytest.mark.parametrize(
    "wrong", [{"requests_per_dns_query": 0.5}, {"package_gib": -1}, {"internal_kib_per_request": float("nan")}]
)
def test_assumptions_that_cannot_be_are_refused(wrong):
    with pytest.raises(ScenarioError):
        cost.Assumptions(**wrong)
