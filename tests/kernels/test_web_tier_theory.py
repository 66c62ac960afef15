"""The web tier against what queueing theory knows, and against SimPy on the same arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simpy

from aws14.sim.tier_rules import TierRequests
from tests.kernels.tier_case import finish, outcomes, requests, rules, tier, waits_s

SIZE, WARM_UP, RUNS = 100_000, 5_000, 8


def drawn(random, run: int, *, rate: float, page_s: float, db_s: float = 0.0) -> TierRequests:
    arrival_s = np.cumsum(random("arrival", run).exponential(1 / rate, SIZE))
    return requests(
        arrival_s,
        random("page", run).exponential(page_s, SIZE),
        db_s=random("database", run).exponential(db_s, SIZE) if db_s else None,
        luck=random("luck", run).random(SIZE),
    )


def agrees(values: list[float], expected: float) -> None:
    """Student: the mean of the runs lies within four standard errors, and these are small."""
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert error < 0.05 * expected
    assert abs(np.mean(values) - expected) < 4 * error, (np.mean(values), expected, error)


@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize(
    ("workers", "algorithm", "expected"),
    [
        ((10,), "round_robin", 0.0204590075),  # Erlang C
        ((1,) * 10, "round_robin", 0.1922269),  # E10/M/1
        ((1,) * 10, "weighted_random", 0.4),  # M/M/1
    ],
)
def test_mean_waits_behind_a_load_balancer(random, workers, algorithm, expected, direct):
    means = []
    for run in range(RUNS):
        made = tier(
            drawn(random, run, rate=80.0, page_s=0.1), rules(algorithm=algorithm), workers=workers, direct=direct
        )
        finish(made)
        means.append(waits_s(made)[WARM_UP:].mean())
    agrees(means, expected)


def test_least_outstanding_requests_lies_between_one_queue_and_round_robin(random):
    means = []
    for run in range(RUNS):
        load = drawn(random, run, rate=80.0, page_s=0.1)
        made = tier(load, rules(algorithm="least_outstanding_requests"), workers=(1,) * 10)
        finish(made)
        means.append(waits_s(made)[WARM_UP:].mean())
    assert 0.02046 < np.mean(means) < 0.19
    agrees(means, 0.0354)


def test_pages_and_their_queries_without_a_queue_for_workers(random):
    """M/M/inf feeds M/M/4: 0.05 s, 0.02 s, and Erlang C's wait at the database."""
    means = []
    for run in range(RUNS):
        load = drawn(random, run, rate=80.0, page_s=0.05, db_s=0.02)
        made = tier(load, rules(db_workers=4), workers=(100,) * 3)
        finish(made)
        means.append((made.state.seen_s - load.sent_s)[WARM_UP:].mean())
    agrees(means, 0.0707559)


def held_workers_s(*, rate: float, workers: int, page_s: float, queries: int, db_s: float, most: int = 250) -> float:
    """Mean response time when a worker is held during its query: the stationary Markov chain, solved."""
    states = [(total, asking) for total in range(most + 1) for asking in range(min(total, workers) + 1)]
    place = {state: number for number, state in enumerate(states)}
    flow = np.zeros((len(place), len(place)))
    for (total, asking), number in place.items():
        making = min(total, workers) - asking
        moves = (
            ((total + 1, asking), rate),
            ((total, asking + 1), making / page_s),
            ((total - 1, asking - 1), min(asking, queries) / db_s),
        )
        for state, speed in moves:
            if speed and state in place:
                flow[number, place[state]] += speed
                flow[number, number] -= speed
    balance = np.vstack([flow.T[:-1], np.ones(len(place))])
    share = np.linalg.solve(balance, np.append(np.zeros(len(place) - 1), 1.0))
    assert share[-workers - 1 :].sum() < 1e-6
    return float(sum(share[number] * total for (total, _), number in place.items()) / rate)


