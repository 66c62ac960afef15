"""A single server: requests over the network, a pool of workers, CPU credits, and what breaks.

The way (`network`), the requests (`workload`), the server (`pool`), its CPU credits (`credits`), outages (`outages`).
Left out: clients that try again, and the database behind the server.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.model import Scenario, Topology
from aws14.sim.accounting import TICK_S, Fields, served, ticks
from aws14.sim.credits import CreditAccount, open_account, run_on_credits
from aws14.sim.entry import Path
from aws14.sim.network import Journey, journey, round_trip_s
from aws14.sim.outages import Outage, down_s, outages
from aws14.sim.pool import WorkerPool
from aws14.sim.visits import all_arriving, arriving, visits
from aws14.sim.workload import Workload, workload


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """How a run gets to a single server.

    Parameters
    ----------
    topology : Topology
        What was built.
    scenario : Scenario
        Load, users, application, what breaks.
    way : Path
        To the instance.
    region : str
        In which it stands.
    travel : Journey, optional
        How long requests are on their way, by city; left out: straight from the users.
    which : ndarray of bool, optional
        The requests that come here, in the order of sending; all when left out.
    """

    topology: Topology
    scenario: Scenario
    way: Path
    region: str
    travel: Journey | None = None
    which: NDArray[np.bool_] | None = None


def through_server(crossing: Crossing, *, each: bool) -> Fields:
    """Send requests over the network through an instance, and account for them; `each`: for each one as well."""
    topology, scenario, way = crossing.topology, crossing.scenario, crossing.way
    application = scenario.application
    down = outages(topology, way.instance, scenario)
    machine = catalog.instance_type(str(way.instance.require("instance_type")))
    travel = crossing.travel
    if travel is None:
        round_trips_s = [round_trip_s(city, crossing.region) for city in scenario.users]
        travel = journey(round_trips_s, application, by_name=way.by_name, server_gbps=machine.net_baseline_gbps)
    load, service_s = _load(scenario, travel, crossing.which)
    workers = machine.vcpu * application.workers_per_vcpu * way.instance.count
    pool = WorkerPool(
        load.arrival_s,
        service_s,
        load.sent_s + application.client_timeout_s,
        travel.send_s[load.city],
        workers=workers,
        backlog=application.backlog,
        connections=application.max_connections,
    )
    account = open_account(scenario, way.instance, tick_s=TICK_S, ticks=ticks(scenario))
    _work(pool, account, down, scenario.horizon_s)
    fields = served(scenario, load, pool, back_s=travel.back_s[load.city], each=each)
    fields["credits"] = account and account.statement()
    if scenario.faults:
        fields["down_s"] = down_s(down, ticks=ticks(scenario), tick_s=TICK_S) * way.instance.count
    return fields


def _load(scenario: Scenario, travel: Journey, which: NDArray[np.bool_] | None) -> tuple[Workload, NDArray[np.float64]]:
    """The requests that come, and how long each holds a worker."""
    application = scenario.application
    if which is None and not application.static_share:
        load = workload(scenario, travel.before_s)
        return load, load.work * application.service_time_s
    given = all_arriving(scenario, travel) if which is None else arriving(visits(scenario), travel, which)
    load = Workload(sent_s=given.sent_s, arrival_s=given.arrival_s, work=given.page_s, city=given.city)
    return load, given.page_s


def _work(pool: WorkerPool, account: CreditAccount | None, down: tuple[Outage, ...], horizon_s: float) -> None:
    """Run a pool to the horizon, from outage to outage, as fast as its credits let it."""
    up_s = 0.0
    for starts_s, ends_s in (*down, (horizon_s, horizon_s)):
        if account is None:
            pool.run_until(starts_s)
        else:
            run_on_credits(pool, account, up_s, starts_s)
        if starts_s < horizon_s:
            pool.lose(starts_s, ends_s)
            if account is not None:
                account.pause(starts_s, ends_s)
        up_s = ends_s
