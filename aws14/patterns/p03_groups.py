"""The group of the scaling intranet, with other policies: the topology read back, and on paper other ways to decide.

Every variant starts from the same bare group, so that a learner's own policies and schedules are not in the picture.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.sim import what_if
from aws14.sim.changes import added, without

GROUP = "portal"
SMALLEST, LARGEST = 2, 12
CPU, PER_TARGET = "ASGAverageCPUUtilization", "ALBRequestCountPerTarget"
RESPONSE_TIME = "AWS/ApplicationELB/TargetResponseTime Average"
ALWAYS = 2
"""Servers that simple scaling adds at a time."""

AT_NINE = 10
"""Servers that a schedule wants for nine o'clock."""

_DECIDE = ("scaling_policy", "scheduled_action", "alarm")


def bare(built: Topology, *, smallest: int = SMALLEST, largest: int = LARGEST) -> Topology:
    """The site with a group that nobody scales, at its smallest size."""
    gone = [node.id for kind in _DECIDE for node in built.of_kind(kind)]
    return what_if(without(built, *gone), GROUP, min_size=smallest, max_size=largest, desired=smallest)


def fixed(built: Topology, size: int) -> Topology:
    """The site with so many servers all the time."""
    return bare(built, smallest=size, largest=size)


def tracking(
    built: Topology, target: float = 50.0, metric: str = CPU, *, smallest: int = SMALLEST, largest: int = LARGEST
) -> Topology:
    """Target tracking.

    Parameters
    ----------
    built : Topology
        What was read back.
    target : float
        Of the metric: percent of CPU, requests a minute, seconds.
    metric : str
        As `aws14.model.kinds` spells it.
    smallest, largest : int
        Sizes of the group.
    """
    policy = _policy("tracking", policy_type="TargetTrackingScaling", metric=metric, target=target)
    return added(bare(built, smallest=smallest, largest=largest), policy, links=(_scales(policy),))


def stepping(built: Topology) -> Topology:
    """Step scaling: the busier the group, the more servers at once; one fewer after a quiet quarter of an hour."""
    grow, shrink = _steps("grow", "0:20:1", "20:35:2", "35::4"), _steps("shrink", ":0:-1")
    return _with_alarms(bare(built), grow, shrink, minutes=(2, 15))


def simple(built: Topology) -> Topology:
    """Simple scaling: always two servers more, then a cooldown in which nothing else is done."""
    return _with_alarms(bare(built), _always("grow", ALWAYS, 300), _always("shrink", -1, 300), minutes=(2, 15))


def hasty(built: Topology, *, warmup_s: float) -> Topology:
    """Three servers more after a busy minute, three fewer after two idle ones."""
    grow, shrink = (_steps(*each, warmup_s=warmup_s) for each in (("grow", "0::3"), ("shrink", ":0:-3")))
    return _with_alarms(bare(built), grow, shrink, minutes=(1, 2))


def cooling(built: Topology, *, cooldown_s: float) -> Topology:
    """As hasty, and then a cooldown."""
    grow, shrink = _always("grow", 3, cooldown_s), _always("shrink", -3, cooldown_s)
    return _with_alarms(bare(built), grow, shrink, minutes=(1, 2))


def scheduled(topology: Topology, size: int = AT_NINE) -> Topology:
    """A group that is this large for nine o'clock on working days, whatever else decides."""
    smallest = int(str(topology.node(GROUP).require("min_size")))
    before = _action("before-nine", "45 8 * * 1-5", max(size, smallest))
    after = _action("after-nine", "30 9 * * 1-5", smallest)
    return added(topology, before, after, links=(_scales(before), _scales(after)))


def _steps(name: str, *steps: str, warmup_s: float = -1) -> Node:
    kind = {"policy_type": "StepScaling", "adjustment_type": "ChangeInCapacity"}
    return _policy(name, **kind, steps=steps, warmup_s=warmup_s)


def _always(name: str, by: int, cooldown_s: float) -> Node:
    kind = {"policy_type": "SimpleScaling", "adjustment_type": "ChangeInCapacity"}
    return _policy(name, **kind, steps=(f"::{by}",), cooldown_s=cooldown_s)


def _with_alarms(topology: Topology, grow: Node, shrink: Node, *, minutes: tuple[int, int]) -> Topology:
    """Alarms call the policies after so many minutes above half, and below three tenths."""
    busy = _alarm("busy", "GreaterThanThreshold", 50.0, minutes=minutes[0])
    idle = _alarm("idle", "LessThanThreshold", 30.0, minutes=minutes[1])
    calls = (
        Link(source=busy.id, target=grow.id, kind="routes", label="ALARM"),
        Link(source=idle.id, target=shrink.id, kind="routes", label="ALARM"),
    )
    return added(topology, grow, shrink, busy, idle, links=(_scales(grow), _scales(shrink), *calls))


def _policy(name: str, **stated: Attribute) -> Node:
    whole: dict[str, Attribute] = {
        "metric": "",
        "target": 0.0,
        "adjustment_type": "",
        "steps": (),
        "min_adjustment": -1,
        "cooldown_s": -1,
        "warmup_s": -1,
        "disable_scale_in": False,
        "enabled": True,
    }
    return Node(id=name, kind="scaling_policy", parent="vpc", attributes={**whole, **stated})


def _alarm(name: str, comparison: str, threshold: float, *, minutes: int) -> Node:
    stated: dict[str, Attribute] = {
        "namespace": "AWS/EC2",
        "metric": "CPUUtilization",
        "dimensions": (f"AutoScalingGroupName={GROUP}",),
        "statistic": "Average",
        "comparison": comparison,
        "threshold": threshold,
        "period_s": 60,
        "evaluation_periods": minutes,
        "datapoints_to_alarm": minutes,
        "treat_missing": "missing",
        "state": "OK",
        "actions_enabled": True,
    }
    return Node(id=name, kind="alarm", parent="vpc", attributes=stated)


def _action(name: str, recurrence: str, smallest: int) -> Node:
    stated: dict[str, Attribute] = {
        "recurrence": recurrence,
        "time_zone": "Asia/Tokyo",
        "starts": "",
        "min_size": smallest,
        "max_size": -1,
        "desired": -1,
    }
    return Node(id=name, kind="scheduled_action", parent="vpc", attributes=stated)


def _scales(node: Node) -> Link:
    return Link(source=node.id, target=GROUP, kind="routes", label="scales")
