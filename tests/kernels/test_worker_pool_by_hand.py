"""Event logs worked out by hand: deterministic arrivals and services, every rule at its edge."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels.worker_pool import ACCEPTED, LEFT_BEFORE, NO_CONNECTION, NO_PLACE

NAN = np.nan


def test_one_worker_slower_than_arrivals(run_pool):
    pool = run_pool([0, 2, 4, 6], [3, 3, 3, 3], workers=1)
    assert pool.start_s.tolist() == [0, 3, 6, 9]


def test_one_worker_faster_than_arrivals_never_waits(run_pool):
    pool = run_pool([0, 2, 4, 6], [1.5, 1.5, 1.5, 1.5], workers=1)
    assert pool.start_s.tolist() == [0, 2, 4, 6]


def test_two_workers_take_the_queue_in_order_of_arrival(run_pool):
    pool = run_pool([0, 1, 2, 3, 4], [10, 2, 5, 1, 1], workers=2)
    # worker 2: 1-3, then 3 (arrived 2) until 8, then 8 (arrived 3) until 9, then 9 (arrived 4) until 10
    assert pool.start_s.tolist() == [0, 1, 3, 8, 9]


def test_a_worker_freed_at_the_instant_of_an_arrival_takes_the_queue_first(run_pool):
    pool = run_pool([0, 1, 4], [4, 4, 4], workers=1, backlog=1)
    # at 4 the first leaves, the second starts, so the third finds the one place of the backlog empty
    assert pool.start_s.tolist() == [0, 4, 8]


def test_a_worker_freed_at_the_instant_of_an_arrival_serves_it_at_once(run_pool):
    pool = run_pool([0, 4], [4, 4], workers=1, backlog=0)
    assert pool.start_s.tolist() == [0, 4]


def test_backlog_refuses_the_one_too_many(run_pool):
    pool = run_pool([0, 1, 2, 3, 10], [10, 10, 10, 10, 10], workers=1, backlog=2)
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, ACCEPTED, NO_PLACE, ACCEPTED]
    assert np.array_equal(pool.start_s, [0, 10, 20, NAN, 30], equal_nan=True)


def test_the_ring_of_the_backlog_goes_round(run_pool):
    arrival_s = np.arange(20) * 1.0
    pool = run_pool(arrival_s, np.full(20, 1.0), workers=1, backlog=3)
    late = run_pool(np.maximum(arrival_s, 5.0), np.full(20, 1.0), workers=1, backlog=3)
    assert pool.start_s.tolist() == arrival_s.tolist()
    # six arrive at 5: one starts, three wait, two are refused; then one a second arrives for the place freed
    assert late.verdict.tolist() == [ACCEPTED] * 4 + [NO_PLACE] * 2 + [ACCEPTED] * 14
    assert late.start_s[6:].tolist() == np.arange(9, 23).tolist()


def test_connections_are_held_while_waiting_served_and_sent(run_pool):
    pool = run_pool([0, 1, 2, 3, 5, 6], np.ones(6), workers=1, connections=2, send_s=np.full(6, 4.0))
    # request 0: served 0-1, its answer is on the way until 5. Request 1: 1-2, sent until 6.
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, NO_CONNECTION, NO_CONNECTION, ACCEPTED, ACCEPTED]


def test_a_waiting_request_holds_a_connection(run_pool):
    pool = run_pool([0, 1, 2], [5, 5, 5], workers=1, connections=2)
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, NO_CONNECTION]


def test_connection_limit_counts_before_the_backlog(run_pool):
    pool = run_pool([0, 1], [5, 5], workers=1, connections=1, backlog=0)
    assert pool.verdict.tolist() == [ACCEPTED, NO_CONNECTION]


def test_a_client_that_leaves_while_the_answer_is_sent_frees_its_connection(run_pool):
    pool = run_pool([0, 4], [1, 1], workers=1, connections=1, leave_s=[3, 99], send_s=[10, 10])
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED]


def test_a_client_that_leaves_while_served_holds_its_connection_to_the_end_of_service(run_pool):
    pool = run_pool([0, 4, 6], [5, 1, 1], workers=2, connections=1, leave_s=[3, 99, 99], send_s=[10, 10, 10])
    assert pool.verdict.tolist() == [ACCEPTED, NO_CONNECTION, ACCEPTED]


def test_the_worker_goes_on_with_requests_whose_clients_have_left(run_pool):
    pool = run_pool([0, 1, 2], [10, 10, 10], workers=1, leave_s=[5, 6, 7])
    assert pool.start_s.tolist() == [0, 10, 20]


def test_a_client_gone_before_its_request_arrives_costs_nothing(run_pool):
    pool = run_pool([1, 2], [5, 5], workers=1, leave_s=[1, 9])
    assert pool.verdict.tolist() == [LEFT_BEFORE, ACCEPTED]
    assert np.array_equal(pool.start_s, [NAN, 2], equal_nan=True)


@pytest.mark.parametrize("workers", [1, 3, 101])
def test_a_run_cut_into_pieces_gives_the_same_bits(run_pool, random, workers):
    arrival_s = np.cumsum(random("arrival").exponential(1 / workers, 3000))
    service_s = random("service").exponential(1.1, 3000)
    limits = {"workers": workers, "backlog": 5, "connections": 7 + 4 * workers // 3, "leave_s": arrival_s + 9}
    limits["send_s"] = np.repeat([0.01, 6.0], 1500)  # first the backlog is the narrow place, then the connections
    whole = run_pool(arrival_s, service_s, **limits)
    # at arrivals, at starts of service, and in between
    cuts = np.sort(np.concatenate((arrival_s[::50], whole.start_s[::70], np.arange(0, arrival_s[-1], 7.3))))
    pieces = run_pool(arrival_s, service_s, **limits, cuts=cuts[~np.isnan(cuts)])
    assert set(whole.verdict) == {ACCEPTED, NO_PLACE, NO_CONNECTION}
    assert np.array_equal(whole.verdict, pieces.verdict)
    assert np.array_equal(whole.start_s, pieces.start_s, equal_nan=True)


def test_nothing_starts_at_or_after_the_end_of_the_segment(random):
    from aws14.sim.pool import WorkerPool

    pool = WorkerPool(*np.array([[0.0, 1, 5], [5, 5, 5], [99, 99, 99], [0, 0, 0]]), workers=1, backlog=9, connections=9)
    pool.run_until(5.0)
    assert np.array_equal(pool.start_s, [0, NAN, NAN], equal_nan=True)
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, 0]
