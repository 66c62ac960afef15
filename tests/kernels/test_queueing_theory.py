"""The pool against closed formulas. Each test has a stream of its own and the power to fail.

Power: four standard errors over the replications must be a small part of the value, else the test fails for want of
requests, not for being wrong.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

REPLICATIONS = 24


def erlang_b(servers: int, offered: float) -> float:
    """Probability that all of c servers are busy when nobody waits: B_k = aB/(k + aB)."""
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = offered * blocking / (k + offered * blocking)
    return blocking


def erlang_c(servers: int, offered: float) -> float:
    """Probability of waiting with c servers and endless patience."""
    blocking = erlang_b(servers, offered)
    return blocking / (1 - offered / servers * (1 - blocking))


def birth_death(servers: int, places: int, offered: float) -> tuple[float, float]:
    """M/M/c/K: probability of refusal and mean number in the system."""
    weights = [1.0]
    for k in range(1, places + 1):
        weights.append(weights[-1] * offered / min(k, servers))
    probability = np.array(weights) / sum(weights)
    return float(probability[-1]), float(np.arange(places + 1) @ probability)


def agrees(values: list[float], theory: float, *, within: float) -> None:
    """The mean of the replications is the theory's, and would not be if the theory were `within` off."""
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert 4 * error < within * theory, f"no power: 4 standard errors are {4 * error / theory:.1%} of {theory:g}"
    assert abs(np.mean(values) - theory) < 4 * error, f"{np.mean(values):g} +- {error:g}, theory {theory:g}"


def poisson(random, rate, size, replication):
    return np.cumsum(random("arrival", replication).exponential(1 / rate, size))


@pytest.mark.parametrize(
    ("servers", "offered", "table"),
    [
        (1, 1, 0.5),
        (2, 1, 0.2),
        (5, 3, 0.11005435),
        (10, 8, 0.12166106),
        (20, 16, 0.06441092),
        (100, 84.0637, 0.00999908),
    ],
)
def test_erlang_b_formula_has_the_table_values(servers, offered, table):
    assert erlang_b(servers, offered) == pytest.approx(table, rel=1e-6)


@pytest.mark.parametrize(
    ("servers", "offered", "table"), [(2, 1, 1 / 3), (5, 4, 0.554113), (10, 8, 0.40918015), (50, 40, 0.08695255)]
)
def test_erlang_c_formula_has_the_table_values(servers, offered, table):
    assert erlang_c(servers, offered) == pytest.approx(table, rel=1e-5)


@pytest.mark.parametrize(("servers", "offered"), [(1, 1.0), (5, 3.0), (10, 8.0), (120, 125.0)])
def test_without_a_backlog_erlang_b_is_refused(run_pool, random, servers, offered):
    refused = []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, offered, 100_000, replication)
        pool = run_pool(arrival_s, random("service", replication).exponential(1, 100_000), workers=servers, backlog=0)
        refused.append(float(np.mean(np.isnan(pool.start_s)[5_000:])))
    agrees(refused, erlang_b(servers, offered), within=0.05)


@pytest.mark.parametrize("distribution", ["deterministic", "lognormal"])
def test_erlang_b_does_not_ask_for_the_shape_of_the_service_time(run_pool, random, distribution):
    refused = []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, 8, 100_000, replication)
        normal = random("service", replication).standard_normal(100_000)
        service_s = np.ones(100_000) if distribution == "deterministic" else np.exp(normal - 0.5)
        pool = run_pool(arrival_s, service_s, workers=10, backlog=0)
        refused.append(float(np.mean(np.isnan(pool.start_s)[5_000:])))
    agrees(refused, erlang_b(10, 8), within=0.05)


@pytest.mark.parametrize(("servers", "rho"), [(1, 0.5), (1, 0.8), (4, 0.8), (10, 0.8), (150, 0.93)])
def test_mean_wait_and_share_that_waits_are_erlang_c(run_pool, random, servers, rho):
    means, shares = [], []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, rho * servers, 300_000, replication)
        pool = run_pool(arrival_s, random("service", replication).exponential(1, 300_000), workers=servers)
        wait_s = (pool.start_s - arrival_s)[30_000:]
        means.append(float(wait_s.mean()))
        shares.append(float(np.mean(wait_s > 0)))
    waits = erlang_c(servers, rho * servers)
    agrees(means, waits / (servers * (1 - rho)), within=0.12)
    agrees(shares, waits, within=0.06)


def test_99th_percentile_of_the_wait_is_the_exponential_tail(run_pool, random):
    tails = []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, 8, 300_000, replication)
        pool = run_pool(arrival_s, random("service", replication).exponential(1, 300_000), workers=10)
        tails.append(float(np.quantile((pool.start_s - arrival_s)[30_000:], 0.99)))
    agrees(tails, math.log(erlang_c(10, 8) / 0.01) / 2, within=0.05)
    assert math.log(erlang_c(10, 8) / 0.01) / 2 == pytest.approx(1.855785, rel=1e-6)


def test_99th_percentile_of_the_response_time_of_one_worker(run_pool, random):
    tails = []
    for replication in range(REPLICATIONS):
        arrival_s, service_s = (
            poisson(random, 0.8, 400_000, replication),
            random("s", replication).exponential(1, 400_000),
        )
        pool = run_pool(arrival_s, service_s, workers=1)
        tails.append(float(np.quantile((pool.start_s + service_s - arrival_s)[40_000:], 0.99)))
    agrees(tails, math.log(100) / 0.2, within=0.1)


