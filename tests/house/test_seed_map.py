"""Every point of the source document is placed: its heading, its experiment and its test exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MAP = Path(__file__).parents[2] / "docs" / "seed_map.md"
SOURCES = MAP.parents[1] / "notebooks" / "src"


def rows() -> list[tuple[str, ...]]:
    table = re.findall(r"^\| (.+) \|$", MAP.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        tuple(part.strip() for part in line.split(" | ")) for line in table if not line.startswith(("point", "---"))
    ]


@pytest.fixture(scope="module")
def lessons() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.py")))


def test_the_map_covers_the_chapters_points() -> None:
    assert len(rows()) >= 20
    assert all(len(row) == 4 for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:40])
def test_a_point_is_taught_shown_and_held(row: tuple[str, ...], lessons: str) -> None:
    _, heading, shown, held = row
    assert heading in re.findall(r"^# #+ (.+)$", lessons, re.MULTILINE), heading
    assert shown.strip("`") in lessons, shown
    assert (MAP.parents[1] / held.strip("`")).exists(), held
