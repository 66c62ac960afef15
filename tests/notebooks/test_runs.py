"""Every chapter, both editions, every cell twice: one run each in the warm runner, all its findings together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from findings import checks, failures, figures
from notebook_source import sources
from runs import Run, Runner

from aws14 import chapters

NAMES = chapters.names()


def executed(runner: Runner, tmp_path: Path, notebook: Any, times: int = 1) -> Run:
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    return runner.run(path, tmp_path / "run", times=times)


def told(found: list[str], result: Run) -> str:
    """The findings, the first ones first: what follows is often their consequence."""
    return "\n".join(["", *found[:20], result.log])


def test_every_source_is_a_chapter() -> None:
    assert tuple(path.stem for path in sources()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_solved_edition_passes_every_check(runner: Runner, tmp_path: Path, name: str) -> None:
    notebook = chapters.solved(name)
    result = executed(runner, tmp_path, notebook)
    found = [*failures(notebook, result), *checks(notebook, result, solved=True), *figures(notebook, result)]
    assert not found, told(found, result)


@pytest.mark.parametrize("name", NAMES)
def test_the_learner_edition_fails_the_exercises_and_nothing_else(runner: Runner, tmp_path: Path, name: str) -> None:
    notebook = chapters.load(name)
    result = executed(runner, tmp_path, notebook)
    found = [*failures(notebook, result), *checks(notebook, result, solved=False)]
    assert not found, told(found, result)


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_can_be_run_twice(runner: Runner, tmp_path: Path, name: str) -> None:
    notebook = chapters.solved(name)
    result = executed(runner, tmp_path, notebook, times=2)
    found = [*failures(notebook, result), *checks(notebook, result, solved=True)]
    assert not found, told(found, result)
