"""Bars with a unit: amounts read as people write them, and no axis promises more than all."""

from __future__ import annotations

from aws14 import charts


def test_amounts_are_told_with_their_unit(studio):
    charts.bars({"a": 2760.6, "b": 12.34}, title="Starts", xlabel="ms", unit="ms")
    assert {"2,761 ms", "12.3 ms"} <= {text.get_text() for text in studio.texts()}


def test_percent_end_at_a_hundred(studio):
    charts.bars({"all": 100.0, "few": 1.0}, title="Waiting", xlabel="% of the calls", unit="%")
    axes = studio.figure.axes[0]
    assert max(axes.get_xticks()) == 100
    assert axes.get_xlim()[1] < 150
