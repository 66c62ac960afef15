"""Functions, APIs, tables and queues: what stands, what calls cost, AWS's published examples by our own metering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import cost
from aws14.cost.billing import to_cent
from aws14.model import FunctionRecord, Link
from tests.cost.test_managed import HERE, HOURS, database, day, lines, node, topology

MILLION = 1_000_000


def function(**stated):
    usual = {"memory_mib": 512, "ephemeral_mib": 512, "architecture": "x86_64", "provisioned": ()}
    return node("function", "members", **{**usual, **stated})


def api(protocol="REST"):
    return node("api", "members-api", protocol=protocol)


def called(*, calls=0, seconds=0.0, ready_s=0.0, throttled=0, memory_mib=512, nodes=("members-api", "members")):
    """A day of so many calls an hour that lasted so many seconds."""
    none, hourly = np.zeros(HOURS, np.int64), np.full(HOURS, calls)
    record = FunctionRecord(
        node="members", invocations=hourly, cold_starts=none, throttled=np.full(HOURS, throttled),
        environments=none, concurrency=none, provisioned=0, memory_mib=memory_mib,
        billed_s=np.full(HOURS, seconds), provisioned_billed_s=np.full(HOURS, ready_s),
        init_sum_s=np.zeros(HOURS), limit=1000,
    )  # fmt: skip
    return replace(day(nodes=nodes, served=calls, offered=calls + throttled), functions=record)


def built(*nodes, links=()):
    ways = (Link(source="members-api", target="members", kind="routes", label="GET /"), *links)
    return topology(api(), function(), *nodes, links=ways)


def test_awss_example_of_a_function_comes_out_to_the_cent():
    """3 million calls a month of one second at 512 MB, less the free tier: 18.74 USD (18.73 at today's rate)."""
    hourly = 3 * MILLION / (30 * HOURS)
    usage = cost.monthly(built(), called(calls=hourly, seconds=hourly), days=30)
    own = tuple(line for line in usage if line.service == "Lambda")
    assert lines(own)["Lambda: Duration x86 *"] == pytest.approx(1_500_000)
    assert lines(own)["Lambda: Requests *"] == pytest.approx(3)
    total = cost.bill(own, title="example", period="month", free_tier="always").total_usd
    assert to_cent(total) == pytest.approx(18.73, abs=0.011)


def test_throttled_by_the_function_is_charged_by_the_api_and_not_by_lambda():
    usage = lines(cost.monthly(built(), called(calls=1000, throttled=500), days=1))
    assert usage[f"API Gateway: REST requests {HERE}"] == pytest.approx(1500 * 24 / MILLION)
    assert usage["Lambda: Requests *"] == pytest.approx(1000 * 24 / MILLION)


def test_an_http_api_counts_units_of_512_kib():
    site = topology(api("HTTP"), function(), links=(Link(source="members-api", target="members", kind="routes"),))
    trace = replace(called(calls=100), bytes_out=np.full(HOURS, 100 * 600 * 1024.0))
    assert lines(cost.monthly(site, trace, days=1))[f"API Gateway: HTTP requests {HERE}"] == pytest.approx(
        2 * 2400 / MILLION
    )


def test_provisioned_environments_are_charged_while_they_stand_and_cheaper_while_they_run():
    site = topology(api(), function(memory_mib=1024, provisioned=("live 5", "3 1")))
    assert lines(cost.hourly(site))[f"Lambda: Provisioned concurrency x86 {HERE}"] == 6 * 3600
    trace = called(calls=10, seconds=10.0, ready_s=8.0, memory_mib=1024)
    usage = lines(cost.monthly(site, trace, days=1))
    assert usage[f"Lambda: Provisioned duration x86 {HERE}"] == pytest.approx(24 * 8)
    assert usage["Lambda: Duration x86 *"] == pytest.approx(24 * 2)
    ready, demand = (
        cost.bill(tuple(line for line in cost.monthly(site, trace, days=1) if line.item == item), title="", period="m")
        for item in ("Provisioned duration x86", "Duration x86")
    )
    assert ready.lines[0].unit_price_usd < demand.lines[0].unit_price_usd


def test_arm_and_more_of_tmp_have_their_own_prices():
    site = topology(api(), function(architecture="arm64", ephemeral_mib=1536))
    usage = lines(cost.monthly(site, called(calls=1, seconds=1.0), days=1))
    assert usage["Lambda: Duration Arm *"] == pytest.approx(12)
    assert usage[f"Lambda: Ephemeral storage {HERE}"] == pytest.approx(24)


def test_a_table_on_demand_counts_units_of_4_and_of_1_kib():
    table = node("table", "t", read_units=0, write_units=0)
    site = built(table, links=(Link(source="members", target="t", kind="uses"),))
    assume = cost.Assumptions(reads_per_call=2, writes_per_call=1, item_kib=5, table_gib=3)
    usage = lines(cost.monthly(site, called(calls=MILLION / 24), days=1, assume=assume))
    assert usage[f"DynamoDB: Read request unit (on-demand) {HERE}"] == pytest.approx(2 * 0.5 * 2)
    assert usage[f"DynamoDB: Write request unit (on-demand) {HERE}"] == pytest.approx(5)
    assert usage[f"DynamoDB: Storage {HERE}"] == 3


def test_a_provisioned_table_is_charged_by_the_hour_and_not_by_the_call():
    table = node("table", "t", read_units=10, write_units=5)
    site = built(table, links=(Link(source="members", target="t", kind="uses"),))
    usage = lines(cost.monthly(site, called(calls=10), days=1, assume=cost.Assumptions(reads_per_call=1)))
    assert usage[f"DynamoDB: Read capacity unit {HERE}"] == 7300
    assert usage[f"DynamoDB: Write capacity unit {HERE}"] == 3650
    assert not any("on-demand" in name for name in usage)


def test_what_a_call_sends_on():
    parts = (
        node("queue", "q", fifo=False), node("queue", "f", fifo=True), node("topic", "n", fifo=False),
        node("rule", "r"), node("state_machine", "s"),
    )  # fmt: skip
    site = built(*parts, links=tuple(Link(source="members", target=each.id, kind="uses") for each in parts))
    assume = cost.Assumptions(messages_per_call=2, transitions_per_call=4)
    usage = lines(cost.monthly(site, called(calls=1000), days=1, assume=assume))
    assert usage[f"SQS: Standard requests {HERE}"] == usage[f"SQS: FIFO requests {HERE}"] == pytest.approx(0.144)
    assert usage[f"SNS: API requests {HERE}"] == usage[f"EventBridge: Custom events {HERE}"] == pytest.approx(0.048)
    assert usage[f"Step Functions: Standard state transitions {HERE}"] == pytest.approx(96)


@pytest.mark.parametrize(("instance_class", "vcpu"), [("db.t3.micro", 2), ("db.m5.xlarge", 4)])
def test_a_proxy_is_charged_by_the_processors_behind_it(instance_class, vcpu):
    proxy = node("db_proxy", "p", target="db", state="available")
    usage = lines(cost.hourly(topology(database(instance_class=instance_class), proxy)))
    assert usage[f"RDS: RDS Proxy {HERE}"] == vcpu
    gone = topology(database(), replace(proxy, attributes={**proxy.attributes, "state": "deleting"}))
    assert f"RDS: RDS Proxy {HERE}" not in lines(cost.hourly(gone))


def test_behind_a_distribution_the_api_is_found_by_its_route():
    from aws14.model import EdgeRecord

    none = np.zeros(HOURS)
    counts = np.full(HOURS, 10)
    edge = EdgeRecord(
        node="cdn", hits=counts, misses=counts, bytes_from_edge=none, bytes_from_origin=none,
        requests_by_origin={"members-api": 240},
    )  # fmt: skip
    trace = replace(called(calls=10, nodes=("cdn",)), edge=edge)
    site = built(node("distribution", "cdn"))
    assert lines(cost.monthly(site, trace, days=1))[f"API Gateway: REST requests {HERE}"] == pytest.approx(240e-6)


def test_a_drawing_of_functions_and_tables_is_quoted_at_what_stands():
    from aws14.model import Node

    drawn = topology(Node(id="f", kind="function", parent=HERE), Node(id="t", kind="table", parent=HERE))
    assert cost.quote(drawn, hours=10).total_usd == 0
    kept = Node(id="f", kind="function", parent=HERE, attributes={"provisioned": ("live 2",), "memory_mib": 1024})
    assert cost.quote(topology(kept), hours=10).total_usd == pytest.approx(2 * 36_000 * 0.0000053835)
