"""Execute one chapter in a real kernel, with a cloud of its own, and gather what its checks and bills said."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws14 import chapters
from aws14.errors import EmulatorError

CELL_TIMEOUT_S = 600
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The last outcome of one check, as the chapter logged it."""

    exercise: str
    ok: bool
    verdict: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Billed:
    """The last bill of one title, as the chapter logged it."""

    title: str
    total_usd: float
    period: str


@dataclass(frozen=True, kw_only=True)
class Execution:
    """What came of running one chapter.

    Parameters
    ----------
    name, title : str
        ``01_web_systems``, and its first heading.
    notebook : nbformat.NotebookNode
        The solved edition with its outputs, as far as it came.
    cells_run, cells : int
        Code cells run, and those there are.
    seconds : float
        Wall clock, kernel start included.
    error : str
        Why it stopped; empty when it came to its end.
    checks : tuple of Checked
        One per exercise.
    bills : tuple of Billed
        One per title.
    """

    name: str
    title: str
    notebook: Any = field(repr=False)
    cells_run: int
    cells: int
    seconds: float
    error: str = ""
    checks: tuple[Checked, ...] = ()
    bills: tuple[Billed, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every cell ran and every check passed."""
        return not self.error and all(check.ok for check in self.checks)


def runnable_cells(notebook: Any) -> int:
    """How many cells of a notebook will be run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Any edition.
    """
    return sum(_is_runnable(cell) for cell in notebook.cells)


def execute(name: str, notebook: Any, *, on_cell: Callable[[], object]) -> Execution:
    """Run every cell of a chapter, in order, up to the first that fails.

    The kernel has a home, a cloud and a working folder of its own, all temporary; nothing of the learner's is touched.

    Parameters
    ----------
    name : str
        Name of the chapter.
    notebook : nbformat.NotebookNode
        What to run; outputs are written into it.
    on_cell : callable
        Called after each cell.
    """
    started = time.monotonic()
    done = 0

    def count(**_: object) -> None:
        nonlocal done
        done += 1
        on_cell()

    with tempfile.TemporaryDirectory(prefix="a14", ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve()
        environment = _environment(place)
        try:
            error = _run_cells(notebook, place, environment, count)
        finally:
            _end_cloud(place / "home")
        checks, bills = _read_checks(place / "checks.jsonl"), _read_bills(place / "bills.jsonl")
    return Execution(
        name=name,
        title=_title(notebook) or name,
        notebook=notebook,
        cells_run=done,
        cells=runnable_cells(notebook),
        seconds=time.monotonic() - started,
        error=error,
        checks=checks,
        bills=bills,
    )


def solved(name: str) -> Any:
    """The solved edition of a chapter, with the cells for a real account marked to be left out.

    Parameters
    ----------
    name : str
        Name of the chapter.
    """
    notebook = chapters.solved(name)
    for cell in notebook.cells:
        tags = cell.metadata.setdefault("tags", [])
        if "real-only" in tags and "skip-execution" not in tags:
            tags.append("skip-execution")
    return notebook


def _is_runnable(cell: Any) -> bool:
    return (
        cell.cell_type == "code" and bool(cell.source.strip()) and "skip-execution" not in cell.metadata.get("tags", [])
    )


def _environment(place: Path) -> dict[str, str]:
    for name in ("home", "desk", "ipython"):
        (place / name).mkdir()
    return {
        **os.environ,
        "AWS14_HOME": str(place / "home"),
        "AWS14_CHECK_LOG": str(place / "checks.jsonl"),
        "AWS14_BILL_LOG": str(place / "bills.jsonl"),
        # a learner's own start-up files have no say in what the chapter shows
        "IPYTHONDIR": str(place / "ipython"),
    }


def _run_cells(notebook: Any, place: Path, environment: Mapping[str, str], count: Callable[..., None]) -> str:
    # these two take half a second to import; `aws14 --help` does without
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        km=_kernel(place),
        timeout=CELL_TIMEOUT_S,
        store_widget_state=False,
        on_cell_executed=count,
        resources={"metadata": {"path": str(place / "desk")}},
    )
    try:
        client.execute(env=dict(environment), cleanup_kc=True)
    except CellExecutionError as failed:
        return _TERMINAL_CODES.sub("", f"{failed.ename}: {failed.evalue}").strip()
    except CellTimeoutError:
        return f"a cell did not come to its end within {CELL_TIMEOUT_S} s"
    except DeadKernelError:
        return "the kernel died"
    return ""


def _kernel(place: Path) -> Any:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    # Without folders to search, the name can only mean the kernel of this very Python, whatever the learner installed.
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    if os.name != "nt":
        # Sockets in the file system: quicker than TCP, without a warning, closed to other users.
        kernel.transport, kernel.ip = "ipc", str(place / "k")
    return kernel


def _end_cloud(home: Path) -> None:
    # boto3 takes a third of a second to import; `aws14 --help` does without
    import psutil

    from aws14.cloud import process

    found = process.find(home)
    if found is None:
        return
    try:
        found.shutdown()
    except EmulatorError:
        # Its folder goes away in a moment: it must not outlive this run.
        with suppress(psutil.NoSuchProcess):
            psutil.Process(found.pid).kill()


def _title(notebook: Any) -> str:
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return next((found[1].strip() for text in texts if (found := _TITLE.search(text))), "")


def _read_checks(log: Path) -> tuple[Checked, ...]:
    lines = _read(log)
    checks = {line["exercise"]: Checked(**{key: line[key] for key in Checked.__slots__}) for line in lines}
    return tuple(checks.values())


def _read_bills(log: Path) -> tuple[Billed, ...]:
    lines = _read(log)
    bills = {line["title"]: Billed(**{key: line[key] for key in Billed.__slots__}) for line in lines}
    return tuple(bills.values())


def _read(log: Path) -> list[dict[str, Any]]:
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
