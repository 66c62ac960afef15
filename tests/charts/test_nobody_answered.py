"""When nobody was answered, a chart says so in words instead of failing on an empty scale."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from aws14 import charts
from aws14.errors import ScenarioError
from aws14.model import Trace
from tests.charts.conftest import Studio


def lost(day: Trace) -> Trace:
    return replace(day, served=day.served * 0, histogram=day.histogram * 0, failed={"no_route": day.offered})


def test_runs_are_drawn_and_say_that_nobody_was_answered(day: Trace, studio: Studio) -> None:
    assert "100 % failed" in charts.compare_runs({"lost": lost(day)}).alt
    assert "nobody was answered" in [text.get_text() for text in studio.texts()]


def test_one_run_that_answers_keeps_the_scale(day: Trace, studio: Studio) -> None:
    charts.compare_runs({"lost": lost(day), "served": day})
    assert "nobody was answered" not in [text.get_text() for text in studio.texts()]


def test_regions_without_an_answer_are_left_out_and_all_of_them_refused() -> None:
    nothing = (math.nan, math.nan, 10.0)
    picture = charts.latency_cost({"ap-northeast-1": (100.0, 200.0, 10.0), "us-west-2": nothing})
    assert "us-west-2" not in picture.alt
    with pytest.raises(ScenarioError, match="nobody is answered"):
        charts.latency_cost({"us-west-2": nothing})
