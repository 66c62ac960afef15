"""The experiments of pattern 13: each takes what was read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws14 import catalog, charts
from aws14.charts.numbers import percent
from aws14.model import Picture, Rollout, Topology, Trace
from aws14.patterns import p13_machines as machines
from aws14.patterns.p13_day import RELEASE, RELEASE_H, WORKLOAD, scenario
from aws14.patterns.p13_walls import why
from aws14.patterns.p13_watch import watch
from aws14.sim import simulate, what_if
from aws14.sim.availability import FailureAndRepair
from aws14.sim.containers.packing import requests_set
from aws14.sim.containers.shapes import Pod
from aws14.sim.control_plane import Operations, compare_control_planes

if TYPE_CHECKING:
    import pandas as pd

HOUR_S = 3600.0
REPAIR_S = 4 * HOUR_S
"""A master that fails is replaced by hand; assumption: four hours, night and weekend included."""

WAITS = "catalog preStop sleep=5"
BAD_FOR_S = 600.0
"""A bad version is noticed and taken back after ten minutes."""

USES_M, USES_MIB, COUNT = 120.0, 1000.0, 16
"""What a pod of the catalogue really uses on a usual evening, and how many there are."""

ASKED: Mapping[str, tuple[int, int]] = {
    "too much": (1000, 2048),
    "as used": (150, 1024),
    "too little": (20, 64),
}
"""Case -> CPU in thousandths and MiB that a pod requests."""


def own_masters(
    _built: Topology,
    *,
    upgrades_a_year: float = 3.0,
    hours_an_upgrade: float = 16.0,
    hours_a_month: float = 6.0,
    usd_an_hour: float = 60.0,
) -> pd.DataFrame:
    """One master, three, and EKS: away a year, work, money.

    Parameters
    ----------
    upgrades_a_year : float
        Upgrades of Kubernetes.
    hours_an_upgrade, hours_a_month : float
        Work on masters of one's own: for each upgrade, and each month for patches and backups.
    usd_an_hour : float
        What an hour of an engineer costs.
    """
    import pandas as pd

    server = FailureAndRepair.promised(catalog.sla("EC2 instance").promised, REPAIR_S)
    work = Operations(
        upgrades_per_year=upgrades_a_year,
        hours_per_upgrade=hours_an_upgrade,
        hours_per_month=hours_a_month,
        usd_per_hour=usd_an_hour,
    )
    rows = {
        each.name: {
            "available": f"{each.availability:.3%}",
            "hours a year without it": round(each.down_h, 2),
            "hours of work a year": round(each.work_h),
            "machines or fee, USD a year": round(each.machines_usd),
            "work, USD a year": round(each.work_usd),
            "together, USD a year": round(each.usd),
        }
        for each in compare_control_planes(server=server, operations=work)
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def release(built: Topology) -> Picture:
    """A release when the shop is full, in four ways, and a bad one that is taken back."""
    probes = tuple(str(each) for each in built.node(WORKLOAD).attributes["probes"])  # type: ignore[union-attr]
    asked = tuple(each for each in probes if " preStop " not in each)
    ways = {
        "no readiness probe": what_if(built, WORKLOAD, probes=()),
        "readiness probe": what_if(built, WORKLOAD, probes=asked),
        "readiness probe, preStop": what_if(built, WORKLOAD, probes=(*asked, WAITS)),
    }
    runs = {name: _released(site) for name, site in ways.items()}
    runs["the same, a version that never answers"] = _released(ways["readiness probe, preStop"], works=False)
    return charts.rollouts(runs, title="A release at nine in the evening")


def _released(built: Topology, *, works: bool = True) -> Trace:
    day = scenario(starts_h=RELEASE_H - 1 / 30, horizon_h=0.25)
    at_s = HOUR_S / 30
    steps = [Rollout(node=WORKLOAD, version=RELEASE, at_s=at_s, works=works)]
    if not works:
        steps.append(Rollout(node=WORKLOAD, version="v1", at_s=at_s + BAD_FOR_S))
    return simulate(built, replace(day, rollouts=tuple(steps)))


def requests(_built: Topology) -> pd.DataFrame:
    """The same pods under requests that say too much, what is used, too little: on two nodes."""
    import pandas as pd

    rows = {}
    for case, (cpu_m, memory_mib) in ASKED.items():
        pod = Pod(name="catalog", namespace="shop", cpu_m=cpu_m, memory_mib=memory_mib)
        found = requests_set(
            pod, count=COUNT, uses_m=USES_M, uses_mib=USES_MIB, instance_type=machines.INSTANCE_TYPE, nodes=2
        )
        rows[f"{case}: {cpu_m}m, {memory_mib}Mi"] = {
            "pods that find a place": COUNT - len(found.packing.pending),
            "pending": len(found.packing.pending),
            "evicted, memory ran out": len(found.evicted),
            "CPU requested": percent(found.packing.cpu_share),
            "CPU really used": percent(found.used_share),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


experiments: Mapping[str, Callable[..., Any]] = {
    "watch": watch,
    "own masters": own_masters,
    "roles": machines.roles,
    "release": release,
    "requests": requests,
    "packing": machines.packing,
    "nodes or Fargate": machines.nodes_or_fargate_curves,
    "why": why,
}
