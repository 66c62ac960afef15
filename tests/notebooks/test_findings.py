"""Each finding can be found: a good run has none, and each fault put into it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import nbformat
import pytest
from findings import checks, failures, figures
from runs import CellRun, Run

CELLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lab.draw()", {"tags": ["inspect"]}),
    ("lab.check('p01-built')", {"tags": ["check"]}),
    ("answer = ...", {"tags": ["exercise"], "exercise": "p01-e1"}),
    ("lab.check('p01-e1')", {"tags": ["check"], "exercise": "p01-e1"}),
)
NOTEBOOK = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text, metadata=data) for text, data in CELLS])
PLAIN = CellRun(index=0, turn=1, seconds=0.0, error="", checks=(), text="", alts=(), bare=(), widget=False)


def verdict(exercise: str, ok: bool, words: str = "1 of 2 passed") -> tuple[dict[str, Any], ...]:
    return ({"exercise": exercise, "ok": ok, "verdict": words},)


def run(*, solved: bool) -> Run:
    cells = (
        replace(PLAIN, alts=("A server in a subnet",)),
        replace(PLAIN, index=1, checks=verdict("p01-built", ok=True)),
        replace(PLAIN, index=2),
        replace(PLAIN, index=3, checks=verdict("p01-e1", ok=solved)),
    )
    return Run(cells=cells, complete=True, watched=(), log="")


def with_cell(index: int, *, solved: bool = True, **changes: Any) -> Run:
    good = run(solved=solved)
    cells = tuple(replace(cell, **changes) if cell.index == index else cell for cell in good.cells)
    return replace(good, cells=cells)


def found(result: Run, *, solved: bool = True) -> list[str]:
    return [
        *failures(NOTEBOOK, result),
        *checks(NOTEBOOK, result, solved=solved),
        *figures(NOTEBOOK, result),
    ]


@pytest.mark.parametrize("solved", [True, False])
def test_a_good_run_has_no_finding(solved: bool) -> None:
    assert found(run(solved=solved), solved=solved) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (with_cell(2, error="NameError: vpc_id"), "cell 3 'answer = ...', run 1: NameError: vpc_id"),
        (replace(run(solved=True), watched=("request to 192.0.2.1",)), "request to 192.0.2.1"),
        (replace(run(solved=True), complete=False, log="Killed"), "did not come to its end: Killed"),
        (with_cell(3, checks=()), "asks nothing"),
        (with_cell(3, checks=verdict("p01-e1", ok=False)), "'p01-e1' is False: 1 of 2 passed"),
        (with_cell(1, checks=verdict("p01-built", ok=False)), "'p01-built' is False"),
        (with_cell(3, checks=verdict("p01-e2", ok=True)), "for 'p01-e2'"),
        (with_cell(3, checks=verdict("p01-e1", ok=True, words="")), "answers ''"),
        (with_cell(0, alts=()), "draws nothing, against lint_notebooks.is_figure"),
        (with_cell(2, alts=("A chart",)), "draws, unknown to lint_notebooks.is_figure"),
        (with_cell(0, alts=("One", "Two")), "2 pictures in one cell"),
        (with_cell(0, alts=("",)), "a picture without words"),
        (with_cell(0, bare=("image/png",)), "a picture without words"),
        (with_cell(0, alts=(), widget=True), "a widget without its static picture"),
    ],
)
def test_a_fault_is_found(changed: Run, words: str) -> None:
    told = found(changed)
    assert len(told) == 1, told
    assert words in told[0]


def test_an_error_is_told_once() -> None:
    assert len(found(with_cell(0, error="KeyError: 1", alts=()))) == 1
    assert len(found(with_cell(3, error="KeyError: 1", checks=()))) == 1


def test_a_check_that_an_unsolved_notebook_passes_is_found() -> None:
    assert len(found(run(solved=True), solved=False)) == 1


def test_a_checkpoint_has_to_pass_unsolved_too() -> None:
    changed = with_cell(1, solved=False, checks=verdict("p01-built", ok=False))
    assert found(changed, solved=False) == ["cell 2 'lab.check('p01-built')': 'p01-built' is False: 1 of 2 passed"]
