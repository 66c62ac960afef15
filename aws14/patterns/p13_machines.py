"""Machines under pods: nodes of EC2 or Fargate, what either does when something happens, and what both cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aws14 import charts
from aws14.charts.numbers import duration
from aws14.cost.packing import NodesOrFargate, nodes_or_fargate
from aws14.model import InstanceLoss, Link, Picture, Scenario, Topology, Trace
from aws14.patterns.p13_day import NODES, RELEASE_H, SPOT_H, WORKLOAD, scenario
from aws14.sim import simulate
from aws14.sim.containers.shapes import Pod

if TYPE_CHECKING:
    import pandas as pd

PROFILE, INSTANCE_TYPE = "batch", "m5.large"
BETTER_TYPE = "c5.xlarge"
"""Half the memory for each CPU: what the five teams' pods request is nearer to that."""
PODS = 24
"""Pods of one size in the comparison of bills: the catalogue's most."""

NODE_LOST_H = 15.0
TEAMS = (
    ("catalog", 250, 256, 9), ("orders", 500, 1024, 4), ("search", 1000, 2048, 3), ("reviews", 250, 512, 4),
    ("mail", 100, 128, 4),
)  # fmt: skip
"""Services of the five teams on a usual afternoon: CPU in thousandths and MiB that a pod requests, and how many."""


def on_fargate(built: Topology) -> Topology:
    """A copy in which the catalogue's pods have a machine of their own each."""
    links = tuple(
        replace(link, target=PROFILE) if (link.source, link.target) == (WORKLOAD, NODES) else link
        for link in built.links
    )
    if (WORKLOAD, PROFILE) not in {(link.source, link.target) for link in links}:
        links = (*links, Link(source=WORKLOAD, target=PROFILE, kind="routes", label="runs on"))
    return replace(built, name=f"{built.name} (on Fargate)", links=links)


def roles(built: Topology) -> pd.DataFrame:
    """A machine dies, load rises, a version is released: on nodes of EC2 and on Fargate, by simulation.

    Returns
    -------
    DataFrame
        A row an event and kind of machine; what EKS does, what the machines do, and what it took.
    """
    import pandas as pd

    sites = {"EC2 nodes": (built, NODES), "Fargate": (on_fargate(built), PROFILE)}
    rows = {}
    for name, (hours, eks, machines) in _events().items():
        for where, (site, node) in sites.items():
            faults = tuple(InstanceLoss(node=node, starts_s=each.starts_s) for each in hours.faults)
            trace = simulate(site, replace(hours, faults=faults))
            rows[name, where] = {"EKS": eks, "the machines": machines[where], **_numbers(trace)}
    return pd.DataFrame.from_dict(rows, orient="index")


def _events() -> Mapping[str, tuple[Scenario, str, Mapping[str, str]]]:
    lost_from = NODE_LOST_H - 0.25
    return {
        "a machine dies": (
            scenario(starts_h=lost_from, horizon_h=0.75, node_lost_at_h=NODE_LOST_H),
            "leaves its pods out, makes others",
            {"EC2 nodes": "the group starts another", "Fargate": "one comes for each new pod"},
        ),
        "load rises": (
            scenario(starts_h=SPOT_H - 0.25, horizon_h=1.0),
            "makes more pods",
            {"EC2 nodes": "one more when there is no room", "Fargate": "one comes for each new pod"},
        ),
        "a version is released": (
            scenario(starts_h=RELEASE_H - 0.25, horizon_h=0.75, released_at_h=RELEASE_H),
            "replaces pod by pod",
            {"EC2 nodes": "as they are, if one more pod fits", "Fargate": "one comes for each new pod"},
        ),
    }


def _numbers(trace: Trace) -> dict[str, object]:
    """What failed, how long too few pods were ready, machines, and how long a release took."""
    assert trace.fleet is not None
    assert trace.cluster is not None
    short_s = float((trace.fleet.in_service < trace.fleet.desired).sum()) * trace.tick_s
    done = [event.at_s for event in trace.events if event.what in ("rollout", "rolled_out")]
    return {
        "requests failed": trace.failed_total,
        "too few pods for": duration(short_s),
        "machines": f"{int(trace.cluster.nodes.min())} to {int(trace.cluster.nodes.max())}",
        "release took": duration(done[1] - done[0]) if len(done) > 1 else "",
    }


def packed(instance_type: str = INSTANCE_TYPE) -> NodesOrFargate:
    """The pods of five teams on as few nodes of a type as hold them, and on Fargate."""
    pods = [
        Pod(name=f"{name}-{number + 1}", namespace="shop", cpu_m=cpu_m, memory_mib=memory_mib)
        for name, cpu_m, memory_mib, count in TEAMS
        for number in range(count)
    ]
    return nodes_or_fargate(pods, instance_type=instance_type)


def packing(_built: Topology) -> Picture:
    """How the pods of five teams fit on nodes, and what both ways cost a month."""
    both, other = packed(), packed(BETTER_TYPE)
    title = (
        f"{sum(count for *_, count in TEAMS)} pods, USD a month: {len(both.packing.nodes)} {INSTANCE_TYPE} "
        f"{both.nodes.total_usd:,.0f}, {len(other.packing.nodes)} {BETTER_TYPE} {other.nodes.total_usd:,.0f}, "
        f"Fargate {both.fargate.total_usd:,.0f}"
    )
    return charts.packing(both.packing.nodes, title=title, pending=both.packing.pending)


def nodes_or_fargate_curves(_built: Topology, cpu_m: int = 250, memory_mib: int = 896, pods: int = PODS) -> Picture:
    """What pods of one size cost a month on nodes that stand all the time and on Fargate, over the time they run.

    Parameters
    ----------
    cpu_m, memory_mib : int
        What a pod requests: thousandths of a vCPU, MiB.
    pods : int
        How many run at the same time.
    """
    each = Pod(name="pod", namespace="shop", cpu_m=cpu_m, memory_mib=memory_mib)
    both = nodes_or_fargate(
        [replace(each, name=f"pod-{number + 1}") for number in range(pods)], instance_type=INSTANCE_TYPE
    )
    share = np.linspace(0, 100, 51)
    lines = {
        f"{len(both.packing.nodes)} nodes of {INSTANCE_TYPE}": np.full(len(share), both.nodes.total_usd),
        "Fargate": both.fargate.total_usd * share / 100,
    }
    return charts.curves(
        share, lines, title=f"{pods} pods of {cpu_m / 1000:g} vCPU and {memory_mib / 1024:g} GiB",
        xlabel="share of the month in which the pods run, %", ylabel="USD a month",
    )  # fmt: skip
