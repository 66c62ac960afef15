"""What a server remembers of a visitor: PHP's sessions, a file each in the folder that Amazon Linux sets.

The files lie on the server's disk: another server does not know them, and they go with the disk. It takes the name in
the visitor's cookie over for an empty session of its own, as PHP does by default (``session.use_strict_mode`` is 0, in
Amazon Linux too): a visitor who is sent to and fro has two sessions of one name. Data is kept as JSON
in place of PHP's own format.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from aws14.emulator.machines.machine import Machine

__all__ = ["Visit"]

COOKIE = "PHPSESSID"
_FOLDER = "/var/lib/php/session"
_NAME = re.compile(r"[A-Za-z0-9,-]{22,256}")


class Visit:
    """The session of one request.

    Parameters
    ----------
    machine : Machine
        Whose disk keeps it.
    cookies : dict
        That the client sent.
    header : callable
        ``(name, value)``: a header of the response.
    now : float
        Epoch seconds of AWS time.
    """

    def __init__(
        self, machine: Machine, cookies: dict[str, str], header: Callable[[str, str], None], *, now: float
    ) -> None:
        self._machine, self._cookies, self._header, self._now = machine, cookies, header, now
        self.name = ""
        self.data: dict[Any, Any] = {}

    def start(self) -> bool:
        """Find the session that the client's cookie names, or begin one: under that name, or with a cookie."""
        if self.name:
            return True
        given = self._cookies.get(COOKIE, "")
        fits = bool(_NAME.fullmatch(given))
        self.name = given if fits else secrets.token_hex(13)
        if fits and self._machine.disk.find(self._file(given)) is not None:
            kept = json.loads(self._machine.disk.text(self._file(given)) or "{}")
            self.data.update({int(key) if key.lstrip("-").isdecimal() else key: value for key, value in kept.items()})
        if not fits:
            self._header("Set-Cookie", f"{COOKIE}={self.name}; path=/")
        self._header("Cache-Control", "no-store, no-cache, must-revalidate")
        return True

    def destroy(self) -> bool:
        """Forget it."""
        if self.name and self._machine.disk.find(self._file(self.name)) is not None:
            self._machine.disk.remove(self._file(self.name))
        self.name = ""
        self.data.clear()
        return True

    def keep(self) -> None:
        """Write it to the disk, when the page is done."""
        if self.name:
            text = json.dumps(self.data, default=str)
            self._machine.disk.write(self._file(self.name), text, mode=0o600, owner="apache", now=self._now)

    def _file(self, name: str) -> str:
        return f"{_FOLDER}/sess_{name}"
