"""Execution environments against SimPy and a straightforward Python program: the same invocations, in one run.

Model: 1,000 invocations a second of 50 ms, environments that start in 200 ms and are kept for 600 s, newest idle first.
Every contender gets the beginning of the same arrays, as much as it can play in a few seconds; what each invocation
waited is compared one by one. Times are of the processor, the best of three.

Run: ``python benchmarks/environments.py`` (under a minute).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import simpy
from numpy.typing import NDArray
from tabulate import tabulate

from aws14.sim.environments import Rules, invoke
from aws14.sim.streams import exponentials, stream

Floats = NDArray[np.float64]
RATE_RPS, WORK_S, START_S, KEEP_S = 1000.0, 0.05, 0.2, 600.0
INVOCATIONS, TIMES = 1_000_000, 3


def with_aws14(arrival_s: Floats, work_s: Floats) -> Floats:
    """The loop of the course, with its limit, time-out, bucket and connections switched on and never reached."""
    rules = Rules(limit=100_000, timeout_s=900.0, start_rate=1e6, start_burst=1e6, connections_each=1)
    starts = {"start_s": np.full(1, START_S), "keep_s": np.full(1, KEEP_S)}
    calls = invoke(arrival_s, work_s, np.zeros(len(arrival_s)), rules=rules, **starts)
    waits: Floats = calls.begin_s - calls.arrival_s
    return waits


def with_a_list(arrival_s: Floats, work_s: Floats) -> Floats:
    """The shortest exact program in plain Python: a list of environments, looked through for each invocation."""
    environments: list[list[float]] = []
    waits_s = []
    for now_s, lasts_s in zip(arrival_s.tolist(), work_s.tolist(), strict=True):
        environments = [each for each in environments if each[0] + KEEP_S > now_s]
        idle = [each for each in environments if each[0] <= now_s]
        wait_s = 0.0 if idle else START_S
        chosen = max(idle) if idle else [0.0]
        if not idle:
            environments.append(chosen)
        chosen[0] = now_s + wait_s + lasts_s
        waits_s.append(wait_s)
    return np.array(waits_s)


def with_simpy(arrival_s: Floats, work_s: Floats) -> Floats:
    """A process for each invocation; idle environments on a stack, with the time since when they are idle."""
    world = simpy.Environment()
    waits_s = np.zeros(len(arrival_s))
    idle: list[float] = []

    def invocation(number, lasts_s):
        while idle and idle[0] + KEEP_S <= world.now:
            idle.pop(0)
        if idle:
            idle.pop()
        else:
            waits_s[number] = START_S
            yield world.timeout(START_S)
        yield world.timeout(lasts_s)
        idle.append(world.now)

    def source():
        for number, (now_s, lasts_s) in enumerate(zip(arrival_s.tolist(), work_s.tolist(), strict=True)):
            yield world.timeout(now_s - world.now)
            world.process(invocation(number, lasts_s))

    world.process(source())
    world.run()
    return waits_s


def _timed(contender: Callable[[Floats, Floats], Floats], arrival_s: Floats, work_s: Floats) -> tuple[float, Floats]:
    best_s, waits_s = float("inf"), np.empty(0)
    for _ in range(TIMES):
        began_s = time.process_time()
        waits_s = contender(arrival_s, work_s)
        best_s = min(best_s, time.process_time() - began_s)
    return best_s, waits_s


def main() -> None:
    """Play, compare, and print a table."""
    arrival_s = np.cumsum(exponentials(stream(14, "arrivals"), INVOCATIONS)) / RATE_RPS
    work_s = exponentials(stream(14, "work"), INVOCATIONS) * WORK_S
    with_aws14(arrival_s[:10], work_s[:10])
    rows, ours = [], np.empty(0)
    for name, contender, size in (
        ("aws14 (numba)", with_aws14, INVOCATIONS),
        ("plain Python list", with_a_list, 20_000),
        (f"SimPy {simpy.__version__}", with_simpy, 100_000),
    ):
        seconds, waits_s = _timed(contender, arrival_s[:size], work_s[:size])
        ours = ours if len(ours) else waits_s
        alike = int(np.isclose(waits_s, ours[:size]).sum())
        rows.append((name, f"{size:,}", f"{seconds:.3f}", f"{size / seconds:,.0f}", f"{alike / size:.2%}"))
    heads = ("program", "invocations", "CPU s", "invocations/s", "waits as ours")
    print(tabulate(rows, headers=heads, colalign=("left", *["right"] * 4)))


if __name__ == "__main__":
    main()
