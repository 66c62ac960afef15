"""Which cell stands where: its pattern (the H2 section around it) and whether it is folded away as "Deeper".

An H2 cell with the metadata ``pattern="p01"`` opens the section of that pattern; the next H2 closes it. A markdown
cell with the metadata ``deeper="10 min"`` opens a Deeper block; the next heading that is not below it closes it, as
JupyterLab's own folding does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_HEADING = re.compile(r"(#{1,6})\s+\S")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell of a chapter and its place.

    Parameters
    ----------
    source : str
        The text of the cell.
    kind : {'code', 'markdown'}
        What it is.
    tags : tuple of str
        Its tags, from the closed list of the course.
    step : str
        Name of the build step; empty for other cells.
    pattern : str
        ``p01`` ... ``p14``; empty outside a pattern.
    deeper : bool
        Whether it stands in a Deeper block, outside the core of its pattern.
    id : str
        The id of the cell in the notebook.
    """

    source: str
    kind: str
    tags: tuple[str, ...] = ()
    step: str = ""
    pattern: str = ""
    deeper: bool = False
    id: str = ""


def heading_level(source: str, kind: str = "markdown") -> int:
    """Level of the heading a cell opens with: 1 to 6, or 0 without one."""
    found = _HEADING.match(source) if kind == "markdown" else None
    return len(found[1]) if found else 0


def walk(notebook: Any) -> tuple[Cell, ...]:
    """Every cell of a notebook with its place.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Any edition, or the notebook read from its source.

    Returns
    -------
    tuple of Cell
        In order, one for each cell.
    """
    pattern, fold = "", 0
    placed = []
    for cell in notebook.cells:
        level = heading_level(cell.source, cell.cell_type)
        if level == 2:
            pattern = cell.metadata.get("pattern", "")
        fold = _fold(fold, level, cell.metadata.get("deeper", ""))
        placed.append(
            Cell(
                source=cell.source,
                kind=cell.cell_type,
                tags=tuple(cell.metadata.get("tags", ())),
                step=cell.metadata.get("step", ""),
                pattern=pattern,
                deeper=fold > 0,
                id=cell.get("id", ""),
            )
        )
    return tuple(placed)


def _fold(fold: int, level: int, deeper: str) -> int:
    """Level of the Deeper heading that a cell is folded under, 0 for none."""
    if deeper == "end" or 0 < level <= fold:
        fold = 0
    if deeper and deeper not in ("end", "inside"):
        fold = level or 6
    return fold
