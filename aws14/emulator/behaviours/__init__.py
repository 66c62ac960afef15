"""What reacts: one file a behaviour, each with a docstring in four parts and an ``install()``.

A behaviour never changes the API's shape. Its hooks on moto's private names stand together in its ``install``; a smoke
test per behaviour holds them against the pinned moto. ``docs/fidelity.md`` is generated from the docstrings.
"""

from __future__ import annotations

from importlib import import_module

__all__ = ["BEHAVIOURS", "install"]

#: In the order in which they are installed.
BEHAVIOURS = (
    "addresses",
    "launch_defaults",
    "instance_life",
    "nat_life",
    "route_state",
    "network_insights",
    "refusals",
    "long_poll",
)


def install() -> None:
    """Install every behaviour into the moto of this process."""
    for name in BEHAVIOURS:
        import_module(f"aws14.emulator.behaviours.{name}").install()
