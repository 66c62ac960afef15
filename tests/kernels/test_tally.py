"""What each client saw, by hand: every outcome on both sides of its edge; work spread over minutes."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels import tally
from aws14.kernels.worker_pool import ACCEPTED, DOWN, LEFT_BEFORE, LOST, NO_CONNECTION, NO_PLACE, NOT_SEEN

NAN = np.nan
HORIZON_S = 150.0


def see(*, sent_s, verdict, end_s=NAN, leave_s=None):
    """One request that takes 1 s to the server, and whose answer takes 3 s and whose refusal takes 0.5 s back."""
    leave_s = sent_s + 10.0 if leave_s is None else leave_s
    given = (sent_s, sent_s + 1.0, end_s, 3.0, 0.5, leave_s)
    outcome, response_s, served_tick = np.zeros(1, np.int8), np.zeros(1), np.zeros(1, np.int32)
    count, sum_s = np.zeros((3, tally.COLUMNS), np.int64), np.zeros(3)
    arrays = (np.array([value]) for value in given)
    filled = (outcome, response_s, served_tick, count, sum_s)
    tally.outcomes(*arrays, np.array([verdict], np.int8), 60.0, HORIZON_S, *filled)
    tick = int(sent_s // 60)
    assert count[:, : tally.ACCEPTED_COLUMN].sum() == count[tick, outcome[0] + 1] == 1
    assert served_tick[0] == (tick if outcome[0] == tally.SERVED else -1)
    assert sum_s[tick] == (response_s[0] if outcome[0] == tally.SERVED else 0)
    return int(outcome[0]), float(response_s[0]), count[tick, tally.ACCEPTED_COLUMN :].tolist()


@pytest.mark.parametrize(
    ("leave_s", "outcome", "response_s", "answered"),
    [(69.0, tally.SERVED, 9.0, 1), (68.9, tally.TIMED_OUT, 8.9, 1), (66.0, tally.TIMED_OUT, 6.0, 0)],
    ids=["the answer comes at the last moment", "it comes too late", "the client leaves as the service ends"],
)
def test_answers(leave_s, outcome, response_s, answered):
    # sent 60, at the server 61, service until 66, answer there at 69
    seen = see(sent_s=60.0, verdict=ACCEPTED, end_s=66.0, leave_s=leave_s)
    assert seen == (outcome, pytest.approx(response_s), [1, answered])


@pytest.mark.parametrize(
    ("verdict", "reason"), [(NO_CONNECTION, tally.CONNECTION_LIMIT), (NO_PLACE, tally.BACKLOG_FULL)]
)
def test_refusals(verdict, reason):
    assert see(sent_s=60.0, verdict=verdict) == (reason, 1.5, [0, 0])
    assert see(sent_s=60.0, verdict=verdict, leave_s=61.5) == (reason, 1.5, [0, 0])
    assert see(sent_s=60.0, verdict=verdict, leave_s=61.4) == (tally.TIMED_OUT, pytest.approx(1.4), [0, 0])


def test_a_request_lost_at_the_server_is_known_when_the_news_arrives():
    # sent 60, at the server 61, lost there at 65, known at 65.5
    assert see(sent_s=60.0, verdict=LOST, end_s=65.0) == (tally.CONNECTION_RESET, 5.5, [1, 0])
    assert see(sent_s=60.0, verdict=LOST, end_s=65.0, leave_s=65.5) == (tally.CONNECTION_RESET, 5.5, [1, 0])
    assert see(sent_s=60.0, verdict=LOST, end_s=65.0, leave_s=65.4)[0] == tally.TIMED_OUT
    assert see(sent_s=141.0, verdict=LOST, end_s=149.6)[0] == tally.IN_FLIGHT


def test_a_server_that_is_down_lets_the_client_wait_until_it_leaves():
    assert see(sent_s=60.0, verdict=DOWN) == (tally.INSTANCE_DOWN, 10.0, [0, 0])
    assert see(sent_s=141.0, verdict=DOWN)[0] == tally.IN_FLIGHT


@pytest.mark.parametrize(("verdict", "accepted"), [(ACCEPTED, 1), (NOT_SEEN, 0), (LEFT_BEFORE, 0)])
def test_a_client_that_is_never_answered_leaves(verdict, accepted):
    assert see(sent_s=60.0, verdict=verdict) == (tally.TIMED_OUT, 10.0, [accepted, 0])


@pytest.mark.parametrize(
    ("end_s", "outcome", "answered"),
    [(147.0, tally.SERVED, 1), (147.1, tally.IN_FLIGHT, 1), (150.1, tally.IN_FLIGHT, 0), (NAN, tally.IN_FLIGHT, 0)],
    ids=["answered at the horizon", "still being sent", "still served", "still waiting"],
)
def test_the_horizon(end_s, outcome, answered):
    seen, response_s, columns = see(sent_s=141.0, verdict=ACCEPTED, end_s=end_s)
    assert (seen, columns) == (outcome, [1, answered])
    assert np.isnan(response_s) == (outcome == tally.IN_FLIGHT)


def test_a_client_that_leaves_at_the_horizon_has_timed_out():
    assert see(sent_s=140.0, verdict=ACCEPTED)[0] == tally.TIMED_OUT
    assert see(sent_s=140.1, verdict=ACCEPTED)[0] == tally.IN_FLIGHT


def test_a_request_sent_at_the_horizon_counts_in_the_last_minute():
    assert see(sent_s=149.9, verdict=NOT_SEEN)[0] == tally.IN_FLIGHT


def test_work_is_spread_over_the_minutes_it_is_done_in():
    busy_s, wasted_s = np.zeros(3), np.zeros(3)
    start_s = np.array([10.0, 50.0, 100.0, 149.0, NAN])
    end_s = np.array([15.0, 130.0, 130.0, 158.0, NAN])
    leave_s = np.array([15.0, 70.0, 90.0, 200.0, 0.0])
    tally.work(start_s, end_s, leave_s, 60.0, HORIZON_S, busy_s, wasted_s)
    # 10-15, 50-130 (client gone at 70), 100-130 (client gone before), 149-150 (cut at the horizon), never started
    assert busy_s.tolist() == [5 + 10, 60 + 20, 10 + 10 + 1]
    assert wasted_s.tolist() == [0, 50 + 20, 10 + 10]
