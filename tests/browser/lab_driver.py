"""JupyterLab without a head: start it on a folder, open a notebook, run it, look at it, move its sliders.

Every wait is bounded. The notebook's model is read through the exposed application (a cell folded away is not on the
page, but it is in the model); what people see is read from the page.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
_CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
_IDLE = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
_PICTURES = "pictures => pictures.map(picture => [picture.getAttribute('alt') || '', picture.src])"


@contextlib.contextmanager
def jupyter_lab(folder: Path, scratch: Path, environment: dict[str, str]) -> Iterator[str]:
    """Start JupyterLab on a folder and yield its address; it is ended on leaving.

    Parameters
    ----------
    folder : Path
        What it serves.
    scratch : Path
        Where its settings and its log go.
    environment : dict of str to str
        Further variables of the server and its kernels.
    """
    port = _free_port()
    _settings(scratch)
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *_options(folder, port)],
        env={**os.environ, **environment, **_places(scratch)},
        stdout=(scratch / "server.log").open("w"),
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(f"{address}/api"), seconds=60, what="JupyterLab to answer")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _options(folder: Path, port: int) -> list[str]:
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        "--no-browser",
        "--expose-app-in-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        # no token: the server lives for one test, on loopback
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        f"--ServerApp.root_dir={folder}",
        "--log-level=WARN",
        *root,
    ]


def _places(scratch: Path) -> dict[str, str]:
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {variable: str(scratch / name) for variable, name in names.items()} | {"JUPYTER_PREFER_ENV_PATH": "1"}


def _settings(scratch: Path) -> None:
    """No news pop-up, and every cell on the page however far it is scrolled away."""
    for extension, name, value in (
        ("apputils-extension", "notification", {"fetchNews": "false", "checkForUpdates": False}),
        ("notebook-extension", "tracker", {"windowingMode": "none"}),
    ):
        folder = scratch / "settings" / "@jupyterlab" / extension
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(value), encoding="utf-8")


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(url, timeout=2).close()
        return True
    return False


def wait_for(happened: Callable[[], bool], *, seconds: float, what: str, pause: float = 0.1) -> None:
    """Wait until something has happened; a TimeoutError says what did not."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(pause)


@dataclass
class NotebookPage:
    """A notebook open in the browser.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The browser's page.
    hosts : set of str
        Every host that the page has asked for anything.
    problems : list of str
        Errors that the page's own scripts have thrown.
    """

    page: Page
    hosts: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def open(self, address: str, notebook: str) -> None:
        """Open a notebook and wait until its kernel is ready."""
        self.page.goto(f"{address}/lab/tree/{notebook}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(_IDLE)

    def run_all(self, *, seconds: float) -> None:
        """Run all cells and wait for the last one, or for the first error."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        wait_for(self._finished, seconds=seconds, what="every cell to be run", pause=0.5)

    def _finished(self) -> bool:
        # the page's own event loop has to turn for its callbacks to arrive
        self.page.wait_for_timeout(50)
        code = [cell for cell in self.cells() if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
        return bool(self.errors()) or (
            all(cell["execution_count"] for cell in code) and bool(self.page.evaluate(_IDLE))
        )

    def cells(self) -> list[dict[str, Any]]:
        """The cells of the notebook's model, folded ones included."""
        found: list[dict[str, Any]] = self.page.evaluate(_CELLS)
        return found

    def errors(self) -> list[str]:
        """The error outputs of all cells."""
        outputs = [output for cell in self.cells() for output in cell.get("outputs", ())]
        return [f"{out['ename']}: {out['evalue']}" for out in outputs if out["output_type"] == "error"]

    def pictures(self) -> list[tuple[str, str]]:
        """Alt text and source of every picture in the outputs on the page."""
        return [(alt, src) for alt, src in self.page.locator(".jp-OutputArea-output img").evaluate_all(_PICTURES)]

    def move_slider(self, *, seconds: float = 30.0) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Move the first slider by the keyboard; the pictures of its cell before and after they changed."""
        cell = self.page.locator(".jp-CodeCell").filter(has=self.page.locator(".noUi-handle")).first
        handle = cell.locator(".noUi-handle").first
        handle.scroll_into_view_if_needed()
        images = cell.locator(".jp-OutputArea-output img")
        images.first.wait_for()
        before = [(alt, src) for alt, src in images.evaluate_all(_PICTURES)]
        after = before

        def changed() -> bool:
            nonlocal after
            self.page.wait_for_timeout(50)
            after = [(alt, src) for alt, src in images.evaluate_all(_PICTURES)]
            return len(after) == len(before) and after != before

        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        handle.focus()
        handle.press("ArrowLeft" if at_end else "ArrowRight")
        wait_for(changed, seconds=seconds, what="the picture to follow the slider")
        return before, after

    def screenshots(self, folder: Path, *, at_most: int = 40) -> None:
        """Photograph the notebook from top to bottom, a screen at a time."""
        panel = self.page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer").first
        height = panel.evaluate("panel => panel.clientHeight")
        for number in range(at_most):
            panel.evaluate("(panel, top) => { panel.scrollTop = top; }", number * height * 0.9)
            self.page.wait_for_timeout(150)
            self.page.screenshot(path=folder / f"screen_{number:02}.png")
            if panel.evaluate("panel => panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 2"):
                return


@contextlib.contextmanager
def browser_page(*, seconds: float = 60.0) -> Iterator[NotebookPage]:
    """A page of a headless Chromium that writes down which hosts it contacts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(seconds * 1000)
        notebook = NotebookPage(page)
        page.on("request", lambda request: _note(notebook.hosts, request.url))
        page.on("websocket", lambda channel: _note(notebook.hosts, channel.url))
        page.on("pageerror", lambda error: notebook.problems.append(str(error)))
        try:
            yield notebook
        finally:
            browser.close()


def _note(hosts: set[str], url: str) -> None:
    if host := urlsplit(url).hostname:
        hosts.add(host)
