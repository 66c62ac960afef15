"""Visitors: each visit is one stretch of the day."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.sim.visits import _visitors


@pytest.mark.parametrize("mean_requests", [4.0, 20.0])
def test_nobody_is_away_for_most_of_a_day_in_the_middle_of_a_visit(mean_requests: float) -> None:
    """A visit that runs over the end of the day is not taken for one that began in the morning."""
    size, gap = 60_000, 40.0
    visitor = _visitors(14, 0, size, mean_requests=mean_requests, mean_gap=gap)
    first = np.full(int(visitor.max()) + 1, size)
    last = np.full(len(first), -1)
    np.minimum.at(first, visitor, np.arange(size))
    np.maximum.at(last, visitor, np.arange(size))
    came = last >= 0
    assert (last - first)[came].max() < 40 * mean_requests * gap < size
    visits = int(came.sum())
    assert size / visits == pytest.approx(mean_requests, rel=0.05)
