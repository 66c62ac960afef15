"""An Auto Scaling group in a run: each minute its alarms look, its policies propose, its instances come and go.

A `aws14.sim.controller.Controller`, by the rules of the EC2 Auto Scaling user guide: new instances warm up before they
count as evidence; nothing is taken away while some warm up; simple policies wait for their cooldown instead; health
replacements wait for neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from aws14.model import Event
from aws14.sim.autoscaling.adjustment import SimplePolicy, StepPolicy
from aws14.sim.autoscaling.combining import Proposal, combined
from aws14.sim.autoscaling.fleet import Fleet, standing
from aws14.sim.autoscaling.schedule import A_MONDAY_S, ScheduledAction
from aws14.sim.autoscaling.spec import Member, Spec
from aws14.sim.autoscaling.tracking import TargetTracking
from aws14.sim.autoscaling.wanting import Situation, wanted
from aws14.sim.autoscaling.watching import Alarm, Watch, tracking_alarms
from aws14.sim.controller import ELB

__all__ = ["Group", "Policy"]

Policy = SimplePolicy | StepPolicy | TargetTracking


class Group:
    """An Auto Scaling group on its way through a run.

    Parameters
    ----------
    spec : Spec
        The group as it is configured.
    policies : sequence of Policy
        Its policies.
    alarms : sequence of Alarm
        Those that call simple and step policies; target tracking brings its own.
    schedule : sequence of ScheduledAction
        Its scheduled actions.
    members : sequence of Member
        Instances at the start; left out: as many as are desired, long in service, spread over the zones.
    starts_epoch_s : float
        When the run starts, in epoch seconds: what scheduled actions go by.
    """

    def __init__(
        self,
        spec: Spec,
        policies: Sequence[Policy] = (),
        alarms: Sequence[Alarm] = (),
        *,
        schedule: Sequence[ScheduledAction] = (),
        members: Sequence[Member] | None = None,
        starts_epoch_s: float = A_MONDAY_S,
    ) -> None:
        self.spec = spec
        self.policies = tuple(policy for policy in policies if policy.enabled)
        self._desired = spec.desired
        self._fleet = Fleet(spec, standing(spec) if members is None else members)
        own = (
            alarm for policy in self.policies if isinstance(policy, TargetTracking) for alarm in tracking_alarms(policy)
        )
        self._watches = [Watch(alarm) for alarm in (*alarms, *own)]
        self._schedule = tuple(schedule)
        self._starts_epoch_s = starts_epoch_s
        self._cooldown_ends_s = -math.inf
        self._looked_s = 0.0

    @property
    def group(self) -> str:
        """Id of its node."""
        return self.spec.name

    @property
    def desired(self) -> int:
        """Instances wanted now."""
        return self._desired

    @property
    def members(self) -> Sequence[Member]:
        """Those that exist now, those that began to terminate in the last minute included."""
        return self._fleet.members

    def measured(self, now_s: float) -> list[Member]:
        """Members in service that are done warming up: those that CloudWatch's metrics of the group tell of."""
        warmup_s = self._warmup_s(None)
        return [each for each in self._fleet.active if not each.warms(now_s, warmup_s)]

    def lose_zone(self, zone: str) -> None:
        """Launch nothing in a zone from now on."""
        self._fleet.lost_zones.add(zone)

    def regain_zone(self, zone: str) -> None:
        """Launch in a zone again; the zones are levelled in the next minutes."""
        self._fleet.lost_zones.discard(zone)

    def minute(self, now_s: float, datapoints: Mapping[str, float]) -> list[Event]:
        """Decide at the end of a minute.

        Parameters
        ----------
        now_s : float
            End of the minute, in seconds of the run.
        datapoints : Mapping[str, float]
            Keys of `aws14.sim.controller.METRICS` -> the value of the minute that ends now.

        Returns
        -------
        list of Event
            ``alarm``, ``desired``, ``launched``, ``terminated``.
        """
        self._fleet.settle(now_s)
        events = [*self._follow_schedule(now_s), *self._look(now_s, datapoints), *self._scale(now_s)]
        self._looked_s = now_s
        return events + self._fleet.reconcile(self._desired, now_s)

    def replace(self, member_id: str, now_s: float, reason: str) -> list[Event]:
        """Hear that a member fails its checks: terminate it and launch another, if the group goes by that check.

        Parameters
        ----------
        member_id : str
            Of the member.
        now_s : float
            The time.
        reason : {'EC2', 'ELB'}
            Which check it fails.
        """
        member = next((each for each in self._fleet.active if each.id == member_id), None)
        if member is None or not self._goes_by(member, now_s, reason):
            return []
        why = "the load balancer found it unhealthy" if reason == ELB else "its status checks failed"
        gone = self._fleet.terminate(member, now_s, why)
        return gone + (self._fleet.launch(now_s, "in response to an unhealthy instance") if gone else [])

    def _goes_by(self, member: Member, now_s: float, reason: str) -> bool:
        if not (self.spec.runs("HealthCheck") and self.spec.runs("ReplaceUnhealthy")):
            return False
        if reason == ELB and self.spec.health_check_type != ELB:
            return False
        return now_s >= member.since_s + self.spec.grace_s

    def _follow_schedule(self, now_s: float) -> Iterator[Event]:
        if not self.spec.runs("ScheduledActions"):
            return
        since, until = self._starts_epoch_s + self._looked_s, self._starts_epoch_s + now_s
        due = ((action.next_after(since), action) for action in self._schedule)
        for at, action in sorted(((at, action) for at, action in due if at is not None), key=lambda pair: pair[0]):
            if at <= until:
                sizes = action.adjust(self.spec, self._desired)
                self.spec = self._fleet.spec = replace(
                    self.spec, min_size=sizes.min_size, max_size=sizes.max_size, desired=sizes.desired
                )
                yield from self._want(sizes.desired, now_s, f"scheduled action {action.name}")

    def _look(self, now_s: float, datapoints: Mapping[str, float]) -> list[Event]:
        events = []
        for watch in self._watches:
            before = watch.state
            if watch.look(datapoints):
                alarm = watch.alarm
                text = f"Alarm {alarm.name} updated from {before} to {watch.state}."
                events.append(Event(at_s=now_s, node=alarm.node or alarm.name, what="alarm", text=text))
        return events

    def _scale(self, now_s: float) -> list[Event]:
        if not self.spec.runs("AlarmNotification"):
            return []
        proposals = [self._proposal(policy, now_s) for policy in self.policies]
        chosen = combined(self._desired, proposals)
        if chosen is None:
            return []
        policy = next(each for each in self.policies if each.name == chosen.policy)
        if isinstance(policy, SimplePolicy):
            wait_s = self.spec.cooldown_s if policy.cooldown_s is None else policy.cooldown_s
            # A cooldown starts when the last instance has finished launching, or terminating.
            activity_s = self.spec.in_service_after_s if chosen.capacity > self._desired else self.spec.end_s
            self._cooldown_ends_s = now_s + activity_s + wait_s
        return list(self._want(chosen.capacity, now_s, f"policy {chosen.policy}"))

    def _proposal(self, policy: Policy, now_s: float) -> Proposal:
        calling = [watch for watch in self._watches if policy.name in watch.alarm.policies and watch.calls]
        capacity = self.spec.clamp(max((self._wants(policy, watch, now_s) for watch in calling), default=self._desired))
        holds = isinstance(policy, TargetTracking) and not policy.disable_scale_in
        return Proposal(policy=policy.name, capacity=capacity, holds=holds)

    def _wants(self, policy: Policy, watch: Watch, now_s: float) -> int:
        warmup_s = self._warmup_s(None if isinstance(policy, SimplePolicy) else policy.warmup_s)
        active = self._fleet.active
        here = Situation(
            desired=self._desired,
            active=len(active),
            evident=sum(not each.warms(now_s, warmup_s) for each in active),
            cooling=now_s < self._cooldown_ends_s,
        )
        return wanted(policy, here, metric=watch.value, threshold=watch.alarm.rule.threshold)

    def _warmup_s(self, own_s: float | None) -> float:
        """Of a policy; else the default warm-up; else the default cooldown."""
        return next(each for each in (own_s, self.spec.warmup_s, self.spec.cooldown_s) if each is not None)

    def _want(self, capacity: int, now_s: float, why: str) -> Iterator[Event]:
        if capacity != self._desired:
            text = f"The {why} changed the desired capacity from {self._desired} to {capacity}."
            self._desired = capacity
            yield Event(at_s=now_s, node=self.spec.name, what="desired", text=text)
