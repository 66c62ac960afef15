"""Run notebooks in a warm process: heavy imports once, then a child of its own for each run.

A program, not a module: it reads one job (JSON) a line from standard input and answers each with one line on
standard output when it is done. The child is forked where that exists and started anew elsewhere.
"""

from __future__ import annotations

import contextlib
import html.parser
import importlib
import io
import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

WARM = ("boto3", "pandas", "matplotlib.figure", "ipywidgets", "numba", "diagrams", "nbformat", "aws14.lab")
_WIDGET = "application/vnd.jupyter.widget-view+json"


def serve() -> None:
    """Answer jobs until standard input ends."""
    for name in WARM:
        # a module that does not import is the finding of the cell that needs it
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    start = _fork if hasattr(os, "fork") else _spawn
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps({"finished": start(job)}), flush=True)


def _fork(job: dict[str, Any]) -> bool:
    """Run a job in a forked child; False when it took too long."""
    child = os.fork()
    if child == 0:
        try:
            _one(job)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    deadline = time.monotonic() + job["seconds"]
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def _spawn(job: dict[str, Any]) -> bool:
    """Run a job in a process started anew; False when it took too long."""
    try:
        subprocess.run(
            [sys.executable, __file__, json.dumps(job)], stdout=subprocess.DEVNULL, check=False, timeout=job["seconds"]
        )
    except subprocess.TimeoutExpired:
        return False
    return True


def _one(job: dict[str, Any]) -> None:
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    import watch

    watch.install()
    with Path(job["result"]).open("w", encoding="utf-8") as result:
        for cell in run(job["notebook"], times=job["times"]):
            result.write(json.dumps(cell) + "\n")
            result.flush()
        result.write(json.dumps({"complete": True}) + "\n")
    sys.stdout.flush()


def run(notebook: str, *, times: int) -> Any:
    """Run every code cell of a notebook, each `times` times in a row; yield what came out."""
    import nbformat

    shell, outputs, tracebacks = _shell()
    for index, cell in enumerate(nbformat.read(notebook, as_version=4).cells):
        if cell.cell_type != "code":
            continue
        for turn in range(times):
            outputs.clear()
            tracebacks.clear()
            before, started = _checks(), time.perf_counter()
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                result = shell.run_cell(cell.source, store_history=True)
            yield {
                "index": index,
                "turn": turn + 1,
                "seconds": round(time.perf_counter() - started, 3),
                "error": _error(result, tracebacks),
                "checks": _checks()[len(before) :],
                "text": printed.getvalue()[-4000:] + "".join(str(data.get("text/plain", "")) for data in outputs),
                **_seen(outputs),
            }


def _error(result: Any, tracebacks: list[str]) -> str:
    error = result.error_before_exec or result.error_in_exec
    return f"{type(error).__name__}: {error}" if error else "; ".join(tracebacks)


def _checks() -> list[dict[str, Any]]:
    path = Path(os.environ["AWS14_CHECK_LOG"])
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def _shell() -> tuple[Any, list[dict[str, Any]], list[str]]:
    """An IPython that keeps what it displays, and the errors of callbacks that run after a cell."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    outputs: list[dict[str, Any]] = []
    tracebacks: list[str] = []

    class Keep(DisplayPublisher):
        def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
            outputs.append(data)

    class KeepResult(DisplayHook):
        def write_output_prompt(self) -> None:
            """Nothing: nobody reads a prompt here."""

        def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
            outputs.append(format_dict)

    class Shell(InteractiveShell):
        def showtraceback(self, *_: Any, **__: Any) -> None:
            tracebacks.append(repr(sys.exc_info()[1]))

    shell = Shell.instance(display_pub_class=Keep, displayhook_class=KeepResult)
    shell.history_manager.enabled = False
    return shell, outputs, tracebacks


def _seen(outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The pictures shown (their alt texts), pictures that carry none, and whether a widget came."""
    pictures = _Pictures()
    for data in outputs:
        pictures.feed(str(data.get("text/html", "")))
    bare = [kind for data in outputs for kind in data if kind.startswith("image/") and "text/html" not in data]
    return {"alts": pictures.alts, "bare": bare, "widget": any(_WIDGET in data for data in outputs)}


class _Pictures(html.parser.HTMLParser):
    """Collects the alt text of every picture."""

    def __init__(self) -> None:
        super().__init__()
        self.alts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alts.append(dict(attrs).get("alt") or "")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _one(json.loads(sys.argv[1]))
    else:
        serve()