@pytest.mark.parametrize(
    ("servers", "places", "offered", "table"),
    [(1, 5, 0.8, 0.08881950), (2, 5, 1.5, 0.08511384), (10, 20, 8, 0.00910718), (10, 30, 12, 0.16863724)],
)
def test_finite_backlog_is_m_m_c_k(run_pool, random, servers, places, offered, table):
    refusal, in_system = birth_death(servers, places, offered)
    assert refusal == pytest.approx(table, rel=1e-6)
    refused, present = [], []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, offered, 200_000, replication)
        service_s = random("service", replication).exponential(1, 200_000)
        pool = run_pool(arrival_s, service_s, workers=servers, backlog=places - servers)
        refused.append(float(np.mean(np.isnan(pool.start_s)[10_000:])))
        sojourn_s = np.nansum(pool.start_s + service_s - arrival_s)
        present.append(float(sojourn_s / arrival_s[-1]))
    agrees(refused, refusal, within=0.08)
    agrees(present, in_system, within=0.03)


SIGMA2 = math.log(1 + 1.5**2)
SHAPES = {
    "D": lambda draw, size: np.ones(size),
    "E4": lambda draw, size: draw.gamma(4, 1 / 4, size),
    "M": lambda draw, size: draw.exponential(1, size),
    "LN cv1.5": lambda draw, size: np.exp(math.sqrt(SIGMA2) * draw.standard_normal(size) - SIGMA2 / 2),
}


@pytest.mark.parametrize(
    ("shape", "theory"), [("D", 1.166667), ("E4", 1.458333), ("M", 2.333333), ("LN cv1.5", 3.791667)]
)
def test_one_worker_with_any_service_time_is_pollaczek_khinchine(run_pool, random, shape, theory):
    means = []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, 0.7, 400_000, replication)
        pool = run_pool(arrival_s, SHAPES[shape](random("service", replication), 400_000), workers=1)
        means.append(float((pool.start_s - arrival_s)[40_000:].mean()))
    agrees(means, theory, within=0.08)


def test_many_workers_with_a_fixed_service_time_are_near_allen_cunneen(run_pool, random):
    means = []
    for replication in range(REPLICATIONS):
        arrival_s = poisson(random, 8, 200_000, replication)
        pool = run_pool(arrival_s, np.ones(200_000), workers=10)
        means.append(float((pool.start_s - arrival_s)[20_000:].mean()))
    # an approximation: half of Erlang C's wait, 5-10 % low
    assert np.mean(means) == pytest.approx(erlang_c(10, 8) / 2 / 2, rel=0.1)


@pytest.mark.parametrize(("rate", "patience_s"), [(0.8, 2.0), (0.8, 8.0), (0.5, 3.0)])
def test_clients_with_fixed_patience_time_out_and_waste_the_same_share_of_work(run_pool, random, rate, patience_s):
    """The worker does not notice that clients leave: P(response > tau) = e^-(mu-lam)tau, and so is the wasted share.

    The work for a client who left at age tau is the integral of P(in service at age t) over t > tau
    = (1-rho)/(mu-lam) e^-(mu-lam)tau, times lam, over rho.
    """
    from aws14.kernels.tally import work

    late, wasted = [], []
    for replication in range(REPLICATIONS):
        arrival_s, service_s = (
            poisson(random, rate, 300_000, replication),
            random("s", replication).exponential(1, 300_000),
        )
        pool = run_pool(arrival_s, service_s, workers=1, leave_s=arrival_s + patience_s)
        late.append(float(np.mean((pool.start_s + service_s - arrival_s)[30_000:] > patience_s)))
        ticks = int(arrival_s[-1] / 1000)
        busy_s, wasted_s = np.zeros(ticks), np.zeros(ticks)
        work(pool.start_s, pool.end_s, pool.leave_s, 1000.0, ticks * 1000.0, busy_s, wasted_s)
        wasted.append(float(wasted_s[ticks // 10 :].sum() / busy_s[ticks // 10 :].sum()))
    agrees(late, math.exp(-(1 - rate) * patience_s), within=0.08)
    agrees(wasted, math.exp(-(1 - rate) * patience_s), within=0.08)


def test_littles_law_holds_to_the_last_bit_of_time(run_pool, random):
    """Time-average number in the system = rate x mean sojourn, over a run that starts and ends empty."""
    arrival_s, service_s = poisson(random, 9, 50_000, 0), random("service").exponential(1, 50_000)
    pool = run_pool(arrival_s, service_s, workers=10, backlog=20)
    in_time = ~np.isnan(pool.start_s)
    arrival_s, end_s = arrival_s[in_time], (pool.start_s + service_s)[in_time]
    moments = np.concatenate((arrival_s, end_s))
    order = np.argsort(moments, kind="stable")
    present = np.cumsum(np.repeat([1, -1], len(arrival_s))[order])[:-1]
    area = present @ np.diff(moments[order])
    assert present.min() >= 0 and present.max() == 30
    assert area == pytest.approx(np.sum(end_s - arrival_s), rel=1e-12)


def test_workers_never_do_two_things_and_never_idle_beside_a_queue(run_pool, random):
    arrival_s, service_s = poisson(random, 3.6, 20_000, 0), random("service").exponential(1, 20_000)
    pool = run_pool(arrival_s, service_s, workers=4)
    moments = np.concatenate((pool.start_s, pool.start_s + service_s))
    order = np.lexsort((np.repeat([1, 0], 20_000), moments))  # at one instant, ends before starts
    busy = np.cumsum(np.repeat([1, -1], 20_000)[order])
    assert busy.max() == 4
    for i in np.flatnonzero(pool.start_s > arrival_s)[:500]:
        in_service = np.sum((pool.start_s <= arrival_s[i]) & (pool.start_s + service_s > arrival_s[i]))
        assert in_service == 4
