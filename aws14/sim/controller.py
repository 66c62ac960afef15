"""Who decides which servers exist: the contract between the engine of a web tier and what scales it.

The engine (`aws14.sim.web_tier`) plays the load balancer and the servers. A controller plays the Auto Scaling group: it
is told the metrics of each full minute and which members fail, and it owns the list of members. The engine looks at the
list after every call:

- a member is registered with the target group at its `ready_s`, whatever its state says by then;
- a member that is ``Terminating``, or no longer in the list, is deregistered, drains for the group's deregistration
  delay and is gone after it;
- a member costs money from `launched_s` until it is gone.

`aws14.sim.autoscaling.Group` is one; a played run has the emulator's own group as another; a fleet of fixed size
(`FixedFleet`) is the third.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aws14.model import Event

PENDING, IN_SERVICE, TERMINATING = "Pending", "InService", "Terminating"
"""States of a member, as Auto Scaling names them."""

EC2, ELB = "EC2", "ELB"
"""Which check a member failed: the instance itself is impaired, or the load balancer finds it unhealthy."""

METRICS: Mapping[str, str] = {
    "AWS/EC2 CPUUtilization": "Average over the members in service, percent",
    "AWS/ApplicationELB RequestCount": "Sum",
    "AWS/ApplicationELB RequestCountPerTarget": "Sum over the healthy targets, divided by their number",
    "AWS/ApplicationELB TargetResponseTime": "Average, seconds",
    "AWS/ApplicationELB HTTPCode_Target_2XX_Count": "Sum",
    "AWS/ApplicationELB HTTPCode_Target_5XX_Count": "Sum",
    "AWS/ApplicationELB HTTPCode_ELB_5XX_Count": "Sum",
    "AWS/ApplicationELB HealthyHostCount": "Average",
    "AWS/ApplicationELB UnHealthyHostCount": "Average",
    "AWS/RDS CPUUtilization": "Average, percent",
}
"""Datapoints that the engine hands over each minute -> their statistic. One that has no data is left out."""


class Member(Protocol):
    """An instance of the group."""

    @property
    def id(self) -> str:
        """Unique in the run; of an instance that was read back, the id of its target."""
        ...

    @property
    def zone(self) -> str:
        """Availability Zone, as ``ap-northeast-1a``."""
        ...

    @property
    def state(self) -> str:
        """`PENDING`, `IN_SERVICE` or `TERMINATING`."""
        ...

    @property
    def launched_s(self) -> float:
        """When it was launched, in seconds of the run; may be negative."""
        ...

    @property
    def ready_s(self) -> float:
        """When it has booted and run its user data, in seconds of the run; may be negative."""
        ...


class Controller(Protocol):
    """What decides which servers exist."""

    @property
    def group(self) -> str:
        """Id of the Auto Scaling group or the target group."""
        ...

    @property
    def desired(self) -> int:
        """Instances wanted now."""
        ...

    @property
    def members(self) -> Sequence[Member]:
        """Those that exist now, terminating ones included as long as the controller likes."""
        ...

    def minute(self, now_s: float, datapoints: Mapping[str, float]) -> Sequence[Event]:
        """Decide at the end of a minute.

        Parameters
        ----------
        now_s : float
            End of the minute.
        datapoints : Mapping[str, float]
            Keys of `METRICS` -> the value of the minute that ends now.

        Returns
        -------
        sequence of Event
            What was decided (``desired``, ``launched``, ``alarm``, ``terminated``...).
        """
        ...

    def replace(self, member_id: str, now_s: float, reason: str) -> Sequence[Event]:
        """Hear that a member fails its checks; said before each `minute` as long as it does.

        Parameters
        ----------
        member_id : str
            Of the member.
        now_s : float
            The time.
        reason : str
            `EC2` or `ELB`. Whether it counts (health check type, grace period, suspended processes) is the
            controller's business.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A member that simply exists."""

    id: str
    zone: str
    state: str = IN_SERVICE
    launched_s: float = 0.0
    ready_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedFleet:
    """Servers registered by hand: as many as there are, and nobody replaces one.

    Parameters
    ----------
    group : str
        Id of the target group.
    members : tuple of Server
        The servers.
    """

    group: str
    members: tuple[Server, ...]

    @property
    def desired(self) -> int:
        """As many as there are."""
        return len(self.members)

    def minute(self, now_s: float, datapoints: Mapping[str, float]) -> Sequence[Event]:  # noqa: ARG002 - a contract
        """Do nothing."""
        return ()

    def replace(self, member_id: str, now_s: float, reason: str) -> Sequence[Event]:  # noqa: ARG002 - a contract
        """Do nothing: nobody looks after servers registered by hand."""
        return ()