def test_workers_are_held_while_the_database_works(random):
    expected_s = held_workers_s(rate=25.0, workers=3, page_s=0.05, queries=1, db_s=0.02)
    free_s = held_workers_s(rate=25.0, workers=40, page_s=0.05, queries=1, db_s=0.02, most=90)
    assert free_s == pytest.approx(0.05 + 1 / (1 / 0.02 - 25.0), rel=1e-6)  # Jackson's network
    assert expected_s > 1.2 * free_s  # holding matters here
    means = []
    for run in range(RUNS):
        load = drawn(random, run, rate=25.0, page_s=0.05, db_s=0.02)
        made = tier(load, rules(db_workers=1), workers=(3,))
        finish(made)
        means.append((made.state.seen_s - load.sent_s)[WARM_UP:].mean())
    agrees(means, expected_s)


@pytest.mark.parametrize("direct", [True, False])
def test_a_finite_backlog_blocks_as_the_formula_says(random, direct):
    """M/M/2/5 at load 1.5."""
    shares = []
    for run in range(RUNS):
        made = tier(drawn(random, run, rate=1.5, page_s=1.0), rules(backlog=3), workers=(2,), direct=direct)
        finish(made)
        shares.append(outcomes(made)[WARM_UP:].count("backlog_full") / (SIZE - WARM_UP))
    agrees(shares, 0.0851138353765324)


@pytest.mark.parametrize("direct", [True, False])
def test_clients_give_up_as_often_as_the_response_time_is_longer_than_their_patience(random, direct):
    """The response time of M/M/1 is exponential; a server goes on with what nobody waits for."""
    shares, wasted = [], []
    for run in range(RUNS):
        load = drawn(random, run, rate=0.5, page_s=1.0)
        made = tier(load, rules(patience_s=4.0), horizon_s=float(load.sent_s[-1]) + 100, direct=direct)
        finish(made)
        shares.append(outcomes(made)[WARM_UP:].count("timed_out") / (SIZE - WARM_UP))
        busy_s, wasted_s = made.state.minute_s[:, :2].sum(axis=0)
        wasted.append(wasted_s / busy_s)
        assert busy_s == pytest.approx(load.page_s.sum(), rel=1e-9)
    agrees(shares, math.exp(-(1 - 0.5) * 4.0))
    # memoryless: a client who has left leaves behind a mean service, or what is left of one
    assert 0 < np.mean(wasted) < 2 * np.mean(shares)


def simpy_tier(load: TierRequests, *, workers: int, targets: int, backlog: int, queries: int) -> np.ndarray:
    """Round robin over targets whose workers wait for a common database, as SimPy processes; NaN when refused."""
    environment = simpy.Environment()
    servers = [simpy.Resource(environment, workers) for _ in range(targets)]
    database, ends_s = simpy.Resource(environment, queries), np.full(len(load.sent_s), np.nan)

    def request(i):
        yield environment.timeout(load.arrival_s[i])
        server = servers[i % targets]
        if server.count == workers and len(server.queue) >= backlog:
            return
        with server.request() as turn:
            yield turn
            yield environment.timeout(load.page_s[i])
            with database.request() as query:
                yield query
                yield environment.timeout(load.db_s[i])
            ends_s[i] = environment.now

    for i in range(len(load.sent_s)):
        environment.process(request(i))
    environment.run()
    return ends_s


@pytest.mark.parametrize(("workers", "targets", "backlog", "queries"), [(3, 2, 1000, 2), (2, 4, 5, 3), (1, 1, 0, 1)])
def test_simpy_answers_the_same_requests_at_the_same_times(random, workers, targets, backlog, queries):
    size = 4_000
    load = requests(
        np.cumsum(random("arrival").exponential(1.35 / (workers * targets), size)),
        random("page").exponential(0.8, size),
        db_s=random("database").exponential(0.4, size),
    )
    ends_s = simpy_tier(load, workers=workers, targets=targets, backlog=backlog, queries=queries)
    made = tier(load, rules(backlog=backlog, db_workers=queries), workers=(workers,) * targets)
    finish(made)
    refused = np.array(outcomes(made)) == "backlog_full"
    assert np.array_equal(refused, np.isnan(ends_s))
    assert np.array_equal(made.state.seen_s[~refused], ends_s[~refused])  # the same additions: the same bits
    assert waits_s(made)[~refused].max() > 0 or backlog == 0
