"""The same site on servers: two of them behind a load balancer, the same day, the same members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14 import charts, cost
from aws14.errors import DesignError
from aws14.model import Node, Picture, Scenario, Topology, Trace
from aws14.patterns.p12_day import ASSUMPTIONS, ENTRY, scenario
from aws14.sim import simulate

BALANCER = "members-alb"
_HTTP = 80
_OF_SERVERS = ("vpc", "az", "subnet", "internet_gateway", "instance", "load_balancer", "target_group")
_OF_THE_SITE = (ENTRY, "members-site", "members-api", "members", "members-table")


def on_servers(built: Topology) -> Topology:
    """What stands of the servers, without the serverless site beside it.

    Raises
    ------
    DesignError
        When no load balancer stands.
    """
    if BALANCER not in built:
        raise DesignError(f"there is no '{BALANCER}'", cure="run the cells of this block above")
    return _only(built, lambda node: node.kind in _OF_SERVERS)


def serverless(built: Topology) -> Topology:
    """What stands of the serverless site, without what later blocks put beside it."""
    return _only(built, lambda node: node.id in _OF_THE_SITE)


def _only(built: Topology, wanted: Callable[[Node], bool]) -> Topology:
    nodes = tuple(node for node in built.nodes if node.kind in ("internet", "region") or wanted(node))
    kept = {node.id for node in nodes}
    links = tuple(link for link in built.links if link.source in kept and link.target in kept)
    return replace(built, nodes=nodes, links=links)


def day_on_servers(peak_rps: float = 600.0, *, response_kib: float) -> Scenario:
    """The members' day, sent to the load balancer; a server's worker is held while the table reads.

    Parameters
    ----------
    peak_rps : float
        Requests a second at noon.
    response_kib : float
        Mean size of an answer, files among them: a distribution knows the size of each, servers send the mean.
    """
    day = scenario(peak_rps=peak_rps)
    call = day.application
    waits_s = call.service_time_s + call.db_time_s
    call = replace(call, port=_HTTP, service_time_s=waits_s, db_time_s=0.0, response_kib=response_kib)
    return replace(day, entry=BALANCER, application=call)


def servers(built: Topology, peak_rps: float = 600.0) -> Picture:
    """The day on the function and on two servers: how long, how many lost, what a month costs.

    Parameters
    ----------
    built : Topology
        What was read back, the servers with it.
    peak_rps : float
        Requests a second at noon.
    """
    sites = {"serverless": serverless(built), "two servers": on_servers(built)}
    first = simulate(sites["serverless"], scenario(peak_rps=peak_rps))
    day = day_on_servers(peak_rps, response_kib=mean_kib(first))
    runs = {"serverless": first, "two servers": simulate(sites["two servers"], day)}
    bills = {name: cost.monthly_bill(sites[name], trace, assume=ASSUMPTIONS) for name, trace in runs.items()}
    return charts.compare_runs(runs, bills=bills, title="The same day without servers, and on two", of="requests")


def mean_kib(trace: Trace) -> float:
    """Mean size of what a distribution sent, KiB."""
    edge = trace.edge
    sent = int(edge.hits.sum() + edge.misses.sum()) if edge else 0
    return float(edge.bytes_from_edge.sum()) / sent / 1024 if edge and sent else 0.0
