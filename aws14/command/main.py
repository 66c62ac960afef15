"""``aws14 VERB``: find the module of the verb and run it; an error of the course is a sentence, not a traceback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from aws14 import __version__
from aws14.command import place
from aws14.errors import Aws14Error

VERBS = {
    "start": "open JupyterLab on your copy of the start page (further options go to Jupyter)",
    "run": "run chapters without a browser; one web page per chapter, with every figure",
    "test": "run the tests (further options go to pytest)",
    "doctor": "look at this machine: what is fine, and which command fixes what is not",
    "emulator": "run the embedded AWS in this terminal",
    "env": "print the lines that point a shell and the aws command at the embedded AWS",
    "reset": "begin anew: fresh notebooks and an empty cloud; your own copies are kept",
}
"""Verb -> what it does. Each verb is a module of this package with ``add_options`` and ``run``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb.

    Parameters
    ----------
    arguments : sequence of str, optional
        Verb and options; those of the process when not given. No verb means ``start``.

    Returns
    -------
    int
        Exit status: 0 when all is well.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "start")
    modules = {name: _module(name) for name in VERBS if name == given[0]}
    options, rest = _parser(modules).parse_known_args(given)
    module = modules[options.verb]
    if rest and not getattr(module, "PASSES_ON", False):
        _parser(modules).error(f"{options.verb} does not know: {' '.join(rest)}")
    try:
        status: int = module.run(options, rest)
    except Aws14Error as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return status


def _module(name: str) -> ModuleType:
    # Only the verb that is asked for is imported: they need heavy and different libraries.
    return import_module(f"aws14.command.{name}")


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    command = place.verb("").strip()
    parser = argparse.ArgumentParser(prog=command, description="The course on 14 AWS patterns. Without a verb: start.")
    parser.add_argument("--version", action="version", version=f"aws14 {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, purpose in VERBS.items():
        one = verbs.add_parser(name, help=purpose, description=purpose.capitalize() + ".", allow_abbrev=False)
        if name in modules:
            modules[name].add_options(one)
    return parser
