"""What a group has against what it should have: instances are launched, or taken out, until both agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import Kind, records
from aws14.emulator.scaling.activities import difference, fail
from aws14.emulator.scaling.launching import Place, launch, places, template_of
from aws14.emulator.scaling.life import look_again, take_out
from aws14.emulator.scaling.records import Record, at, counted, find_group, groups, key_of, record_of, suspended
from aws14.emulator.world import world
from aws14.sim.autoscaling.spec import Member
from aws14.sim.autoscaling.zones import counts_by_zone, instance_to_terminate, zone_to_launch

__all__ = ["change_desired", "rebalance_anew", "rebalance_later", "zone_changed"]

_REPLACED = "an instance was launched in response to an unhealthy instance needing to be replaced"
_REFRESHED = "an instance was launched in response to an instance refresh"
_MOST_DOUBLINGS = 6
_LEVEL = 1


def change_desired(group: Any, wanted: int, why: str) -> None:
    """Give a group another desired capacity; the clock does the rest.

    Parameters
    ----------
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Whose.
    wanted : int
        Between its limits.
    why : str
        In AWS's words, without time and capacities: ``"a user request explicitly set group desired capacity"``.
    """
    before = vars(group).get("desired_capacity", 0)
    group.desired_capacity = wanted
    if wanted != before:
        record_of(group).causes.append(at(f"{why} changing the desired capacity from {before} to {wanted}"))
    record_of(group).retry_at = 0.0
    look_again(group)


@handles("scaling.reconciles")
def _reconciles(account: str, region: str, name: str) -> None:
    group = find_group(account, region, name)
    if group is None:
        return
    kept = record_of(group)
    if getattr(group, "status", None):  # it is being deleted
        if not group.instance_states:
            group.autoscaling_backend.autoscaling_groups.pop(group.name, None)
        return
    missing = group.desired_capacity - len(counted(group))
    if missing > 0:
        if not suspended(group, "Launch") and world().clock.now() >= kept.retry_at:
            _launch(group, missing)
    elif missing + len(kept.extra) < 0:
        if not suspended(group, "Terminate"):
            _shrink(group, -missing - len(kept.extra))
    else:
        kept.causes.clear()
        kept.replacing = kept.refreshing = 0
    _begin_cooldown(group)


def _begin_cooldown(group: Any) -> None:
    """The cooldown of a simple policy begins when the last activity that it asked for has ended."""
    kept = record_of(group)
    if kept.cooling:
        kept.cooling = False
        kept.busy = {one.activity_id for one in kept.activities if one.end_time is None}
        kept.cooldown_from = None if kept.busy else world().clock.now()


def _launch(group: Any, missing: int) -> None:
    kept, found = record_of(group), places(group)
    here = len(counted(group))
    told = [*kept.causes, difference("started", before=here, after=group.desired_capacity)]
    for _ in range(missing):
        if not _launch_somewhere(group, found, _replaced(kept) or told):
            kept.failures += 1
            wait = typical_s("Auto Scaling retry of a failed launch") * 2 ** min(kept.failures - 1, _MOST_DOUBLINGS)
            kept.retry_at = world().clock.now() + wait
            look_again(group, wait)
            return
        if kept.replacing:
            kept.replacing -= 1
        elif kept.refreshing:
            kept.refreshing -= 1
    kept.failures = 0
    kept.causes.clear()


def _replaced(kept: Record) -> list[str]:
    """Why an instance that takes another one's place is launched."""
    if kept.replacing:
        return [at(_REPLACED)]
    return [at(_REFRESHED)] if kept.refreshing else []


def _launch_somewhere(group: Any, found: Sequence[Place], causes: Sequence[str]) -> bool:
    """Launch into the emptiest zone that takes it; say whether one did."""
    left = list(found)
    while left:
        counts = counts_by_zone(_members(group), [one.zone for one in left])
        zone = zone_to_launch(counts, [one.zone for one in left])
        place = next(one for one in left if one.zone == zone)
        if _try_launch(group, place, causes) is not None:
            return True
        left.remove(place)
        rebalance_later(group)
    return False


