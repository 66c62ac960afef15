"""When files, and the instances that ask for them, are away in a run, by what breaks in it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from aws14.model import AzOutage, Fault, InstanceLoss, Node, RegionOutage
from aws14.sim.entry import FileClient
from aws14.sim.files.losses import zone_lost_min

Floats = NDArray[np.float64]
Stretch = tuple[float, float]

_MINUTE_S = 60.0


def files_away(faults: tuple[Fault, ...], files: Node, region: str) -> list[Stretch]:
    """From when to when the files are away, in seconds of the run."""
    zones = files.require("zones")
    away: list[Stretch] = []
    for fault in faults:
        if isinstance(fault, RegionOutage) and fault.region == region:
            away.append((fault.starts_s, fault.starts_s + fault.lasts_s))
        if isinstance(fault, AzOutage) and isinstance(zones, tuple) and fault.az in zones:
            lost_s = _MINUTE_S * zone_lost_min(files, lasts_min=fault.lasts_s / _MINUTE_S)
            away.append((fault.starts_s, fault.starts_s + lost_s))
    return away


def client_down(faults: tuple[Fault, ...], client: FileClient, region: str) -> list[Stretch]:
    """From when to when an instance is down, in seconds of the run; for ever what nothing ends."""
    down: list[Stretch] = []
    for fault in faults:
        hit = (
            (isinstance(fault, InstanceLoss) and fault.node == client.instance.id)
            or (isinstance(fault, AzOutage) and fault.az == client.zone)
            or (isinstance(fault, RegionOutage) and fault.region == region)
        )
        if hit:
            down.append((fault.starts_s, math.inf if fault.lasts_s is None else fault.starts_s + fault.lasts_s))
    return down


def until_back(at_s: Floats, away: list[Stretch]) -> Floats:
    """How long it is from given times until nothing is away any more."""
    until_s = np.zeros(len(at_s))
    for starts_s, ends_s in sorted(away):
        inside = (at_s + until_s >= starts_s) & (at_s + until_s < ends_s)
        until_s[inside] = ends_s - at_s[inside]
    return until_s
