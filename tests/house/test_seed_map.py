"""Every point of the source document is placed: taught under its heading, shown there, held by a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "seed_map.md"
LESSONS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "notebooks" / "src").glob("*.py")))


def rows() -> list[tuple[str, ...]]:
    """Pattern, point, heading, call and test of each row."""
    found = []
    for section in re.split(r"^## ", MAP.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0].partition(" ")[2]
        lines = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)
        told = (line for line in lines if not line.startswith(("point", "---")))
        found += [(title, *(part.strip() for part in line.split(" | "))) for line in told]
    return found


def block(pattern: str, heading: str) -> str:
    """What stands under a heading of a pattern's section, up to the next one; empty where there is no such heading."""
    section = re.search(rf"^# ## {re.escape(pattern)}$(.*?)(?=^# ## |\Z)", LESSONS, re.MULTILINE | re.DOTALL)
    text = section[1] if section else ""
    found = re.search(rf"^# #+ {re.escape(heading)}$(.*?)(?=^# #+ |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def test_the_map_covers_the_chapters_points() -> None:
    assert len(rows()) >= 20
    assert all(len(row) == 5 for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[1].partition(" (")[2].rstrip(")"))
def test_a_point_is_taught_shown_and_held(row: tuple[str, ...]) -> None:
    pattern, _, heading, shown, held = row
    assert shown.strip("`") in block(pattern, heading)
    path, _, name = held.strip("`").partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
