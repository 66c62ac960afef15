from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from aws14 import chapters as course
from aws14.errors import NotebookError


def run(cells: tuple[course.Cell, ...]) -> list[object]:
    namespace: dict[str, list[object]] = {}
    for cell in cells:
        exec(cell.source, namespace)
    return namespace["log"]


def test_the_chapters_come_in_order_and_nothing_else_does(chapters: Path) -> None:
    assert course.names() == ("01_first", "02_second")


def test_a_build_runs_both_setups_and_its_own_steps_only(chapters: Path) -> None:
    assert run(course.build_cells("p01")) == [
        "setup of the chapter",
        "setup of p01",
        "network 1",
        "network 2",
        "server",
    ]


def test_a_build_stops_after_the_last_cell_of_the_step(chapters: Path) -> None:
    assert run(course.build_cells("p01", "network"))[2:] == ["network 1", "network 2"]


def test_a_later_pattern_does_not_build_the_earlier_one(chapters: Path) -> None:
    assert run(course.build_cells("p02_corporate_site")) == ["setup of the chapter", "setup of p02", "bucket"]


def test_an_unknown_step_names_the_steps_there_are(chapters: Path) -> None:
    with pytest.raises(NotebookError) as caught:
        course.build_cells("p01", "sever")
    assert caught.value.allowed == "network, server"


def test_an_unknown_pattern_names_the_patterns_there_are(chapters: Path) -> None:
    with pytest.raises(NotebookError) as caught:
        course.build_cells("p15")
    assert caught.value.allowed == "p01, p02"


def test_an_unknown_chapter_names_the_chapters_there_are(chapters: Path) -> None:
    with pytest.raises(NotebookError, match="01_first, 02_second"):
        course.load("03_third")


def test_a_damaged_chapter_says_what_to_do(chapters: Path) -> None:
    (chapters / "notebooks" / "02_second.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"02_second.*cannot be read.*course\.py"):
        course.load("02_second")


def test_cells_of_a_pattern_by_tag(chapters: Path) -> None:
    found = course.cells("01_first", pattern="p02", tags=("build", "inspect"))
    assert [cell.source for cell in found] == ['log.append("bucket")']


def test_an_h2_without_a_pattern_closes_the_section(chapters: Path) -> None:
    last = course.cells("01_first", tags=("inspect",))[-1]
    assert (last.source, last.pattern) == ('log.append("end")', "")


def test_a_deeper_block_ends_at_the_next_heading_of_its_level(chapters: Path) -> None:
    deeper = [cell.source for cell in course.cells("01_first") if cell.deeper]
    assert deeper == ["### Deeper: Aside (10 min)", 'log.append("aside")']


def test_the_solution_stands_in_the_place_of_its_exercise(chapters: Path) -> None:
    learner, answers = course.load("01_first"), course.solved("01_first")
    nbformat.validate(answers)
    exercise = next(i for i, cell in enumerate(learner.cells) if cell.metadata.get("tags") == ["exercise"])
    assert len(answers.cells) == len(learner.cells) - 1
    assert answers.cells[exercise].cell_type == "code"
    namespace: dict[str, object] = {}
    exec(answers.cells[exercise].source, namespace)
    assert namespace["answer"] == len("\n```python\nquoted\n```\n")
    assert answers.cells[exercise + 1].metadata["tags"] == ["check"]


def test_solving_leaves_the_learner_edition_as_it_was(chapters: Path) -> None:
    learner = course.load("01_first")
    before = nbformat.writes(learner)
    course.solve(learner)
    assert nbformat.writes(learner) == before


def test_a_solution_without_an_exercise_is_refused(chapters: Path) -> None:
    learner = course.load("01_first")
    learner.cells = [cell for cell in learner.cells if cell.metadata.get("tags") != ["exercise"]]
    with pytest.raises(NotebookError, match="before any exercise"):
        course.solve(learner)


def test_every_caller_gets_a_copy_of_its_own(chapters: Path) -> None:
    course.load("02_second").cells.clear()
    assert len(course.load("02_second").cells) == 2


def test_the_packed_notebooks_win_over_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "aws14"
    (package / "_notebooks").mkdir(parents=True)
    monkeypatch.setattr(course.shelf, "_PACKAGE", package)
    assert course.shelf.folder() == package / "_notebooks"
    (package / "_notebooks").rmdir()
    assert course.shelf.folder() == tmp_path / "notebooks"
