"""Runs of notebooks: asks the warm runner, gives every run a home, a folder and a watch of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SECONDS = 240.0


@dataclass(frozen=True, kw_only=True)
class CellRun:
    """What one run of one cell brought."""

    index: int
    turn: int
    seconds: float
    error: str
    checks: tuple[Mapping[str, Any], ...]
    text: str
    alts: tuple[str, ...]
    bare: tuple[str, ...]
    widget: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run of a notebook: its cells, what the watch saw, what was printed outside of cells and by the AWS."""

    cells: tuple[CellRun, ...]
    complete: bool
    watched: tuple[str, ...]
    log: str

    def of(self, index: int) -> tuple[CellRun, ...]:
        """The runs of one cell, counted from 0 in the notebook."""
        return tuple(cell for cell in self.cells if cell.index == index)


class Runner:
    """A warm process that runs notebooks one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "chapter_runner.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)])},
        )

    def run(self, notebook: Path, folder: Path, *, times: int = 1, tree: Path = ROOT, seconds: float = SECONDS) -> Run:
        """Run a notebook in a folder of its own, with an embedded AWS of its own."""
        place = folder / "cwd"
        place.mkdir(parents=True)
        environment = environment_of(folder, tree=tree)
        job = {
            "notebook": str(notebook),
            "folder": str(place),
            "result": str(folder / "result.jsonl"),
            "log": str(folder / "log.txt"),
            "environment": environment,
            "times": times,
            "seconds": seconds,
        }
        try:
            self._ask(job, seconds)
        finally:
            stop_emulator(Path(environment["AWS14_HOME"]))
        return _read(folder)

    def _ask(self, job: Mapping[str, Any], seconds: float) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # the runner keeps the time of a job; this alarm is for a runner that hangs itself
        alarm = threading.Timer(seconds + 60, self._process.kill)
        alarm.start()
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            self._process.stdout.readline()
        finally:
            alarm.cancel()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def environment_of(folder: Path, *, tree: Path = ROOT) -> dict[str, str]:
    """The variables that give a run its own home and put every Python it starts under watch."""
    guard = folder / "guard"
    guard.mkdir(parents=True)
    (guard / "sitecustomize.py").write_text(
        f"import sys\nsys.path.insert(0, {str(HERE)!r})\nimport watch\nsys.path.pop(0)\nwatch.install()\n",
        encoding="utf-8",
    )
    return {
        "AWS14_HOME": str(folder / "home"),
        "AWS14_CHECK_LOG": str(folder / "checks.jsonl"),
        "AWS14_WATCH_LOG": str(folder / "watch.txt"),
        "AWS14_WATCH_TREE": str(tree),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(guard), str(ROOT)]),
    }


def stop_emulator(home: Path) -> None:
    """Ask the embedded AWS of a home to end, and end it when it does not."""
    try:
        running = json.loads((home / "emulator.json").read_text(encoding="utf-8"))
        process = psutil.Process(running["pid"])
    except (OSError, ValueError, psutil.NoSuchProcess):
        return
    request = urllib.request.Request(
        f"http://127.0.0.1:{running['port']}/_aws14/shutdown",
        data=b"{}",
        method="POST",
        headers={"X-Aws14-Key": running["access_key"], "Content-Type": "application/json"},
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()
        process.wait(timeout=10)
    except (OSError, psutil.TimeoutExpired):
        process.kill()


def _read(folder: Path) -> Run:
    lines = _lines(folder / "result.jsonl")
    rows = [json.loads(line) for line in lines]
    cells = tuple(
        CellRun(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})
        for row in rows
        if "index" in row
    )
    return Run(
        cells=cells,
        complete=any("complete" in row for row in rows),
        watched=tuple(dict.fromkeys(_lines(folder / "watch.txt"))),
        log="\n".join(_lines(folder / "log.txt")[-30:] + _lines(folder / "home" / "emulator.log")[-30:]),
    )


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
