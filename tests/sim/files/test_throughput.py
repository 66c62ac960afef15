"""EFS by hand: credits, modes, and a month of minutes in which nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.months import Demand, office_month, serve
from aws14.sim.files.throughput import Throughput, throughput_of


def test_new_credits_last_as_long_as_aws_says():
    # 2.1 TiB spent at 100 MiB/s without refill are 6.117 h; a file system of 1 TiB earns 50 MiB/s meanwhile.
    small = Throughput(mode="bursting", standard_gib=0)
    assert small.credits_mib / small.burst_mibps / 3600 == pytest.approx(6.1167, abs=1e-3)
    assert small.burst_s / 3600 == pytest.approx(6.1167 * 100 / 99, rel=1e-3)
    assert Throughput(mode="bursting", standard_gib=1024).burst_s / 3600 == pytest.approx(2 * 6.1167, rel=1e-3)


def writes(mibps, minutes):
    return Demand(read_mibps=np.zeros(minutes), write_mibps=np.full(minutes, float(mibps)))


def test_the_queue_after_the_last_credit_is_the_closed_formula():
    run = serve(Throughput(mode="bursting", standard_gib=1024), writes(100, 1440))
    spent_min = 2150.4 * 1024 / 50 / 60
    assert run.served_mibps[int(spent_min) - 1] == pytest.approx(100)
    assert run.served_mibps[int(spent_min) + 2] == pytest.approx(50)
    assert run.credits_gib[-1] == 0
    assert run.backlog_mib[-1] == pytest.approx((1440 - spent_min) * 60 * 50)
    # What comes in the minute m after the credits waits as long as half of all since then takes.
    late = int(spent_min) + 100
    assert run.wait_s[late] == pytest.approx((late + 1 - spent_min) * 60, rel=1e-6)
    assert np.isinf(run.wait_s[-1])


def test_what_comes_is_served_or_waits():
    demand = office_month(usual_mibps=40, peak_mibps=300)
    for mode, more in (("bursting", {}), ("elastic", {}), ("provisioned", {"provisioned_mibps": 100.0})):
        run = serve(Throughput(mode=mode, standard_gib=500, **more), demand)
        moved = run.served_mibps.sum() * 60 + run.backlog_mib[-1]
        assert moved == pytest.approx(demand.asked_mibps.sum() * 60)
        assert run.served_mibps.min() >= 0


def test_a_month_end_waits_in_bursting_and_not_in_elastic():
    demand = office_month(usual_mibps=20, peak_mibps=200)
    bursting = serve(Throughput(mode="bursting", standard_gib=500), demand)
    elastic = serve(Throughput(mode="elastic", standard_gib=500), demand)
    ordered = serve(Throughput(mode="provisioned", standard_gib=500, provisioned_mibps=110), demand)
    assert elastic.worst_wait_s == 0
    assert ordered.worst_wait_s == 0
    assert bursting.worst_wait_s > 3600
    assert bursting.credits_gib.min() == 0


def test_reads_are_metered_as_a_third():
    reads = Demand(read_mibps=np.full(60, 300.0), write_mibps=np.zeros(60))
    assert serve(Throughput(mode="bursting", standard_gib=10), reads).worst_wait_s == 0
    assert serve(Throughput(mode="bursting", standard_gib=10), writes(300, 60)).backlog_mib[-1] > 0


def file_system(**stated):
    usual = {"throughput_mode": "bursting", "standard_gib": 500.0, "provisioned_mibps": 0.0}
    return throughput_of(Node(id="shared", kind="file_system", attributes={**usual, **stated}))


def test_each_attribute_moves_the_result():
    assert file_system(standard_gib=2048.0).baseline_mibps == 100 > file_system().baseline_mibps
    assert file_system(throughput_mode="elastic").baseline_mibps > file_system().burst_mibps
    ordered = [file_system(throughput_mode="provisioned", provisioned_mibps=each).baseline_mibps for each in (64, 128)]
    assert ordered == [64, 128]


def test_what_cannot_be_is_refused():
    with pytest.raises(ScenarioError, match="mode"):
        Throughput(mode="fast", standard_gib=1)
    with pytest.raises(ScenarioError, match="provisioned"):
        Throughput(mode="provisioned", standard_gib=1)
    with pytest.raises(ScenarioError, match="credits"):
        serve(Throughput(mode="bursting", standard_gib=1), writes(1, 1), credits_gib=9999)
    with pytest.raises(ScenarioError, match="demand"):
        writes(-1, 3)
