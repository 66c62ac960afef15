"""How Auto Scaling groups live: launches, ends, health, hooks, policies, refreshes, on the one clock.

`aws14.emulator.behaviours.autoscaling` and `aws14.emulator.behaviours.scaling_policies` take hold of moto and lead
here. moto's own groups and members are kept as they are; what moto has no place for is a `records.Record` that goes
with its group.
"""

from __future__ import annotations

__all__: list[str] = []
