"""The web tier on cases small enough to be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14.kernels import tier_state as at
from aws14.model import Retries
from tests.kernels.tier_case import enroll, finish, outcomes, requests, rules, tier

BOTH = pytest.mark.parametrize("direct", [True, False])


def served_by(made) -> list[int]:
    return made.state.target[: made.state.state[at.TARGETS], at.SERVED_COUNT].tolist()


@BOTH
def test_round_robin_takes_turns(direct):
    made = tier(requests(range(7), [0.1] * 7), rules(), workers=(1, 1, 1), direct=direct)
    finish(made)
    assert served_by(made) == [3, 2, 2]
    assert made.state.seen_s.tolist() == [k + 0.1 for k in range(7)]


def test_least_outstanding_requests_avoids_the_busy_one_and_draws_among_equals():
    load = requests([0.0, 1.0, 2.0, 3.0], [10.0, 0.5, 0.5, 0.5], luck=[0.6, 0.0, 0.0, 0.0])
    made = tier(load, rules(algorithm="least_outstanding_requests"), workers=(1, 1))
    finish(made)
    assert served_by(made) == [3, 1]  # the first was drawn to the second target


@BOTH
def test_a_visitor_stays_with_its_target_until_the_cookie_runs_out(direct):
    load = requests([0, 1, 2, 3, 20, 40], [0.1] * 6, session=[7, 7, 3, 7, 7, 7])
    made = tier(load, rules(sticky_s=15.0), workers=(1, 1), direct=direct)
    made.run_until(3.5)
    assert served_by(made) == [3, 1]  # 7 7 . 7 went to the first, 3 to the second
    made.run_until(30.0)
    assert served_by(made) == [4, 1]  # at 20 the cookie had run out: the next in turn is the first again
    made.deregister(0)
    finish(made)
    assert served_by(made) == [4, 2]


@BOTH
def test_a_server_that_does_not_know_the_visitor_asks_for_a_login(direct):
    load = requests(range(4), [0.1] * 4, session=[0, 0, 0, 0], way_s=((0.0, 0.5, 0.25),))
    lost = tier(load, rules(sessions=True), workers=(1, 1), direct=direct)
    finish(lost)
    assert outcomes(lost) == ["served", "session_lost", "session_lost", "session_lost"]
    assert lost.state.seen_s[1] == 1.1 + 0.25
    kept = tier(load, rules(sessions=True, sticky_s=60.0), workers=(1, 1), direct=direct)
    kept.run_until(2.5)
    kept.deregister(0)
    finish(kept)
    assert outcomes(kept) == ["served", "served", "served", "session_lost"]


@BOTH
def test_a_new_target_takes_up_its_share_slowly(direct):
    made = tier(requests(np.arange(1.0, 101.0), [0.01] * 100), rules(slow_start_s=100.0), workers=(1,), direct=direct)
    enroll(made, health="initial", first_check_s=0.0)
    finish(made)
    # the share of the newcomer grows from 0 to that of the other: about a third of an equal share's worth is missing
    weight = np.arange(1, 101) / 100
    expected = (weight / (1 + weight)).sum()
    assert served_by(made)[1] == pytest.approx(expected, abs=2)
    late = tier(requests(np.arange(1.0, 101.0), [0.01] * 100), rules(), workers=(1,), direct=direct)
    enroll(late, health="initial", first_check_s=0.0)
    finish(late)
    assert served_by(late) == [50, 50]


@BOTH
def test_503_without_targets(direct):
    made = tier(requests([1.0], [0.1], way_s=((0.0, 0.5, 0.25),)), rules(), workers=(), direct=direct)
    finish(made)
    assert outcomes(made) == ["no_targets"] and made.state.seen_s.tolist() == [1.25]


@BOTH
def test_502_for_what_a_lost_target_holds_and_504_for_what_is_sent_to_it(direct):
    load = requests([0.0, 0.5, 5.0, 40.0], [3.0, 1.0, 0.1, 0.1], way_s=((0.0, 0.5, 0.25),))
    made = tier(load, rules(patience_s=30.0), workers=(1,), horizon_s=120.0, direct=direct, first_check_s=20.0)
    made.run_until(2.0)
    made.break_target(0)
    made.run_until(30.0)
    made.heal_target(0)
    finish(made)
    assert outcomes(made) == ["bad_gateway", "bad_gateway", "gateway_timeout", "served"]
    assert made.state.seen_s.tolist() == [2.25, 2.25, 15.25, 40.6]
    assert made.state.minute_s[:, at.BUSY_S].sum() == pytest.approx(2.1)


@BOTH
def test_504_from_a_target_slower_than_the_idle_timeout(direct):
    load = requests([0.0, 1.0], [7.0, 0.5], way_s=((0.0, 0.5, 0.25),))
    made = tier(load, rules(idle_s=6.0, patience_s=30.0), workers=(1,), direct=direct)
    finish(made)
    assert outcomes(made) == ["gateway_timeout", "gateway_timeout"]  # the second waits until 7, is done at 7.5
    assert made.state.seen_s.tolist() == [6.25, 7.25]


@BOTH
def test_health_checks_find_a_dead_target_and_a_healed_one(direct):
    made = tier(requests([500.0], [0.1]), rules(healthy_checks=3), workers=(1, 1), direct=direct, first_check_s=0.0)
    made.run_until(10.0)
    made.break_target(1)
    made.run_until(200.0)
    assert made.log == [(1 + 2 * 30 + 5.0, 1, 2)]  # checks at 31 and 61 fail after 5 s
    made.heal_target(1)
    made.run_until(400.0)
    assert made.log[1:] == [(211.0 + 60.0, 1, 1)]  # passed at 211, 241 and 271


@BOTH
def test_a_check_that_waits_too_long_for_a_worker_fails(direct):
    load = requests([0.0, 29.0, 58.0], [34.0, 40.0, 60.0])
    made = tier(load, rules(unhealthy_checks=2), workers=(1,), direct=direct, first_check_s=30.0)
    made.run_until(1000.0)
    # asked at 30, a worker is free at 74 (34 and 40): fails at 35; asked at 60: fails at 65
    assert made.log[0] == (65.0, 0, 2)
    narrow = tier(load, rules(unhealthy_checks=2, timeout_s=10.0, interval_s=31.0), workers=(2,), direct=direct)
    narrow.run_until(1000.0)
    assert narrow.log == []


@BOTH
def test_a_check_that_waits_for_no_worker_passes_on_a_full_server_and_fails_on_a_dead_one(direct):
    load = requests([0.0, 29.0, 58.0], [34.0, 40.0, 60.0])
    how = rules(unhealthy_checks=2, check_waits=False)
    made = tier(load, how, workers=(1,), direct=direct, first_check_s=30.0)
    made.run_until(200.0)
    assert made.log == []
    made.break_target(0)
    made.run_until(300.0)
    assert made.log == [(210.0 + 30.0 + 5.0, 0, 2)]  # checks at 210 and 240 fail after 5 s


@BOTH
def test_when_every_target_is_unhealthy_all_get_requests(direct):
    made = tier(requests([100.0, 101.0], [0.1, 0.1]), rules(), workers=(1, 1), direct=direct, first_check_s=0.0)
    made.misfit(0)
    made.misfit(1)
    made.run_until(99.0)
    assert made.fails_open() and made.health(0) == ["unhealthy"]
    finish(made)
    assert outcomes(made) == ["served", "served"] and served_by(made) == [1, 1]


@BOTH
def test_draining_finishes_what_is_held_and_gets_nothing_new(direct):
    made = tier(requests([0.0, 0.1, 1.0, 2.0], [5.0, 5.0, 0.1, 0.1]), rules(), workers=(1, 1), direct=direct)
    made.run_until(0.5)
    made.deregister(0)
    made.run_until(5.5)
    assert made.remove(0) == 1
    finish(made)
    assert outcomes(made) == ["served"] * 4
    cut_off = tier(requests([0.0], [5.0]), rules(), workers=(1, 1), direct=direct)
    cut_off.run_until(0.5)
    cut_off.deregister(0)
    cut_off.run_until(5.0)  # a loss comes before what ends at the same instant
    assert cut_off.remove(0) == 0
    assert outcomes(cut_off) == ["bad_gateway"]


@BOTH
def test_a_lost_node_breaks_its_connections_and_its_address_is_remembered(direct):
    load = requests([0.0, 0.0, 2.0, 2.0, 9.0], [3.0] * 5, luck=[0.1, 0.9, 0.1, 0.9, 0.9], way_s=((0.0, 0.5, 0.25),))
    made = tier(load, rules(patience_s=20.0), workers=(5,), nodes=2, direct=direct)
    made.run_until(1.0)
    made.break_node(1)
    made.run_until(5.0)
    made.name_nodes([0])
    finish(made)
    assert outcomes(made) == ["served", "connection_reset", "served", "dns_stale", "served"]
    assert made.state.seen_s.tolist() == [3.5, 1.25, 5.5, 22.0, 12.5]
    assert made.state.minute_s[:, at.WASTED_S].sum() == pytest.approx(2.0)


def test_clients_who_try_again():
    how = rules(backlog=0, retries=Retries(times=2, after_s=1.0, growth=3.0), patience_s=10.0)
    load = requests([0.0, 1.0, 2.0], [9.0, 0.5, 0.5], way_s=((0.2, 0.5, 0.3),))
    made = tier(load, how, workers=(1,), horizon_s=60.0)
    finish(made)
    # the second: refused at 1.0 and 1 + .3 + 1 + .2, and again at 2.5 + .3 + 3 + .2 = 6.0: that is the last
    assert outcomes(made) == ["served", "backlog_full", "backlog_full"]
    assert made.state.seen_s == pytest.approx([9.5, 6.3, 7.3])
    assert made.state.minute[:, at.RETRIED].sum() == 4
    patient = tier(load, rules(backlog=0, retries=Retries(times=2, after_s=4.0), patience_s=10.0), workers=(1,))
    finish(patient)
    assert outcomes(patient) == ["served"] * 3
    assert patient.state.seen_s[1:] == pytest.approx([1 + 2 * 4.5 + 0.5 + 0.5, 2 + 2 * 4.5 + 0.5 + 0.5])


def test_who_gives_up_comes_back_and_the_server_works_twice():
    how = rules(retries=Retries(times=1, after_s=1.0), patience_s=4.0)
    made = tier(requests([0.0], [5.0]), how, workers=(1,), horizon_s=60.0)
    finish(made)
    # gave up at 4, came back at 5, when the worker was free again; gave up for good at 9, one second before the end
    assert outcomes(made) == ["timed_out"] and made.state.seen_s.tolist() == [9.0]
    assert made.state.minute_s[:, at.BUSY_S].sum() == pytest.approx(10.0)
    assert made.state.minute_s[:, at.WASTED_S].sum() == pytest.approx(2.0)


def test_the_database_takes_queries_in_turn_and_its_pace_changes_what_is_under_way():
    load = requests([0.0, 0.0, 0.0], [1.0, 1.5, 2.0], db_s=[4.0, 1.0, 0.0])
    made = tier(load, rules(db_workers=1), workers=(3,), horizon_s=60.0)
    made.run_until(3.0)
    made.set_database_pace(3.0)
    finish(made)
    # 1 + 2 at full speed, the other 2 take 6: done at 9; then 1 takes 3
    assert made.state.seen_s.tolist() == [9.0, 12.0, 2.0]
    assert made.state.minute_s[:, at.DB_BUSY_S].sum() == pytest.approx(11.0)
    assert made.state.minute[:, at.QUERIES].sum() == 2


def test_a_lost_database_fails_queries_at_once_and_holds_workers_afterwards():
    load = requests([0.0, 0.0, 2.0, 2.5, 30.0], [1.0, 1.0, 0.5, 0.5, 0.5], db_s=[5.0, 5.0, 1.0, 0.0, 1.0])
    made = tier(load, rules(db_workers=1, db_connect_s=10.0, patience_s=60.0), workers=(2,), horizon_s=60.0)
    made.run_until(2.0)
    made.break_database()
    made.run_until(20.0)
    made.reach_database(0)
    finish(made)
    assert outcomes(made) == ["database_down"] * 3 + ["served", "served"]
    assert made.state.seen_s.tolist() == [2.0, 2.0, 12.5, 3.0, 31.5]
    impatient = tier(load, rules(db_connect_s=10.0, patience_s=5.0), workers=(1,), horizon_s=60.0)
    impatient.run_until(2.0)
    impatient.break_database()
    impatient.run_until(20.0)
    impatient.reach_database(0)
    finish(impatient)
    # who gives up because a page waits for the database knows why; the page without a query waited for the worker
    assert outcomes(impatient) == ["database_down", "database_down", "database_down", "timed_out", "served"]


def test_a_query_goes_on_when_its_server_is_lost():
    load = requests([0.0, 2.0], [1.0, 0.5], db_s=[8.0, 1.0])
    made = tier(load, rules(db_workers=1), workers=(1, 1), horizon_s=60.0)
    made.run_until(2.0)
    made.break_target(0)
    finish(made)
    assert outcomes(made) == ["bad_gateway", "served"]
    assert made.state.seen_s.tolist() == [2.0, 10.0]


def test_a_deep_check_fails_when_the_database_is_slow_and_a_shallow_one_does_not():
    for check_s, found in ((0.0, []), (2.0, [(0.0 + 30.0 + 5.0, 0, 2)])):
        made = tier(requests([500.0], [1.0]), rules(db_check_s=check_s), workers=(1,), first_check_s=0.0)
        made.set_database_pace(4.0)
        made.run_until(100.0)
        assert made.log == found
    assert math.isclose(made.state.minute_s[:, at.DB_BUSY_S].sum(), 4 * 8.0)


def test_a_node_that_does_not_let_clients_in():
    made = tier(requests([0.0, 0.0], [1.0, 1.0], luck=[0.1, 0.9]), rules(patience_s=7.0), workers=(1,), nodes=2)
    made.shut_node(1, "blocked")
    finish(made)
    assert outcomes(made) == ["served", "blocked"] and made.state.seen_s.tolist() == [1.0, 7.0]


@BOTH
def test_a_health_page_that_is_a_file_waits_for_no_worker(direct):
    found = {}
    for waits in (True, False):
        load = requests([0.0, 29.0, 58.0], [34.0, 40.0, 60.0])
        made = tier(load, rules(check_waits=waits), workers=(1,), direct=direct, first_check_s=30.0)
        made.run_until(1000.0)
        found[waits] = made.log
    assert found[True] and not found[False]
