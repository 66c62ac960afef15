"""One step of the set-up: run it, show its progress, and turn its failure into one sentence that says what to do."""

from __future__ import annotations

import re
import subprocess
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aws14.errors import NotAvailable

_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SHOWN = re.compile(r"^\s*(Downloading|Building|Prepared|Installed)\b")
_KEPT_LINES = 40


@dataclass(frozen=True)
class Cause:
    """A cause of failure that a newcomer meets, known by what programs say when it strikes.

    Parameters
    ----------
    sign : str
        A regular expression over what was said.
    problem, cure : str
        For `NotAvailable`; ``{folder}`` stands for the folder of the course.
    """

    sign: str
    problem: str
    cure: str


CAUSES = (
    Cause(
        sign=r"No module named '?venv|ensurepip",
        problem="this Python cannot make virtual environments: its module venv is missing",
        cure="on Debian or Ubuntu: sudo apt-get install python3-venv; elsewhere install Python from python.org or"
        " conda; then start again",
    ),
    Cause(
        sign=r"Read-only file system|Permission denied|Access is denied",
        problem="the folder {folder} cannot be written to",
        cure="copy the course to a folder of your own (for instance: cp -r . ~/aws14) and start it there",
    ),
    Cause(
        sign=r"No space left on device|not enough space|Disk quota exceeded",
        problem="the disk is full: the set-up needs about 2 GB",
        cure="free some space and start again; it goes on where it stopped",
    ),
    Cause(
        sign=r"[Hh]ash mismatch|DO NOT MATCH THE HASHES|Hash-checking",
        problem="a package that arrived is not the one that was locked",
        cure="try once more; if it stays so, the package index or a proxy on the way alters files: ask who runs it",
    ),
    Cause(
        sign=r"dns error|error sending request|Failed to fetch|[Cc]onnection|[Cc]onnect\b|timed out|from versions: none"
        r"|name resolution|[Tt]unnel|ProxyError|Max retries|Could not resolve|was not found in the",
        problem="the packages could not be fetched: no network, or a proxy that is not set",
        cure="connect (behind a proxy set HTTPS_PROXY) and start again; without a network, name a folder of wheels in"
        " AWS14_WHEELHOUSE (CONTRIBUTING.md says how to fill one)",
    ),
)


@dataclass(frozen=True)
class Step:
    """A finished step.

    Parameters
    ----------
    status : int
        Exit status.
    what : str
        What it was for, as a verb: "fetch uv".
    said : str
        Its last lines.
    folder : Path
        The folder of the course.
    """

    status: int
    what: str
    said: str
    folder: Path

    def check(self) -> None:
        """Raise when the step failed.

        Raises
        ------
        NotAvailable
            Says the likely cause and what to do.
        """
        if self.status:
            raise explain(self.said, what=self.what, folder=self.folder)


def run_step(command: Sequence[str], *, what: str, folder: Path) -> Step:
    """Run one program of the set-up, passing on the lines that show progress.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    what : str
        What it is for, as a verb.
    folder : Path
        The folder of the course; the program starts there.
    """
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as program:
        for line in program.stdout or ():
            plain = _TERMINAL_CODES.sub("", line.rstrip())
            said.append(plain)
            if _SHOWN.match(plain):
                print(f"  {plain.strip()}", flush=True)
    return Step(program.returncode, what, "\n".join(said), folder)


def explain(said: str, *, what: str, folder: Path) -> NotAvailable:
    """The likely cause of a failed step, and what to do, as an error to raise or to print.

    Parameters
    ----------
    said : str
        What the program or the system said.
    what : str
        What was tried, as a verb.
    folder : Path
        The folder of the course.
    """
    for cause in CAUSES:
        if re.search(cause.sign, said):
            return NotAvailable(f"Could not {what}: {cause.problem.format(folder=folder)}", cure=cause.cure)
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "it did not say why")
    return NotAvailable(f"Could not {what}: {last}", cure="start again; a half-made set-up is made anew")
