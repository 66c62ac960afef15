"""A small course to set up."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from aws14.command.bootstrap import Place

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of what set-up needs, in a folder with a space in its name."""
    folder = tmp_path / "my course"
    shutil.copytree(
        ROOT / "aws14" / "command", folder / "aws14" / "command", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("__init__.py", "errors.py"):
        shutil.copy(ROOT / "aws14" / name, folder / "aws14")
    for name in ("course.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def place(course: Path) -> Place:
    return Place(course, sys.executable)
