"""Every chart shows its data, says it, and can be read."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Callable, Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aws14 import catalog, charts
from aws14.charts.distributions import slower_than
from aws14.charts.frame import clock
from aws14.charts.numbers import percent, rate, seconds, usd
from aws14.charts.style import looks
from aws14.model import Bill, Picture, Trace
from tests.charts.conftest import Studio

MONTH = {
    ("EC2", "t3.small", "web"): 20.0,
    ("Data transfer", "to Internet", "web"): 100.0,
    ("NAT gateway", "hour", "nat"): 45.0,
    ("Data transfer", "in", "web"): 0.0,
}


def regions() -> dict[str, tuple[float, float, float]]:
    return {name: (100 + 40 * n, 200 + 50 * n, 150 + 7 * (n % 4)) for n, name in enumerate(list(catalog.regions()))}


def city_table() -> dict[str, dict[str, float]]:
    names = list(catalog.regions())
    return {
        city: {region: 10.0 + 25 * ((row * 3 + column) % len(names)) for column, region in enumerate(names)}
        for row, city in enumerate(("Tokyo", "Sydney", "New York"))
    }


@pytest.fixture
def every_chart(day: Trace, quiet_day: Trace, bill_of: Callable[..., Bill]) -> Mapping[str, Callable[[], Picture]]:
    bill = bill_of(MONTH)
    runs = {"t3.small": day, "c5.2xlarge": quiet_day}
    return {
        "timeline": lambda: charts.timeline(day, spots=[(71_640.0, "TV spot")], client_timeout_s=10),
        "quiet timeline": lambda: charts.timeline(quiet_day),
        "compare_runs": lambda: charts.compare_runs(runs, bills=dict.fromkeys(runs, bill)),
        "compare_runs without bills": lambda: charts.compare_runs(runs),
        "latency_cost": lambda: charts.latency_cost(regions(), highlight="ap-northeast-1"),
        "latency_by_city": lambda: charts.latency_by_city(city_table()),
        "bill": lambda: charts.bill(bill),
        "bills": lambda: charts.bills({"t3.small": bill, "c5.2xlarge": bill}),
        "distribution": lambda: charts.distribution(runs),
        "load": lambda: charts.load({"made-up": day, "flat": np.full(1440, 20.0)}),
    }


CHARTS = (
    "timeline", "quiet timeline", "compare_runs", "compare_runs without bills", "latency_cost", "latency_by_city",
    "bill", "bills", "distribution", "load",
)  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_can_be_read(name: str, every_chart: Mapping[str, Callable[[], Picture]], studio: Studio) -> None:
    picture = every_chart[name]()
    assert studio.overlapping() == []
    assert studio.smallest_px() >= 11
    width = struct.unpack(">I", picture.image[16:20])[0]
    assert picture.width_px == 900
    assert width >= 1.5 * picture.width_px
    assert len(picture.alt) > 40
    assert "nan" not in picture.alt.lower()
    assert "<table" in picture.table_html
    inside = studio.figure.bbox.padded(1)
    assert [text.get_text() for text in studio.texts() if not _within(text.get_window_extent(), inside)] == []


def _within(box: object, frame: object) -> bool:
    return frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1  # type: ignore[attr-defined] # both are Bboxes


def test_a_long_title_is_wrapped(day: Trace, studio: Studio) -> None:
    charts.timeline(day, title="A very long title that says everything about the day " * 4)
    title = next(text for text in studio.texts() if text.get_text().startswith("A very"))
    assert title.get_window_extent().x1 <= studio.figure.bbox.x1
    assert studio.overlapping() == []


def test_the_readers_own_settings_are_left_alone(day: Trace) -> None:
    before = dict(mpl.rcParams)
    charts.timeline(day)
    assert dict(mpl.rcParams) == before


def test_importing_is_light_and_pyplot_is_never_there() -> None:
    program = (
        "import sys, numpy as np\n"
        "from aws14 import charts\n"
        "assert 'matplotlib' not in sys.modules and 'pandas' not in sys.modules\n"
        "charts.load({'flat': np.ones(60)})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_any_figure_becomes_a_picture_with_words() -> None:
    figure = Figure(figsize=(4, 3))
    figure.subplots().plot([1, 2])
    picture = charts.picture(figure, alt="A line.", caption="Up.", table=pd.DataFrame({"a": [1, None]}))
    assert picture.width_px == 400
    assert 'alt="A line."' in picture.html()
    assert "<td>–</td>" in picture.table_html


def test_neighbouring_series_differ_in_colour_and_in_stroke() -> None:
    for one, other in zip(looks(7), looks(7)[1:], strict=False):
        assert one.color != other.color
        assert one.line != other.line
        assert one.marker != other.marker
        assert one.hatch != other.hatch


def bars(figure: Figure, panel: int) -> list[float]:
    return [bar.get_width() for bar in figure.axes[panel].patches if isinstance(bar, Rectangle)]


def test_compared_runs_show_share_and_bill(
    day: Trace, quiet_day: Trace, bill_of: Callable[..., Bill], studio: Studio
) -> None:
    bill = bill_of(MONTH)
    runs = {"small": day, "large": quiet_day}
    picture = charts.compare_runs(runs, bills={"small": bill, "large": bill_of({("EC2", "c5", "web"): 300.0})})
    assert bars(studio.figure, -2) == pytest.approx([day.failure_ratio, 0])
    assert bars(studio.figure, -1) == pytest.approx([165.0, 300.0])
    assert "small: 2 % failed" in picture.alt
    assert "300.00 USD a month" in picture.alt
    shares = [np.asarray(line.get_ydata()).max() for line in studio.figure.axes[2].get_lines()]
    assert shares == pytest.approx([50.0, 0.0])


def test_regions_stand_where_their_numbers_say(studio: Studio) -> None:
    numbers = regions()
    picture = charts.latency_cost(numbers, highlight="eu-west-1")
    dots = {tuple(line.get_xydata()[0]) for line in studio.figure.axes[0].get_lines() if line.get_marker() in "oD"}
    assert dots == {(p95, price) for _, p95, price in numbers.values()}
    bold = [text.get_text() for text in studio.texts() if text.get_weight() == "bold" and "-" in text.get_text()]
    assert bold == ["eu-west-1 Ireland"]
    fastest = min(numbers, key=lambda name: numbers[name][1])
    assert f"Fastest is {fastest}" in picture.alt
    assert "Marked: eu-west-1 Ireland" in picture.alt


def test_names_do_not_collide_even_where_regions_do(studio: Studio) -> None:
    same = {name: (100.0, 200.0 + n % 2, 150.0) for n, name in enumerate(list(catalog.regions())[:8])}
    charts.latency_cost({**same, "sa-east-1": (300.0, 400.0, 250.0)})
    assert studio.overlapping() == []


def test_each_city_has_its_nearest_region_framed(studio: Studio) -> None:
    table = city_table()
    picture = charts.latency_by_city(table)
    axes = studio.figure.axes[0]
    framed = {(round(frame.get_y()), round(frame.get_x())) for frame in axes.patches if not frame.get_fill()}
    names = list(catalog.regions())
    nearest = {(row, names.index(min(table[city], key=table[city].__getitem__))) for row, city in enumerate(table)}
    assert framed == nearest
    written = [text.get_text() for text in axes.texts]
    assert written == [f"{value:.0f}" for row in table.values() for value in row.values()]
    assert "Tokyo: nearest" in picture.alt


def test_a_frame_of_data_serves_as_well_as_a_mapping() -> None:
    table = city_table()
    frame = pd.DataFrame.from_dict(table, orient="index")
    assert charts.latency_by_city(frame).alt == charts.latency_by_city(table).alt


def test_a_bill_shows_its_dearest_lines_first_and_loses_nothing(bill_of: Callable[..., Bill], studio: Studio) -> None:
    picture = charts.bill(bill_of(MONTH))
    assert bars(studio.figure, 0) == [100.0, 45.0, 20.0]
    assert picture.alt.startswith("A month: 165.00 USD. Data transfer: to Internet (web) 100.00 USD;")
    many = bill_of({("EC2", f"type {n}", f"i-{n}"): float(n) for n in range(30)})
    charts.bill(many)
    assert len(bars(studio.figure, 0)) == 12
    assert sum(bars(studio.figure, 0)) == pytest.approx(many.total_usd)
    assert "18 smaller lines" in studio.words()


def test_two_equal_lines_of_one_resource_are_added(bill_of: Callable[..., Bill], studio: Studio) -> None:
    one = bill_of({("EBS", "gp3", "db"): 2.0})
    charts.bill(Bill(title="twice", period="month", lines=one.lines * 2))
    assert bars(studio.figure, 0) == [4.0]


def test_a_bill_of_nothing_is_a_chart_too(bill_of: Callable[..., Bill]) -> None:
    assert "Nothing costs anything" in charts.bill(bill_of({})).alt


def test_bills_side_by_side_add_up(bill_of: Callable[..., Bill], studio: Studio) -> None:
    one, other = bill_of(MONTH), bill_of({("EC2", "c5", "web"): 300.0})
    charts.bills({"one": one, "other": other})
    containers = [container for container in studio.figure.axes[0].containers if isinstance(container, BarContainer)]
    ends = [max(bar.get_x() + bar.get_width() for bar in row) for row in zip(*containers, strict=True)]
    assert ends == pytest.approx([one.total_usd, other.total_usd])
    assert {container.get_label() for container in containers} == {"EC2", "Data transfer", "NAT gateway"}


def test_the_tail_runs_through_its_percentiles(trace_of: Callable[..., Trace], studio: Studio) -> None:
    trace = trace_of(np.full(60, 100))
    spread = np.random.default_rng(1).integers(0, 40, trace.histogram.shape)
    trace.histogram[:] = spread
    times, slower = slower_than(trace)
    assert (np.diff(slower) <= 0).all()
    for quantile in (0.5, 0.95, 0.99):
        crossing = float(np.interp(1 - quantile, slower[::-1], times[::-1]))
        assert crossing == pytest.approx(trace.response_time_s(quantile), rel=0.03)
    charts.distribution({"run": trace})
    drawn = studio.figure.axes[0].get_lines()[0].get_xydata()
    assert drawn == pytest.approx(np.column_stack([times, slower]))


def test_runs_that_served_nothing_have_no_tail(trace_of: Callable[..., Trace], quiet_day: Trace) -> None:
    offered = np.full(60, 100)
    dead = trace_of(offered, {"no_route": offered})
    alt = charts.distribution({"dead": dead, "alive": quiet_day}).alt
    assert "dead" not in alt
    assert "alive: p50" in alt


def test_loads_are_rates_whatever_they_come_from(day: Trace, studio: Studio) -> None:
    picture = charts.load({"run": day, "array": np.full(288, 7.0)}, tick_s=300)
    run, array = studio.figure.axes[0].get_lines()
    assert np.asarray(run.get_ydata()) == pytest.approx(day.offered / 60)
    assert array.get_xdata()[-1] == 287 * 300
    assert "run peaks at 100/s at 19:54" in picture.alt
    assert "array peaks at 7/s" in picture.alt


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (seconds(0.0853), "85.3 ms"),
        (seconds(1.234), "1.23 s"),
        (seconds(10.0), "10 s"),
        (seconds(float("nan")), "none"),
        (percent(0), "0 %"),
        (percent(0.0799), "8 %"),
        (percent(0.00002), "0.002 %"),
        (percent(0.9996), "100 %"),
        (percent(1.0), "100 %"),
        (usd(0.0034), "0.0034 USD"),
        (usd(4.2), "4.20 USD"),
        (usd(1204.4), "1,204 USD"),
        (rate(89.49), "89.5/s"),
        (rate(12000), "12,000/s"),
        (clock(71640), "19:54"),
        (clock(0, 6), "06:00"),
        (clock(86_400 + 60), "00:01 (day 2)"),
    ],
)
def test_numbers_are_told_as_people_say_them(told: str, expected: str) -> None:
    assert told == expected
