"""A zone that is lost; writers of one file against the closed formula."""

from __future__ import annotations

import math

import pytest

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.losses import contention, zone_lost_min


def node(kind, **stated):
    return Node(id="files", kind=kind, attributes=stated)


def lost(kind, restored_min=None, **stated):
    return zone_lost_min(node(kind, **stated), lasts_min=240, restored_min=restored_min)


def test_where_it_stands_decides():
    assert lost("file_system", zones=("a", "c")) == 0
    assert lost("file_system", zones=("a",)) == 240
    assert lost("windows_share", deployment_type="SINGLE_AZ_2") == 240
    assert 0 < lost("windows_share", deployment_type="MULTI_AZ_1") <= 1
    assert lost("volume") == 240
    assert lost("volume", restored_min=90) == 90
    assert lost("volume", restored_min=900) == 240
    with pytest.raises(ScenarioError, match="bucket"):
        lost("bucket")
    with pytest.raises(ScenarioError, match="below"):
        zone_lost_min(node("volume"), lasts_min=-1)


@pytest.mark.parametrize("writers", [1, 2, 5, 40])
def test_writers_wait_as_in_the_machine_repair_model(writers):
    think, held = 10.0, 0.5
    # Share of time in which nobody writes, of M/M/1//N: 1 / sum N!/(N-k)! (held/think)^k.
    terms = [
        math.exp(math.lgamma(writers + 1) - math.lgamma(writers - k + 1) + k * math.log(held / think))
        for k in range(writers + 1)
    ]
    busy = 1 - 1 / sum(terms)
    found = contention(writers, think_s=think, held_s=held)
    assert found.busy == pytest.approx(busy, rel=1e-9)
    assert found.writes_per_s == pytest.approx(busy / held)
    assert found.wait_s == pytest.approx(writers / found.writes_per_s - think)


def test_more_distance_holds_the_lock_longer():
    assert contention(20, think_s=5, held_s=0.5).wait_s > 20 * contention(20, think_s=5, held_s=0.05).wait_s
    with pytest.raises(ScenarioError, match="writers"):
        contention(0, think_s=1, held_s=1)
