"""What an Auto Scaling group is, and who is in it."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.errors import DesignError

__all__ = ["PROCESSES", "TERMINATION_POLICIES", "Member", "Spec"]

#: What can be suspended, each by itself (EC2 Auto Scaling user guide, "Suspend and resume processes").
PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)
TERMINATION_POLICIES = (
    "Default",
    "AllocationStrategy",
    "OldestLaunchTemplate",
    "OldestLaunchConfiguration",
    "ClosestToNextInstanceHour",
    "NewestInstance",
    "OldestInstance",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """An Auto Scaling group as it is configured. Times are seconds.

    Parameters
    ----------
    name : str
        Id of its node.
    min_size, max_size, desired : int
        How many instances at least, at most, and now.
    zones : tuple of str
        Where they may stand, in the group's order.
    cooldown_s : float
        Default cooldown: how long simple policies wait after a scaling activity.
    warmup_s : float or None
        Default instance warm-up; None where none is set.
    grace_s : float
        Health check grace period: how long a new instance is not judged.
    health_check_type : {'EC2', 'ELB'}
        Whether the load balancer's verdict counts, too.
    termination_policies : tuple of str
        Of `TERMINATION_POLICIES`, in order.
    suspended : tuple of str
        Of `PROCESSES`.
    startup_s : float
        From the launch of an instance until it answers (`aws14.sim.startup`).
    launch_s : float or None
        From the launch of an instance until it runs, which is in service to the group; None: until it answers.
    end_s : float
        From when an instance begins to go until it is terminated: drained, and shut down.

    Raises
    ------
    DesignError
        When the sizes are out of order, no zone is given, or a name is not one that AWS knows.
    """

    name: str
    min_size: int
    max_size: int
    desired: int
    zones: tuple[str, ...]
    cooldown_s: float = 300.0
    warmup_s: float | None = None
    grace_s: float = 0.0
    health_check_type: str = "EC2"
    termination_policies: tuple[str, ...] = ("Default",)
    suspended: tuple[str, ...] = ()
    startup_s: float = 0.0
    launch_s: float | None = None
    end_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse groups that AWS would refuse."""
        if not 0 <= self.min_size <= self.desired <= self.max_size:
            raise DesignError(
                f"group '{self.name}' wants {self.desired} instances between {self.min_size} and {self.max_size}",
                allowed="0 <= minimum <= desired <= maximum",
            )
        if not self.zones:
            raise DesignError(f"group '{self.name}' has no zone to stand in", cure="give it a subnet")
        _require_known(f"suspended processes of group '{self.name}'", self.suspended, PROCESSES)
        _require_known(f"termination policies of group '{self.name}'", self.termination_policies, TERMINATION_POLICIES)

    @property
    def in_service_after_s(self) -> float:
        """Seconds from the launch of an instance until the group has it in service."""
        return self.startup_s if self.launch_s is None else self.launch_s

    def clamp(self, capacity: int) -> int:
        """The capacity nearest to what is wanted that the group allows."""
        return min(max(capacity, self.min_size), self.max_size)

    def runs(self, process: str) -> bool:
        """Whether a process is not suspended."""
        return process not in self.suspended


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """An instance of a group. Times are seconds.

    Parameters
    ----------
    id : str
        Of the instance.
    zone : str
        Where it stands.
    state : {'Pending', 'InService', 'Terminating'}
        As in `aws14.sim.controller`.
    launched_s : float
        When it was launched.
    ready_s : float
        When it answers, or began to.
    in_service_s : float or None
        When it runs: warm-up, grace period and cooldown count from then. None: from when it answers.
    ends_s : float or None
        When its termination began.
    template : int
        Version of the launch template it came from.
    protected : bool
        From scale-in.
    """

    id: str
    zone: str
    state: str
    launched_s: float
    ready_s: float
    in_service_s: float | None = None
    ends_s: float | None = None
    template: int = 1
    protected: bool = False

    @property
    def since_s(self) -> float:
        """When it came, or comes, in service."""
        return self.ready_s if self.in_service_s is None else self.in_service_s

    def warms(self, now_s: float, warmup_s: float) -> bool:
        """Whether it is not yet in the metrics of its group: it counts as capacity, but not as evidence."""
        return now_s < self.since_s + warmup_s


def _require_known(what: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    strange = [one for one in given if one not in known]
    if strange:
        raise DesignError(f"{what}: {', '.join(strange)}", allowed=", ".join(known))
