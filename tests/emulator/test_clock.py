"""AWS time: what runs, in what order, and what now is meanwhile."""

from __future__ import annotations

import pickle
import random
import threading
import time
from collections.abc import Iterator

import pytest

from aws14.emulator import clock as clock_module
from aws14.emulator.clock import Clock, TooManyEventsError, handles
from aws14.emulator.world import World


class StillHand:
    """A hand that only moves when it is moved: exact arithmetic."""

    def __init__(self, t: float = 1000.0) -> None:
        self.t = t

    def time(self) -> float:
        return self.t

    def move_to(self, t: float, *, tick: bool) -> None:
        self.t = t


@pytest.fixture
def ran() -> Iterator[list[tuple[float, str]]]:
    """What the handler "test.note" was called with: (now, label)."""
    notes: list[tuple[float, str]] = []
    handles("test.note")(lambda label: notes.append((the_clock[0].now(), label)))
    yield notes
    del clock_module._HANDLERS["test.note"]


the_clock: list[Clock] = []


@pytest.fixture
def clock() -> Clock:
    the_clock[:] = [World(StillHand()).clock]
    return the_clock[0]


def test_events_run_in_time_order_each_at_its_due_time(clock, ran):
    times = [1000.0 + t for t in random.Random(1).sample(range(5000), 2000)]
    for t in times:
        clock.at(t, "test.note", (str(t),))
    fired = clock.advance(5000)
    assert ran == [(t, str(t)) for t in sorted(times)]
    assert fired == [(t, "test.note") for t in sorted(times)]
    assert clock.now() == 6000.0


def test_a_handler_knows_how_far_time_is_let_pass(clock, ran):
    seen = []
    handles("test.looks")(lambda: seen.append(clock.horizon))
    clock.at(1010.0, "test.looks")
    clock.at(1060.0, "test.looks")
    assert clock.horizon == 1000.0
    clock.advance(50)
    assert clock.horizon == 1050.0
    clock.advance(5000)
    del clock_module._HANDLERS["test.looks"]
    assert seen == [1050.0, 6050.0]


def test_equal_times_keep_the_order_of_posting(clock, ran):
    for label in "abc":
        clock.at(1010.0, "test.note", (label,))
    clock.advance(10)
    assert [label for _, label in ran] == ["a", "b", "c"]


def test_an_event_posted_by_an_event_runs_in_the_same_advance(clock, ran):
    handles("test.again")(lambda: clock.after(7, "test.note", ("later",)))
    clock.at(1003.0, "test.again")
    clock.at(1005.0, "test.note", ("between",))
    clock.advance(20)
    assert ran == [(1005.0, "between"), (1010.0, "later")]


def test_advance_stops_short_of_what_is_not_due(clock, ran):
    clock.at(1100.0, "test.note", ("late",))
    assert clock.advance(99.5) == []
    assert (clock.pending, clock.now()) == (1, 1099.5)
    assert clock.advance(0.5) == [(1100.0, "test.note")]


def test_what_was_missed_is_caught_up_at_its_own_time(clock, ran):
    clock.at(1001.0, "test.note", ("missed",))
    clock._hand.t = 1060.0
    assert clock.run_due() == 1
    assert ran == [(1001.0, "missed")]
    assert clock.now() >= 1060.0


def test_the_past_means_now(clock, ran):
    clock.at(5.0, "test.note", ("past",))
    clock.run_due()
    assert ran == [(1000.0, "past")]


def test_a_failing_event_does_not_take_the_others_along(clock, ran):
    handles("test.fails")(lambda: 1 / 0)
    clock.at(1001.0, "test.fails")
    clock.at(1002.0, "test.note", ("after",))
    clock.advance(5)
    assert [label for _, label in ran] == ["after"]


def test_unknown_names_are_refused_when_posted(clock):
    with pytest.raises(KeyError, match=r"no\.such"):
        clock.at(1001.0, "no.such")


def test_events_that_breed_at_one_instant_are_stopped(clock, monkeypatch):
    monkeypatch.setattr(clock_module, "_MOST_EVENTS", 50)
    handles("test.breeds")(lambda: clock.after(0, "test.breeds"))
    clock.at(1001.0, "test.breeds")
    with pytest.raises(TooManyEventsError, match=r"test\.breeds"):
        clock.advance(5)


def test_a_saved_clock_goes_on_where_it_was(clock, ran):
    for t, label in ((1050.0, "b"), (1020.0, "a"), (1050.0, "c")):
        clock.at(t, "test.note", (label,))
    saved = pickle.loads(pickle.dumps(clock.state()))
    later = World(StillHand(9e9)).clock
    the_clock[:] = [later]
    later.restore(saved)
    assert later.now() == 1000.0
    later.at(1050.0, "test.note", ("d",))
    later.advance(100)
    assert ran == [(1020.0, "a"), (1050.0, "b"), (1050.0, "c"), (1050.0, "d")]


def test_the_thread_runs_what_becomes_due_and_sleeps_otherwise(ran):
    class RealHand(StillHand):
        def __init__(self) -> None:
            super().__init__()
            self.since = time.monotonic()

        def time(self) -> float:
            return self.t + time.monotonic() - self.since

        def move_to(self, t: float, *, tick: bool) -> None:
            self.t, self.since = t, time.monotonic()

    clock = World(RealHand()).clock
    the_clock[:] = [clock]
    done, stopped = threading.Event(), threading.Event()
    handles("test.done")(done.set)
    thread = threading.Thread(target=clock.keep_running, args=(stopped,), daemon=True)
    thread.start()
    clock.after(0.05, "test.done")
    assert done.wait(10)
    stopped.set()
    clock.wake()
    thread.join(10)
    assert not thread.is_alive()


def test_while_a_handler_has_let_go_of_the_lock_nobody_runs_the_next_event():
    world = World(StillHand())
    clock = world.clock
    the_clock[:] = [clock]
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        order.append("slow begins")
        with world.released():
            inside.set()
            assert go_on.wait(10)
        order.append("slow ends")

    handles("test.slow")(slow)
    handles("test.next")(lambda: order.append("next"))
    clock.at(1001.0, "test.slow")
    clock.at(1001.0, "test.next")
    advancing = threading.Thread(target=clock.advance, args=(5,), daemon=True)
    advancing.start()
    assert inside.wait(10)
    with world.turn():  # a request meanwhile: it gets the lock, and runs no event
        order.append(f"request at {clock.now():.0f}")
    go_on.set()
    advancing.join(10)
    assert order == ["slow begins", "request at 1001", "slow ends", "next"]
