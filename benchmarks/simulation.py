"""The worker pool against SimPy, Ciw, salabim and a plain Python heap: the same requests, in one run.

Model: M/M/10, a mean service time of 0.1 s, 80 requests per second; Erlang C gives the mean wait. Every library gets
the beginning of the same arrays, as long as it can serve in a few seconds; the waits are compared one by one.

Run: ``python benchmarks/simulation.py`` (under two minutes).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import ciw
import containers
import numpy as np
import salabim
import simpy
import web_tier
from numpy.typing import NDArray
from tabulate import tabulate

from aws14.model import Application, InstanceLoss, Node, Scenario, Steady, Topology
from aws14.model.network import (
    AclEntry,
    GroupRule,
    Interface,
    InternetGateway,
    Network,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from aws14.sim import simulate, what_if
from aws14.sim.pool import WorkerPool
from aws14.sim.streams import exponentials, stream
from aws14.sim.warm import warm

Floats = NDArray[np.float64]
WORKERS, RATE_RPS, SERVICE_S = 10, 80.0, 0.1
REQUESTS = 1_000_000
WARM_UP = 5_000


def with_aws14(arrival_s: Floats, service_s: Floats) -> Floats:
    """The pool of the course, with its backlog, connection limit and time-outs switched on and never reached."""
    leave_s, send_s = arrival_s + 1e6, np.full(len(arrival_s), 0.05)
    pool = WorkerPool(arrival_s, service_s, leave_s, send_s, workers=WORKERS, backlog=511, connections=10_000)
    pool.run_until(np.inf)
    return pool.start_s - arrival_s


def with_heap(arrival_s: Floats, service_s: Floats) -> Floats:
    """The shortest exact program in plain Python: a heap of the times at which workers are free."""
    free_at_s = [0.0] * WORKERS
    waits_s = []
    for now_s, work_s in zip(arrival_s.tolist(), service_s.tolist(), strict=True):
        start_s = max(now_s, free_at_s[0])
        waits_s.append(start_s - now_s)
        heapq.heapreplace(free_at_s, start_s + work_s)
    return np.array(waits_s)


def with_simpy(arrival_s: Floats, service_s: Floats) -> Floats:
    """One process a request, one resource."""
    environment = simpy.Environment()
    server = simpy.Resource(environment, WORKERS)
    waits_s = np.empty(len(arrival_s))

    def request(i, work_s):
        arrived_s = environment.now
        with server.request() as turn:
            yield turn
            waits_s[i] = environment.now - arrived_s
            yield environment.timeout(work_s)

    def source():
        for i, (now_s, work_s) in enumerate(zip(arrival_s.tolist(), service_s.tolist(), strict=True)):
            yield environment.timeout(now_s - environment.now)
            environment.process(request(i, work_s))

    environment.process(source())
    environment.run()
    return waits_s


def with_ciw(arrival_s: Floats, service_s: Floats) -> Floats:
    """One node; arrivals and services in sequence."""
    gaps = [*np.diff(arrival_s, prepend=0.0).tolist(), 1e12]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential(gaps)],
        service_distributions=[ciw.dists.Sequential(service_s.tolist())],
        number_of_servers=[WORKERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(arrival_s))
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    return np.array([record.waiting_time for record in records])


def with_salabim(arrival_s: Floats, service_s: Floats) -> Floats:
    """One component a request, one resource; monitors off."""
    environment = salabim.Environment(trace=False, yieldless=False)
    server = salabim.Resource("server", capacity=WORKERS, monitor=False, env=environment)
    waits_s = np.empty(len(arrival_s))

    class Request(salabim.Component):
        def setup(self, i, work_s):
            self.i, self.work_s = i, work_s

        def process(self):
            arrived_s = self.env.now()
            yield self.request(server)
            waits_s[self.i] = self.env.now() - arrived_s
            yield self.hold(self.work_s)
            self.release(server)

    class Source(salabim.Component):
        def process(self):
            for i, (now_s, work_s) in enumerate(zip(arrival_s.tolist(), service_s.tolist(), strict=True)):
                yield self.hold(till=now_s)
                Request(i=i, work_s=work_s, env=self.env)

    Source(env=environment)
    environment.run()
    return waits_s


@dataclass(frozen=True)
class Contender:
    """A library and how many requests it gets."""

    name: str
    serve: Callable[[Floats, Floats], Floats]
    requests: int


CONTENDERS = (
    Contender("aws14 (numba)", with_aws14, REQUESTS),
    Contender("plain Python heap", with_heap, REQUESTS),
    Contender(f"SimPy {simpy.__version__}", with_simpy, 300_000),
    Contender(f"Ciw {ciw.__version__}", with_ciw, 150_000),
    Contender(f"salabim {salabim.__version__}", with_salabim, 30_000),
)


def erlang_c_wait_s() -> float:
    """Mean wait of M/M/c."""
    offered, blocking = RATE_RPS * SERVICE_S, 1.0
    for k in range(1, WORKERS + 1):
        blocking = offered * blocking / (k + offered * blocking)
    waits = blocking / (1 - offered / WORKERS * (1 - blocking))
    return waits / (WORKERS / SERVICE_S - RATE_RPS)


def race() -> list[list[str]]:
    """Serve the same requests with each, and compare speed, mean wait and every single wait."""
    arrival_s = np.cumsum(exponentials(stream(14, "arrivals"), REQUESTS)) / RATE_RPS
    service_s = exponentials(stream(14, "service"), REQUESTS) * SERVICE_S
    rows, ours_s, our_speed, theory_s = [], np.empty(0), 0.0, erlang_c_wait_s()
    for contender in CONTENDERS:
        arrays = arrival_s[: contender.requests], service_s[: contender.requests]
        started_s = time.process_time()
        waits_s = contender.serve(*arrays)
        speed = contender.requests / (time.process_time() - started_s)
        ours_s, our_speed = (waits_s, speed) if not rows else (ours_s, our_speed)
        mean_s = waits_s[WARM_UP:].mean()
        apart_s = np.max(np.abs(waits_s - ours_s[: contender.requests]))
        rows.append(
            [
                contender.name,
                f"{contender.requests:,}",
                f"{speed:,.0f}",
                f"{our_speed / speed:,.1f}",
                f"{mean_s:.6f} ({mean_s / theory_s - 1:+.1%})",
                f"{apart_s:.1e}",
            ]
        )
    return rows


def accuracy(replications: int = 40) -> str:
    """Mean wait of the course's pool over replications, against Erlang C."""
    means = []
    for replication in range(replications):
        arrival_s = np.cumsum(exponentials(stream(14, "accuracy/arrivals", replication), REQUESTS)) / RATE_RPS
        service_s = exponentials(stream(14, "accuracy/service", replication), REQUESTS) * SERVICE_S
        means.append(with_aws14(arrival_s, service_s)[WARM_UP:].mean())
    error_s = np.std(means, ddof=1) / np.sqrt(replications)
    apart = (np.mean(means) - erlang_c_wait_s()) / error_s
    return (
        f"aws14, {replications} replications of {REQUESTS:,}: mean wait {np.mean(means):.7f} s, standard error "
        f"{error_s:.7f} s; Erlang C {erlang_c_wait_s():.7f} s (z = {apart:+.2f})"
    )


