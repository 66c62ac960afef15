"""What the documents tell a reader to type is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aws14.command.main import VERBS

DOCUMENTS = ["README.md", "CONTRIBUTING.md"]


def test_the_two_commands_stand_in_the_readme(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^python3 course\.py(\s+#.*)?$", text, re.MULTILINE)
    assert "python3 course.py test" in text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_verbs_are_there(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    typed = set(re.findall(r"course\.py +([a-z]+)\b", text))
    assert typed - set(VERBS) == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_programs_and_links_are_there(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    programs = set(re.findall(r"python3? ((?:tools|benchmarks)/\w+\.py)", text))
    links = {link.split("#")[0] for link in re.findall(r"\]\((?!https?://|#)([^)\s]+)", text)}
    assert [path for path in sorted(programs | links) if not (root / path).exists()] == []
