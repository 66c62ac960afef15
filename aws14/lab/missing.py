"""Names that a cell asks for and that no cell has defined yet: after a restart of the kernel, or cells left out."""

from __future__ import annotations

import symtable
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

from aws14 import chapters, patterns
from aws14.errors import NotebookError

if TYPE_CHECKING:
    from aws14.lab.face import Lab


def told(lab: Lab, error: BaseException) -> str:
    """Say in one line which cells define a name that a cell did not find.

    Parameters
    ----------
    lab : Lab
        Its pattern's cells are looked at.
    error : BaseException
        What a cell raised.

    Returns
    -------
    str
        Empty where the error is another, or nothing of the course defines the name.
    """
    if type(error) is not NameError or not _of_a_cell(error.__traceback__):
        return ""
    return missing(lab.pattern.key, error.name or "")


def missing(pattern: str, name: str) -> str:
    """What to do about a name of a pattern's notebook; empty for a name that it does not define.

    Parameters
    ----------
    pattern : str
        Short name of the pattern.
    name : str
        What is not there.
    """
    try:
        built = chapters.build_cells(pattern)
        others = chapters.cells(patterns.pattern(pattern).chapter, pattern=pattern)
    except NotebookError:
        return ""
    if name in _defined(cell.source for cell in built):
        return f"name '{name}' is not there: run the cells above, or lab.catch_up()"
    if name in _defined(cell.source for cell in others if cell.kind == "code"):
        return f"name '{name}' is not there: run the cell of {pattern} that defines it"
    return ""


def _defined(sources: Iterable[str]) -> set[str]:
    return {name for source in sources for name in _top_names(source)}


def _top_names(source: str) -> set[str]:
    try:
        table = symtable.symtable(source, "<cell>", "exec")
    except SyntaxError:  # a cell of shell commands
        return set()
    return {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}


def _of_a_cell(trace: TracebackType | None) -> bool:
    """Whether the innermost frame is the learner's own code."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "__main__"
