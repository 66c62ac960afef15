"""Read the source of a chapter, ``notebooks/src/*.py`` in py:percent, into a notebook with steady cell ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import jupytext

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "notebooks" / "src"
_NAME = re.compile(r"\d\d_\w+")


def sources(folder: Path = SOURCES) -> tuple[Path, ...]:
    """The chapter sources in order (``00_start_here.py``...)."""
    return tuple(sorted(path for path in folder.glob("*.py") if _NAME.fullmatch(path.stem)))


def read(path: Path) -> Any:
    """A chapter source as a notebook: every cell, solutions and instructor's notes included.

    Parameters
    ----------
    path : Path
        A py:percent file.

    Returns
    -------
    nbformat.NotebookNode
        With ids that depend on the content of a cell only, so that an edit elsewhere leaves them as they are.
    """
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        for layout in ("lines_to_next_cell", "lines_to_end_of_cell_marker"):
            cell.metadata.pop(layout, None)
        content = f"{cell.cell_type}\n{cell.source}"
        seen[content] += 1
        cell.id = _digest(f"{content}\n{seen[content]}")
    return notebook


def _digest(text: str) -> str:
    """Eight hexadecimal digits after a letter: an id that is also an anchor."""
    return "c" + hashlib.sha256(text.encode()).hexdigest()[:8]
