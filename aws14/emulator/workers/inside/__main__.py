"""The first lines of a worker process: ``python -I -S -u <this folder>``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

if __name__ == "__main__":
    # What follows is the program's own: neither this folder nor the one above may be found by its imports.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    start = importlib.import_module("inside.start")
    del sys.path[0]
    start.main()
