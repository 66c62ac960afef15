"""Where the chapters stand, and how to take cells from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aws14.chapters.sections import Cell, walk
from aws14.errors import NotebookError

_NAME = re.compile(r"\d\d_\w+")
_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """The folder of the learner edition: packed in the wheel, else the one of the checkout."""
    packed = _PACKAGE / "_notebooks"
    return packed if packed.is_dir() else _PACKAGE.parent / "notebooks"


def names() -> tuple[str, ...]:
    """The chapters in order: ``00_start_here``, ``01_web_systems``..."""
    return tuple(sorted(path.stem for path in folder().glob("*.ipynb") if _NAME.fullmatch(path.stem)))


def load(name: str) -> Any:
    """The learner edition of a chapter.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    nbformat.NotebookNode
        A copy of the caller's own.

    Raises
    ------
    NotebookError
        There is no such chapter, or its file cannot be read.
    """
    if name not in names():
        raise NotebookError(f"there is no chapter '{name}'", allowed=", ".join(names()) or "none is built yet")
    # nbformat takes a fifth of a second to import; `import aws14` stays quick
    import nbformat

    path = folder() / f"{name}.ipynb"
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat is half typed
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise NotebookError(
            f"the chapter '{name}' cannot be read: {error}", cure="install the course again: python3 course.py"
        ) from error


def cells(name: str, *, pattern: str | None = None, tags: Sequence[str] = ()) -> tuple[Cell, ...]:
    """The cells of a chapter, in order.

    Parameters
    ----------
    name : str
        One of `names`.
    pattern : str, optional
        Only the cells of this pattern, ``p01`` or ``p01_campaign_site``.
    tags : sequence of str
        Only cells that bear one of these tags; all when empty.

    Returns
    -------
    tuple of Cell
        From the learner edition.

    Raises
    ------
    NotebookError
        There is no such chapter, or the pattern is not in it.
    """
    found = walk(load(name))
    if pattern is not None:
        found = _of_pattern(found, pattern, where=f"chapter '{name}'")
    return tuple(cell for cell in found if not tags or set(tags) & set(cell.tags))


def build_cells(pattern: str, until: str = "") -> tuple[Cell, ...]:
    """The cells that build a pattern: the set-up of its chapter and its own, then its build steps.

    Deeper blocks are left out: nothing later stands on them.

    Parameters
    ----------
    pattern : str
        ``p01`` or ``p01_campaign_site``.
    until : str, optional
        The last step wanted; the whole build when empty.

    Returns
    -------
    tuple of Cell
        Code cells in the order to run them.

    Raises
    ------
    NotebookError
        No chapter has the pattern, or the pattern has no such step.
    """
    chapter = _chapter_of(pattern)
    word = _number(pattern)
    wanted = [cell for cell in chapter if cell.kind == "code" and cell.pattern in ("", word) and not cell.deeper]
    setup = tuple(cell for cell in wanted if "setup" in cell.tags)
    build = tuple(cell for cell in wanted if "build" in cell.tags and cell.pattern == word)
    return setup + (_up_to(build, until, pattern) if until else build)


def _up_to(build: Sequence[Cell], until: str, pattern: str) -> tuple[Cell, ...]:
    last = max((index for index, cell in enumerate(build) if cell.step == until), default=None)
    if last is None:
        steps = ", ".join(dict.fromkeys(cell.step for cell in build if cell.step))
        raise NotebookError(f"pattern '{pattern}' has no step '{until}'", allowed=steps or "no steps")
    return tuple(build[: last + 1])


def _chapter_of(pattern: str) -> tuple[Cell, ...]:
    patterns: list[str] = []
    for name in names():
        chapter = walk(load(name))
        here = {cell.pattern for cell in chapter if cell.pattern}
        if _number(pattern) in here:
            return chapter
        patterns += sorted(here)
    raise NotebookError(f"no chapter has the pattern '{pattern}'", allowed=", ".join(patterns) or "none is built yet")


def _of_pattern(chapter: Sequence[Cell], pattern: str, *, where: str) -> tuple[Cell, ...]:
    found = tuple(cell for cell in chapter if cell.pattern == _number(pattern))
    if not found:
        patterns = ", ".join(dict.fromkeys(cell.pattern for cell in chapter if cell.pattern))
        raise NotebookError(f"{where} has no pattern '{pattern}'", allowed=patterns or "it has none")
    return found


def _number(pattern: str) -> str:
    """``p01`` of ``p01_campaign_site``: notebooks carry the number, code the word."""
    return pattern.split("_", 1)[0]
