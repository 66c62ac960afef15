"""``start``: JupyterLab on the learner's own copy of the start page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from aws14.command import place, ports
from aws14.command.copies import lay_out
from aws14.command.handover import hand_over
from aws14.errors import NotAvailable

PASSES_ON = True
FIRST_PAGE = "00_start_here.ipynb"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb: its port; all others go to Jupyter."""
    parser.add_argument("--port", type=int, help="the port JupyterLab listens on (default: 8888 or the next free one)")


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Lay out the learner's copies and become JupyterLab.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Options for Jupyter.

    Raises
    ------
    NotAvailable
        The port asked for is taken.
    """
    work = place.work_folder()
    for line in lay_out(work):
        print(line)
    command = [sys.executable, "-m", "jupyterlab", FIRST_PAGE, f"--ServerApp.root_dir={work}", *rest]
    if options.port is not None:
        if not ports.is_free(options.port):
            raise NotAvailable(
                f"Port {options.port} is taken by another program", cure=f"start --port {ports.free_port()}"
            )
        command.append(f"--port={options.port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in rest:
        # In a container the only user is often root, and Jupyter would refuse to start.
        command.append("--allow-root")
    return hand_over(command, folder=work)
