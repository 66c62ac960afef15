"""The check of the law: it passes a true trace and names the minute in which a count is off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.errors import Aws14Error
from aws14.sim import check_conservation, simulate


def test_a_true_trace_passes(site, hour):
    trace = simulate(site, hour)
    assert check_conservation(trace) is trace


def test_a_lost_request_is_named_by_its_tick(site, hour):
    trace = simulate(site, hour)
    fewer = trace.failed["timed_out"].copy()
    fewer[7] -= 1
    with pytest.raises(Aws14Error, match=r"in tick 7 of 'hour'"):
        check_conservation(replace(trace, failed={**trace.failed, "timed_out": fewer}))


def test_a_histogram_that_misses_an_answer_is_found(site, hour):
    trace = simulate(site, hour)
    histogram = trace.histogram.copy()
    histogram[3, histogram[3].argmax()] -= 1
    with pytest.raises(Aws14Error, match="recorded"):
        check_conservation(replace(trace, histogram=histogram))
