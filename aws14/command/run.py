"""``run``: execute chapters in the solved edition without a browser, and write a page for each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from aws14 import chapters
from aws14.command import execute, pages, place
from aws14.errors import NotAvailable, NotebookError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("chapters", nargs="*", metavar="NN", help="chapters by number, such as 00 01 (default: all)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the pages go (default: a new folder in runs/)")


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:  # noqa: ARG001 - every verb is called alike
    """Execute chapters and write their pages.

    Parameters
    ----------
    options : argparse.Namespace
        Of this verb.
    rest : sequence of str
        Always empty here.

    Returns
    -------
    int
        0 when every cell ran and every check passed, else 1.

    Raises
    ------
    NotebookError
        There is no such chapter.
    NotAvailable
        The pages cannot be written.
    """
    names = chosen(options.chapters)
    out = options.out or _new_folder()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotAvailable(f"The folder {out} cannot be made: {error.strerror}", cure="run --out DIR") from error
    executions = execute_all(names)
    index = pages.write(executions, out)
    print(f"Pages: {index}")
    return 0 if all(execution.ok for execution in executions) else 1


def chosen(given: Sequence[str]) -> tuple[str, ...]:
    """The names of the chapters asked for by number or name; all of them when none is given.

    Parameters
    ----------
    given : sequence of str
        ``01`` or ``01_web_systems``.

    Raises
    ------
    NotebookError
        There is no such chapter.
    """
    names = chapters.names()
    found = []
    for asked in given or names:
        fitting = [name for name in names if asked in (name, name.split("_", 1)[0])]
        if not fitting:
            raise NotebookError(f"there is no chapter '{asked}'", allowed=", ".join(names) or "none is built yet")
        found += fitting
    return tuple(dict.fromkeys(found))


def execute_all(names: Sequence[str]) -> tuple[execute.Execution, ...]:
    """Execute chapters one after the other, with a progress bar and a line for each.

    Parameters
    ----------
    names : sequence of str
        Of `aws14.chapters.names`.
    """
    from tqdm import tqdm

    notebooks = {name: execute.solved(name) for name in names}
    total = sum(execute.runnable_cells(notebook) for notebook in notebooks.values())
    executions = []
    with tqdm(total=total, unit="cell", leave=False, disable=None) as bar:
        for name, notebook in notebooks.items():
            bar.set_description(name)
            execution = execute.execute(name, notebook, on_cell=bar.update)
            executions.append(execution)
            bar.write(_line(execution))
    return tuple(executions)


def _line(execution: execute.Execution) -> str:
    passed = sum(check.ok for check in execution.checks)
    return (
        f"{execution.name}: {execution.cells_run} of {execution.cells} cells in {execution.seconds:.1f} s, "
        f"{passed} of {len(execution.checks)} checks passed, {pages.state(execution)}"
    )


def _new_folder() -> Path:
    root = place.checkout() or Path.cwd()
    return root / "runs" / datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")
