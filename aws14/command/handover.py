"""Hand this terminal to another program, so that Ctrl-C and the exit status are that program's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def hand_over(command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path) -> int:
    """Become another program, or run it to its end where a process cannot become another (Windows).

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    environment : mapping, optional
        Its environment; this process's own when not given.
    folder : Path
        The folder it starts in.

    Returns
    -------
    int
        Its exit status, on Windows; elsewhere this call does not return.
    """
    environment = dict(os.environ if environment is None else environment)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.chdir(folder)
        os.execvpe(command[0], list(command), environment)
    with subprocess.Popen(command, env=environment, cwd=folder) as program:
        while True:
            # Ctrl-C reaches both; the program decides what it means (JupyterLab asks, the emulator saves).
            try:
                return program.wait()
            except KeyboardInterrupt:
                continue
