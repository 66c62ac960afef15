"""Engines, one mechanism a file: load through what was built, and what became of every request."""

from aws14.sim.conservation import check_conservation
from aws14.sim.entry import Path, ToEdge, ToFiles, ToFleet, ToFunction, ToPlaces, Unreachable, resolve
from aws14.sim.network import round_trip_s
from aws14.sim.run import simulate
from aws14.sim.sweep import sweep, what_if

__all__ = [
    "Path",
    "ToEdge",
    "ToFiles",
    "ToFleet",
    "ToFunction",
    "ToPlaces",
    "Unreachable",
    "check_conservation",
    "resolve",
    "round_trip_s",
    "simulate",
    "sweep",
    "what_if",
]
