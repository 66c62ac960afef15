"""The experiments of pattern 12. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from aws14 import catalog, charts, cost
from aws14.charts.numbers import percent, usd
from aws14.errors import ScenarioError
from aws14.model import Bill, Picture, Topology, Trace
from aws14.patterns.p12_cold import package_size, real_functions, week
from aws14.patterns.p12_day import ASSUMPTIONS, NOON_S, scenario
from aws14.patterns.p12_reports import backlog
from aws14.patterns.p12_servers import serverless, servers
from aws14.patterns.p12_storm import storm
from aws14.patterns.p12_walls import why
from aws14.sim import simulate, what_if
from aws14.sim.cold_starts import cpu_share

SERVER, BUSY = "t3.small", 0.6
"""The server of the comparison, and how busy it may be at its busiest."""

READY = (0, 5, 10, 25, 45)
"""Environments kept ready, in the experiment."""

_ZONES = 2
_FEWEST, _MOST = 4.5, 8.5
"""Powers of ten between which calls a month are drawn."""


def month(built: Topology, trace: Trace) -> Bill:
    """A month of the site when every day is like the run."""
    return cost.monthly_bill(built, trace, assume=ASSUMPTIONS)


def _crossover(
    built: Topology, memory_mib: int = 512, milliseconds: int = 110, rush: int = 10, *, api: str = "REST"
) -> Picture:
    """What calls cost by the call and by the hour, over their number.

    Parameters
    ----------
    built : Topology
        What was read back: it says where.
    memory_mib : int
        Of the function.
    milliseconds : int
        That one call lasts in the function.
    rush : int
        How many times the mean rate the busiest time is, for which servers have to stand there.
    api : {'REST', 'HTTP'}
        Of API Gateway's two kinds.
    """
    region = built.of_kind("region")[0].id
    lasts_s = float(milliseconds) / 1000
    calls = cost.ByTheCall(region=region, memory_mib=float(memory_mib), billed_s=lasts_s, protocol=api)
    # The work of a call is what its share of a processor does in its time; a server has whole processors.
    work_s = lasts_s * cpu_share(float(memory_mib))
    each_rps = BUSY * catalog.instance_type(SERVER).vcpu / work_s
    hours = cost.ByTheHour(region=region, instance_type=SERVER, rps_each=each_rps, least=_ZONES, peak=float(rush))
    amounts = np.logspace(_FEWEST, _MOST, 161)
    ways: Mapping[str, cost.ByTheCall | cost.ByTheHour] = {
        f"API Gateway ({api}) and Lambda": calls,
        f"{_ZONES} {SERVER} and a load balancer, more when full": hours,
    }
    return charts.curves(
        amounts,
        {name: [cost.monthly_usd(way, float(count)) for count in amounts] for name, way in ways.items()},
        title=f"{_up_to(calls, hours)} serverless costs less",
        xlabel="calls a month",
        ylabel="USD a month",
        scales=("log", "log"),
    )


def _up_to(calls: cost.ByTheCall, hours: cost.ByTheHour) -> str:
    try:
        return f"Up to {cost.crossover(calls, hours) / 1e6:.3g} million calls a month"
    except ScenarioError:
        return "Whatever the number of calls,"


def _provisioned(built: Topology, peak_rps: float = 600.0) -> Picture:
    """The day with environments kept ready: who still waits, and the month's bill.

    Parameters
    ----------
    built : Topology
        What was read back.
    peak_rps : float
        Requests a second at noon.
    """
    bills, told = {}, {}
    for ready in READY:
        site = what_if(serverless(built), "members", provisioned=(f"live {ready}",) if ready else ())
        trace = simulate(site, scenario(peak_rps=peak_rps))
        case, bill = f"{ready} kept ready", month(site, trace)
        bills[case] = bill.total_usd
        told[case] = f"{usd(bill.total_usd)}, {_cold(trace)} calls of the day wait"
    return charts.bars(
        bills, title="Environments kept ready all month, and the bill of the site", xlabel="USD a month", told=told
    )


def _cold(trace: Trace) -> int:
    return int(trace.functions.cold_starts.sum()) if trace.functions else 0


def _burst(built: Topology, peak_rps: int = 600, at_most: int = 1000) -> Picture:
    """The half hour around noon with another crowd, or another limit.

    Parameters
    ----------
    built : Topology
        What was read back.
    peak_rps : int
        Requests a second at noon, pages and pictures included.
    at_most : int
        Concurrency that the function has reserved; the account's quota: none.
    """
    free = at_most >= catalog.quota("Lambda", "concurrent executions default").value
    site = what_if(built, "members", reserved_concurrency=-1 if free else int(at_most))
    trace = simulate(site, scenario(peak_rps=float(peak_rps)))
    title = f"{int(peak_rps)} requests a second at noon: {percent(trace.failure_ratio)} of the day's fail"
    return charts.environments(trace, title=title, window=(NOON_S - 600, NOON_S + 1200))


experiments: Mapping[str, Callable[..., object]] = {
    "backlog": backlog,
    "burst": _burst,
    "cold starts of a week": week,
    "connection storm": storm,
    "crossover": _crossover,
    "package size": package_size,
    "provisioned": _provisioned,
    "real functions": real_functions,
    "servers": servers,
    "why": why,
}
