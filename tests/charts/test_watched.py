"""A live cluster, watched."""

from __future__ import annotations

import pytest

from aws14 import charts
from aws14.charts.watched import Look, _color
from aws14.errors import ScenarioError
from tests.charts.conftest import Studio


def look(at_s: float, answered: str, ready: int = 3, waiting: int = 0, nodes: int = 2) -> Look:
    return Look(at_s=at_s, answered=answered, ready={"version 1": ready}, waiting=waiting, nodes=nodes)


def test_what_failed_and_what_stood_is_told() -> None:
    looks = [look(0, "version 1"), look(3, ""), look(6, "", ready=1, waiting=2, nodes=1), look(9, "version 1")]
    picture = charts.watched(looks, title="A node dies")
    assert picture.image.startswith(b"\x89PNG")
    assert "4 requests were sent, 2 failed." in picture.alt
    assert "The first failed after 3 s, the last after 6 s." in picture.alt
    assert "1 to 3 pods and 1 to 2 nodes" in picture.alt
    assert picture.table_html.count("<tr>") == 1 + 3 or picture.table_html.count("<tr") == 1 + 3


def test_without_a_failure_none_is_named() -> None:
    assert "0 failed." in charts.watched([look(0, "version 1"), look(3, "version 2")], title="A release").alt


def test_a_version_has_one_colour_in_every_figure_and_only_what_is_drawn_is_named(studio: Studio) -> None:
    charts.watched([look(0, "version 1"), look(3, "version 2")], title="A release")
    assert "not ready" not in [text.get_text() for text in studio.figure.legends[0].get_texts()]
    assert _color("version 2", 0) == _color("version 2", 1) != _color("version 1", 0)


def test_nobody_looked() -> None:
    with pytest.raises(ScenarioError, match="nothing to draw"):
        charts.watched([], title="Nothing")
