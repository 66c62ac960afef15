"""Faults: what they refuse."""

from __future__ import annotations

import math

import pytest

from aws14.errors import ScenarioError
from aws14.model import AzOutage, InstanceLoss


def test_hardware_may_never_come_back_a_zone_does() -> None:
    assert InstanceLoss(node="web", starts_s=60.0).lasts_s is None
    with pytest.raises(TypeError):
        AzOutage(az="ap-northeast-1a", starts_s=60.0)  # type: ignore[call-arg]


@pytest.mark.parametrize("starts_s", [-1.0, math.nan, math.inf])
def test_a_fault_starts_within_a_run(starts_s: float) -> None:
    with pytest.raises(ScenarioError, match="starts_s"):
        InstanceLoss(node="web", starts_s=starts_s)


@pytest.mark.parametrize("lasts_s", [0.0, -5.0, math.nan, math.inf])
def test_an_outage_lasts_a_time_and_ends(lasts_s: float) -> None:
    with pytest.raises(ScenarioError, match="lasts_s"):
        AzOutage(az="ap-northeast-1a", starts_s=0.0, lasts_s=lasts_s)


def test_a_fault_is_of_something() -> None:
    with pytest.raises(ScenarioError, match="node"):
        InstanceLoss(node="", starts_s=0.0)
    with pytest.raises(ScenarioError, match="az"):
        AzOutage(az="", starts_s=0.0, lasts_s=1.0)
