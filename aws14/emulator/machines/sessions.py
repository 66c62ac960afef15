"""Commands that somebody gives to a running machine: by Run Command, by SSH.

They run at once. The time they take is told, for the caller to let pass: Run Command reports its end then, an SSH
session lets AWS time go on before its next prompt.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from aws14.emulator.machines import shares
from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.shell.errors import ExitError, ForeverError, UnsupportedError
from aws14.emulator.machines.shell.running import Runner
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.streams import Collected, Sink, Source
from aws14.emulator.machines.way import network

__all__ = ["Finished", "Session"]

_log = logging.getLogger(__name__)
_UNSUPPORTED_STATUS = 127


@dataclass(frozen=True)
class Finished:
    """What came of a script.

    Parameters
    ----------
    status : int
        Exit status.
    output, errors : str
        Standard output and standard error.
    took_s : float
        Seconds of AWS time.
    left : bool
        Whether the shell was left, by ``exit`` or ``set -e``.
    """

    status: int
    output: str
    errors: str
    took_s: float
    left: bool


class Session:
    """A shell on a machine that keeps its variables and its folder from one script to the next.

    Parameters
    ----------
    machine : Machine
        Where; the world lock is held during `run`.
    user : str
        Who.
    now : float
        Epoch seconds of AWS time.
    folder : str, optional
        Where it begins; the user's home if not said.
    """

    def __init__(self, machine: Machine, user: str, now: float, folder: str | None = None) -> None:
        outside = Outside(machine.instance_id, network(), now)
        self._shell = Shell(machine, outside, user=user, title="-bash")
        self._shell.folder = self._shell.home if folder is None else folder
        self._shell.log_in()

    @property
    def prompt(self) -> str:
        """What stands before the next command: ``[ec2-user@ip-10-0-0-5 ~]$``."""
        shell = self._shell
        folder = shell.folder
        shown = "~" if folder == shell.home else folder.rpartition("/")[2] or "/"
        sign = "#" if shell.user == "root" else "$"
        if shell.machine.image == "ubuntu":
            return f"{shell.user}@{shell.machine.name}:{'~' if folder == shell.home else folder}{sign} "
        return f"[{shell.user}@{shell.machine.name} {shown}]{sign} "

    def run(self, text: str, now: float, *, stdin: str = "") -> Finished:
        """Run a script.

        Parameters
        ----------
        text : str
            In the shell's language.
        now : float
            Epoch seconds of AWS time.
        stdin : str, optional
            What it can read.
        """
        shell, output, errors = self._shell, Collected(), Collected()
        sinks: dict[int, Sink] = {1: output, 2: errors}
        shell.outside = Outside(shell.machine.instance_id, network(), now)
        shell.sinks, shell.stdin, shell.line, shell.guards = sinks, Source(stdin), 0, 0
        shares.look(shell.machine)
        status, left = self._status(text)
        Runner().finish(shell)
        shares.publish(shell.machine, shell.outside.now)
        return Finished(status, output.text, errors.text, shell.outside.now - now, left)

    def _status(self, text: str) -> tuple[int, bool]:
        shell = self._shell
        try:
            return Runner().text(shell, text), False
        except ExitError as ended:
            return ended.status, True
        except UnsupportedError as refused:
            shell.write(f"-bash: {refused}\n", 2)
        except Exception:  # a defect of this emulator: the log has it, the session goes on
            _log.exception("running %r", text)
            shell.write(f"-bash: {UnsupportedError(text.strip())}\n", 2)
        except ForeverError as server:
            shell.machine.processes.pop()
            shell.write(f"-bash: {server.command}: would not end here: put & behind it\n", 2)
        shell.status = _UNSUPPORTED_STATUS
        return _UNSUPPORTED_STATUS, False
