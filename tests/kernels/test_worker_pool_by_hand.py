"""Event logs worked out by hand: deterministic arrivals and services, every rule at its edge."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels.worker_pool import ACCEPTED, DOWN, LEFT_BEFORE, LOST, NO_CONNECTION, NO_PLACE
from aws14.sim.pool import WorkerPool

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


def test_nothing_starts_at_or_after_the_end_of_the_segment():
    pool = WorkerPool(*np.array([[0.0, 1, 5], [5, 5, 5], [99, 99, 99], [0, 0, 0]]), workers=1, backlog=9, connections=9)
    pool.run_until(5.0)
    assert np.array_equal(pool.start_s, [0, NAN, NAN], equal_nan=True)
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, 0]


# --- lost, and back -----------------------------------------------------------------------------------------------


def pool_of(arrival_s, service_s, *, workers=1, backlog=9, connections=99, leave_s=None, send_s=None):
    size = len(arrival_s)
    return WorkerPool(
        np.array(arrival_s, dtype=float),
        np.array(service_s, dtype=float),
        np.full(size, np.inf) if leave_s is None else np.array(leave_s, dtype=float),
        np.zeros(size) if send_s is None else np.array(send_s, dtype=float),
        workers=workers,
        backlog=backlog,
        connections=connections,
    )


def lost_and_back(pool, from_s, to_s):
    pool.run_until(from_s)
    pool.lose(from_s, to_s)
    pool.run_until(np.inf)
    return pool


def test_a_lost_server_takes_along_what_is_served_and_what_waits():
    pool = lost_and_back(pool_of([0, 2, 4, 10, 19.9, 20, 21], [3, 10, 3, 3, 3, 3, 3]), 10, 20)
    # 0-3 served; 3-13 under way and cut at 10; the third waits; two arrive while it is down; then it starts empty
    assert pool.verdict.tolist() == [ACCEPTED, LOST, LOST, DOWN, DOWN, ACCEPTED, ACCEPTED]
    assert np.array_equal(pool.start_s, [0, 3, NAN, NAN, NAN, 20, 23], equal_nan=True)
    assert np.array_equal(pool.end_s, [3, 10, 10, NAN, NAN, 23, 26], equal_nan=True)


def test_a_service_that_ends_as_the_server_is_lost_is_done():
    pool = lost_and_back(pool_of([0, 1], [10, 5]), 10, 20)
    assert pool.verdict.tolist() == [ACCEPTED, LOST]  # the other would have started at that moment
    assert np.array_equal(pool.start_s, [0, NAN], equal_nan=True)


def test_a_long_service_behind_many_short_ones_is_lost_too():
    pool = lost_and_back(pool_of([0, *range(1, 9)], [50, *[0.5] * 8], workers=2), 10, 11)
    assert pool.verdict.tolist() == [LOST, *[ACCEPTED] * 8]
    assert pool.end_s[0] == 10


def test_a_client_gone_before_its_request_reaches_a_server_that_is_down_has_left():
    pool = lost_and_back(pool_of([5, 6], [1, 1], leave_s=[5, 7]), 1, 20)
    assert pool.verdict.tolist() == [LEFT_BEFORE, DOWN]


def test_the_server_comes_back_with_all_its_connections_and_its_whole_backlog():
    pool = pool_of([0, 1, 2, 10, 10, 10, 10], [9] * 7, backlog=2, connections=3, send_s=[30] * 7)
    lost_and_back(pool, 3, 10)
    assert pool.verdict.tolist() == [LOST, LOST, LOST, ACCEPTED, ACCEPTED, ACCEPTED, NO_CONNECTION]


def test_down_from_the_start_and_for_ever():
    assert lost_and_back(pool_of([0, 1, 5], [1, 1, 1]), 0, 5).verdict.tolist() == [DOWN, DOWN, ACCEPTED]
    assert lost_and_back(pool_of([0, 1, 5], [1, 1, 1]), 3, np.inf).verdict.tolist() == [ACCEPTED, ACCEPTED, DOWN]


@pytest.mark.parametrize("workers", [1, 3, 101])
def test_after_an_outage_a_server_is_a_new_server(random, workers):
    """What arrives later fares as at a server that never saw anything before."""
    arrival_s = np.cumsum(random("arrival").exponential(1 / workers, 2000))
    service_s, send_s = random("service").exponential(1.1, 2000), random("send").exponential(0.5, 2000)
    from_s, to_s = arrival_s[1000], arrival_s[1100]
    limits = {"workers": workers, "backlog": 5, "connections": 7 + 4 * workers // 3}
    pool = lost_and_back(pool_of(arrival_s, service_s, send_s=send_s, **limits), from_s, to_s)
    new = pool_of(arrival_s[1100:], service_s[1100:], send_s=send_s[1100:], **limits)
    new.run_until(np.inf)
    assert np.array_equal(pool.start_s[1100:], new.start_s, equal_nan=True)
    assert np.array_equal(pool.verdict[1100:], new.verdict)
    undisturbed = pool_of(arrival_s, service_s, send_s=send_s, **limits)
    undisturbed.run_until(from_s)
    held = (undisturbed.verdict == ACCEPTED) & ~(undisturbed.end_s <= from_s)
    assert held.sum() > 0
    assert np.array_equal(pool.verdict == LOST, held)
    assert np.all(pool.end_s[held] == from_s)
    assert np.all(pool.verdict[1000:1100] == DOWN)


# --- at another pace ----------------------------------------------------------------------------------------------


def test_half_speed_doubles_what_is_left_and_what_comes():
    pool = pool_of([0, 1, 20], [10, 3, 3])
    pool.run_until(4)
    pool.set_speed(4, 0.5)
    pool.run_until(np.inf)
    # 6 of 10 s are left at 4 and take 12; then 3 s take 6
    assert pool.start_s.tolist() == [0, 16, 22]
    assert pool.end_s.tolist() == [16, 22, 28]


def test_back_at_full_speed_the_rest_is_as_long_as_ever():
    pool = pool_of([0, 0], [10, 10], workers=2)
    for at_s, speed in ((2, 0.25), (10, 1.0)):
        pool.run_until(at_s)
        pool.set_speed(at_s, speed)
    pool.run_until(np.inf)
    # 2 s at full speed, 8 s at a quarter: 4 s of 10 done; 6 s are left at 10
    assert pool.end_s.tolist() == [16, 16]


def test_a_service_already_done_keeps_its_end_and_its_connection():
    pool = pool_of([0, 1, 7.9, 8.0], [2, 8, 1, 1], workers=2, connections=2, send_s=[6, 0, 0, 0])
    pool.run_until(5)
    pool.set_speed(5, 0.5)
    pool.run_until(np.inf)
    # the first: served 0-2, its answer sent until 8. The second: 4 s left at 5, until 13
    assert pool.end_s[:2].tolist() == [2, 13]
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, NO_CONNECTION, ACCEPTED]


def test_connections_are_held_as_long_as_the_slower_service():
    pool = pool_of([0, 1, 5.1, 9.1], [5, 5, 1, 1], workers=3, connections=2)
    pool.run_until(1.5)
    pool.set_speed(1.5, 0.5)
    pool.run_until(np.inf)
    # ends move from 5 and 6 to 8.5 and 10.5
    assert pool.verdict.tolist() == [ACCEPTED, ACCEPTED, NO_CONNECTION, ACCEPTED]
    assert pool.start_s[3] == 9.1


@pytest.mark.parametrize("workers", [1, 3, 101])
def test_constant_half_speed_is_a_pool_with_twice_the_service_times(random, run_pool, workers):
    arrival_s = np.cumsum(random("arrival").exponential(2 / workers, 2000))
    service_s = random("service").exponential(1.1, 2000)
    slow = pool_of(arrival_s, service_s, workers=workers, connections=500)
    slow.set_speed(0, 0.5)
    for cut_s in (10, 50, 300):
        slow.run_until(cut_s)
        slow.set_speed(cut_s, 0.5)
    slow.run_until(np.inf)
    long = run_pool(arrival_s, 2 * service_s, workers=workers, backlog=9, connections=500)
    assert np.array_equal(slow.start_s, long.start_s, equal_nan=True)


@pytest.mark.parametrize("workers", [1, 3, 101])
def test_a_faster_world_is_the_same_world_on_another_clock(random, workers):
    """Speed 1/2 from some moment on, with everything after it twice as far apart, is the same run stretched."""
    arrival_s = np.cumsum(random("arrival").exponential(1 / workers, 2000))
    service_s, at_s = random("service").exponential(1.1, 2000), float(arrival_s[700] + 1e-3)

    def stretched(time_s):
        return np.where(time_s > at_s, at_s + 2 * (time_s - at_s), time_s)

    limits = {"workers": workers, "backlog": 5, "connections": 500}
    plain = pool_of(arrival_s, service_s, **limits)
    plain.run_until(np.inf)
    slowed = pool_of(stretched(arrival_s), service_s, **limits)
    slowed.run_until(at_s)
    slowed.set_speed(at_s, 0.5)
    slowed.run_until(np.inf)
    assert np.array_equal(slowed.verdict, plain.verdict)
    np.testing.assert_allclose(slowed.start_s, stretched(plain.start_s), rtol=1e-12)
    np.testing.assert_allclose(slowed.end_s, stretched(plain.end_s), rtol=1e-12)
