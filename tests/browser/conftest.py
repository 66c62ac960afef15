"""The driver of JupyterLab, and what it shares with the runs without a browser, importable by name."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "notebooks"), str(HERE.parents[1] / "tools")]
