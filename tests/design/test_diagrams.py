"""The committed drawings show what the patterns design today."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws14.design import draw
from aws14.patterns import PATTERNS, Pattern
from tests.design.svg_reader import Drawing

FOLDER = Path(__file__).resolve().parents[2] / "diagrams"
CURE = "run: python tools/build_diagrams.py"

each_pattern = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.word)


@each_pattern
def test_the_drawing_is_up_to_date(pattern: Pattern) -> None:
    committed = Drawing((FOLDER / f"{pattern.word}.svg").read_bytes())
    fresh = Drawing(draw(pattern.load().design()).image)
    assert committed.graph() == fresh.graph(), CURE
    for css_class in ("node", "cluster"):
        assert committed.ids(css_class) == fresh.ids(css_class), CURE
    assert sorted(committed.words().split(" | ")) == sorted(fresh.words().split(" | ")), CURE


@each_pattern
def test_the_drawing_is_legible(pattern: Pattern) -> None:
    drawing = Drawing((FOLDER / f"{pattern.word}.svg").read_bytes())
    assert drawing.smallest_text_px() >= 12
    assert drawing.most_across() <= 6
    assert drawing.overlapping() == []
    assert len(drawing.source) <= 250 * 1024


def test_nothing_in_the_folder_hides_the_package() -> None:
    assert [path.name for path in FOLDER.iterdir() if path.suffix == ".py"] == []


def test_no_drawing_is_left_of_a_pattern_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {pattern.word for pattern in PATTERNS}
