"""A chapter in JupyterLab, as a learner has it: run, read, move a slider; nothing leaves this computer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import build_notebooks
import pytest
from lab_driver import NotebookPage, browser_page, jupyter_lab
from runs import environment_of, stop_emulator

from aws14.chapters import shelf

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SAMPLE = """\
# %% [markdown]
# # Sample

# %% tags=["setup"]
import ipywidgets
from aws14.model import Picture


def bars(count):
    body = "".join(f"<rect x='{20 * i}' width='10' height='50'/>" for i in range(count))
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='60'>{body}</svg>"
    return Picture(image=svg.encode(), format="svg", alt=f"{count} bars")


# %% [markdown]
# ## Section

# %% tags=["experiment"]
ipywidgets.interact(lambda count: bars(count), count=(1, 10));

# %% [markdown] deeper="5 min"
# ### More

# %% tags=["inspect"]
print("folded")

# %% [markdown]
# ### Back

# %% tags=["inspect"]
bars(2)
"""


@contextmanager
def opened(notebooks: Path, name: str, scratch: Path) -> Iterator[NotebookPage]:
    """JupyterLab on a copy of the notebooks, with a home and a watch of its own, one of them open."""
    work = scratch / "work"
    shutil.copytree(notebooks, work, ignore=shutil.ignore_patterns("src", ".ipynb_checkpoints"))
    environment = environment_of(scratch)
    try:
        with jupyter_lab(work, scratch, environment) as address, browser_page() as notebook:
            notebook.open(address, name)
            yield notebook
    finally:
        stop_emulator(scratch / "home")


def expect_run_and_slider(notebook: NotebookPage) -> None:
    """Run all; every picture has words; the slider changes a picture together with its words."""
    # outside pytest's own folders, which the next runs clear away: the screenshots are there to be looked at
    shots = Path(tempfile.mkdtemp(prefix="aws14-screenshots-"))
    try:
        notebook.run_all(seconds=150)
        assert notebook.errors() == []
        pictures = notebook.pictures()
        assert pictures
        assert [src[:60] for alt, src in pictures if not alt.strip()] == []
        notebook.screenshots(shots)
        before, after = notebook.move_slider()
        moved = [(old, new) for old, new in zip(before, after, strict=True) if old[1] != new[1]]
        assert moved
        assert all(old[0] != new[0] and new[0].strip() for old, new in moved)
        notebook.page.screenshot(path=shots / "slider_moved.png")
    finally:
        notebook.page.screenshot(path=shots / "last.png")
        print("screenshots:", shots)
    assert notebook.problems == []
    assert notebook.hosts == {"127.0.0.1"}


def test_a_sample_is_folded_runs_and_follows_its_slider(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "01_sample.py").write_text(SAMPLE, encoding="utf-8")
    build_notebooks.write(tmp_path, source)
    with opened(tmp_path / "notebooks", "01_sample.ipynb", tmp_path / "scratch") as notebook:
        assert notebook.page.get_by_text('print("folded")').is_hidden()
        assert notebook.page.get_by_text("bars(2)").is_visible()
        expect_run_and_slider(notebook)
        streams = [out["text"] for cell in notebook.cells() for out in cell.get("outputs", ()) if "text" in out]
        assert "".join(map("".join, streams)) == "folded\n"


def test_the_first_chapter_in_jupyterlab(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    with opened(shelf.folder(), "01_web_systems.ipynb", scratch) as notebook:
        expect_run_and_slider(notebook)
    seen = scratch / "watch.txt"
    assert (seen.read_text(encoding="utf-8") if seen.exists() else "") == ""
