"""The order in which delayed requests arrive, against a stable sort."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels.merging import order_of_arrival


@pytest.mark.parametrize("delays", [[0.5], [0.0, 2.0], [1.0, 1.0, 0.25, 30.0]])
def test_merge_is_the_stable_sort_of_arrivals(random, delays):
    delay_s = np.array(delays)
    # times in steps of 1/4, so that many arrive at the same instant
    sent_s = np.cumsum(random("sent").integers(0, 3, 5_000) / 4)
    group = random("group").integers(0, len(delays), 5_000).astype(np.int8)
    order = np.zeros(5_000, np.int32)
    order_of_arrival(sent_s, group, delay_s, np.zeros(len(delays), np.int64), np.zeros(5_000, np.int64), order)
    assert np.array_equal(order, np.argsort(sent_s + delay_s[group], kind="stable"))
