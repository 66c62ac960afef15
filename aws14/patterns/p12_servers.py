"""The same site on servers: two of them behind a load balancer, the same day, the same members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14 import charts, cost
from aws14.errors import DesignError
from aws14.model import Node, Picture, Scenario, Topology
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


def day_on_servers(peak_rps: float = 600.0) -> Scenario:
    """The members' day, sent to the load balancer."""
    day = scenario(peak_rps=peak_rps)
    return replace(day, entry=BALANCER, application=replace(day.application, port=_HTTP))


def servers(built: Topology, peak_rps: float = 600.0) -> Picture:
    """The day on the function and on two servers: how long, how many lost, what a month costs.

    Parameters
    ----------
    built : Topology
        What was read back, the servers with it.
    peak_rps : float
        Requests a second at noon.
    """
    sites = {"serverless": (serverless(built), scenario(peak_rps=peak_rps)),
             "two servers": (on_servers(built), day_on_servers(peak_rps))}  # fmt: skip
    runs = {name: simulate(site, day) for name, (site, day) in sites.items()}
    bills = {name: cost.monthly_bill(sites[name][0], trace, assume=ASSUMPTIONS) for name, trace in runs.items()}
    return charts.compare_runs(runs, bills=bills, title="The same day without servers, and on two")
