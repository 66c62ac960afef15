"""How many targets of a group were healthy, and when: steps, kept in the state of the behaviours.

CloudWatch's HealthyHostCount and UnHealthyHostCount are made of them (`aws14.emulator.cloudwatch.host_metrics`). Of a
minute in which a count changed the lowest healthy and the highest unhealthy one are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from aws14.emulator.world import world

__all__ = ["HEALTHY", "MINUTE_S", "NAMESPACE", "UNHEALTHY", "changed_at", "groups", "note", "samples"]

MINUTE_S = 60.0
NAMESPACE, HEALTHY, UNHEALTHY = "AWS/ApplicationELB", "HealthyHostCount", "UnHealthyHostCount"
_MOST = 1000
_Step = tuple[float, int, int]


def _steps() -> dict[str, list[_Step]]:
    kept: dict[str, list[_Step]] = world().state.setdefault("host_counts", {})
    return kept


def groups() -> list[str]:
    """ARNs of the target groups that have a history."""
    return list(_steps())


def note(group_arn: str, states: list[str]) -> bool:
    """Write down the states of a group's targets as they are now; say whether the counts are new.

    Parameters
    ----------
    group_arn : str
        Of the target group.
    states : list of str
        Of each of its targets.
    """
    steps = _steps().setdefault(group_arn, [])
    counts = (states.count("healthy"), states.count("unhealthy"))
    if (steps[-1][1:] if steps else (0, 0)) == counts:
        return False
    steps.append((world().clock.now(), *counts))
    del steps[:-_MOST]
    return True


def changed_at(group_arn: str) -> float | None:
    """When the counts last changed, in epoch seconds; None where they never did."""
    steps = _steps().get(group_arn)
    return steps[-1][0] if steps else None


def samples(group_arn: str, name: str, start: float, end: float) -> Iterator[tuple[float, float]]:
    """One count a minute, of whole minutes up to now.

    Parameters
    ----------
    group_arn : str
        Of the target group.
    name : str
        `HEALTHY` or `UNHEALTHY`.
    start, end : float
        Epoch seconds.

    Yields
    ------
    (float, float)
        Start of the minute, and the count.
    """
    steps, end = _steps().get(group_arn, []), min(end, world().clock.now())
    which, worst = (1, min) if name == HEALTHY else (2, max)
    if not steps:
        return
    minute = -(-max(start, steps[0][0]) // MINUTE_S) * MINUTE_S
    while minute + MINUTE_S <= end:
        before = [step for step in steps if step[0] <= minute][-1:]
        within = [step for step in steps if minute < step[0] < minute + MINUTE_S]
        yield minute, float(worst(step[which] for step in (*before, *within)))
        minute += MINUTE_S
