"""From the learner edition to the solved one: each folded solution becomes code in the place of its exercise."""

from __future__ import annotations

import copy
import re
from typing import Any

from aws14.chapters.shelf import load
from aws14.errors import NotebookError

_FOLDED = re.compile(
    r"<details><summary>Solution</summary>\n\n(?P<fence>`{3,})python\n(?P<code>.*)\n(?P=fence)\n\n</details>", re.DOTALL
)


def fold_solution(code: str) -> str:
    """The markdown that holds a solution folded below its exercise."""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"<details><summary>Solution</summary>\n\n{fence}python\n{code}\n{fence}\n\n</details>"


def unfold_solution(markdown: str) -> str:
    """The code inside a folded solution; raises NotebookError when the cell holds none."""
    found = _FOLDED.fullmatch(markdown.strip())
    if not found:
        raise NotebookError("a cell tagged 'solution' holds no folded solution", cure="python tools/build_notebooks.py")
    return found["code"]


def solve(notebook: Any) -> Any:
    """A notebook with each solution in the place of the exercise before it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The learner edition; it is left as it is.

    Returns
    -------
    nbformat.NotebookNode
        The solved edition, without folded solutions.

    Raises
    ------
    NotebookError
        A solution has no exercise before it, or holds no code.
    """
    result = copy.deepcopy(notebook)
    kept: list[Any] = []
    exercise = None
    for cell in result.cells:
        tags = cell.metadata.get("tags", [])
        if "solution" in tags:
            if exercise is None:
                raise NotebookError("a solution stands before any exercise", cure="python tools/build_notebooks.py")
            kept[exercise] = _as_code(kept[exercise], cell)
            exercise = None
            continue
        if "exercise" in tags and cell.cell_type == "code":
            exercise = len(kept)
        kept.append(cell)
    result.cells = kept
    return result


def _as_code(exercise: Any, solution: Any) -> Any:
    answer = copy.deepcopy(exercise)
    answer.source = unfold_solution(solution.source)
    answer.id = solution.id
    answer.metadata["tags"] = ["solution"]
    return answer


def solved(name: str) -> Any:
    """The solved edition of a chapter.

    Parameters
    ----------
    name : str
        One of `aws14.chapters.names`.

    Returns
    -------
    nbformat.NotebookNode
        A copy of the caller's own.

    Raises
    ------
    NotebookError
        There is no such chapter.
    """
    return solve(load(name))
