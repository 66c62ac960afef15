"""Every compiled kernel and its Python source give the same bits, on arrays that reach every branch."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels import arrivals, histogram, merging, tally, worker_pool
from aws14.kernels.bins import BINS
from aws14.sim.pool import WorkerPool

PARTS = {
    worker_pool: ("_sift_down", "_push", "_occupy_earliest", "_connection_ends", "_busy"),
    tally: ("_spread", "_decide"),
}


@pytest.fixture
def plain(monkeypatch):
    """The parts of the kernels as Python, so that ``py_func`` runs no compiled code at all."""
    for module, names in PARTS.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name).py_func)


def twice(kernel, *arguments):
    """Run a kernel and its source on copies; return both sets of arrays, and both results."""
    compiled = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    source = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    results = kernel(*compiled), kernel.py_func(*source)
    return compiled, source, results


def assert_same_bits(compiled, source):
    for one, other in zip(compiled, source, strict=True):
        if isinstance(one, np.ndarray):
            assert one.tobytes() == other.tobytes()


def eventful_run(arrays, workers, end_s):
    """A pool at full speed, slowed down, at full speed again, down for a while, and on to the end."""
    pool = WorkerPool(*arrays, workers=workers, backlog=7, connections=9 + 4 * workers // 3)
    for share, speed in ((0.2, 1.0), (0.4, 0.6), (0.7, 1.0)):
        pool.run_until(share * end_s)
        pool.set_speed(share * end_s, speed)
    pool.run_until(0.8 * end_s)
    pool.lose(0.8 * end_s, 0.85 * end_s)
    pool.run_until(end_s)
    return pool


@pytest.mark.parametrize("workers", [1, 4, 101])
def test_worker_pool_and_tally(plain, monkeypatch, random, workers):
    size = 4_000
    sent_s = np.cumsum(random("arrival").exponential(1 / workers, size))
    arrival_s = sent_s + 0.3
    service_s = random("service").exponential(1.2, size)
    leave_s = sent_s + random("patience").exponential(8.0, size)
    send_s = np.repeat([0.01, 6.0], size // 2)  # first the backlog is the narrow place, then the connections
    end_s = float(sent_s[-1])
    compiled = eventful_run((arrival_s, service_s, leave_s, send_s), workers, end_s)
    for name in ("serve", "lose", "change_pace"):
        monkeypatch.setattr(worker_pool, name, getattr(worker_pool, name).py_func)
    source = eventful_run((arrival_s, service_s, leave_s, send_s), workers, end_s)
    for array in ("start_s", "end_s", "verdict"):
        assert getattr(compiled, array).tobytes() == getattr(source, array).tobytes()
    assert set(compiled.verdict) - {0} == {1, 2, 3, 4, 5, 6}

    ticks = int(end_s // 60) + 1
    blank = (
        np.zeros(size, np.int8),
        np.zeros(size),
        np.zeros(size, np.int32),
        np.zeros((ticks, tally.COLUMNS), np.int64),
        np.zeros(ticks),
    )
    back_s = np.full(size, 0.05)
    seen = (sent_s, arrival_s, source.end_s, send_s, back_s, leave_s, source.verdict, 60.0, end_s, *blank)
    compiled, same, _ = twice(tally.outcomes, *seen)
    assert_same_bits(compiled, same)
    assert set(compiled[-5]) == {-1, 0, 1, 2, 3, 4, 5}

    done = (source.start_s, source.end_s, leave_s, 60.0, end_s, np.zeros(ticks), np.zeros(ticks))
    compiled, same, _ = twice(tally.work, *done)
    assert_same_bits(compiled, same)
    assert compiled[-1].sum() > 0


def test_arrivals(random):
    time_s = np.array([0.0, 100, 100, 300, 400, 900])
    rate_rps = np.array([0.0, 8, 2, 2, 0, 5])
    expected = np.concatenate(([0.0], np.cumsum(np.diff(time_s) * (rate_rps[1:] + rate_rps[:-1]) / 2)))
    unit = np.cumsum(random("unit").exponential(1, 4_000))
    compiled, source, (count, again) = twice(arrivals.rescale, unit, time_s, rate_rps, expected, np.zeros(4_000))
    assert count == again and 0 < count < 4_000
    assert_same_bits(compiled, source)


def test_merging(random):
    sent_s, group = (
        np.cumsum(random("sent").exponential(0.1, 3_000)),
        random("group").integers(0, 5, 3_000).astype(np.int8),
    )
    spare = np.zeros(5, np.int64), np.zeros(3_000, np.int64), np.zeros(3_000, np.int32)
    given = sent_s, group, np.array([0.0, 0.25, 0.25, 1.0, 0.03]), *spare
    compiled, source, _ = twice(merging.order_of_arrival, *given)
    assert_same_bits(compiled, source)


def test_histogram(random):
    value_s = np.exp(random("value").normal(-2, 6, 5_000))
    row = random("row").integers(-1, 3, 5_000).astype(np.int32)
    compiled, source, _ = twice(histogram.record, value_s, row, np.zeros((3, BINS), np.uint32))
    assert_same_bits(compiled, source)


def test_an_array_of_another_type_is_refused_and_not_compiled_for():
    with pytest.raises(TypeError, match="No matching definition"):
        histogram.record(np.zeros(3, np.float32), np.zeros(3, np.int32), np.zeros((1, BINS), np.uint32))
