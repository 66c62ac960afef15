"""One run: a load, users and an application through what was built.

Who gets in (`entry`), the way (`network`), the requests (`workload`), the server (`pool`), its CPU credits
(`credits`), what breaks (`outages`), the accounts (`Trace`). Left out so far: kept-alive connections, retries.
"""

from __future__ import annotations

from typing import Literal

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Scenario, Topology, Trace
from aws14.sim.accounting import TICK_S, Fields, served, ticks, turned_away
from aws14.sim.conservation import check_conservation
from aws14.sim.credits import CreditAccount, open_account, run_on_credits
from aws14.sim.entry import Path, Unreachable, resolve
from aws14.sim.network import journey, round_trip_s
from aws14.sim.outages import Outage, down_s, outages
from aws14.sim.pool import WorkerPool
from aws14.sim.workload import workload


def simulate(topology: Topology, scenario: Scenario, *, keep: Literal["minutes", "requests"] = "minutes") -> Trace:
    """Send a load through what was built.

    Parameters
    ----------
    topology : Topology
        Read back from AWS (``origin="built"``).
    scenario : Scenario
        Load, users, application, length, seed.
    keep : {'minutes', 'requests'}
        Sums and histograms per minute, or each request as well.

    Returns
    -------
    Trace
        It obeys the conservation law.

    Raises
    ------
    ScenarioError
        When the topology is a drawing, the entry cannot be addressed, or the load cannot be drawn.
    DataError
        When the course has no facts about a city, the region or the instance type.
    DesignError
        When an attribute that decides was not read back.
    """
    if keep not in ("minutes", "requests"):
        raise ScenarioError(f"keep is {keep!r}", allowed="'minutes' or 'requests'")
    way = resolve(topology, scenario.entry, scenario.application.port)
    if isinstance(way, Unreachable):
        region = _only_region(topology)
        account = turned_away(scenario, way.reason, each=keep == "requests")
    else:
        region = _region(topology, way)
        down = outages(topology, way.instance, scenario)
        account = _served(scenario, way, region, down, each=keep == "requests")
    trace = Trace(
        scenario=scenario.name,
        pattern=topology.name,
        region=region,
        horizon_s=scenario.horizon_s,
        seed=scenario.seed,
        replication=scenario.replication,
        nodes=way.nodes,
        faults=scenario.faults,
        **account,
    )
    return check_conservation(trace)


def _served(scenario: Scenario, way: Path, region: str, down: tuple[Outage, ...], *, each: bool) -> Fields:
    """Send the requests over the network through the instance, and account for them."""
    application = scenario.application
    machine = catalog.instance_type(str(way.instance.require("instance_type")))
    round_trips_s = [round_trip_s(city, region) for city in scenario.users]
    travel = journey(round_trips_s, application, by_name=way.by_name, server_gbps=machine.net_baseline_gbps)
    load = workload(scenario, travel.before_s)
    workers = machine.vcpu * application.workers_per_vcpu * way.instance.count
    pool = WorkerPool(
        load.arrival_s,
        load.work * application.service_time_s,
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


def _region(topology: Topology, path: Path) -> str:
    region = topology.container(path.instance.id, "region")
    if region is None:
        raise ScenarioError(
            f"the instance '{path.instance.id}' stands in no region", cure="read the topology back again"
        )
    return region.id


def _only_region(topology: Topology) -> str:
    regions = topology.of_kind("region")
    return regions[0].id if len(regions) == 1 else ""