ADDRESS = "203.0.113.10"
ANYWHERE = "0.0.0.0/0"


def network() -> Network:
    """One instance in one open subnet, as it would be read back."""
    way_in = GroupRule(egress=False, peer=ANYWHERE, protocol="tcp", ports=(80, 80))
    ways = (Route(destination="10.0.0.0/16", target="local"), Route(destination=ANYWHERE, target="igw"))
    everything = tuple(AclEntry(number=100, egress=egress, allow=True, cidr=ANYWHERE) for egress in (False, True))
    interface = Interface(
        id="eni", subnet="public", private_ipv4="10.0.0.10", public_ipv4=ADDRESS, groups=("sg",), instance="web",
        state="running",
    )  # fmt: skip
    return Network(
        vpcs=(Vpc(id="vpc", cidrs=("10.0.0.0/16",)),),
        subnets=(Subnet(id="public", vpc="vpc", cidr="10.0.0.0/24"),),
        interfaces=(interface,),
        route_tables=(RouteTable(id="rtb", vpc="vpc", subnets=("public",), routes=ways),),
        acls=(NetworkAcl(id="acl", vpc="vpc", subnets=("public",), entries=everything),),
        groups=(SecurityGroup(id="sg", vpc="vpc", rules=(way_in, GroupRule(egress=True, peer=ANYWHERE))),),
        internet_gateways=(InternetGateway(id="igw", vpc="vpc"),),
        nat_gateways=(),
        names={name: name for name in ("vpc", "igw", "public", "web")},
    )


