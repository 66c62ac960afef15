"""A control plane of one's own against EKS: how often it is there, and how many hours of work it takes.

etcd keeps a cluster's state by majority: of three masters two must stand, one alone is all or nothing. What it costs in
work is a model; every number of it is an assumption with its reason, to be changed in place. Left out: failures that
come together (a bad upgrade hits all masters), backups that cannot be restored, the learning of a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.sim.availability import FailureAndRepair, k_of_n

__all__ = ["EKS", "ControlPlane", "Operations", "compare_control_planes", "own_masters"]

_HOURS_PER_YEAR = 8766.0
_S_PER_H = 3600.0
EKS = "EKS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operations:
    """What running masters takes, in hours of people.

    Parameters
    ----------
    upgrades_per_year : float
        Assumption: Kubernetes releases three versions a year, each supported for about 14 months; two or three
        upgrades keep up.
    hours_per_upgrade : float
        Assumption: read the notes, try it on a copy, do it node by node, watch; two working days.
    hours_per_month : float
        Assumption: operating system patches, certificates, etcd backups and a restore drill.
    hours_per_failure : float
        Assumption: notice a dead master, replace it, let etcd take it up; done by hand.
    usd_per_hour : float
        Assumption: an engineer, all costs of employment included.
    eks_hours_per_upgrade, eks_hours_per_month : float
        Assumption: what is left with EKS is to check one's own workloads and to press the button.
    """

    upgrades_per_year: float = 3.0
    hours_per_upgrade: float = 16.0
    hours_per_month: float = 6.0
    hours_per_failure: float = 4.0
    usd_per_hour: float = 60.0
    eks_hours_per_upgrade: float = 4.0
    eks_hours_per_month: float = 0.5

    def __post_init__(self) -> None:
        """Refuse work that cannot be."""
        for name in self.__slots__:
            if not getattr(self, name) >= 0:
                raise ScenarioError(f"{name} is {getattr(self, name)!r}", allowed="zero or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlPlane:
    """A way to have a control plane.

    Parameters
    ----------
    name : str
        What it is called.
    availability : float
        Share of the time that it is there, 0 to 1; of EKS what AWS promises.
    work_h : float
        Hours of work a year.
    machines_usd, work_usd : float
        What a year costs.
    """

    name: str
    availability: float
    work_h: float
    machines_usd: float
    work_usd: float

    @property
    def down_h(self) -> float:
        """Hours a year without it: nothing new starts, what runs goes on running."""
        return (1 - self.availability) * _HOURS_PER_YEAR

    @property
    def usd(self) -> float:
        """Cost of a year."""
        return self.machines_usd + self.work_usd


def own_masters(
    masters: int,
    *,
    server: FailureAndRepair,
    instance_type: str = "t3.medium",
    region: str = "ap-northeast-1",
    operations: Operations | None = None,
) -> ControlPlane:
    """A control plane of one's own.

    Parameters
    ----------
    masters : int
        Odd: 1, 3 or 5.
    server : FailureAndRepair
        How one of them fails and is replaced.
    instance_type, region : str
        What they cost.
    operations : Operations, optional
        What they take; left out: the assumptions as they stand.

    Raises
    ------
    ScenarioError
        When the number of masters is even or none.
    DataError
        When the course has no price of the type.
    """
    if masters < 1 or masters % 2 == 0:
        raise ScenarioError(f"masters is {masters}", allowed="1, 3, 5: an even one adds a failure and no majority")
    work = operations or Operations()
    failures = masters * _HOURS_PER_YEAR * _S_PER_H / (server.mttf_s + server.mttr_s)
    work_h = work.upgrades_per_year * work.hours_per_upgrade + 12 * work.hours_per_month
    work_h += failures * work.hours_per_failure
    price = catalog.price("EC2", f"{instance_type} Linux on-demand", region).usd
    return ControlPlane(
        name="1 master" if masters == 1 else f"{masters} masters",
        availability=k_of_n(masters // 2 + 1, *[server.availability] * masters),
        work_h=work_h,
        machines_usd=masters * price * _HOURS_PER_YEAR,
        work_usd=work_h * work.usd_per_hour,
    )


def compare_control_planes(
    *,
    server: FailureAndRepair,
    instance_type: str = "t3.medium",
    region: str = "ap-northeast-1",
    operations: Operations | None = None,
) -> tuple[ControlPlane, ...]:
    """One master, three masters, and EKS.

    Parameters
    ----------
    server, instance_type, region, operations
        As of `own_masters`.
    """
    work = operations or Operations()
    own = tuple(
        own_masters(count, server=server, instance_type=instance_type, region=region, operations=work)
        for count in (1, 3)
    )
    work_h = work.upgrades_per_year * work.eks_hours_per_upgrade + 12 * work.eks_hours_per_month
    hour = catalog.price(EKS, "Cluster (standard support)", region).usd
    managed = ControlPlane(
        name=EKS,
        availability=catalog.sla(EKS).promised,
        work_h=work_h,
        machines_usd=hour * _HOURS_PER_YEAR,
        work_usd=work_h * work.usd_per_hour,
    )
    return (*own, managed)
