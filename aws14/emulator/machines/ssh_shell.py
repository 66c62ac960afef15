"""What an SSH session does once it is in: a command, or a shell line by line."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import asyncssh

from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.registry import of
from aws14.emulator.machines.sessions import Finished, Session
from aws14.emulator.machines.shell.errors import SyntaxProblemError, UnsupportedError
from aws14.emulator.machines.shell.reading import parse
from aws14.emulator.world import world

__all__ = ["serve"]

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)")
_ROOT_STATUS = 142
_LOST_STATUS = 255


async def serve(process: asyncssh.SSHServerProcess[str], instance_id: str) -> None:
    """Serve one session.

    Parameters
    ----------
    process : asyncssh.SSHServerProcess
        Its streams and what it asked for.
    instance_id : str
        Where.
    """
    try:
        status = await _Visit(process, instance_id).run()
    except (asyncssh.BreakReceived, asyncssh.TerminalSizeChanged, BrokenPipeError):
        status = _LOST_STATUS
    except Exception:
        _log.exception("an SSH session failed")
        status = _LOST_STATUS
    process.exit(status)


class _Visit:
    def __init__(self, process: asyncssh.SSHServerProcess[str], instance_id: str) -> None:
        self._process = process
        self._instance_id = instance_id
        self._user = str(process.get_extra_info("username"))
        self._machine: Machine | None = None
        self._session: Session | None = None

    async def run(self) -> int:
        process = self._process
        if self._user == "root":
            login = await self._work(lambda machine: machine.login)
            process.stdout.write(f'Please login as the user "{login}" rather than the user "root".\n\n')
            return _ROOT_STATUS
        if process.command is not None:
            return (await self._do(process.command)).status
        if process.term_type is None:
            return (await self._do(await process.stdin.read())).status
        return await self._talk()

    async def _talk(self) -> int:
        """Read commands at a prompt until ``exit`` or the end."""
        process = self._process
        process.stdout.write(await self._work(_banner))
        text, status = "", 0
        while True:
            process.stdout.write("> " if text else await self._work(lambda _: self._shell().prompt))
            try:
                line = await process.stdin.readline()
            except asyncssh.BreakReceived:
                process.stdout.write("^C\n")
                text = ""
                continue
            if not line:
                return status
            text += line
            if _is_open_ended(text):
                continue
            ended = await self._do(text)
            text, status = "", ended.status
            if ended.left:
                process.stdout.write("logout\n")
                return status

    async def _do(self, text: str) -> Finished:
        ended = await self._work(lambda _: self._ran(text))
        self._process.stdout.write(ended.output)
        self._process.stderr.write(ended.errors)
        if ended.took_s:
            clock = world().clock
            await asyncio.get_running_loop().run_in_executor(None, clock.advance, ended.took_s)
        return ended

    def _ran(self, text: str) -> Finished:
        clock = world().clock
        ended = self._shell().run(text, clock.now())
        clock.after(0.0, "ssh.changes")
        return ended

    def _shell(self) -> Session:
        """The session's shell; a new one where the machine was replaced by a restored one."""
        machine = of(self._instance_id)
        if self._session is None or machine is not self._machine:
            self._machine, self._session = machine, Session(machine, self._user, world().clock.now())
        return self._session

    async def _work(self, what: Callable[[Machine], _T]) -> _T:
        """Do something with the machine, under the world lock, in a worker."""

        def locked() -> _T:
            with world().turn():
                machine = of(self._instance_id)
                if not machine.ready:
                    raise BrokenPipeError(f"{self._instance_id} has no power")
                return what(machine)

        return await asyncio.get_running_loop().run_in_executor(None, locked)


def _banner(machine: Machine) -> str:
    name = re.search(r'PRETTY_NAME="(.*)"', machine.disk.text("/etc/os-release"))
    when = datetime.fromtimestamp(world().clock.now(), UTC).strftime("%a %b %e %H:%M:%S %Y")
    return f"   ,     #_\n   ~\\_  ####_        {name[1] if name else ''}\nLast login: {when}\n"


def _is_open_ended(text: str) -> bool:
    """Whether more lines belong to the command: a quote, a block, a here-document that has not ended."""
    lines = text.splitlines()
    for found in _HEREDOC.finditer(lines[0] if lines else ""):
        if found[1] not in [line.strip() for line in lines[1:]]:
            return True
    try:
        parse(text)
    except SyntaxProblemError as wrong:
        return "unexpected EOF" in wrong.message or "unexpected end of file" in wrong.message
    except UnsupportedError:
        return False
    return text.endswith("\\\n")
