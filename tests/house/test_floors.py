"""The floors: import-linter passes on the house and catches offences planted in a copy of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OFFENCES = {
    "sim/planted.py": ("from aws14 import charts", "The house stands on its floors"),
    "model/planted.py": ("def f():\n    import aws14.lab", "The house stands on its floors"),
    "cloud/planted.py": ("import aws14.emulator", "The emulator is a program: nobody imports it"),
    "emulator/planted.py": ("import aws14.cloud", "The emulator imports sim and what is below, nothing of the course"),
    "kernels/planted.py": ("import matplotlib", "Engines, model and bills know no AWS, no plots, no screen"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(
        [*command, "--config", ".importlinter", "--no-cache"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def broken(output: str) -> set[str]:
    return {line.removesuffix(" BROKEN").strip() for line in output.splitlines() if line.endswith(" BROKEN")}


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "aws14", tmp_path / "aws14", ignore=shutil.ignore_patterns("__pycache__", "_*data"))
    shutil.copy(root / ".importlinter", tmp_path)
    return tmp_path


def test_the_house_stands_on_its_floors(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("where", OFFENCES)
def test_a_planted_offence_is_caught(copy: Path, where: str) -> None:
    offence, contract = OFFENCES[where]
    (copy / "aws14" / where).write_text(offence + "\n", encoding="utf-8")
    result = lint(copy)
    assert contract in broken(result.stdout), result.stdout
