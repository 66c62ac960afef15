"""The states of a DB instance on the clock, and the events that tell of them.

A change is a few steps: a state, how long it lasts, and what is done on entering it, by the name of an action, so that
what waits can be saved with the cloud.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from aws14.emulator.clock import handles
from aws14.emulator.databases import door
from aws14.emulator.databases.records import find, is_serving, life_of
from aws14.emulator.world import world

__all__ = ["MESSAGES", "Step", "action", "go", "tell"]

#: Name of an event -> what RDS says, and its category (RDS user guide, "Amazon RDS event categories and messages").
MESSAGES: dict[str, tuple[str, str]] = {
    "created": ("DB instance created", "creation"),
    "deleted": ("DB instance deleted", "deletion"),
    "restarted": ("DB instance restarted", "availability"),
    "shutdown": ("DB instance shutdown", "availability"),
    "stopped": ("DB instance stopped", "notification"),
    "started": ("DB instance started", "notification"),
    "failover-started": ("Multi-AZ instance failover started.", "failover"),
    "failover-completed": ("Multi-AZ instance failover completed", "failover"),
    "backup-started": ("Backing up DB instance", "backup"),
    "backup-finished": ("Finished DB Instance backup", "backup"),
    "class-changed": ("Finished applying modification to DB instance class", "configuration change"),
    "storage-changed": ("Finished applying modification to allocated storage", "configuration change"),
    "multi-az": ("Finished applying modification to convert to a Multi-AZ DB instance", "configuration change"),
    "single-az": ("Finished applying modification to convert to a Single-AZ DB instance", "configuration change"),
    "replica-promoted": ("Promoted read replica instance to a standalone database instance.", "read replica"),
    "replication-ended": ("Replication for the Read Replica terminated", "read replica"),
    "restored": ("Restored from snapshot", "restoration"),
    "snapshot-started": ("Creating manual snapshot", "creation"),
    "snapshot-finished": ("Manual snapshot created", "creation"),
    "automated-started": ("Creating automated snapshot", "creation"),
    "automated-finished": ("Automated snapshot created", "creation"),
    "password-reset": ("Reset master credentials", "configuration change"),
}  # fmt: skip
_ACTIONS: dict[str, Callable[[Any], None]] = {}


class Step(NamedTuple):
    """A state on the way.

    Parameters
    ----------
    status : str
        As ``DBInstanceStatus`` says it.
    seconds : float
        How long it lasts; the last step's does not matter.
    action : str
        What is done on entering it; empty for nothing.
    """

    status: str
    seconds: float = 0.0
    action: str = ""


def action(name: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register the decorated function, of a DB instance, as the action of that name."""

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        _ACTIONS[name] = function
        return function

    return register


def go(instance: Any, *steps: Step) -> None:
    """Enter the first of these states now and the others in their time, unless something else happens first."""
    life = life_of(instance)
    life.turn += 1
    _enter(instance, life.turn, tuple(steps))


def tell(resource: Any, name: str) -> None:
    """Write an event of a DB instance or a snapshot, by its name in `MESSAGES`."""
    resource.add_event(name)


def _enter(instance: Any, turn: int, steps: tuple[Step, ...]) -> None:
    step, rest = steps[0], steps[1:]
    instance.status = step.status
    if rest:  # posted first: an action may begin another turn
        world().clock.after(step.seconds, "rds.enters", (instance.db_instance_arn, turn, rest))
    if step.action:
        _ACTIONS[step.action](instance)
    if not is_serving(instance):
        door.drop(instance.db_instance_arn)


@handles("rds.enters")
def _enters(arn: str, turn: int, steps: tuple[Step, ...]) -> None:
    instance = find(arn)
    if instance is not None and life_of(instance).turn == turn:
        _enter(instance, turn, tuple(Step(*step) for step in steps))
