"""Caches of a gateway against Che's approximation, and the queue of its line by hand."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.gateways import Files, best_share, fits_buffer, found_share, upload_queue_gib

FILES = Files(count=5000, gib=1000, skew=0.9)


@pytest.mark.parametrize("cache_gib", [20, 100, 400])
def test_the_cache_finds_what_che_says(cache_gib):
    shares, room = FILES.popularity, cache_gib / 1000 * 5000
    low, high = 1e-3, 1e9
    for _ in range(200):
        at = (low * high) ** 0.5
        low, high = (at, high) if (1 - np.exp(-shares * at)).sum() < room else (low, at)
    che = float((shares * (1 - np.exp(-shares * at))).sum())
    assert found_share(FILES, cache_gib) == pytest.approx(che, abs=0.01)
    assert found_share(FILES, cache_gib) < best_share(FILES, cache_gib)


def test_ends_of_the_cache():
    assert found_share(FILES, 0) == best_share(FILES, 0) == 0
    assert found_share(FILES, 1000) > 0.97
    assert best_share(FILES, 1000) == pytest.approx(1)
    assert best_share(Files(count=100, gib=10, skew=0), 5) == pytest.approx(0.5)


def test_what_is_written_waits_for_the_line():
    carried = 100e6 * 60 / 8 / 2**30
    waiting = upload_queue_gib(np.array([0, 10, 10, 0, 0], dtype=np.float64), mbps=100)
    assert waiting == pytest.approx([0, 10 - carried, 20 - 2 * carried, 20 - 3 * carried, 20 - 4 * carried])
    gateway = Node(id="office", kind="storage_gateway", attributes={"cache_gib": 150, "buffer_gib": 0})
    assert fits_buffer(gateway, waiting)
    small = Node(id="office", kind="storage_gateway", attributes={"cache_gib": 150, "buffer_gib": 10})
    assert not fits_buffer(small, waiting)


def test_what_cannot_be_is_refused():
    with pytest.raises(ScenarioError):
        Files(count=0, gib=1)
    with pytest.raises(ScenarioError):
        found_share(FILES, -1)
    with pytest.raises(ScenarioError):
        upload_queue_gib(np.ones(2), mbps=0)