def _try_launch(group: Any, place: Place, causes: Sequence[str]) -> Any:
    """Launch one instance; None, and a failed activity, where it cannot be."""
    from moto.core.exceptions import ServiceException

    try:
        return launch(group, place, causes)
    except ServiceException as refused:
        said = str(refused.message)
    except Exception as broken:
        # A group whose event on the clock dies would never launch again.
        said = f"Client.InternalError: Client error on launch ({type(broken).__name__}: {broken})."
    fail(group, causes, said, zone=place.zone, subnet=place.subnet)
    return None


def _members(group: Any) -> list[Member]:
    kept = record_of(group)
    return [_as_member(one, kept.stays[one.instance.id].template if one.instance.id in kept.stays else None, group)
            for one in counted(group)]  # fmt: skip


def _as_member(one: Any, template: dict[str, str] | None, group: Any) -> Member:
    now = template_of(group)
    # What came from another template, or from none, is older than every version of the present one.
    same = template is not None and now is not None and template["LaunchTemplateId"] == now["LaunchTemplateId"]
    launched = one.instance.launch_time.timestamp()
    return Member(
        id=one.instance.id,
        zone=one.instance.availability_zone,
        state="in_service" if one.lifecycle_state == "InService" else "pending",
        launched_s=launched,
        ready_s=launched,
        template=int(template["Version"]) if same and template is not None else 0,
        protected=bool(one.protected_from_scale_in),
    )


def _shrink(group: Any, count: int) -> None:
    kept, here = record_of(group), len(counted(group))
    left, chosen = _members(group), []
    for _ in range(count):
        out = instance_to_terminate(left, group.termination_policies, now_s=world().clock.now())
        if out is None:
            break
        chosen.append(out.id)
        left.remove(out)
    if not chosen:
        return
    causes = [*kept.causes, difference("taken out of service", before=here, after=here - len(chosen))]
    causes += [at(f"instance {one} was selected for termination") for one in chosen]
    for member in [one for one in counted(group) if one.instance.id in chosen]:
        take_out(group, member, causes)
    kept.causes.clear()


def rebalance_later(group: Any) -> None:
    """Look at the balance of the zones after a while, unless that is planned already; ever later when it is no use."""
    kept, now = record_of(group), world().clock.now()
    if kept.rebalance_at <= now:
        wait = typical_s("Auto Scaling looks at the balance of its zones")
        kept.rebalance_at = now + wait * 2 ** min(kept.rebalances, _MOST_DOUBLINGS)
        world().clock.at(kept.rebalance_at, "scaling.rebalances", key_of(group))


def rebalance_anew(group: Any) -> None:
    """Look at the balance of the zones after a while, however often that was no use."""
    kept = record_of(group)
    kept.rebalances, kept.rebalance_at = 0, 0.0
    rebalance_later(group)


def zone_changed(kind: Kind, target: str) -> None:
    """A zone that is back is used again."""
    if kind == "zone" and target not in records("zone"):
        for group in groups():
            if target in group.availability_zones:
                rebalance_anew(group)


@handles("scaling.rebalances")
def _rebalances(account: str, region: str, name: str) -> None:
    group = find_group(account, region, name)
    if group is None or getattr(group, "status", None):
        return
    kept, found = record_of(group), places(group)
    counts = counts_by_zone(_members(group), [one.zone for one in found])
    if max(counts.values()) - min(counts.values()) <= _LEVEL:
        kept.rebalances = 0
        return
    able = [one for one in found if one.zone not in records("zone")]
    target = min(able, key=lambda one: counts[one.zone], default=None)
    level = target is None or max(counts.values()) - counts[target.zone] <= _LEVEL
    settled = len(counted(group)) <= group.desired_capacity
    moved = target is not None and not level and settled and not _holds_still(group) and _move(group, target)
    kept.rebalances = 0 if moved else kept.rebalances + 1
    rebalance_later(group)


def _holds_still(group: Any) -> bool:
    return any(suspended(group, process) for process in ("AZRebalance", "Launch", "Terminate"))


def _move(group: Any, place: Place) -> bool:
    """Launch one more where too few are; when it serves, one goes from where too many are. Say whether it could be."""
    text = (
        f"instances were launched to balance instances in zones {place.zone} with other zones resulting in "
        "more than desired number of instances in the group"
    )
    member = _try_launch(group, place, [at(text)])
    if member is None:
        return False
    record_of(group).extra.add(member.instance.id)
    return True
