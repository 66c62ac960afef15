"""Every chapter in a real kernel: the slow tier."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from runs import environment_of, stop_emulator

from aws14 import chapters

pytestmark = pytest.mark.slow
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _client(notebook: Any, folder: Path) -> Any:
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    manager = AsyncKernelManager(kernel_name="python3")
    if sys.platform != "win32":
        # a socket file is quicker than TCP and prints no warning; its absolute path has to be short
        manager.transport, manager.ip = "ipc", str(folder / "k")
    return NotebookClient(
        notebook, km=manager, timeout=180, startup_timeout=60, resources={"metadata": {"path": str(folder)}}
    )


@pytest.mark.parametrize("name", chapters.names())
def test_a_chapter_runs_in_a_real_kernel(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("k")
    environment = {**os.environ, **environment_of(folder), "JUPYTER_PREFER_ENV_PATH": "1"}
    environment.pop("MPLBACKEND", None)
    notebook = chapters.solved(name)
    try:
        asyncio.run(_client(notebook, folder).async_execute(env=environment, cwd=str(folder)))
    finally:
        stop_emulator(folder / "home")
    assert _errors(notebook) == []
    assert _silent(notebook) == []
    watch = folder / "watch.txt"
    assert (watch.read_text(encoding="utf-8") if watch.exists() else "") == ""


def _errors(notebook: Any) -> list[str]:
    return [
        _COLOUR.sub("", output.evalue)
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]


def _silent(notebook: Any) -> list[str]:
    """Outputs that JupyterLab would show as a picture without words."""
    shown = [
        (cell.id, output.data)
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type in ("display_data", "execute_result")
    ]
    return [id_ for id_, data in shown if any(kind.startswith("image/") for kind in data) and "text/html" not in data]
