"""The learner's copies of the notebooks in ``work/``: laid out once, never written again.

``work/.editions.json`` remembers which editions were laid out (name -> hashes of the course's own notebook), so that
a newer edition of the course is laid beside the learner's copy, once.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from aws14.chapters import shelf
from aws14.errors import NotAvailable, NotebookError

EDITIONS = ".editions.json"


def lay_out(work: Path) -> tuple[str, ...]:
    """Give the learner a copy of each notebook, and newer editions beside.

    Parameters
    ----------
    work : Path
        Folder of the copies; made when it is not there.

    Returns
    -------
    tuple of str
        What to tell the learner.

    Raises
    ------
    NotAvailable
        The folder cannot be written.
    NotebookError
        The course holds no notebooks.
    """
    originals = [shelf.folder() / f"{name}.ipynb" for name in shelf.names()]
    if not originals:
        raise NotebookError("the course holds no notebooks", cure="python tools/build_notebooks.py")
    try:
        work.mkdir(parents=True, exist_ok=True)
        laid = _read(work)
        said = tuple(line for original in originals for line in _lay_one(original, work, laid))
        if said or not (work / EDITIONS).exists():
            _write(work, laid)
    except OSError as error:
        raise _unwritable(work) from error
    return said


def set_aside(work: Path, *, label: str) -> tuple[Path, ...]:
    """Rename the learner's copies, so that the next `lay_out` gives fresh ones.

    Parameters
    ----------
    work : Path
        Folder of the copies.
    label : str
        Goes into the new names: ``00_start_here (label).ipynb``.

    Returns
    -------
    tuple of Path
        The renamed copies.

    Raises
    ------
    NotAvailable
        The folder cannot be written.
    """
    kept = []
    try:
        for name in shelf.names():
            copy = work / f"{name}.ipynb"
            if copy.exists():
                kept.append(copy.rename(_beside(copy, label)))
        (work / EDITIONS).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(work) from error
    return tuple(kept)


def _lay_one(original: Path, work: Path, laid: dict[str, list[str]]) -> list[str]:
    content = original.read_bytes()
    edition = hashlib.sha256(content).hexdigest()
    known = laid.setdefault(original.name, [])
    copy = work / original.name
    if copy.exists() and edition in known:
        return []
    if edition not in known:
        known.append(edition)
    if not copy.exists():
        copy.write_bytes(content)
        return [f"Your copy of {original.stem} is {copy}"]
    if copy.read_bytes() == content:
        return []
    newer = _beside(copy, "new edition")
    newer.write_bytes(content)
    return [f"The course has a new edition of {original.stem}: it is beside your own copy, as '{newer.name}'"]


def _beside(copy: Path, label: str) -> Path:
    """A name of the same chapter that no file has yet."""
    candidate, number = copy.with_name(f"{copy.stem} ({label}).ipynb"), 2
    while candidate.exists():
        candidate, number = copy.with_name(f"{copy.stem} ({label} {number}).ipynb"), number + 1
    return candidate


def _read(work: Path) -> dict[str, list[str]]:
    try:
        laid = json.loads((work / EDITIONS).read_text(encoding="utf-8"))
        return {name: [str(edition) for edition in editions] for name, editions in laid.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        # Not there, or damaged: then every copy counts as the learner's own.
        return {}


def _write(work: Path, laid: dict[str, list[str]]) -> None:
    (work / EDITIONS).write_text(json.dumps(laid, indent=1), encoding="utf-8")


def _unwritable(work: Path) -> NotAvailable:
    return NotAvailable(f"The folder {work} cannot be written to", cure="start from a folder of your own")
