"""``emulator``: the embedded AWS in the foreground, for any client on this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from aws14.cloud import process
from aws14.command import place, ports
from aws14.command.handover import hand_over
from aws14.errors import NotAvailable

PASSES_ON = True


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("--port", type=int, metavar="N", help="the port to listen on (default: a free one)")


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Become the embedded AWS.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Further options of ``python -m aws14.emulator``.

    Raises
    ------
    NotAvailable
        One runs already, or the port is taken.
    """
    found = process.find()
    if found is not None:
        raise NotAvailable(
            f"The embedded AWS runs already, on {found.endpoint} (process {found.pid})",
            cure=f"{place.verb('env')} prints how to reach it",
        )
    command = [sys.executable, "-m", "aws14.emulator", "--foreground", *rest]
    if options.port is not None:
        if not ports.is_free(options.port):
            raise NotAvailable(
                f"Port {options.port} is taken by another program",
                cure=place.verb(f"emulator --port {ports.free_port()}"),
            )
        command += ["--port", str(options.port)]
    return hand_over(command, folder=Path.cwd())
