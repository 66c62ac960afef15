"""Render: DOT text to SVG, with the Graphviz inside pygraphviz, else with the program ``dot``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aws14.errors import NotAvailable

_LOCK = threading.Lock()
_SECONDS = 60.0


def svg_of(dot: str) -> str:
    """The SVG that Graphviz lays out from DOT text.

    Raises
    ------
    NotAvailable
        When neither pygraphviz nor the program ``dot`` is there, or Graphviz refuses the text.
    """
    try:
        import pygraphviz
    except ImportError:
        return _by_program(dot)
    with _LOCK, _silent_stderr():
        try:
            drawn: bytes = pygraphviz.AGraph(string=dot).draw(format="svg", prog="nop")
        except (OSError, ValueError, RuntimeError) as refusal:
            raise NotAvailable(f"Graphviz could not lay out the drawing: {refusal}") from refusal
    return drawn.decode("utf-8")


def _by_program(dot: str) -> str:
    program = shutil.which("dot")
    if program is None:
        raise NotAvailable(
            "drawing needs Graphviz, which is not here",
            allowed="the package pygraphviz (it brings Graphviz along) or the program dot",
            cure="python3 course.py doctor",
        )
    done = subprocess.run(
        [program, "-Knop", "-Tsvg"], input=dot.encode("utf-8"), capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise NotAvailable(f"dot could not lay out the drawing: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8")


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keep what C libraries write to file descriptor 2 (font configuration warnings) out of the notebook."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as nowhere:
            os.dup2(nowhere.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
    finally:
        os.close(kept)
