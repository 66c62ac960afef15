"""Crossover: up to how many requests a month serverless costs less than servers that stand there anyway.

Serverless costs by the call, servers by the hour: few of them however many call, one more whenever those there are
full. Both answer the same requests, so what both pay alike (data to the Internet, a distribution, a database) is left
out, and so is the work of people. Prices of the book, without free tier unless one is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws14.cost.billing import FreeTier, bill
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.errors import ScenarioError
from aws14.model import Usage

_MILLION, _MB_PER_GB, _SECONDS_PER_HOUR = 1e6, 1024, 3600
_MOST = 1e9
"""Requests a month up to which a crossover is looked for; the price book ends near it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ByTheCall:
    """A function behind an API.

    Parameters
    ----------
    region : str
        Where.
    memory_mib : float
        Of the function.
    billed_s : float
        Mean duration of a call that is paid for; of a run ``record.billed_s.sum() / record.invocations.sum()``.
    protocol : {'REST', 'HTTP', ''}
        Of the API; empty: a function URL, which costs nothing.
    architecture : {'x86', 'Arm'}
        Of the processor.
    """

    region: str
    memory_mib: float
    billed_s: float
    protocol: str = "REST"
    architecture: str = "x86"

    def usage(self, requests: float) -> tuple[Usage, ...]:
        """What so many requests a month are charged for."""
        duration = requests * self.billed_s * self.memory_mib / _MB_PER_GB
        lines = [
            ("Lambda", "Requests", "1M requests", "*", requests / _MILLION),
            ("Lambda", f"Duration {self.architecture}", "GB-second", "*", duration),
        ]
        if self.protocol:
            lines.append(("API Gateway", f"{self.protocol} requests", "1M requests", self.region, requests / _MILLION))
        return tuple(
            Usage(service=service, item=item, unit=unit, region=where, quantity=amount)
            for service, item, unit, where, amount in lines
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ByTheHour:
    """Servers behind a load balancer, as many as the busiest time needs.

    Parameters
    ----------
    region : str
        Where.
    instance_type : str
        Of a server.
    rps_each : float
        Requests a second that one server answers well.
    least : int
        Servers that stand there in any case; two, so that one may fail.
    peak : float
        Rate of the busiest time over the mean of the month; the servers stand for it all month.
    root_gib : float
        Disk of each.
    """

    region: str
    instance_type: str
    rps_each: float
    least: int = 2
    peak: float = 1.0
    root_gib: float = 8.0

    def servers(self, requests: float) -> int:
        """How many servers so many requests a month need."""
        mean_rps = requests / (HOURS_PER_MONTH * _SECONDS_PER_HOUR)
        return max(self.least, math.ceil(mean_rps * self.peak / self.rps_each - 1e-9))

    def usage(self, requests: float) -> tuple[Usage, ...]:
        """What so many requests a month are charged for, but for the capacity units of the load balancer."""
        count = self.servers(requests)
        lines = (
            ("EC2", f"{self.instance_type} Linux on-demand", "hour", count * HOURS_PER_MONTH),
            ("EBS", "gp3 storage", "GB-month", count * self.root_gib),
            ("ELB", "ALB hour", "hour", HOURS_PER_MONTH),
        )
        return tuple(
            Usage(service=service, item=item, unit=unit, region=self.region, quantity=amount)
            for service, item, unit, amount in lines
        )


def monthly_usd(way: ByTheCall | ByTheHour, requests: float, *, free_tier: FreeTier = "none") -> float:
    """What so many requests a month cost, in USD.

    Raises
    ------
    DataError
        When the price book lacks a price.
    """
    return bill(way.usage(requests), title="", period="month", free_tier=free_tier, rounding="none").total_usd


def crossover(calls: ByTheCall, hours: ByTheHour, *, free_tier: FreeTier = "none") -> float:
    """The least number of requests a month from which serverless costs more than the servers.

    Servers come in steps, so there may be several such numbers; this is the first.

    Raises
    ------
    ScenarioError
        When serverless costs less up to a thousand million requests a month.
    DataError
        When the price book lacks a price.
    """

    def dearer(requests: float) -> bool:
        return monthly_usd(calls, requests, free_tier=free_tier) > monthly_usd(hours, requests, free_tier=free_tier)

    low = 0.0
    for high in _steps(hours):
        if dearer(high):
            return _between(dearer, low, high)
        low = high
    raise ScenarioError(
        f"serverless costs less up to {_MOST:,.0f} requests a month", cure="a cheaper server, or more requests for each"
    )


def _steps(hours: ByTheHour) -> Sequence[float]:
    """Just below each number of requests at which one server more is needed: where servers are cheapest by request."""
    full = hours.rps_each / hours.peak * HOURS_PER_MONTH * _SECONDS_PER_HOUR
    count = hours.least
    steps: list[float] = []
    while count * full < _MOST and len(steps) < 10_000:
        steps.append(count * full)
        count += 1
    return [*steps, _MOST]


def _between(dearer: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if dearer(middle) else (middle, high)
    return high
