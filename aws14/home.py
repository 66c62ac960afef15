"""Where a learner's embedded AWS lives: the one folder that the course writes outside ``work/``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["home"]


def home() -> Path:
    r"""Return the folder of the embedded AWS: ``$AWS14_HOME``, else the user's data folder.

    Returns
    -------
    pathlib.Path
        Absolute; it need not exist yet. ``~/.local/share/aws14`` on Linux, ``~/Library/Application Support/aws14``
        on macOS, ``%LOCALAPPDATA%\aws14`` on Windows.
    """
    named = os.environ.get("AWS14_HOME", "")
    if named:
        return Path(named).expanduser().resolve()
    return _data_folder() / "aws14"


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
