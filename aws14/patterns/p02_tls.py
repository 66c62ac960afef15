"""What TLS costs, and where: handshakes measured on this machine, beside what the load balancer charges for them."""

from __future__ import annotations

from collections.abc import Iterator

from aws14 import catalog, charts
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.model import Picture, Topology
from aws14.patterns.p02_day import BRIEF, PAGE
from aws14.sim.tls_cost import CERTIFICATES, TlsCosts, measure

RESUMED = 0.8
"""Share of the visitors that come back with a ticket."""

_KIB_PER_MIB = 1024


def tls(built: Topology) -> Picture:
    """USD a month of a handshake for each page view at the peak, on the servers and at the load balancer."""
    kind = catalog.instance_type(str(built.node("web-1").require("instance_type")))
    region = built.container("web-1", "region")
    region_id = region.id if region else ""
    month_usd = HOURS_PER_MONTH * catalog.price("EC2", f"{kind.name} Linux on-demand", region_id).usd
    peak_rps = BRIEF.value("peak_rps")
    amounts: dict[str, float] = {}
    told: dict[str, str] = {}
    for case, vcpus, measured in _on_the_server(measure(), peak_rps):
        share = vcpus / kind.vcpu
        amounts[case] = share * month_usd
        told[case] = f"{amounts[case]:.2f} USD: {measured}, {100 * share:.2g} % of a server"
    case = "load balancer: LCUs for these connections"
    amounts[case] = peak_rps * _charge_usd(region_id)
    told[case] = f"{amounts[case]:.2f} USD"
    return charts.bars(
        amounts,
        told=told,
        title=f"{peak_rps:g} new connections a second: time measured here, priced as an {kind.name}",
        xlabel="USD a month",
    )


def _on_the_server(costs: TlsCosts, peak_rps: float) -> Iterator[tuple[str, float, str]]:
    """Case, processors kept busy, and what was measured."""
    for name in CERTIFICATES:
        yield f"{name} certificate", costs.vcpus(peak_rps, name), f"{1e6 * costs.handshake_s(name):,.0f} µs each"
    resumed_s = costs.handshake_s("RSA-2048", resumed=RESUMED)
    vcpus = costs.vcpus(peak_rps, "RSA-2048", resumed=RESUMED)
    yield f"RSA, {100 * RESUMED:.0f} % come back", vcpus, f"{1e6 * resumed_s:,.0f} µs each"
    mib_per_s = peak_rps * PAGE.response_kib / _KIB_PER_MIB
    vcpus = mib_per_s * costs.encrypt_s_per_mib
    yield "encrypting the pages", vcpus, f"{1e6 * costs.encrypt_s_per_mib:,.0f} µs a MiB"


def _charge_usd(region: str) -> float:
    """USD a month of one new connection a second, when new connections are what a load balancer is charged for."""
    unit_usd = catalog.price("ELB", "ALB LCU", region).usd
    return HOURS_PER_MONTH * unit_usd / catalog.quota("ALB", "LCU: new connections").value
