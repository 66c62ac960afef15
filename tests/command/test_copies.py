"""The learner's copies: made once, never written again; newer editions beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws14.chapters import shelf
from aws14.command import copies
from aws14.command.copies import lay_out, set_aside
from aws14.errors import NotAvailable, NotebookError


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start_here", "01_web_systems"):
        (folder / f"{name}.ipynb").write_text(f"{name}, first edition")
    (folder / "draft.ipynb").write_text("no chapter")
    monkeypatch.setattr(shelf, "folder", lambda: folder)
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "work"


def files(work: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in work.glob("*.ipynb")}


def test_the_first_start_copies_every_chapter(course: Path, work: Path) -> None:
    said = lay_out(work)
    assert files(work) == {
        "00_start_here.ipynb": "00_start_here, first edition",
        "01_web_systems.ipynb": "01_web_systems, first edition",
    }
    assert len(said) == 2


def test_a_second_start_says_and_writes_nothing(course: Path, work: Path) -> None:
    lay_out(work)
    (work / "00_start_here.ipynb").write_text("my notes")
    before = {path: path.stat().st_mtime_ns for path in work.iterdir()}
    assert lay_out(work) == ()
    assert {path: path.stat().st_mtime_ns for path in work.iterdir()} == before


def test_a_newer_edition_lands_beside_once(course: Path, work: Path) -> None:
    lay_out(work)
    (work / "00_start_here.ipynb").write_text("my notes")
    (course / "00_start_here.ipynb").write_text("second edition")
    (said,) = lay_out(work)
    assert "00_start_here (new edition).ipynb" in said
    assert files(work)["00_start_here.ipynb"] == "my notes"
    assert files(work)["00_start_here (new edition).ipynb"] == "second edition"
    assert lay_out(work) == ()


def test_the_newer_edition_is_the_learners_own_too(course: Path, work: Path) -> None:
    """A third edition must not take the place of the notes that were made in the second."""
    lay_out(work)
    (course / "00_start_here.ipynb").write_text("second edition")
    lay_out(work)
    (work / "00_start_here (new edition).ipynb").write_text("my notes in the second")
    (course / "00_start_here.ipynb").write_text("third edition")
    (said,) = lay_out(work)
    assert "new edition 2" in said
    assert files(work)["00_start_here (new edition).ipynb"] == "my notes in the second"
    assert files(work)["00_start_here (new edition 2).ipynb"] == "third edition"


def test_a_copy_that_was_deleted_comes_back(course: Path, work: Path) -> None:
    lay_out(work)
    (work / "01_web_systems.ipynb").unlink()
    lay_out(work)
    assert files(work)["01_web_systems.ipynb"] == "01_web_systems, first edition"


def test_a_file_that_was_there_before_the_first_start_is_kept(course: Path, work: Path) -> None:
    work.mkdir(parents=True)
    (work / "00_start_here.ipynb").write_text("mine")
    lay_out(work)
    assert files(work)["00_start_here.ipynb"] == "mine"
    assert files(work)["00_start_here (new edition).ipynb"] == "00_start_here, first edition"


@pytest.mark.parametrize("damage", ["{", "[1]", '{"00_start_here.ipynb": 3}', ""])
def test_a_damaged_memory_costs_no_notes(course: Path, work: Path, damage: str) -> None:
    lay_out(work)
    (work / "00_start_here.ipynb").write_text("my notes")
    (work / copies.EDITIONS).write_text(damage)
    lay_out(work)
    assert files(work)["00_start_here.ipynb"] == "my notes"


def test_set_aside_keeps_the_copies_and_makes_room(course: Path, work: Path) -> None:
    lay_out(work)
    (work / "00_start_here.ipynb").write_text("my notes")
    (work / "own.ipynb").write_text("my own notebook")
    kept = set_aside(work, label="before")
    assert sorted(path.name for path in kept) == ["00_start_here (before).ipynb", "01_web_systems (before).ipynb"]
    assert len(lay_out(work)) == 2
    assert files(work)["00_start_here.ipynb"] == "00_start_here, first edition"
    assert files(work)["00_start_here (before).ipynb"] == "my notes"
    assert files(work)["own.ipynb"] == "my own notebook"
    assert "00_start_here (before 2).ipynb" in {path.name for path in set_aside(work, label="before")}


def test_a_folder_that_cannot_be_written_is_named(course: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, content: bytes) -> int:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(NotAvailable, match="cannot be written") as raised:
        lay_out(work)
    assert str(work) in str(raised.value)


def test_a_course_without_notebooks_says_how_to_build_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path)
    with pytest.raises(NotebookError, match="build_notebooks"):
        lay_out(tmp_path / "work")
