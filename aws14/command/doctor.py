"""``doctor``: one line for each thing the course needs: OK, or FIX and the command that fixes it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from aws14.command import machine, software
from aws14.command.diagnosis import Diagnosis
from aws14.errors import Aws14Error

EXAMINATIONS: tuple[tuple[str, Callable[[], Diagnosis]], ...] = (
    ("Python", software.python),
    ("lock", software.lock),
    ("packages", software.packages),
    ("drawing", software.drawing),
    ("fonts", machine.fonts),
    ("embedded AWS", software.embedded_aws),
    ("credentials", software.credentials),
    ("disk", machine.disk),
    ("port", machine.port),
)
"""What is looked at, in order."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb: it has none."""


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:  # noqa: ARG001 - every verb is called alike
    """Examine everything and print a line for each.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Always empty here.

    Returns
    -------
    int
        0 when there is nothing to fix.
    """
    found = []
    for name, examination in EXAMINATIONS:
        diagnosis = examine(examination)
        print(diagnosis.line(name), flush=True)
        found.append(diagnosis)
    wrong = sum(not diagnosis.ok for diagnosis in found)
    print("All is well." if not wrong else f"{wrong} to fix; the command is below each.")
    return 1 if wrong else 0


def examine(examination: Callable[[], Diagnosis]) -> Diagnosis:
    """Run one examination; whatever goes wrong in it is its finding.

    Parameters
    ----------
    examination : callable
        Of `EXAMINATIONS`.
    """
    try:
        return examination()
    except Aws14Error as error:
        return Diagnosis(ok=False, seen=error.problem, fix=error.cure)
    except Exception as error:
        # A doctor that dies of what it finds helps nobody.
        return Diagnosis(ok=False, seen=f"{type(error).__name__}: {error}", fix=software.reinstall())
