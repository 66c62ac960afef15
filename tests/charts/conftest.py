"""Days made by hand, and a look at the figure behind a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from importlib import import_module
from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from aws14.kernels.bins import BINS
from aws14.model import Bill, LineItem, Picture, Trace, Usage
from aws14.model.trace import bin_edges_s

MAKERS = (
    "bars", "bills", "calendars", "clusters", "curves", "distributions", "downtimes", "environments", "frontiers",
    "loads", "moves", "packing", "regions", "rollouts", "runs", "stages", "strips", "survivals", "throughputs",
    "timelines", "watched", "years",
)  # fmt: skip
SPOT_MINUTE = 19 * 60 + 54


class Studio:
    """Keeps each figure that becomes a picture."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    @property
    def figure(self) -> Figure:
        return self.figures[-1]

    def texts(self) -> list[Text]:
        self.figure.draw_without_rendering()
        hidden = {id(label) for axes in self.figure.axes for label in _beyond_the_limits(axes)}
        found = [text for text in self.figure.findobj(Text) if isinstance(text, Text)]
        return [text for text in found if text.get_visible() and text.get_text().strip() and id(text) not in hidden]

    def overlapping(self) -> list[tuple[str, str]]:
        boxes = []
        for text in self.texts():
            text.get_window_extent()
            extent = Text.get_window_extent(text) if isinstance(text, Annotation) else text.get_window_extent()
            boxes.append((text.get_text(), extent.padded(-1)))
        return [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)]

    def smallest_px(self) -> float:
        return min(float(text.get_fontsize()) for text in self.texts()) * 100 / 72

    def words(self) -> str:
        return " | ".join(text.get_text() for text in self.texts())


def _beyond_the_limits(axes: Axes) -> Iterator[Text]:
    """Ticks outside the limits keep their labels; they are not drawn."""
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not min(low, high) <= tick.get_loc() <= max(low, high):
                yield from (tick.label1, tick.label2)


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    kept = Studio()
    for name in MAKERS:
        module = import_module(f"aws14.charts.{name}")
        original = module.picture

        def keep(fig: Figure, *, _original: Callable[..., Picture] = original, **rest: object) -> Picture:
            kept.figures.append(fig)
            return _original(fig, **rest)

        monkeypatch.setattr(module, "picture", keep)
    return kept


def make_trace(
    offered: np.ndarray,
    failed: Mapping[str, np.ndarray] | None = None,
    *,
    tick_s: float = 60.0,
    latency_s: float = 0.1,
    workers: int = 2,
    utilization: float = 0.4,
    scenario: str = "made-up day",
) -> Trace:
    """A trace in which every served request takes about `latency_s`."""
    offered = offered.astype(np.int64)
    failed = failed or {}
    served = offered - sum(failed.values(), np.zeros(len(offered), dtype=np.int64))
    histogram = np.zeros((len(offered), BINS), dtype=np.uint32)
    histogram[:, int(np.searchsorted(bin_edges_s(), latency_s, side="right")) - 1] = served
    return Trace(
        scenario=scenario,
        pattern="p01",
        region="ap-northeast-1",
        tick_s=tick_s,
        horizon_s=tick_s * len(offered),
        seed=1,
        replication=0,
        offered=offered,
        served=served,
        failed={reason: count.astype(np.int64) for reason, count in failed.items()},
        in_flight=np.zeros(len(offered), dtype=np.int64),
        busy_s=np.full(len(offered), utilization * workers * tick_s),
        wasted_s=np.zeros(len(offered)),
        workers=np.full(len(offered), workers, dtype=np.int64),
        response_time_sum_s=served * latency_s,
        histogram=histogram,
        bytes_in=np.zeros(len(offered)),
        bytes_out=np.zeros(len(offered)),
    )


@pytest.fixture
def trace_of() -> Callable[..., Trace]:
    return make_trace


@pytest.fixture
def day() -> Trace:
    """A day of 300 requests a minute, 6,000 in the three minutes from 19:54; of those half fail, for two reasons."""
    offered = np.full(1440, 300)
    offered[SPOT_MINUTE : SPOT_MINUTE + 3] = 6000
    gave_up, refused = np.zeros(1440), np.zeros(1440)
    gave_up[SPOT_MINUTE : SPOT_MINUTE + 3] = 2000
    refused[SPOT_MINUTE : SPOT_MINUTE + 3] = 1000
    return make_trace(offered, {"timed_out": gave_up, "backlog_full": refused})


@pytest.fixture
def quiet_day() -> Trace:
    return make_trace(np.full(1440, 300), latency_s=0.05)


@pytest.fixture
def bill_of() -> Callable[..., Bill]:
    def make(amounts: Mapping[tuple[str, str, str], float], title: str = "A month") -> Bill:
        lines = tuple(
            LineItem(
                usage=Usage(
                    service=service, item=item, unit="hour", region="ap-northeast-1", quantity=730, resource=resource
                ),
                unit_price_usd=usd / 730,
                usd=usd,
                as_of=date(2026, 1, 1),
                source="test",
                confidence="A",
            )
            for (service, item, resource), usd in amounts.items()
        )
        return Bill(title=title, period="month", lines=lines)

    return make
