"""What the promises of AWS add up to: designs as expressions, worked out and lived through."""

from __future__ import annotations

from aws14 import charts
from aws14.charts.availabilities import YEAR_S
from aws14.model import Picture, Topology
from aws14.patterns.p04_day import BRIEF
from aws14.sim.composed import Design, Parallel, Part, Series, availability, yearly_downtime_s
from aws14.sim.lifetimes import play

YEARS = 10_000
COMMON = 0.05
"""Share of a region's time away in which the other one is away for the same reason: a wrong release, a wrong rule."""


def home(end: str = "", database: str = "RDS Multi-AZ") -> Series:
    """A region: load balancer, servers in two zones, database."""
    services = {"ELB across zones": "balancer", "EC2 across zones": "servers", database: "database"}
    return Series(*(Part.promised(service, name=f"{word}{end}") for service, word in services.items()))


def designs(switch_min: float = 10) -> dict[str, Design]:
    """Design -> its parts, and how they depend on each other.

    Parameters
    ----------
    switch_min : float
        Minutes that it takes to switch to the other region.
    """
    here, there = home(), home(" away", "RDS Single-AZ")
    names = Part.promised("Route 53")
    outages = YEAR_S * (1 - availability(here)) / 3600
    switch = Part("switching over", 1 - outages * 60 * switch_min / YEAR_S, 60 * switch_min)
    alone = Series(Part.promised("EC2 instance"), Part.promised("RDS Single-AZ"))
    return {
        "one server, one database": alone,
        "two zones": here,
        "two regions": Series(names, Parallel(here, there)),
        f"two regions, {switch_min:g} min to switch": Series(names, switch, Parallel(here, there)),
    }


def together(common: float = COMMON) -> tuple[Design, Design]:
    """Two regions that know nothing of each other, and two that sometimes fail together."""
    names = Part.promised("Route 53")
    regions = Part("home region", availability(home())), Part("away region", availability(home("", "RDS Single-AZ")))
    return Series(names, Parallel(*regions)), Series(names, Parallel(*regions, common=common))


def promises(_: Topology, switch_min: float = 10, common: float = COMMON, years: int = YEARS) -> Picture:
    """Time away in a year: bars by algebra, which takes failures for independent, dots by simulated years.

    Parameters
    ----------
    switch_min : float
        Minutes that it takes to switch to the other region.
    common : float
        Share of its time away in which a region is away together with the other one, in the last row; the algebra
        beside it does not know of that.
    years : int
        Simulated for each design.
    """
    rows = {name: (yearly_downtime_s(design), _lived_s(design, years)) for name, design in designs(switch_min).items()}
    apart, both = together(common)
    rows["two regions, a common cause"] = (yearly_downtime_s(apart), _lived_s(both, years))
    allowed_s = (1 - BRIEF.value("availability")) * YEAR_S
    return charts.availabilities(
        rows,
        title=f"Time away in a year, if AWS just keeps its promises; {years:,} simulated years",
        limit=(allowed_s, "the brief"),
    )


def _lived_s(design: Design, years: int) -> float:
    return float(play(design, runs=years).downtime_s.mean())