def day() -> list[list[str]]:
    """A day of a million requests through a built site: as it is, and with something changed."""
    server = {"instance_type": "m5.2xlarge", "state": "running", "public_ipv4": ADDRESS, "cpu_credits": "none"}
    site = Topology(
        name="site",
        origin="built",
        nodes=(
            Node(id="internet", kind="internet"),
            Node(id="ap-northeast-1", kind="region"),
            Node(id="vpc", kind="vpc", parent="ap-northeast-1", aws_id="vpc"),
            Node(id="igw", kind="internet_gateway", parent="vpc", aws_id="igw"),
            Node(id="public", kind="subnet", parent="vpc", aws_id="public"),
            Node(id="web", kind="instance", parent="public", aws_id="web", attributes=server),
        ),
        network=network(),
    )
    scenario = Scenario(
        name="day",
        load=Steady(rate_rps=REQUESTS / 86_400),
        application=Application(service_time_s=0.5),
        entry="web",
        users={"Tokyo": 0.5, "Osaka": 0.3, "Fukuoka": 0.2},
    )
    poor = replace(scenario, credits_at_start=0.0)
    runs = (
        ("first run: requests drawn", site, scenario),
        ("the same again", site, scenario),
        ("a burstable server", what_if(site, "web", instance_type="t3.2xlarge", cpu_credits="unlimited"), scenario),
        ("without credits", what_if(site, "web", instance_type="t3.2xlarge", cpu_credits="standard"), poor),
        (
            "an hour down",
            site,
            replace(scenario, faults=(InstanceLoss(node="web", starts_s=43_200.0, lasts_s=3600.0),)),
        ),
        ("another seed", site, replace(scenario, seed=15)),
    )
    rows = []
    for name, topology, what in runs:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        trace = simulate(topology, what)
        cells = (time.perf_counter() - wall_s, time.process_time() - cpu_s)
        rows.append([name, f"{trace.offered.sum():,}", *(f"{seconds * 1000:,.0f} ms" for seconds in cells)])
    return rows


def main() -> None:
    """Print the tables."""
    print(f"kernels loaded in {warm():.2f} s\n")
    with_aws14(np.array([0.0]), np.array([1.0]))
    head = [
        "",
        "requests",
        "requests per CPU-second",
        "aws14 is x times as fast",
        "mean wait s (to Erlang C)",
        "furthest wait s",
    ]
    print(tabulate(race(), headers=head, disable_numparse=True, colalign=("left", *["right"] * 5)))
    print(f"\n{accuracy()}\n")
    print(tabulate(day(), headers=["simulate(), one day", "requests", "wall", "CPU"], disable_numparse=True))
    head = ["", "requests", "CPU a day of 1 M", "times ours", "result"]
    print("\nA day behind a load balancer: time-outs, half of the targets lost, health checks, drain, a database")
    print(tabulate(web_tier.balanced_day(), headers=head, disable_numparse=True))
    print("\nA day of an Auto Scaling group with target tracking, its traffic of a million requests")
    print(tabulate(web_tier.scaled_day(), headers=head, disable_numparse=True))
    print("\nA day of a service of Kubernetes: 5,760 looks of its autoscaler, nodes that come and go")
    head = ["", "requests", "wall", "CPU", "result"]
    print(tabulate(containers.day(), headers=head, disable_numparse=True))


if __name__ == "__main__":
    main()
