"""A run played into the embedded AWS: minute by minute its own group decides, and everybody can watch.

The engine plays load balancer and servers; after each minute its metrics are put into CloudWatch, AWS time goes on by
that minute (alarms are evaluated, the group starts and ends instances), and the engine goes on with the servers that
there are now. Afterwards ``describe_scaling_activities`` and the ``aws`` command show what the chart shows.

A new server takes requests from the moment at which its machine has done its user data; one that does not answer a
minute later is left out. Health checks that fail under the load are told to the group by ``set_instance_health``, which
is what a server says of itself on AWS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aws14 import cloud
from aws14.errors import NotAvailable, ScenarioError
from aws14.model import Event, Node, Topology
from aws14.sim.controller import ELB, IN_SERVICE, PENDING, TERMINATING, Server
from aws14.sim.startup import ready_after_s

__all__ = ["PlayedGroup", "group_of", "wait_for_hour"]

_GONE = "Terminated"
_MINUTE_S = 60.0
_LATE_S = 60.0
"""A machine that does not answer so long after it should never will."""
_TIME_ZONE = "Asia/Tokyo"
_FRIDAY = 4


def group_of(topology: Topology) -> Node:
    """The one Auto Scaling group of a topology.

    Raises
    ------
    ScenarioError
        When there is none, or several.
    """
    groups = topology.of_kind("autoscaling_group")
    if len(groups) != 1:
        raise ScenarioError(
            f"{topology.name} has {len(groups)} Auto Scaling groups",
            allowed="a run is played with one",
            cure="lab.run()",
        )
    return groups[0]


def wait_for_hour(session: cloud.Session, hour: float) -> None:
    """Let AWS time pass until the next working day shows this hour (0 to 24) in Japan."""
    now = datetime.fromtimestamp(session.now(), UTC).astimezone(ZoneInfo(_TIME_ZONE))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = midnight + timedelta(hours=hour)
    while wanted < now or wanted.weekday() > _FRIDAY:
        wanted += timedelta(days=1)
    session.advance((wanted - now).total_seconds())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Names:
    """What the metrics of a run are called by: dimensions of each namespace."""

    region: str
    by_namespace: Mapping[str, Mapping[str, str]]


class PlayedGroup:
    """The emulator's own group as the controller of a run (`aws14.sim.controller.Controller`).

    Parameters
    ----------
    session : cloud.Session
        On the embedded AWS.
    topology : Topology
        Read back; its group is played.

    Raises
    ------
    NotAvailable
        On a real account, where no clock can be moved.
    """

    def __init__(self, session: cloud.Session, topology: Topology) -> None:
        if session.place.control is None:
            raise NotAvailable(
                f"a run is played into the embedded AWS only; this session works on {session.target}", cure="lab.run()"
            )
        self._control = session.place.control
        node = group_of(topology)
        self.group = node.id
        self._name = node.aws_id.split(",")[0]
        region = topology.container(node.id, "region")
        self._names = _names(topology, node, region.id if region else session.region)
        self._client = session.client("autoscaling", self._names.region)
        # Alarms look at full minutes, so the run's minutes are the clock's.
        self._began = round(session.now() / _MINUTE_S) * _MINUTE_S
        self._startup_s = ready_after_s(str(node.require("startup_script")))
        self._answered: set[str] = set()
        self.desired = 0
        self.members: tuple[Server, ...] = ()
        self._look(self._control.play([], self._began), 0.0)

    def minute(self, now_s: float, datapoints: Mapping[str, float]) -> Sequence[Event]:
        """Put the metrics of the minute, let AWS decide, and say what it decided."""
        metrics = [self._metric(name, value) for name, value in datapoints.items()]
        told = self._control.play([each for each in metrics if each], self._began + now_s)
        return self._look(told, now_s)

    def replace(self, member_id: str, now_s: float, reason: str) -> Sequence[Event]:
        """Tell the group that a member fails under the load; what the instance itself suffers it sees by itself."""
        del now_s
        if reason == ELB:
            self._client.set_instance_health(
                InstanceId=member_id, HealthStatus="Unhealthy", ShouldRespectGracePeriod=True
            )
        return ()

    def _metric(self, key: str, value: float) -> dict[str, Any] | None:
        namespace, _, name = key.partition(" ")
        dimensions = self._names.by_namespace.get(namespace)
        if not dimensions or math.isnan(value):
            return None
        return {
            "namespace": namespace,
            "name": name,
            "dimensions": dict(dimensions),
            "value": value,
            "region": self._names.region,
        }

    def _look(self, told: Mapping[str, Any], now_s: float) -> list[Event]:
        group = next(
            each for each in told["groups"] if each["name"] == self._name and each["region"] == self._names.region
        )
        before = {member.id for member in self.members}
        events = []
        if self.members and group["desired"] != self.desired:
            text = f"desired capacity {self.desired} -> {group['desired']}"
            events.append(Event(at_s=now_s, node=self.group, what="desired", text=text))
        self.desired = group["desired"]
        self.members = tuple(self._member(each, now_s) for each in group["members"] if each["state"] != _GONE)
        new = (member for member in self.members if before and member.id not in before)
        events += [Event(at_s=member.launched_s, node=member.id, what="launched") for member in new]
        gone = before - {member.id for member in self.members}
        return [*events, *(Event(at_s=now_s, node=each, what="terminated") for each in sorted(gone))]

    def _member(self, told: Mapping[str, Any], now_s: float) -> Server:
        if told["answers"]:
            self._answered.add(told["id"])
        launched_s = told["launched"] - self._began
        ready_s = launched_s + self._startup_s
        late = told["id"] not in self._answered and now_s > ready_s + _LATE_S
        state = TERMINATING if late or told["state"].startswith("Terminating") else told["state"]
        return Server(
            id=told["id"],
            zone=told["zone"],
            state=state if state in (IN_SERVICE, TERMINATING) else PENDING,
            launched_s=launched_s,
            ready_s=ready_s,
        )


def _names(topology: Topology, group: Node, region: str) -> _Names:
    named: dict[str, dict[str, str]] = {"AWS/EC2": {"AutoScalingGroupName": group.aws_id.split(",")[0]}}
    for link in topology.links_of("routes", target=group.id):
        targets = topology.node(link.source)
        for way in topology.links_of("routes", target=targets.id):
            balancer = topology.node(way.source)
            if targets.kind == "target_group" and balancer.kind == "load_balancer":
                named["AWS/ApplicationELB"] = {
                    "LoadBalancer": balancer.aws_id.partition("loadbalancer/")[2],
                    "TargetGroup": targets.aws_id.rpartition(":")[2],
                }
    for link in topology.links_of("uses", source=group.id):
        database = topology.node(link.target)
        if database.kind == "db_instance":
            named["AWS/RDS"] = {"DBInstanceIdentifier": database.id}
    return _Names(region=region, by_namespace=named)
