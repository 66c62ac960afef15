"""The timeline shows the run's own numbers, and says them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes

from aws14 import charts
from aws14.charts.windows import eventful
from aws14.model import Spike, Trace
from tests.charts.conftest import SPOT_MINUTE, Studio


def line(axes: Axes, label: str) -> np.ndarray:
    return next(np.asarray(line.get_ydata()) for line in axes.get_lines() if line.get_label() == label)


def test_rates_percentiles_and_utilization_are_those_of_the_run(day: Trace, studio: Studio) -> None:
    charts.timeline(day)
    rates, _, times, _, busy, *_ = studio.figure.axes
    assert line(rates, "arrivals") == pytest.approx(day.offered / 60)
    assert line(rates, "answered in time") == pytest.approx(day.served / 60)
    for label, quantile in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        assert line(times, label) == pytest.approx(day.response_time_by_tick_s(quantile))
    assert np.asarray(busy.get_lines()[0].get_ydata()) == pytest.approx(np.full(1440, 40.0))


def test_failures_are_stacked_by_reason_per_minute(day: Trace, studio: Studio) -> None:
    charts.timeline(day)
    failures = studio.figure.axes[6]
    tops = [collection.get_paths()[0].vertices[:, 1].max() for collection in failures.collections]
    assert tops == pytest.approx([2000, 3000])
    labels = [text.get_text() for text in studio.figure.legends[0].get_texts()]
    assert labels == ["the client gave up waiting: 6,000", "too many requests wait already: 3,000"]


def test_a_short_outage_is_shown_closer_with_the_same_numbers(day: Trace, studio: Studio) -> None:
    charts.timeline(day)
    assert len(studio.figure.axes) == 8
    close = studio.figure.axes[1]
    left, right = close.get_xlim()
    assert left < SPOT_MINUTE * 60 < (SPOT_MINUTE + 3) * 60 < right
    assert right - left < 3600
    assert line(close, "arrivals").max() == pytest.approx(100)
    assert close.get_ylim() == studio.figure.axes[0].get_ylim()


def test_no_closer_look_without_failures_or_with_failures_all_day(
    quiet_day: Trace, trace_of: Callable[..., Trace], studio: Studio
) -> None:
    charts.timeline(quiet_day)
    assert len(studio.figure.axes) == 4
    assert "no request failed" in studio.words()
    charts.timeline(trace_of(np.full(1440, 300), {"no_route": np.full(1440, 300)}))
    assert len(studio.figure.axes) == 4


def test_the_closer_look_covers_all_runs(day: Trace, trace_of: Callable[..., Trace]) -> None:
    failed = np.zeros(1440)
    failed[18 * 60] = 5
    other = trace_of(np.full(1440, 300), {"timed_out": failed})
    window = eventful([day, other])
    assert window is not None
    assert window[0] <= 18 * 3600 - 900
    assert window[1] >= (SPOT_MINUTE + 2) * 60 + 900


def test_the_description_is_computed(day: Trace) -> None:
    alt = charts.timeline(day, title="The day").alt
    total = 1437 * 300 + 3 * 6000
    for words in (
        "The day: ",
        f"{total:,} requests were sent, 2 % of them failed.",
        "Arrivals peak at 100/s at 19:54.",
        "Utilization is highest at 00:00 with 40 %.",
        "6,000 failed because the client gave up waiting.",
        "3,000 failed because too many requests wait already.",
    ):
        assert words in alt


def test_the_clock_starts_at_the_given_hour(day: Trace, studio: Studio) -> None:
    assert "Arrivals peak at 100/s at 01:54 (day 2)." in charts.timeline(day, start_hour=6).alt
    labels = [text.get_text() for text in studio.figure.axes[6].get_xticklabels()]
    ticks = studio.figure.axes[6].get_xticks()
    assert labels[0] == f"{6 + ticks[0] / 3600:02.0f}:00"


def test_a_short_run_counts_minutes(trace_of: Callable[..., Trace], studio: Studio) -> None:
    offered = np.full(10, 1200)
    offered[4] = 2400
    assert "peak at 40/s at minute 4" in charts.timeline(trace_of(offered)).alt
    assert studio.figure.axes[3].get_xlabel() == "minutes from the start"


def test_a_run_that_served_nothing_is_shown(trace_of: Callable[..., Trace], studio: Studio) -> None:
    offered = np.full(1440, 60)
    dead = trace_of(offered, {"name_not_found": offered}, workers=0)
    alt = charts.timeline(dead).alt
    assert "100 % of them failed" in alt
    assert "86,400 failed because the name does not resolve." in alt
    assert "nan" not in alt.lower()
    assert studio.overlapping() == []


def test_spots_and_the_patience_of_clients_are_labelled(day: Trace, studio: Studio) -> None:
    charts.timeline(
        day,
        spots=[(SPOT_MINUTE * 60.0, "TV spot"), Spike(peak_rps=1, at_s=3600), 7200.0],
        client_timeout_s=10,
    )
    words = studio.words()
    assert words.count("TV spot") == 2  # the whole day and the closer look
    assert words.count(" | spot") == 2
    assert "clients give up at 10 s" in words
    low, high = studio.figure.axes[2].get_ylim()
    assert low < 10 < high


def test_the_table_has_a_row_an_hour_and_loses_nothing(day: Trace) -> None:
    from aws14.charts.numbers import hourly

    table = hourly(day)
    assert list(table.index[:2]) == ["00:00", "01:00"]
    assert len(table) == 24
    assert table["failed"].sum() == day.failed_total
    assert table["arrivals per s"].iloc[0] == 5.0
    assert (table["utilization %"] == 40).all()
    assert "19:00" in charts.timeline(day).table_html
