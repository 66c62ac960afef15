"""Running chapters: a real kernel in a place of its own, what its checks and bills said, and the pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from aws14 import chapters
from aws14.chapters import shelf
from aws14.command import execute, main, pages, run
from aws14.command.execute import Billed, Checked, Execution

LOG = (
    "import json, os\ndef log(kind, **line): open(os.environ[f'AWS14_{kind}_LOG'], 'a').write(json.dumps(line) + '\\n')"
)
FIGURE = (
    "from aws14.model import Picture\n"
    "Picture(image=b'<svg xmlns=\"http://www.w3.org/2000/svg\"/>', format='svg', alt='Traffic peaks at noon')"
)


def notebook(*cells: str | tuple[str, str]) -> Any:
    """Code cells, each with a tag if given, below a heading."""
    made = [nbformat.v4.new_markdown_cell("# A chapter\n\nText.")]
    for cell in cells:
        source, tag = (cell, "inspect") if isinstance(cell, str) else cell
        made.append(nbformat.v4.new_code_cell(source, metadata={"tags": [tag]}))
    return nbformat.v4.new_notebook(cells=made)


def executed(*cells: str | tuple[str, str]) -> Execution:
    return execute.execute("09_x", notebook(*cells), on_cell=lambda: None)


def printed(execution: Execution, cell: int) -> str:
    return "".join(output.get("text", "") for output in execution.notebook.cells[cell].outputs)


@pytest.fixture(scope="module")
def chapter() -> Execution:
    """A chapter with something of everything that goes well."""
    return executed(
        (LOG, "setup"),
        "import sys; print(os.environ['AWS14_HOME'], os.getcwd(), os.environ['IPYTHONDIR'], sys.executable, sep='\\n')",
        (FIGURE, "experiment"),
        "log('CHECK', exercise='e1', ok=False, verdict='1 of 2 passed')",
        ("log('CHECK', exercise='e1', ok=True, verdict='2 of 2 passed')", "check"),
        "log('BILL', title='site', total_usd=1, period='month')",
        "log('BILL', title='site', total_usd=1234.5, period='month')",
        "1",
    )


def test_a_chapter_that_goes_well(chapter: Execution) -> None:
    assert chapter.ok
    assert chapter.title == "A chapter"
    assert (chapter.cells_run, chapter.cells) == (8, 8)


def test_the_last_word_of_a_check_and_of_a_bill_counts(chapter: Execution) -> None:
    assert chapter.checks == (Checked(exercise="e1", ok=True, verdict="2 of 2 passed"),)
    assert chapter.bills == (Billed(title="site", total_usd=1234.5, period="month"),)


def test_the_kernel_is_this_python_in_a_place_of_its_own(chapter: Execution) -> None:
    import sys

    home, desk, ipython, python = printed(chapter, 2).split()
    assert Path(python) == Path(sys.executable)
    assert len({Path(folder).parent for folder in (home, desk, ipython)}) == 1
    assert home != os.environ.get("AWS14_HOME")
    assert not Path(home).exists(), "it is gone after the run"


def test_a_failing_cell_ends_the_chapter_with_its_error() -> None:
    execution = executed("print(1)", "raise ValueError('no such thing')", "print(3)")
    assert execution.error == "ValueError: no such thing"
    assert (execution.cells_run, execution.cells) == (2, 3)
    assert not execution.ok
    assert printed(execution, 3) == ""


def test_a_kernel_that_dies_is_no_hang() -> None:
    assert executed("import os; os._exit(1)").error == "the kernel died"


def test_a_cell_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "CELL_TIMEOUT_S", 1)
    assert "within 1 s" in executed("import time; time.sleep(60)").error


def test_the_embedded_aws_of_a_chapter_ends_with_it() -> None:
    import psutil

    execution = executed(
        "from aws14.cloud import process\nprint(process.find_or_start().pid)",
    )
    assert execution.ok, execution.error
    pid = int(printed(execution, 1))
    # A zombie has ended; who inherited it has not looked yet.
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_editions_for_a_real_account_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = notebook(("print('not to be run')", "real-only"), "1")
    monkeypatch.setattr(chapters, "solved", lambda name: made)
    assert execute.runnable_cells(execute.solved("09_x")) == 1


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook("1"), folder / "00_first.ipynb")
    nbformat.write(
        notebook((LOG, "setup"), "log('CHECK', exercise='e', ok=False, verdict='0 of 1 passed')"),
        folder / "01_second.ipynb",
    )
    monkeypatch.setattr(shelf, "folder", lambda: folder)
    return folder


def test_chapters_are_known_by_number_and_by_name(course: Path) -> None:
    assert run.chosen([]) == ("00_first", "01_second")
    assert run.chosen(["01", "01_second", "00"]) == ("01_second", "00_first")


def test_an_unknown_chapter_is_refused_with_those_there_are(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["run", "07"]) == 1
    assert "00_first, 01_second" in capsys.readouterr().err


def test_run_writes_pages_and_fails_for_a_check_that_does_not_pass(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main.main(["run", "--out", str(out)]) == 1
    assert sorted(path.name for path in out.iterdir()) == ["00_first.html", "01_second.html", "index.html"]
    assert "01_second: 2 of 2 cells" in capsys.readouterr().out
    assert main.main(["run", "00", "--out", str(out)]) == 0


def test_pages_that_cannot_be_written_are_said_before_anything_runs(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main.main(["run", "--out", str(tmp_path / "file" / "below")]) == 1
    said = capsys.readouterr()
    assert "cannot be made" in said.err
    assert said.out == ""


def test_a_page_keeps_figures_and_their_words_and_shows_the_tags(chapter: Execution) -> None:
    page = pages.chapter_page(chapter)
    assert 'alt="Traffic peaks at noon"' in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert ".jp-Cell.celltag_experiment" in page
    assert "celltag_experiment" in page.split("</head>")[1]
    assert "<title>A chapter</title>" in page
    assert '<html lang="en">' in page


def test_a_page_loads_nothing_from_elsewhere(chapter: Execution) -> None:
    import re

    page = pages.chapter_page(chapter) + pages.index_page([chapter])
    assert "<script" not in page
    assert re.findall(r"""(?:src|href)=["'](?!data:|#|09_x\.html)[^"']*|url\(["']?https?:[^)]*|@import""", page) == []


def test_a_page_shows_the_static_twin_of_a_widget() -> None:
    made = notebook("w")
    view = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "text/html": "<b>twin</b>",
        "text/plain": "w",
    }
    made.cells[1].outputs = [nbformat.v4.new_output("display_data", data=view)]
    page = pages.chapter_page(Execution(name="n", title="t", notebook=made, cells_run=1, cells=1, seconds=1.0))
    assert "<b>twin</b>" in page
    assert "application/vnd.jupyter.widget-view+json" in made.cells[1].outputs[0].data, (
        "the notebook itself is left as it is"
    )


def test_the_index_says_what_ran_how_long_what_passed_and_what_it_costs(chapter: Execution) -> None:
    bad = Execution(
        name="08_bad", title="Bad & sad", notebook=None, cells_run=2, cells=9, seconds=3.21, error="ValueError: <x>",
        checks=(Checked(exercise="e1", ok=False, verdict="0 of 3 passed"),),
    )  # fmt: skip
    index = pages.index_page([chapter, bad])
    assert "1 of 2 chapters ran without an error or a failed check" in index
    assert "site: 1,234.50 USD a month" in index
    assert "8 of 8" in index
    assert "1 of 1" in index
    assert "Bad &amp; sad" in index
    assert "stopped at cell 2: ValueError: &lt;x&gt;; e1: 0 of 3 passed" in index
    assert ">3.2<" in index
