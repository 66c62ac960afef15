"""What is wrong with a run of a chapter, one sentence a finding. What an error makes of a cell is not told again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lint_notebooks
from runs import Run

from aws14 import chapters


def failures(notebook: Any, result: Run) -> Iterator[str]:
    """What went wrong in any edition: an error, a request that left, a write into the tree, a run cut short."""
    for cell in result.cells:
        if cell.error:
            yield f"{_name(notebook, cell.index)}, run {cell.turn}: {cell.error}"
    yield from result.watched
    if not result.complete:
        yield f"the run did not come to its end: {result.log}"


def checks(notebook: Any, result: Run, *, solved: bool) -> Iterator[str]:
    """A checkpoint passes in both editions, the check of an exercise in the solved one only and by its own name."""
    for cell in (cell for cell in result.cells if not cell.error):
        metadata = notebook.cells[cell.index].metadata
        where = _name(notebook, cell.index)
        if "check" in metadata.get("tags", ()) and not cell.checks:
            yield f"{where}: asks nothing"
        for check in cell.checks:
            expected = solved or "exercise" not in metadata
            if check["ok"] is not expected:
                yield f"{where}: '{check['exercise']}' is {check['ok']}: {check['verdict']}"
            if check["exercise"] != metadata.get("exercise", check["exercise"]) or not check["verdict"]:
                yield f"{where}: answers '{check['verdict']}' for '{check['exercise']}'"


def figures(notebook: Any, result: Run) -> Iterator[str]:
    """Pictures have words, one to a cell, and the lints know the cells that draw."""
    places = chapters.walk(notebook)
    for cell, place in ((cell, places[cell.index]) for cell in result.cells if not cell.error):
        where = _name(notebook, cell.index)
        drew = bool(cell.alts) or cell.widget
        if drew and not lint_notebooks.may_be_figure(place):
            yield f"{where}: draws, unknown to lint_notebooks.is_figure"
        if lint_notebooks.is_figure(place) and not drew:
            yield f"{where}: draws nothing, against lint_notebooks.is_figure"
        if len(cell.alts) > 1:
            yield f"{where}: {len(cell.alts)} pictures in one cell"
        if cell.bare or "" in cell.alts:
            yield f"{where}: a picture without words"
        if cell.widget and not cell.alts:
            yield f"{where}: a widget without its static picture"


def _name(notebook: Any, index: int) -> str:
    first = notebook.cells[index].source.strip().splitlines()[0] if notebook.cells[index].source.strip() else ""
    return f"cell {index + 1} '{first}'"
