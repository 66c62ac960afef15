"""Auto Scaling: what is decided, as pure functions for simulated runs and for the embedded AWS; a group for runs."""

from aws14.sim.autoscaling.adjustment import SimplePolicy, Step, StepPolicy, adjusted
from aws14.sim.autoscaling.combining import Proposal, combined
from aws14.sim.autoscaling.group import Group
from aws14.sim.autoscaling.reading import read_group
from aws14.sim.autoscaling.schedule import ScheduledAction
from aws14.sim.autoscaling.spec import Member, Spec
from aws14.sim.autoscaling.tracking import PREDEFINED, TargetTracking, TrackedMetric
from aws14.sim.autoscaling.watching import Alarm
from aws14.sim.autoscaling.zones import counts_by_zone, instance_to_terminate, zone_to_launch

__all__ = [
    "PREDEFINED",
    "Alarm",
    "Group",
    "Member",
    "Proposal",
    "ScheduledAction",
    "SimplePolicy",
    "Spec",
    "Step",
    "StepPolicy",
    "TargetTracking",
    "TrackedMetric",
    "adjusted",
    "combined",
    "counts_by_zone",
    "instance_to_terminate",
    "read_group",
    "zone_to_launch",
]
