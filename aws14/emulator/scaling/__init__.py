"""How Auto Scaling groups live: launches, ends, health, hooks, policies, refreshes, on the one clock.

`aws14.emulator.behaviours.autoscaling` and `aws14.emulator.behaviours.scaling_policies` take hold of moto and lead
here. moto's own groups and members are kept as they are; what moto has no place for is a `records.Record` that goes
with its group.
"""

from __future__ import annotations

# Imported with the package: the events of a saved cloud find their handlers.
from aws14.emulator.scaling import capacity, health, life, policies, refresh, schedule, waits

__all__ = ["capacity", "health", "life", "policies", "refresh", "schedule", "waits"]
