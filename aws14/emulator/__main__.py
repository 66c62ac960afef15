"""Run the embedded AWS: ``python -m aws14.emulator [--home DIR] [--port N] [--idle-seconds S] [--foreground]``."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aws14.emulator import environment
from aws14.errors import EmulatorError
from aws14.home import home

if TYPE_CHECKING:
    from aws14.emulator.server import Identity

_IDLE_S = 4 * 3600.0


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and serve; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m aws14.emulator", description="The embedded AWS of the course.")
    parser.add_argument("--home", type=Path, default=home(), help="its folder (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="loopback port (default: one that is free)")
    parser.add_argument("--idle-seconds", type=float, default=_IDLE_S, help="end after so long without a request")
    parser.add_argument("--foreground", action="store_true", help="say where it listens, and how to end it")
    chosen = parser.parse_args(arguments)
    environment.keep_out()
    from aws14.emulator.server import Options, serve

    try:
        serve(
            Options(chosen.home.expanduser().resolve(), chosen.port, chosen.idle_seconds),
            ready=_say if chosen.foreground else lambda _: None,
        )
    except EmulatorError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _say(identity: Identity) -> None:
    sys.stdout.write(
        f"The embedded AWS listens on http://127.0.0.1:{identity.port}. Ctrl-C ends it; the cloud is kept.\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    # All is saved: taking the interpreter apart, object by object, would only take seconds.
    sys.stdout.flush()
    os._exit(status)
