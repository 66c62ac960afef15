"""Time away in a year, by algebra and by simulation."""

from __future__ import annotations

from aws14 import charts


def test_both_are_told_where_they_do_not_agree() -> None:
    picture = charts.availabilities({"zones": (3600.0, 3650.0), "regions": (60.0, 900.0)}, title="Away")
    assert "zones: 1 h a year by algebra, 1.01 h simulated" in picture.alt
    assert "regions: 1 min a year by algebra, 15 min simulated" in picture.alt
    assert "99.98858%" in picture.table_html


def test_a_design_that_never_failed_is_drawn() -> None:
    picture = charts.availabilities({"names": (0.0, 0.0)}, title="Away", limit=(60.0, "the brief"))
    assert "names: 0 s a year by algebra" in picture.alt
