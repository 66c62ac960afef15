"""Every pattern of every chapter, both editions, every cell twice: a run each in the warm runner.

A section is run with the opening of its chapter alone, since any pattern can be opened first. The whole chapter in one
kernel is what ``course.py run`` does; the slow tier runs it, too.
"""

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
SECTIONS = [
    (name, key)
    for name in NAMES
    for key in dict.fromkeys(cell.pattern for cell in chapters.walk(chapters.load(name)))
    if key
]
each_section = pytest.mark.parametrize(("name", "key"), SECTIONS, ids=[key for _, key in SECTIONS])


def section(notebook: Any, key: str) -> Any:
    """A notebook of one pattern: what stands outside of all patterns, and its own section."""
    places = chapters.walk(notebook)
    notebook.cells = [cell for cell, place in zip(notebook.cells, places, strict=True) if place.pattern in ("", key)]
    return notebook


def executed(runner: Runner, tmp_path: Path, notebook: Any, *, times: int = 1, seconds: float = 280) -> Run:
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    return runner.run(path, tmp_path / "run", times=times, seconds=seconds)


def told(found: list[str], result: Run) -> str:
    """The findings, the first ones first: what follows is often their consequence."""
    return "\n".join(["", *found[:20], result.log])


def test_every_source_is_a_chapter() -> None:
    assert tuple(path.stem for path in sources()) == NAMES


@each_section
def test_the_solved_edition_passes_every_check(runner: Runner, tmp_path: Path, name: str, key: str) -> None:
    notebook = section(chapters.solved(name), key)
    result = executed(runner, tmp_path, notebook)
    found = [*failures(notebook, result), *checks(notebook, result, solved=True), *figures(notebook, result)]
    assert not found, told(found, result)


@each_section
@pytest.mark.slow
def test_the_learner_edition_fails_the_exercises_and_nothing_else(
    runner: Runner, tmp_path: Path, name: str, key: str
) -> None:
    notebook = section(chapters.load(name), key)
    result = executed(runner, tmp_path, notebook)
    found = [*failures(notebook, result), *checks(notebook, result, solved=False)]
    assert not found, told(found, result)


@each_section
@pytest.mark.slow
def test_every_cell_can_be_run_twice(runner: Runner, tmp_path: Path, name: str, key: str) -> None:
    notebook = section(chapters.solved(name), key)
    result = executed(runner, tmp_path, notebook, times=2)
    found = [*failures(notebook, result), *checks(notebook, result, solved=True)]
    assert not found, told(found, result)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
@pytest.mark.timeout(700)
def test_a_whole_chapter_runs_in_one_kernel(runner: Runner, tmp_path: Path, name: str) -> None:
    notebook = chapters.solved(name)
    result = executed(runner, tmp_path, notebook, seconds=600)
    found = [*failures(notebook, result), *checks(notebook, result, solved=True)]
    assert not found, told(found, result)
