from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import build_notebooks
import nbformat
import pytest

SOURCE = """\
# %% [markdown]
# # Chapter

# %% tags=["setup"]
# %matplotlib inline
x = 1

# %% [markdown] pattern="p01"
# ## One

# %% [markdown] tags=["instructor"]
# Only for the one who teaches.

# %% tags=["exercise"]
answer = ...

# %% tags=["solution"]
answer = 42

# %% tags=["check"]
print(answer)

# %% [markdown] deeper="10 min"
# ### Aside
#
# More.

# %% tags=["experiment"]
x += 1

# %% [markdown]
# ### Back

# %% tags=["experiment"]
x += 1
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    source = tmp_path / "notebooks" / "src"
    source.mkdir(parents=True)
    (source / "01_one.py").write_text(SOURCE, encoding="utf-8")
    build_notebooks.write(tmp_path, source)
    return tmp_path


def edition(project: Path, folder: str) -> Any:
    return nbformat.read(project / folder / "01_one.ipynb", as_version=4)


def ids(text: str, tmp_path: Path) -> dict[str, list[str]]:
    path = tmp_path / "02_two.py"
    path.write_text(text, encoding="utf-8")
    found: dict[str, list[str]] = {}
    for cell in build_notebooks.read(path).cells:
        found.setdefault(cell.source, []).append(cell.id)
    return found


def test_every_edition_is_a_valid_notebook_without_outputs(project: Path) -> None:
    for folder in ("notebooks", "build/solved", "build/instructor"):
        notebook = edition(project, folder)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert code
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
        assert notebook.metadata.kernelspec.name == "python3"


def test_the_learner_sees_the_solution_folded_and_no_notes(project: Path) -> None:
    cells = edition(project, "notebooks").cells
    folded = [cell for cell in cells if cell.metadata.get("tags") == ["solution"]]
    assert [cell.cell_type for cell in folded] == ["markdown"]
    assert folded[0].source.startswith("<details><summary>Solution</summary>\n\n```python\nanswer = 42\n```")
    assert not any("instructor" in cell.metadata.get("tags", ()) for cell in cells)


def test_the_instructor_sees_notes_and_solution_as_code(project: Path) -> None:
    cells = edition(project, "build/instructor").cells
    assert any(cell.source == "Only for the one who teaches." for cell in cells)
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert code[1:4] == ["answer = ...", "answer = 42", "print(answer)"]


def test_the_solved_edition_has_the_solution_for_the_exercise(project: Path) -> None:
    code = [cell.source for cell in edition(project, "build/solved").cells if cell.cell_type == "code"]
    assert code[1:3] == ["answer = 42", "print(answer)"]


def test_magics_are_magics_again(project: Path) -> None:
    assert edition(project, "notebooks").cells[1].source == "%matplotlib inline\nx = 1"


def test_a_deeper_block_is_named_and_folded_and_ends(project: Path) -> None:
    cells = {cell.source.splitlines()[0]: cell.metadata for cell in edition(project, "notebooks").cells}
    assert cells["### Deeper: Aside (10 min)"]["jp-MarkdownHeadingCollapsed"] is True
    marks = [cell.metadata.get("deeper") for cell in edition(project, "notebooks").cells]
    assert marks[-4:] == ["10 min", "inside", None, None]


def test_a_deeper_block_named_so_by_its_author_is_named_once(tmp_path: Path) -> None:
    source = tmp_path / "01_one.py"
    source.write_text(SOURCE.replace("# ### Aside", "# ### Deeper: aside"), encoding="utf-8")
    learner = nbformat.reads(build_notebooks.editions(source)["notebooks/01_one.ipynb"], as_version=4)
    assert any(cell.source.startswith("### Deeper: aside (10 min)") for cell in learner.cells)


def test_the_file_says_where_it_comes_from(project: Path) -> None:
    origin = edition(project, "notebooks").metadata.aws14
    assert origin["generated_from"] == "notebooks/src/01_one.py"
    assert "do not edit" in origin["note"]


def test_building_again_changes_nothing(project: Path) -> None:
    assert build_notebooks.write(project, project / "notebooks" / "src") == []


def test_ids_do_not_move_when_a_cell_is_added_before(tmp_path: Path) -> None:
    before = ids(SOURCE, tmp_path)
    after = ids("# %% [markdown]\n# Added\n\n" + SOURCE, tmp_path)
    assert {source: found for source, found in after.items() if source != "Added"} == before


def test_equal_cells_get_different_ids(tmp_path: Path) -> None:
    twins = ids(SOURCE, tmp_path)["x += 1"]
    assert len(set(twins)) == 2


def test_check_sees_an_edited_notebook(project: Path) -> None:
    target = project / "notebooks" / "01_one.ipynb"
    notebook = json.loads(target.read_text(encoding="utf-8"))
    notebook["cells"][1]["source"] = ["x = 2"]
    target.write_text(json.dumps(notebook), encoding="utf-8")
    found = build_notebooks.differences(project, project / "notebooks" / "src")
    assert found == ["notebooks/01_one.ipynb is not what its source says"]


def test_check_sees_a_missing_notebook_and_one_without_source(project: Path) -> None:
    (project / "notebooks" / "01_one.ipynb").rename(project / "notebooks" / "02_two.ipynb")
    assert build_notebooks.differences(project, project / "notebooks" / "src") == [
        "notebooks/01_one.ipynb is not what its source says",
        "notebooks/02_two.ipynb has no source",
    ]


def test_the_committed_notebooks_are_what_their_sources_say() -> None:
    assert build_notebooks.differences(build_notebooks.ROOT, build_notebooks.SOURCES) == []
    assert build_notebooks.sources(), "no chapter has a source"
