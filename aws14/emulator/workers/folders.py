"""Folders of workers: under the home of the embedded AWS, each for one worker, swept at the next start."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["keep_in", "new_folder"]

_ROOT: list[Path] = []
_NUMBER = itertools.count(1)


def keep_in(folder: Path) -> None:
    """Make new folders in `folder` from now on; what is left there of an earlier process is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    _ROOT[:] = [folder]


def new_folder(kind: str) -> Path:
    """Return a new folder for a worker, mode 0700; who has it removes it when the worker has ended.

    Parameters
    ----------
    kind : str
        ``"lambda"``, ``"pod"``: how its name begins.
    """
    if not _ROOT:
        _ROOT.append(Path(tempfile.mkdtemp(prefix="aws14-workers-")))
    folder = _ROOT[0] / f"{kind}-{os.getpid()}-{next(_NUMBER)}"
    folder.mkdir(parents=True, mode=0o700)
    return folder.resolve()
