"""``test``: the tests of the course, on two processes; ``--all`` adds those that take long."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence

from aws14.command import place
from aws14.command.handover import hand_over
from aws14.errors import NotAvailable

PASSES_ON = True


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("--all", action="store_true", help="also those with real kernels, the browser, wheels")


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Become pytest.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Options and paths for pytest.

    Raises
    ------
    NotAvailable
        The tests, or what they need, are not here.
    """
    root = place.checkout()
    if root is None:
        raise NotAvailable("The tests are not in the installed package", cure="a checkout of the course has them")
    if importlib.util.find_spec("pytest") is None:
        raise NotAvailable("What the tests need is not installed", cure="python3 course.py test")
    return hand_over([sys.executable, "-m", "pytest", *pytest_options(rest, everything=options.all)], folder=root)


def pytest_options(rest: Sequence[str], *, everything: bool) -> list[str]:
    """What to hand to pytest: the learner's own options last, so that they win.

    Parameters
    ----------
    rest : sequence of str
        Options and paths given.
    everything : bool
        Whether the long tests run too.
    """
    # worksteal keeps neighbours together (they share fixtures) and evens out the end
    defaults = ["-n", "2", "--dist", "worksteal"]
    return [*defaults, *(["--all"] if everything else []), *rest]
