"""Instance types, CPU credits, service limits and the state of services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, missing, rows


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceType:
    """An EC2 instance type, as ``DescribeInstanceTypes`` gives it.

    Attributes
    ----------
    vcpu, cores : int
        Hardware threads and cores.
    memory_gib, clock_ghz : float
        Memory in GiB, sustained clock in GHz.
    net_baseline_gbps, net_peak_gbps : float
        Network bandwidth in Gbit/s, lasting and in bursts.
    ebs_baseline_mbps, ebs_max_mbps : int
        Bandwidth to EBS in Mbit/s.
    ebs_baseline_iops, ebs_max_iops : int
        Operations per second to EBS.
    max_enis, ipv4_per_eni : int
        Network interfaces and addresses on each.
    burstable : bool
        Whether it lives on CPU credits.
    """

    name: str
    vcpu: int
    cores: int
    memory_gib: float
    arch: str
    cpu_maker: str
    clock_ghz: float
    net_baseline_gbps: float
    net_peak_gbps: float
    ebs_baseline_mbps: int
    ebs_max_mbps: int
    ebs_baseline_iops: int
    ebs_max_iops: int
    max_enis: int
    ipv4_per_eni: int
    burstable: bool
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TCredit:
    """CPU credits of a burstable type. One credit is one vCPU-minute at 100 %.

    Attributes
    ----------
    baseline : float
        Share of each vCPU that may be used for ever, 0 to 1.
    credits_per_hour, max_credits : float
        Earned per hour and kept at most.
    surplus_usd_per_vcpu_hour : float
        What use beyond the credits costs in unlimited mode.
    """

    name: str
    vcpu: int
    baseline: float
    credits_per_hour: float
    max_credits: float
    surplus_usd_per_vcpu_hour: float
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """A limit or billing unit of a service: `value` in `unit`."""

    service: str
    limit: str
    unit: str
    value: float
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceStatus:
    """Where the seed and AWS today differ: `since` and `checked` are ISO dates, as exact as they are known."""

    service: str
    state: str
    since: str
    checked: str
    successor: str
    source: str
    confidence: str


_WHOLE = ("vcpu", "cores", "ebs_baseline_mbps", "ebs_max_mbps", "ebs_baseline_iops", "ebs_max_iops", "max_enis")


@cache
def instance_types() -> Mapping[str, InstanceType]:
    """Return all instance types of the course by name."""
    return {
        row["type"]: InstanceType(
            name=row["type"],
            arch=row["arch"],
            cpu_maker=row["cpu_maker"],
            memory_gib=float(row["memory_gib"]),
            clock_ghz=float(row["clock_ghz"]),
            net_baseline_gbps=float(row["net_baseline_gbps"]),
            net_peak_gbps=float(row["net_peak_gbps"]),
            ipv4_per_eni=int(row["ipv4_per_eni"]),
            burstable=row["burstable"] == "true",
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
            **{name: int(row[name]) for name in _WHOLE},
        )
        for row in rows("instances")
    }


def instance_type(name: str) -> InstanceType:
    """Return an instance type such as ``t3.small``.

    Raises
    ------
    DataError
        When the course has no facts about it.
    """
    if name not in instance_types():
        raise missing("instance type", name, instance_types())
    return instance_types()[name]


@cache
def _t_credits() -> Mapping[str, TCredit]:
    return {
        row["type"]: TCredit(
            name=row["type"],
            vcpu=int(row["vcpu"]),
            baseline=float(row["baseline_pct_per_vcpu"]) / 100,
            credits_per_hour=float(row["credits_per_hour"]),
            max_credits=float(row["max_credits"]),
            surplus_usd_per_vcpu_hour=float(row["surplus_usd_per_vcpu_hour"]),
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("t_credits")
    }


def t_credit(name: str) -> TCredit:
    """Return the CPU credits of a burstable type such as ``t3.small``.

    Raises
    ------
    DataError
        When the type does not live on credits.
    """
    if name not in _t_credits():
        raise missing("burstable instance type", name, _t_credits())
    return _t_credits()[name]


@cache
def _quotas() -> Mapping[tuple[str, str], Quota]:
    return {
        (row["service"], row["limit"]): Quota(
            service=row["service"],
            limit=row["limit"],
            unit=row["unit"],
            value=float(row["value"]),
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("quotas")
    }


def quota(service: str, limit: str) -> Quota:
    """Return a limit of a service, such as ``quota("NAT gateway", "bandwidth maximum")``.

    Raises
    ------
    DataError
        When the course does not know that service or limit.
    """
    known = _quotas()
    if (service, limit) in known:
        return known[service, limit]
    services = {key[0] for key in known}
    if service not in services:
        raise missing("service with limits", service, services)
    raise missing(f"limit of {service}", limit, [key[1] for key in known if key[0] == service])


@cache
def service_status() -> Mapping[str, ServiceStatus]:
    """Return the services whose state is not what the seed says, by name."""
    columns = ("service", "state", "since", "checked", "successor", "source", "confidence")
    return {row["service"]: ServiceStatus(**{name: row[name] for name in columns}) for row in rows("service_status")}
