"""The embedded AWS as seen from the command line: which one runs in a home, and how to ask it something."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import psutil

from aws14.errors import EmulatorError
from aws14.home import home

_ANSWER_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 15.0
_SAME_PROCESS_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A running embedded AWS, as its home's ``emulator.json`` tells.

    Parameters
    ----------
    pid : int
        Its process.
    port : int
        Where it listens on 127.0.0.1.
    access_key, secret_key : str
        The only keys it accepts.
    """

    pid: int
    port: int
    access_key: str
    secret_key: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request to its control API.

        Parameters
        ----------
        path : str
            Below ``/_aws14/``.
        body : dict, optional
            Sent by POST as JSON; without it the request is a GET.

        Raises
        ------
        EmulatorError
            It does not answer.
        """
        request = Request(f"{self.url}/_aws14/{path}", headers={"X-Aws14-Key": self.access_key})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            # without proxies: it is on this machine, whatever HTTP_PROXY says
            with build_opener(ProxyHandler({})).open(request, timeout=_ANSWER_TIMEOUT_S) as answer:
                found: dict[str, Any] = json.load(answer)
        except (URLError, TimeoutError, ConnectionError, ValueError) as error:
            raise EmulatorError(
                f"the embedded AWS on port {self.port} does not answer: {error}", cure="doctor tells more"
            ) from error
        return found


def running(folder: Path | None = None) -> Running | None:
    """The embedded AWS that runs in a home, or None.

    Parameters
    ----------
    folder : Path, optional
        The home; the learner's when not given.
    """
    try:
        record = json.loads(((folder or home()) / "emulator.json").read_text(encoding="utf-8"))
        process = psutil.Process(record["pid"])
        same = abs(process.create_time() - record["created"]) < _SAME_PROCESS_S
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    # Process numbers are used again: the time of birth tells whether it is still the same process.
    return Running(**{key: record[key] for key in ("pid", "port", "access_key", "secret_key")}) if same else None


def stop(folder: Path) -> None:
    """Stop the embedded AWS of a home, if one runs there, and wait until it is gone.

    Parameters
    ----------
    folder : Path
        The home.
    """
    found = running(folder)
    if found is None:
        return
    try:
        found.ask("shutdown", {})
    except EmulatorError:
        psutil.Process(found.pid).terminate()
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    while running(folder) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
