"""What the section of pattern 13 states in words is so."""

from __future__ import annotations

import numpy as np
import pytest

from aws14 import catalog
from aws14.patterns import p13_experiments as experiments
from aws14.patterns import p13_machines, p13_watch
from aws14.patterns.p13_day import RELEASE_H, SPOT_H, scenario
from aws14.sim.containers.eviction import node_times
from aws14.sim.control_plane import Operations
from aws14.sim.intensity import intensity
from tests.patterns.p13_site import SECTION


def typical_s(thing: str) -> float:
    return catalog.durations()[thing].typical_s


def rate(hour: float) -> float:
    """Requests a second at an hour of the day."""
    return float(intensity(scenario().load, 86_400.0).at(np.array([hour * 3600.0]))[0])


@pytest.mark.parametrize(
    ("words", "true"),
    [
        ("a page every three seconds", p13_watch.EVERY_S == 3),
        ("For most of a minute requests that go to the lost node fail", 30 < node_times().not_ready_s < 60),
        (
            "Kubernetes waits five minutes: the machine might come back",
            typical_s("Kubernetes pod tolerates an unreachable node") == 300,
        ),
        (
            "asks for a machine, which takes a minute to come",
            45 <= typical_s("EC2 instance pending to running") + typical_s("EKS node running to joined") <= 75,
        ),
        ("On an evening like that a team releases at nine", RELEASE_H == 21 and SPOT_H < RELEASE_H),
        ("upgrades three # times a year", Operations().upgrades_per_year == 3),
        ("four hours for each master that dies", Operations().hours_per_failure == 4 == experiments.REPAIR_S / 3600),
        ("Sixteen # pods, two nodes", experiments.COUNT == 16),
        ("The services of all five teams", len(p13_machines.TEAMS) == 5),
        ("looked at every quarter of a minute", typical_s("Kubernetes HPA looks") == 15),
        ("at sixty percent of the CPU they requested", '"averageUtilization": 60' in SECTION),
        ("that come a hundred times a second", 80 < rate(RELEASE_H) < 125),
    ],
)
def test_the_words_are_there_and_true(words: str, true: bool) -> None:
    # A line of the source may break anywhere.
    plain = " ".join(SECTION.replace("\n# ", " ").split())
    assert words.replace(" # ", " ") in plain
    assert true
