"""What a machine writes to its serial console: the kernel, cloud-init, the login prompt."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Protocol

from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.shell.streams import Told

__all__ = ["Output", "begins", "ends", "final", "shown"]

#: As much as ``get_console_output`` gives (EC2 API reference: the most recent 64 KiB).
_MOST = 64 * 1024
_CLOUD_INIT = "22.2.2"
_LOG = "/var/log/cloud-init-output.log"


def _stamp(machine: Machine, t: float) -> str:
    return f"[{t - (machine.starts or t):12.6f}]"


def _date(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def begins(machine: Machine, now: float) -> None:
    """Write what the kernel says first."""
    machine.say(now, f"{_stamp(machine, now)} Linux version (mockbuild@embedded-aws) #1 SMP {machine.architecture}")
    machine.say(
        now, f"{_stamp(machine, now)} Command line: console=tty0 console=ttyS0,115200n8 nvme_core.io_timeout=4294967295"
    )


def final(machine: Machine, now: float) -> None:
    """Write that cloud-init runs its last modules: user data among them."""
    up = now - (machine.starts or now)
    text = f"Cloud-init v. {_CLOUD_INIT} running 'modules:final' at {_date(now)}. Up {up:.2f} seconds."
    Output(machine).line(now, text)


def ends(machine: Machine, now: float) -> None:
    """Write that cloud-init is done, and the login prompt."""
    up = now - (machine.starts or now)
    source = "DataSourceEc2"
    Output(machine).line(
        now, f"Cloud-init v. {_CLOUD_INIT} finished at {_date(now)}. Datasource {source}.  Up {up:.2f} seconds"
    )
    name = re.search(r'PRETTY_NAME="(.*)"', machine.disk.text("/etc/os-release"))
    machine.say(
        now, f"\n{name[1] if name else 'Linux'}\nKernel on an {machine.architecture} (-)\n\n{machine.name} login: "
    )


class _Clock(Protocol):
    """Something that has a time."""

    now: float


class Output:
    """The console and cloud-init's own log as somewhere to write to.

    Parameters
    ----------
    machine : Machine
        Whose.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._begun = ""

    def line(self, now: float, text: str) -> None:
        """Write a line to both."""
        disk = self._machine.disk
        self._machine.say(now, f"{_stamp(self._machine, now)} cloud-init[1811]: {text}")
        disk.write(_LOG, disk.text(_LOG) + text + "\n", mode=0o640)

    def sink(self, clock: _Clock) -> Told:
        """Return a sink for a script's output; `clock` has the script's time as ``now``."""

        def take(text: str) -> None:
            *lines, self._begun = (self._begun + text).split("\n")
            for each in lines:
                self.line(clock.now, each)

        return Told(take)

    def rest(self, now: float) -> None:
        """Write a last line that was not ended."""
        if self._begun:
            self.line(now, self._begun)
            self._begun = ""


def shown(machine: Machine, now: float) -> str:
    """Return the console up to now, as much of it as AWS keeps."""
    text = "".join(f"{line.text}\r\n" for line in machine.console if line.t <= now)
    return text[-_MOST:]
