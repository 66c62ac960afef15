"""The web tier against SimPy and Ciw: a day behind a load balancer in which things break, and a day that is scaled.

SimPy plays the same model on the beginning of the same arrays; every outcome is compared. Ciw plays the balancing
alone. Called by ``python benchmarks/simulation.py``.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ciw
import numpy as np
import simpy
from numpy.typing import NDArray

from aws14.kernels import tier_state as at
from aws14.model import Application, Diurnal, Node, Scenario, Topology
from aws14.sim.autoscaling import Group, Spec, TargetTracking
from aws14.sim.entry import Entrance, ToFleet
from aws14.sim.fleet import FleetRun
from aws14.sim.fleet.accounts import accounts
from aws14.sim.fleet.planning import travel_to
from aws14.sim.streams import exponentials, stream
from aws14.sim.targets import Target, Tier
from aws14.sim.tier_rules import TierRequests, TierRules
from aws14.sim.visits import all_arriving
from aws14.sim.web_tier import WebTier

Floats = NDArray[np.float64]
DAY_S, REQUESTS, SIMPY_REQUESTS, CIW_REQUESTS = 86_400.0, 1_000_000, 100_000, 100_000
TARGETS, WORKERS, PAGE_S, DB_S, DB_WORKERS, PATIENCE_S = 12, 2, 0.6, 0.2, 6, 10.0
INTERVAL_S, TIMEOUT_S, CONNECT_S = 30.0, 5.0, 10.0
BREAKS, HEALS, LEAVES, GOES = 0.4, 0.45, 0.7, 0.71
"""Shares of the run at which half of the targets are lost and found, and one is deregistered and gone."""
SEED = 14


def load(count: int) -> TierRequests:
    """Poisson arrivals over a day of a million; exponential pages and queries."""
    arrival_s = np.cumsum(exponentials(stream(SEED, "arrivals"), REQUESTS)[:count]) * DAY_S / REQUESTS
    return TierRequests(
        sent_s=arrival_s,
        arrival_s=arrival_s,
        page_s=exponentials(stream(SEED, "service"), REQUESTS)[:count] * PAGE_S,
        db_s=exponentials(stream(SEED, "database"), REQUESTS)[:count] * DB_S,
        luck=stream(SEED, "luck").random(count),
        session=np.full(count, -1, np.int32),
        city=np.zeros(count, np.int8),
        way_s=np.zeros((1, 3)),
    )


def with_aws14(given: TierRequests, algorithm: str) -> WebTier:
    """The engine of the course; targets are lost, found, deregistered at their times."""
    rules = TierRules(
        algorithm=algorithm,
        interval_s=INTERVAL_S,
        timeout_s=TIMEOUT_S,
        healthy_checks=5,
        unhealthy_checks=2,
        idle_s=60.0,
        connect_s=CONNECT_S,
        patience_s=PATIENCE_S,
        backlog=511,
        connections=10_000,
        db_workers=DB_WORKERS,
    )
    ends_s = float(given.arrival_s[-1])
    tier = WebTier(given, rules, nodes=1, horizon_s=ends_s)
    for row in range(TARGETS):
        tier.register(
            workers=WORKERS, members=[0], reached=[True], health=["healthy"], first_check_s=row * INTERVAL_S / TARGETS
        )
    tier.run_until(BREAKS * ends_s)
    for row in range(TARGETS // 2):
        tier.break_target(row)
    tier.run_until(HEALS * ends_s)
    for row in range(TARGETS // 2):
        tier.heal_target(row)
    tier.run_until(LEAVES * ends_s)
    tier.deregister(TARGETS - 1)
    tier.run_until(GOES * ends_s)
    tier.remove(TARGETS - 1)
    tier.run_until(ends_s + 100.0)
    return tier


@dataclass(eq=False)
class Server:
    """A target in SimPy."""

    workers: simpy.Resource
    up: bool = True
    healthy: bool = True
    passes: int = 0
    fails: int = 0
    member: bool = True
    held: set[Any] = field(default_factory=set)


class SimpyTier:
    """The same model, written as SimPy processes: one a request, one a query, one a health check."""

    def __init__(self, given: TierRequests) -> None:
        self.given, self.env = given, simpy.Environment()
        self.database = simpy.Resource(self.env, DB_WORKERS)
        self.servers = [Server(simpy.Resource(self.env, WORKERS)) for _ in range(TARGETS)]
        self.turn, self.outcome = 0, np.full(len(given.sent_s), at.TIMED_OUT, np.int8)
        self.ends_s = float(given.arrival_s[-1])

    def run(self) -> NDArray[np.int8]:
        """Play it, and return the outcomes."""
        self.env.process(self.source())
        self.env.process(self.story())
        for number, server in enumerate(self.servers):
            self.env.process(self.checks(server, number * INTERVAL_S / TARGETS))
        self.env.run(until=self.ends_s + 100.0)
        return self.outcome

    def source(self) -> Iterator[Any]:
        """Send the requests."""
        for number, arrival_s in enumerate(self.given.arrival_s.tolist()):
            yield self.env.timeout(arrival_s - self.env.now)
            server = self.pick()
            server.held.add(self.env.process(self.request(number, server)))

    def pick(self) -> Server:
        """The next healthy one in turn, or the next of all."""
        members = [each for each in self.servers if each.member]
        pool = [each for each in members if each.healthy] or members
        self.turn = 0 if self.turn >= len(pool) else self.turn
        server = pool[self.turn]
        self.turn = (self.turn + 1) % len(pool)
        return server

    def request(self, number: int, server: Server) -> Iterator[Any]:
        """One request at its target."""
        arrived_s = self.env.now
        if not server.up:
            yield self.env.timeout(CONNECT_S)
            self.answer(number, arrived_s, at.GATEWAY_TIMEOUT)
            return
        try:
            with server.workers.request() as turn:
                yield turn
                yield self.env.timeout(float(self.given.page_s[number]))
                yield self.env.process(self.query(number))
                self.answer(number, arrived_s, at.SERVED)
        except simpy.Interrupt:
            self.answer(number, arrived_s, at.BAD_GATEWAY)
        finally:
            server.held.discard(self.env.active_process)

    def query(self, number: int) -> Iterator[Any]:
        """One query; it goes on when its server is lost."""
        with self.database.request() as turn:
            yield turn
            yield self.env.timeout(float(self.given.db_s[number]))

    def answer(self, number: int, arrived_s: float, what: int) -> None:
        """Note an outcome that the client waited for."""
        if self.env.now <= arrived_s + PATIENCE_S:
            self.outcome[number] = what

    def checks(self, server: Server, phase_s: float) -> Iterator[Any]:
        """Check a target every interval."""
        yield self.env.timeout(phase_s)
        while server.member:
            self.env.process(self.check(server))
            yield self.env.timeout(INTERVAL_S)

    def check(self, server: Server) -> Iterator[Any]:
        """One check: a request that takes no time."""
        passes = False
        if server.up:
            with server.workers.request() as turn:
                late = self.env.timeout(TIMEOUT_S)
                found = yield turn | late
                passes = turn in found
        else:
            yield self.env.timeout(TIMEOUT_S)
        server.passes, server.fails = (server.passes + 1, 0) if passes else (0, server.fails + 1)
        if (server.healthy and server.fails >= 2) or (not server.healthy and server.passes >= 5):
            server.healthy = passes

    def story(self) -> Iterator[Any]:
        """What breaks, heals and leaves."""
        lost = self.servers[: TARGETS // 2]
        yield self.env.timeout(BREAKS * self.ends_s)
        for server in lost:
            server.up = False
            for job in [each for each in server.held if each.is_alive and each is not self.env.active_process]:
                job.interrupt()
            server.workers = simpy.Resource(self.env, WORKERS)
        yield self.env.timeout((HEALS - BREAKS) * self.ends_s)
        for server in lost:
            server.up = True
        yield self.env.timeout((LEAVES - HEALS) * self.ends_s)
        self.servers[-1].member = False


def with_ciw(given: TierRequests) -> int:
    """Round robin over first-come first-served nodes: no database, no time-outs, nothing breaks."""
    names = [f"Target {number}" for number in range(TARGETS)]
    gaps = [*np.diff(given.arrival_s, prepend=0.0).tolist(), 1e12]
    balancer = ciw.dists.Sequential(gaps)
    services = itertools.repeat(ciw.dists.Exponential(1 / (PAGE_S + DB_S)), TARGETS)
    network = ciw.create_network(
        arrival_distributions=[balancer, *[None] * TARGETS],
        service_distributions=[ciw.dists.Deterministic(0.0), *services],
        number_of_servers=[float("inf"), *[WORKERS] * TARGETS],
        routing=ciw.routing.NetworkRouting(
            routers=[ciw.routing.Cycle(cycle=list(range(2, TARGETS + 2))), *[ciw.routing.Leave() for _ in names]]
        ),
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(given.sent_s))
    return len(simulation.get_all_records()) // 2


def balanced_day() -> list[list[str]]:
    """Rows: library, requests, milliseconds of a day of a million, times as fast, outcomes that agree."""
    with_aws14(load(1000), "round_robin")
    rows, ours_s = [], 0.0
    for algorithm in ("round_robin", "least_outstanding_requests"):
        whole = load(REQUESTS)
        started_s = time.process_time()
        tier = with_aws14(whole, algorithm)
        seconds = time.process_time() - started_s
        ours_s = ours_s or seconds
        served = int((tier.state.outcome == at.SERVED).sum())
        rows.append([f"aws14, {algorithm}", f"{REQUESTS:,}", _ms(seconds), "1", f"{served:,} served"])
    some = load(SIMPY_REQUESTS)
    started_s = time.process_time()
    theirs = SimpyTier(some).run()
    seconds = (time.process_time() - started_s) * REQUESTS / SIMPY_REQUESTS
    same = int((with_aws14(some, "round_robin").state.outcome == theirs).sum())
    name = f"SimPy {simpy.__version__}, round_robin"
    rows.append([name, f"{SIMPY_REQUESTS:,}", _ms(seconds), f"{seconds / ours_s:,.0f}", f"{same:,} of them the same"])
    started_s = time.process_time()
    with_ciw(load(CIW_REQUESTS))
    seconds = (time.process_time() - started_s) * REQUESTS / CIW_REQUESTS
    name = f"Ciw {ciw.__version__}, balancing alone"
    rows.append([name, f"{CIW_REQUESTS:,}", _ms(seconds), f"{seconds / ours_s:,.0f}", ""])
    return rows


# --- a day that is scaled -----------------------------------------------------------------------------------------

REGION, ZONES = "ap-northeast-1", ("ap-northeast-1a", "ap-northeast-1c")


def scenario(horizon_s: float) -> Scenario:
    """A day of about a million requests whose rate goes from 2 to 21 a second and back."""
    return Scenario(
        name="scaled day",
        load=Diurnal(night_rps=2.0, day_rps=21.2, peak_hour=12.0),
        application=Application(service_time_s=0.4, port=443, user_mbps=1000.0),
        entry="alb",
        users={"Tokyo": 1.0},
        horizon_s=horizon_s,
    )


def group() -> Group:
    """Two to forty servers, 60 % CPU, two minutes until a new one answers."""
    spec = Spec(name="group", min_size=2, max_size=40, desired=2, zones=ZONES, startup_s=120.0)
    return Group(spec, [TargetTracking(name="cpu", metric="ASGAverageCPUUtilization", target=60.0)])


def fleet_run(horizon_s: float) -> FleetRun:
    """The run of an Auto Scaling group behind a load balancer, made by hand."""
    balancer = Node(id="alb", kind="load_balancer", parent=REGION)
    facts = {"instance_type": "m5.large"}
    fleet = Node(id="group", kind="autoscaling_group", parent=REGION, attributes=facts)
    targets = Node(id="targets", kind="target_group", parent=REGION)
    members = tuple(
        Target(
            id=f"group-{number + 1}",
            aws_id=f"i-{number}",
            node="group",
            zone=zone,
            instance_type="m5.large",
            cpu_credits="none",
            vcpus=WORKERS,
            state="running",
            reachable_from=ZONES[:1],
            reason="",
            health="healthy",
            health_reason="",
            reaches_database=True,
        )
        for number, zone in enumerate(ZONES)
    )
    tier = Tier(
        load_balancer=balancer,
        target_group=targets,
        paths=(),
        share=1.0,
        algorithm="round_robin",
        port=80,
        interval_s=INTERVAL_S,
        timeout_s=TIMEOUT_S,
        healthy_threshold=5,
        unhealthy_threshold=2,
        deregistration_delay_s=300.0,
        slow_start_s=0.0,
        sticky_s=0.0,
        idle_timeout_s=60.0,
        cross_zone=True,
        nodes=(),
        targets=members,
        group=fleet,
        database=None,
    )
    way = ToFleet(
        load_balancer=balancer,
        entrances=(Entrance(zone=ZONES[0]),),
        tiers=(tier,),
        nodes=(),
        by_name=False,
        tls=True,
    )
    built = Topology(name="scaled", origin="built", nodes=(Node(id=REGION, kind="region"), balancer, fleet, targets))
    what = scenario(horizon_s)
    requests = all_arriving(what, travel_to(way, what, REGION))
    return FleetRun(built, what, way, tier=tier, requests=requests, controller=group())


def scaled_with_simpy(given: TierRequests, horizon_s: float) -> tuple[float, float]:
    """Instance-hours and mean time at the servers, with the same group deciding each minute."""
    env, control = simpy.Environment(), group()
    resources: dict[str, simpy.Resource] = {}
    busy, spent, turn, instance_s = [0.0], [0.0, 0], [0], [0.0]

    def request(number: int, server: simpy.Resource) -> Iterator[Any]:
        arrived_s = env.now
        with server.request() as worker:
            yield worker
            work_s = float(given.page_s[number])
            busy[0] += work_s
            yield env.timeout(work_s)
        spent[0] += env.now - arrived_s
        spent[1] += 1

    def source() -> Iterator[Any]:
        for number, arrival_s in enumerate(given.arrival_s.tolist()):
            yield env.timeout(arrival_s - env.now)
            ready = [
                resources.setdefault(each.id, simpy.Resource(env, WORKERS))
                for each in control.members
                if each.state != "Terminating" and each.ready_s <= env.now
            ]
            turn[0] = (turn[0] + 1) % len(ready)
            env.process(request(number, ready[turn[0]]))

    def minutes() -> Iterator[Any]:
        while True:
            standing = sum(each.ready_s <= env.now and each.state != "Terminating" for each in control.members)
            instance_s[0] += 60.0 * sum(each.state != "Terminating" for each in control.members)
            yield env.timeout(60.0)
            share = 100.0 * min(busy[0] / (standing * WORKERS * 60.0), 1.0)
            busy[0] = 0.0
            control.minute(env.now, {"AWS/EC2 CPUUtilization": share})

    env.process(source())
    env.process(minutes())
    env.run(until=horizon_s)
    return instance_s[0] / 3600, spent[0] / spent[1]


def scaled_day() -> list[list[str]]:
    """Rows: library, requests, milliseconds of a day of a million, times as fast, instance-hours and mean time."""
    rows, part_s = [], 0.2 * DAY_S
    fleet_run(600.0).run()
    seconds = 0.0
    for horizon_s in (DAY_S, part_s):
        run = fleet_run(horizon_s)
        started_s = time.process_time()
        run = fleet_run(horizon_s)
        run.run()
        fields = accounts(run, each=False)
        spent_s = time.process_time() - started_s
        seconds = seconds or spent_s
        state = run.web.state
        held_s = float(np.nanmean(state.start_s - state.arrival_s + state.page_s))
        figures = f"{fields['fleet'].instance_hours:.1f} h, {held_s:.3f} s"
        rows.append([f"aws14, {horizon_s / 3600:g} h", f"{len(state.sent_s):,}", _ms(spent_s), "1", figures])
    given = run_requests(run)
    started_s = time.process_time()
    hours, mean_s = scaled_with_simpy(given, part_s)
    theirs_s = (time.process_time() - started_s) * REQUESTS / len(given.sent_s)
    name = f"SimPy {simpy.__version__}, {part_s / 3600:g} h"
    figures = f"{hours:.1f} h (without draining), {mean_s:.3f} s"
    rows.append([name, f"{len(given.sent_s):,}", _ms(theirs_s), f"{theirs_s / seconds:,.0f}", figures])
    return rows


def run_requests(run: FleetRun) -> TierRequests:
    """The requests of a run."""
    state = run.web.state
    names = ("sent_s", "arrival_s", "page_s", "db_s", "luck", "session", "city", "way_s")
    return TierRequests(**{name: getattr(state, name) for name in names})


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
