"""CPU credits against AWS's documented examples, by hand, and their law of conservation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import DesignError, ScenarioError
from aws14.kernels import credits as credit_kernel
from aws14.kernels import tally
from aws14.model import Application, InstanceLoss, Scenario, Spike, Steady
from aws14.sim import simulate, what_if
from aws14.sim.credits import CreditAccount, run_on_credits
from aws14.sim.pool import WorkerPool

HOUR_S = 3600.0


def account_of(name, mode, *, hours, at_start=None, count=1, workers_per_vcpu=1):
    return CreditAccount(
        catalog.t_credit(name),
        mode,
        count=count,
        at_start=at_start,
        workers_per_vcpu=workers_per_vcpu,
        tick_s=60.0,
        ticks=round(60 * hours),
    )


def use(account, utilization, *, vcpu, from_h, to_h):
    """Settle some hours at a constant utilization of all vCPUs."""
    busy_s = np.zeros(account.ticks)
    busy_s[round(60 * from_h) : round(60 * to_h)] = 60 * vcpu * utilization
    account.settle(from_h * HOUR_S, to_h * HOUR_S, busy_s)


def law(booked):
    """Start + earned + charged - spent - discarded - (left - owed), per account: nothing."""
    left = booked.balance[-1] - booked.owed[-1]
    came = booked.at_start + booked.earned.sum() + booked.charged.sum()
    return came - booked.spent.sum() - booked.discarded.sum() - left


def pinned_pool(work_s, *, workers):
    """A pool in which every worker gets one long request at the start."""
    size = len(work_s)
    return WorkerPool(
        np.zeros(size),
        np.asarray(work_s, dtype=float),
        np.full(size, np.inf),
        np.zeros(size),
        workers=workers,
        backlog=size,
        connections=2 * size,
    )


# --- documented examples ------------------------------------------------------------------------------------------


def test_a_nano_at_two_percent_for_an_hour_gains_3_6_credits():
    """EC2 User Guide, key concepts: 6 earned, 2 vCPU x 2 % x 60 min = 2.4 spent."""
    account = account_of("t3.nano", "unlimited", hours=1, at_start=0.0)
    use(account, 0.02, vcpu=2, from_h=0, to_h=1)
    booked = account.statement()
    assert booked.earned.sum() == pytest.approx(6)
    assert booked.spent.sum() == pytest.approx(2.4)
    assert account.balance == pytest.approx(3.6)


def test_the_week_of_an_unlimited_nano():
    """EC2 User Guide, unlimited mode, example 1 (P1 to P7); its 122 and 304 credits are rounded."""
    account = account_of("t3.nano", "unlimited", hours=114, at_start=0.0)
    steps = (
        # until, utilization, credits left, credits owed, charged so far
        (24, 0.0, 144.0, 0.0, 0.0),
        (36, 0.025, 144.0, 0.0, 0.0),
        (60, 0.07, 86.4, 0.0, 0.0),
        (72, 0.025, 122.4, 0.0, 0.0),
        (77, 1.0, 0.0, 144.0, 570 - 122.4 - 144),
        (90, 0.05, 0.0, 144.0, 303.6),
        (114, 0.0, 0.0, 0.0, 303.6),
    )
    from_h = 0
    for to_h, utilization, left, owed, charged in steps:
        use(account, utilization, vcpu=2, from_h=from_h, to_h=to_h)
        booked, last = account.statement(), 60 * to_h - 1
        assert booked.balance[last] == pytest.approx(left, abs=1e-6), f"{to_h} h"
        assert booked.owed[last] == pytest.approx(owed, abs=1e-6), f"{to_h} h"
        assert booked.charged.sum() == pytest.approx(charged, abs=1e-6), f"{to_h} h"
        from_h = to_h
    assert booked.surplus_vcpu_hours == pytest.approx(303.6 / 60)
    assert law(booked) == pytest.approx(0, abs=1e-9)


def test_a_full_micro_at_full_speed_lasts_160_minutes():
    """288 / (2 - 0.2) minutes; then 10 % of the speed."""
    account, pool = account_of("t3.micro", "standard", hours=5), pinned_pool([10_000.0, 10_000.0], workers=2)
    run_on_credits(pool, account, 0.0, 5 * HOUR_S)
    booked = account.statement()
    # 9,600 s done at full speed, 400 s left at a tenth of it
    assert pool.end_s == pytest.approx([9600 + 4000] * 2, abs=1e-3)
    assert np.all(booked.throttled_s[:160] == 0)
    assert booked.throttled_s[160:226].tolist() == [60.0] * 66
    assert booked.balance[159] == pytest.approx(0, abs=1e-6)
    assert booked.balance[79] == pytest.approx(144)


def test_at_its_baseline_an_instance_neither_gains_nor_loses():
    for name in ("t3.nano", "t3.micro", "t3.small", "t3.large", "t3.2xlarge", "t4g.xlarge"):
        credit = catalog.t_credit(name)
        account = account_of(name, "standard", hours=24, at_start=50.0)
        use(account, credit.baseline, vcpu=credit.vcpu, from_h=0, to_h=24)
        assert account.statement().balance == pytest.approx(50.0)


def test_idle_for_a_day_an_instance_has_all_it_can_keep():
    for name in ("t3.nano", "t3.small", "t4g.2xlarge"):
        account = account_of(name, "standard", hours=24, at_start=0.0)
        use(account, 0.0, vcpu=2, from_h=0, to_h=24)
        assert account.balance == pytest.approx(account.most) == catalog.t_credit(name).max_credits
        use(account, 0.0, vcpu=2, from_h=23, to_h=24)
        assert account.statement().discarded.sum() == pytest.approx(account.earned_per_s * HOUR_S)


# --- by hand ------------------------------------------------------------------------------------------------------


def test_without_credits_the_speed_is_the_baseline_until_the_minute_is_over():
    """One of two vCPUs of a small works: at 20 % it spends 0.2 and earns 0.4 a minute."""
    account, pool = account_of("t3.small", "standard", hours=1, at_start=0.0), pinned_pool([300.0], workers=2)
    run_on_credits(pool, account, 0.0, 60.0)
    booked = account.statement()
    assert booked.balance[0] == pytest.approx(0.2)
    assert booked.throttled_s[0] == 60
    run_on_credits(pool, account, 60.0, HOUR_S)
    # 0.2 credits last 0.2 / 1.6 min = 7.5 s even with both vCPUs at work; with one at work a third of them is left
    booked = account.statement()
    assert booked.throttled_s[1] < 60 - 7.5
    assert pool.end_s[0] > 300 / 0.6
    assert booked.spent.sum() == pytest.approx(300 / 60)


def test_workers_that_share_a_vcpu_spend_its_credits_together():
    alone = account_of("t3.small", "standard", hours=1, at_start=100.0)
    shared = account_of("t3.small", "standard", hours=1, at_start=100.0, workers_per_vcpu=4)
    run_on_credits(pinned_pool([9e3] * 2, workers=2), alone, 0.0, 600.0)
    run_on_credits(pinned_pool([9e3] * 8, workers=8), shared, 0.0, 600.0)
    assert alone.balance == pytest.approx(100 - 10 * 1.6)
    assert shared.balance == pytest.approx(alone.balance)


def test_a_fleet_has_the_credits_of_all_its_instances():
    three = account_of("t3.small", "standard", hours=1, at_start=100.0, count=3)
    run_on_credits(pinned_pool([9e3] * 6, workers=6), three, 0.0, 600.0)
    assert (three.most, three.at_start) == (3 * 576, 300)
    assert three.balance == pytest.approx(3 * (100 - 10 * 1.6))


def test_more_credits_than_an_instance_can_keep_are_refused():
    with pytest.raises(ScenarioError, match="576"):
        account_of("t3.small", "standard", hours=1, at_start=577.0)


def test_while_it_is_down_an_instance_neither_earns_nor_spends():
    account = account_of("t3.small", "standard", hours=1, at_start=10.0)
    account.pause(90.0, 270.0)
    booked = account.statement()
    assert booked.earned.sum() == 0
    assert booked.balance[1:5].tolist() == [10.0] * 4


# --- whole runs ---------------------------------------------------------------------------------------------------


@pytest.fixture
def rush(hour) -> Scenario:
    """Three hours, with 20 minutes in which both vCPUs have more to do than they can."""
    crowd = Spike(peak_rps=120.0, at_s=HOUR_S, hold_s=1200.0)
    application = Application(service_time_s=0.04, backlog=50, client_timeout_s=3.0)
    return replace(hour, load=crowd, application=application, horizon_s=3 * HOUR_S)


def standard(site):
    return what_if(site, "web", cpu_credits="standard")


def unlimited(site):
    return what_if(site, "web", cpu_credits="unlimited")


@pytest.mark.parametrize("at_start", [None, 0.0, 7.5, 100.0])
@pytest.mark.parametrize("faults", [(), (InstanceLoss(node="web", starts_s=4000.5, lasts_s=333.0),)])
def test_credits_are_conserved(site, rush, at_start, faults):
    for topology in (standard(site), unlimited(site)):
        trace = simulate(topology, replace(rush, credits_at_start=at_start, faults=faults))
        booked = trace.credits
        assert law(booked) == pytest.approx(0, abs=1e-8)
        assert np.all(booked.balance >= 0) and np.all(booked.balance <= booked.most)
        assert np.all((booked.balance == 0) | (booked.owed == 0))
        up_h = 3 - (333 / HOUR_S if faults else 0)
        assert booked.earned.sum() == pytest.approx(24 * up_h)
        assert np.array_equal(trace.credit_balance, booked.balance)


def test_the_balance_stands_still_while_the_server_is_down(site, rush):
    trace = simulate(
        standard(site), replace(rush, credits_at_start=50.0, faults=(InstanceLoss(node="web", starts_s=4000.5),))
    )
    balance = trace.credits.balance
    assert balance[66] > 0
    assert np.all(balance[66:] == balance[66])


def test_what_is_spent_is_the_work_done(site, rush):
    """At full speed a credit is a worker-minute; without credits, a fifth of it."""
    full = simulate(unlimited(site), replace(rush, credits_at_start=0.0))
    np.testing.assert_allclose(full.credits.spent, full.busy_s / 60, atol=1e-9)
    slow = simulate(standard(site), replace(rush, credits_at_start=0.0))
    throttled = slow.credits.throttled_s == 60
    assert throttled.sum() > 15
    np.testing.assert_allclose(slow.credits.spent[throttled], 0.2 * slow.busy_s[throttled] / 60, atol=1e-9)


def test_with_credits_to_spare_the_modes_do_not_differ(site, rush):
    one, other = simulate(standard(site), rush), simulate(unlimited(site), rush)
    assert np.array_equal(one.histogram, other.histogram)
    assert one.busy_s.tobytes() == other.busy_s.tobytes()
    assert one.credits.throttled_s.sum() == one.surplus_vcpu_hours == other.surplus_vcpu_hours == 0
    np.testing.assert_allclose(one.credit_balance, other.credit_balance, atol=1e-8)


def test_out_of_credits_standard_fails_and_unlimited_pays(site, rush):
    poor = replace(rush, credits_at_start=0.0)
    slow, fast = simulate(standard(site), poor), simulate(unlimited(site), poor)
    rich = simulate(unlimited(site), rush)
    assert slow.failure_ratio > fast.failure_ratio == rich.failure_ratio
    assert slow.served.sum() < fast.served.sum()
    assert slow.surplus_vcpu_hours == 0
    # before the crowd 24 credits are earned; in the crowd two vCPUs spend more than that
    owed = fast.credits.owed.max()
    assert fast.credits.balance[59] == pytest.approx(24, abs=0.5)
    assert owed > 5
    assert fast.surplus_vcpu_hours * 60 == pytest.approx(fast.credits.owed[-1])
    assert fast.credits.owed[-1] < owed


def test_throttled_a_server_does_its_baseline_and_no_more(site, hour):
    """Overloaded at no credits: two vCPUs at 20 % serve 0.4 / 0.04 s = 10 requests a second."""
    flood = replace(hour, load=Steady(rate_rps=60.0), credits_at_start=0.0)
    trace = simulate(standard(site), flood)
    done = trace.busy_s[5:].sum() * 0.2 / 0.04 / (55 * 60)
    assert done == pytest.approx(10.0, rel=0.01)
    assert trace.credits.throttled_s[5:].tolist() == [60.0] * 55
    assert np.all(trace.credits.balance[5:] < 0.03)


def test_other_types_have_no_credits_and_bursting_types_must_say_their_mode(site, hour):
    for name in ("m5.large", "c5.xlarge"):
        assert simulate(what_if(site, "web", instance_type=name), hour).credits is None
    with pytest.raises(ScenarioError, match="cpu_credits"):
        simulate(what_if(site, "web", cpu_credits="none"), hour)
    stated = {name: value for name, value in site.node("web").attributes.items() if name != "cpu_credits"}
    bare = replace(site.node("web"), attributes=stated)
    silent = replace(site, nodes=tuple(bare if node.id == "web" else node for node in site.nodes))
    with pytest.raises(DesignError, match="cpu_credits"):
        simulate(silent, hour)


def test_the_run_of_a_burstable_type_ends_as_that_of_another_with_the_same_vcpus(site, hour):
    """Credits to spare change nothing but the account: same vCPUs, same network within the time of an answer."""
    small = simulate(unlimited(site), hour)
    assert small.busy_s.sum() == pytest.approx(
        simulate(what_if(site, "web", instance_type="m5.large"), hour).busy_s.sum()
    )


# --- the kernels --------------------------------------------------------------------------------------------------


def test_the_kernels_are_bit_equal_to_their_source(monkeypatch, site, rush):
    poor = replace(rush, credits_at_start=1.0, faults=(InstanceLoss(node="web", starts_s=5000.0, lasts_s=60.0),))
    compiled = [simulate(topology, poor) for topology in (standard(site), unlimited(site))]
    monkeypatch.setattr(credit_kernel, "settle", credit_kernel.settle.py_func)
    monkeypatch.setattr(tally, "occupied", tally.occupied.py_func)
    monkeypatch.setattr(tally, "_spread", tally._spread.py_func)
    source = [simulate(topology, poor) for topology in (standard(site), unlimited(site))]
    for before, after in zip(compiled, source, strict=True):
        assert before.histogram.tobytes() == after.histogram.tobytes()
        for name in ("earned", "spent", "discarded", "charged", "balance", "owed", "throttled_s"):
            assert getattr(before.credits, name).tobytes() == getattr(after.credits, name).tobytes(), name


def test_the_work_of_a_run_is_the_work_of_its_pieces(random_pool, cuts):
    pool, whole_s = random_pool
    pieces_s, from_s = np.zeros(10), 0.0
    for until_s in cuts:
        pool.run_until(until_s)
        pieces_s += pool.busy_s(from_s, until_s, tick_s=60.0, ticks=10)
        from_s = until_s
    np.testing.assert_allclose(pieces_s, whole_s, atol=1e-9)


@pytest.fixture
def cuts():
    return (0.5, 59.0, 60.0, 61.0, 200.0, 200.001, 599.0, 600.0)


@pytest.fixture
def random_pool():
    random = np.random.default_rng(14)
    arrival_s = np.cumsum(random.exponential(1.0, 650))

    def made():
        service_s, leave_s = np.random.default_rng(15).exponential(2.5, 650), arrival_s + 9
        return WorkerPool(arrival_s, service_s, leave_s, np.zeros(650), workers=2, backlog=5, connections=99)

    whole = made()
    whole.run_until(600.0)
    busy_s, wasted_s = np.zeros(10), np.zeros(10)
    tally.work(whole.start_s, whole.end_s, whole.leave_s, 60.0, 600.0, busy_s, wasted_s)
    assert (whole.verdict == 3).any()
    return made(), busy_s
