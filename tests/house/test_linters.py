"""ruff and mypy find nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = {
    "layout": ["ruff", "format", "--check", "--no-cache", "aws14", "tests", "tools", "benchmarks", "course.py"],
    "rules": ["ruff", "check", "--no-cache", "."],
    "types": ["mypy", "--no-error-summary"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_it_finds_nothing(root: Path, tmp_path: Path, name: str) -> None:
    own = ["--cache-dir", str(tmp_path)] if name == "types" else []
    result = subprocess.run(
        [sys.executable, "-m", *COMMANDS[name], *own],
        cwd=root, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
