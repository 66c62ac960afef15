"""The pool against two libraries that know nothing of it, on the same arrays, request by request."""

from __future__ import annotations

import ciw
import numpy as np
import pytest
import simpy

from aws14.kernels.worker_pool import ACCEPTED, LEFT_BEFORE, NO_CONNECTION, NO_PLACE


def simpy_pool(arrival_s, service_s, leave_s, send_s, *, workers, backlog, connections):
    """The same server written as SimPy processes."""
    environment = simpy.Environment()
    server = simpy.Resource(environment, workers)
    start_s, verdict, connected = np.full(len(arrival_s), np.nan), np.zeros(len(arrival_s), np.int8), [0]

    def request(i):
        yield environment.timeout(arrival_s[i])
        if leave_s[i] <= arrival_s[i]:
            verdict[i] = LEFT_BEFORE
        elif connected[0] >= connections:
            verdict[i] = NO_CONNECTION
        elif server.count == workers and len(server.queue) >= backlog:
            verdict[i] = NO_PLACE
        else:
            verdict[i] = ACCEPTED
            connected[0] += 1
            with server.request() as turn:
                yield turn
                start_s[i] = environment.now
                yield environment.timeout(service_s[i])
            yield environment.timeout(max(0.0, min(send_s[i], leave_s[i] - environment.now)))
            connected[0] -= 1

    for i in range(len(arrival_s)):
        environment.process(request(i))
    environment.run()
    return start_s, verdict


@pytest.mark.parametrize(
    ("workers", "backlog", "connections", "load"),
    [(1, 1000, 5000, 0.9), (3, 0, 5000, 1.5), (4, 10, 5000, 1.3), (2, 50, 12, 1.1), (101, 20, 220, 1.3)],
)
def test_simpy_starts_and_refuses_the_same_requests(run_pool, random, workers, backlog, connections, load):
    arrival_s = np.cumsum(random("arrival").exponential(1 / (load * workers), 4_000))
    service_s = random("service").exponential(1, 4_000)
    leave_s = arrival_s + random("patience").uniform(-0.2, 12, 4_000)
    send_s = random("send").uniform(0, 2, 4_000)
    limits = {"workers": workers, "backlog": backlog, "connections": connections}
    start_s, verdict = simpy_pool(arrival_s, service_s, leave_s, send_s, **limits)
    pool = run_pool(arrival_s, service_s, leave_s=leave_s, send_s=send_s, **limits)
    assert np.array_equal(pool.verdict, verdict)
    assert np.array_equal(pool.start_s, start_s, equal_nan=True)  # the same additions in the same order: the same bits
    assert np.nanmax(pool.start_s - arrival_s) > 0 or backlog == 0


@pytest.mark.parametrize(("workers", "load"), [(1, 0.9), (4, 1.1)])
def test_ciw_waits_the_same(run_pool, random, workers, load):
    arrival_s = np.cumsum(random("arrival").exponential(1 / (load * workers), 2_000))
    service_s = random("service").exponential(1, 2_000)
    gaps = np.diff(arrival_s, prepend=0.0).tolist()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, 1e12])],
        service_distributions=[ciw.dists.Sequential(service_s.tolist())],
        number_of_servers=[workers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(2_000)
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    pool = run_pool(arrival_s, service_s, workers=workers)
    assert len(records) == 2_000
    waits_s = [record.waiting_time for record in records]
    np.testing.assert_allclose(pool.start_s - arrival_s, waits_s, rtol=0, atol=1e-8)
