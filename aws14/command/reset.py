"""``reset``: begin anew with fresh notebooks and an empty cloud; the learner's copies are kept beside."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from aws14.cloud import process
from aws14.command import place
from aws14.command.copies import lay_out, set_aside
from aws14.home import home


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:  # noqa: ARG001 - every verb is called alike
    """Ask, then set the copies aside, lay out fresh ones, and empty the embedded AWS.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Always empty here.

    Returns
    -------
    int
        0 when done, 1 when the learner said no.

    Raises
    ------
    NotAvailable
        The folder of the copies cannot be written.
    EmulatorError
        The embedded AWS does not start or answer.
    """
    work = place.work_folder()
    print(f"This renames your notebooks in {work} (nothing is deleted), gives you fresh ones,")
    print(f"and deletes everything built in the embedded AWS ({home()}). A real account is not touched.")
    if not options.yes and not _agreed():
        print("Nothing was changed.")
        return 1
    for kept in set_aside(work, label=f"before {datetime.now().astimezone():%Y-%m-%d %H.%M}"):
        print(f"Kept: {kept.name}")
    for line in lay_out(work):
        print(line)
    process.find_or_start().reset()
    print("The embedded AWS is empty.")
    return 0


def _agreed() -> bool:
    if not sys.stdin or not sys.stdin.isatty():
        print("Add --yes to do it without being asked.")
        return False
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
