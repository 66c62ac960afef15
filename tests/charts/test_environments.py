"""The environments of a function: what the chart shows, and that nothing in it lies over anything else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import charts
from aws14.errors import ScenarioError
from aws14.model import FunctionRecord

MINUTES = 1440


@pytest.fixture
def stormed(day):
    """A day with a storm at noon, of which half is refused."""
    calls, cold, refused = np.full(MINUTES, 60), np.zeros(MINUTES, np.int64), np.zeros(MINUTES, np.int64)
    calls[720:730], cold[720], refused[720:725] = 3000, 90, 1500
    busy = np.where(calls > 60, 100, 3)
    record = FunctionRecord(
        node="members", invocations=calls, cold_starts=cold, throttled=refused, environments=busy + 2,
        concurrency=busy, provisioned=5, memory_mib=512, billed_s=calls * 0.1,
        provisioned_billed_s=np.zeros(MINUTES), init_sum_s=cold * 0.4, limit=100,
    )  # fmt: skip
    return replace(day, functions=record)


def test_it_says_what_happened_and_when(stormed, studio):
    picture = charts.environments(stormed)
    for words in ("At most 100 ran at the same time, at 12:00", "90 calls waited for a new one, 400 ms on average",
                  "7,500 were refused", "5 of them were kept ready", "the limit is 100"):  # fmt: skip
        assert words in picture.alt
    assert "115,800 invocations" in picture.caption
    assert {"limit 100", "kept ready", "refused"} <= {text.get_text() for text in studio.texts()}
    assert studio.overlapping() == []
    assert studio.smallest_px() >= 12


def test_the_curves_are_the_counts_of_the_run(stormed, studio):
    charts.environments(stormed)
    ran = studio.figure.axes[0].lines[0].get_ydata()
    np.testing.assert_allclose(ran, stormed.functions.invocations / 60)
    assert studio.figure.axes[2].get_ylim()[1] > 102
    assert studio.figure.axes[4].get_ylim()[1] >= 90


def test_a_short_peak_gets_a_closer_look(stormed, studio):
    charts.environments(stormed)
    assert studio.figure.axes[1].get_xlim() == (42_600.0, 44_400.0)
    assert "a closer look" in studio.words()
    even = replace(stormed.functions, invocations=np.full(MINUTES, 60), throttled=np.zeros(MINUTES, np.int64))
    charts.environments(replace(stormed, functions=even))
    assert "a closer look" not in studio.words()


def test_a_calm_run_is_not_told_of_limits_or_refusals(stormed, studio):
    none = np.zeros(MINUTES, np.int64)
    calm = replace(stormed.functions, cold_starts=none, throttled=none, provisioned=0, limit=1000)
    picture = charts.environments(replace(stormed, functions=calm), window=(3600.0, 7200.0))
    assert "None was refused" in picture.alt
    words = studio.words()
    assert "no invocation waited" in words and "limit" not in words and "refused" not in words
    assert studio.figure.axes[2].get_xlim() == (3600.0, 7200.0)


def test_a_run_without_a_function_is_refused(day):
    with pytest.raises(ScenarioError, match="no function"):
        charts.environments(day)
