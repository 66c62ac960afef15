"""A queue worked off: by hand, by the closed form, and what each knob of the worker does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14.errors import ScenarioError
from aws14.sim.backlog import Worker, pollers, work_off


def queued(count, work_s, **worker):
    return work_off(np.zeros(count), np.full(count, work_s), Worker(**worker))


def test_a_heap_of_work_takes_its_time_over_the_places_to_work_at():
    """1,000 messages of 2 s in batches of 10 at 5 places: 1000 x 2 / 5 = 400 s."""
    found = queued(1_000, 2.0, batch=10, concurrency=5)
    assert found.empty_s == pytest.approx(400.0)
    assert (found.invocations, found.most, found.dead) == (100, 5, 0)
    assert queued(1_000, 2.0, batch=10, concurrency=5, start_s=0.5).empty_s == pytest.approx(410.0)


def test_the_event_source_grows_by_300_batches_a_minute():
    assert [pollers(at_s) for at_s in (0, 59.9, 60, 120, 3600)] == [5, 5, 305, 605, 1250]
    found = queued(2_000, 30.0, batch=1, concurrency=1000)
    assert found.most == 605
    assert (np.sort(found.done_s)[:10] == [30.0] * 5 + [60.0] * 5).all()
    assert (found.done_s <= 90.0).sum() == 10 + 305


def test_messages_that_trickle_in_wait_for_their_window():
    sent_s, work_s = np.array([0.0, 1.0, 2.0, 100.0]), np.full(4, 0.5)
    at_once = work_off(sent_s, work_s, Worker(batch=10))
    assert at_once.done_s.tolist() == [0.5, 1.5, 2.5, 100.5]
    together = work_off(sent_s, work_s, Worker(batch=10, window_s=5.0))
    assert together.done_s.tolist() == [6.5, 6.5, 6.5, 105.5]
    assert together.invocations == 2
    full = work_off(sent_s, work_s, Worker(batch=3, window_s=5.0))
    assert full.done_s.tolist()[:3] == [3.5] * 3  # full at 2 s: nobody waits longer


def test_what_fails_comes_back_and_ends_in_the_dead_letter_queue():
    found = queued(3, 1.0, batch=1, failing=1.0, max_receives=3, visibility_s=30.0)
    assert found.dead == 3 and found.receives.tolist() == [3, 3, 3] and found.empty_s == 0.0
    assert found.waiting(np.array([0.0])).tolist() == [0]
    half = work_off(np.zeros(4_000), np.full(4_000, 0.1), Worker(failing=0.5, max_receives=4))
    expected = 0.5**4
    assert abs(half.dead / 4_000 - expected) < 4 * math.sqrt(expected * (1 - expected) / 4_000)
    assert half.receives.mean() == pytest.approx(1 + 0.5 + 0.25 + 0.125, rel=0.05)


def test_a_function_that_does_not_say_which_failed_takes_all_again():
    said, unsaid = (
        work_off(np.zeros(1_000), np.full(1_000, 0.1), Worker(failing=0.05, partial=partial, max_receives=5))
        for partial in (True, False)
    )
    assert unsaid.receives.sum() > 1.3 * said.receives.sum()
    assert unsaid.dead >= said.dead


def test_a_batch_longer_than_the_time_out_never_gets_done():
    heavy = queued(20, 100.0, batch=10, timeout_s=900.0, max_receives=2)
    assert heavy.dead == 20
    assert queued(20, 100.0, batch=5, timeout_s=900.0, max_receives=2).dead == 0


def test_the_queue_is_conserved_at_every_moment():
    random = np.random.default_rng(9)
    sent_s = np.sort(random.random(500) * 100)
    found = work_off(sent_s, random.exponential(1.0, 500), Worker(batch=4, concurrency=3))
    assert (found.done_s > sent_s).all()
    waiting = found.waiting(np.arange(0.0, found.empty_s + 1, 1.0))
    assert waiting.max() > 0 and waiting[-1] == 0
    assert found.receives.tolist() == [1] * 500


@pytest.mark.parametrize(
    "worker", [{"batch": 0}, {"concurrency": 0}, {"failing": 1.0}, {"failing": 2.0}, {"timeout_s": 5.0}]
)
def test_what_would_never_end_is_refused(worker):
    with pytest.raises(ScenarioError):
        Worker(**worker)


def test_an_empty_queue_is_empty():
    found = work_off(np.empty(0), np.empty(0), Worker())
    assert (found.empty_s, found.invocations, found.most) == (0.0, 0, 0)
