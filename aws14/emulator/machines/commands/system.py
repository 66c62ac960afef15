"""The machine about itself: hostname, uname, uptime, ps, ss, free, and ending processes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from aws14.catalog.machines import instance_type
from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.instances import find_instance
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command
from aws14.errors import DataError

__all__: list[str] = []

_KERNEL = {"al2023": "6.1.156-177.286.amzn2023", "al2": "5.10.245-241.976.amzn2", "ubuntu": "4.4.0-1022-aws"}


@command("hostname")
def _hostname(call: Call) -> int:
    given = options(call, "fsiId", long=("fqdn", "short", "ip-address", "all-ip-addresses"))
    machine = call.machine
    if given.operands:
        call.root_only("hostname: you must be root to change the host name")
        machine.hostname = given.operands[0]
    elif given.any("i", "I", "ip-address", "all-ip-addresses"):
        call.out(f"{machine.address} \n" if "I" in given else f"{machine.address}\n")
    elif given.any("s", "short"):
        call.out(machine.name + "\n")
    elif "d" in given:
        call.out(machine.hostname.partition(".")[2] + "\n")
    else:
        call.out(machine.hostname + "\n")
    return 0


@command("hostnamectl")
def _hostnamectl(call: Call) -> int:
    given = options(call, long=("static", "transient", "pretty"))
    if given.operands[:1] in (["set-hostname"], ["hostname"]) and len(given.operands) == 2:
        call.root_only("Could not set static hostname: Access denied")
        call.machine.hostname = given.operands[1]
        call.machine.disk.write("/etc/hostname", given.operands[1] + "\n")
    elif given.operands in ([], ["status"]):
        system = re.search(r'PRETTY_NAME="(.*)"', call.machine.disk.text("/etc/os-release"))
        call.out(f" Static hostname: {call.machine.hostname}\nOperating System: {system[1] if system else ''}\n")
    else:
        raise call.unsupported()
    return 0


@command("uname")
def _uname(call: Call) -> int:
    given = options(call, "asnrmpiov")
    kernel = f"{_KERNEL.get(call.machine.image, '6.1')}.{call.machine.architecture}"
    parts = {"s": "Linux", "n": call.machine.hostname, "r": kernel, "v": "#1 SMP", "m": call.machine.architecture,
             "p": call.machine.architecture, "i": call.machine.architecture, "o": "GNU/Linux"}  # fmt: skip
    wanted = "snrvmo" if "a" in given else ("".join(given) or "s")
    call.out(" ".join(parts[letter] for letter in parts if letter in wanted) + "\n")
    return 0


@command("arch")
def _arch(call: Call) -> int:
    call.out(call.machine.architecture + "\n")
    return 0


def _uptime_s(call: Call) -> float:
    starts = call.machine.starts
    return call.shell.outside.now - starts if starts is not None else 0.0


@command("uptime")
def _uptime(call: Call) -> int:
    if options(call, "ps"):
        raise call.unsupported()
    minutes = int(_uptime_s(call) // 60)
    when = datetime.fromtimestamp(call.shell.outside.now, UTC).strftime("%H:%M:%S")
    days, shown = minutes // 1440, f"{minutes // 60 % 24}:{minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"
    call.out(f" {when} up {f'{days} days, ' if days else ''}{shown}\n")
    return 0


@command("nproc")
def _nproc(call: Call) -> int:
    call.out(f"{_type(call)[0]}\n")
    return 0


def _type(call: Call) -> tuple[int, float]:
    """Virtual CPUs and memory in GiB of the instance's type."""
    try:
        known = instance_type(find_instance(call.machine.instance_id).instance_type)
    except DataError:
        raise call.unsupported() from None
    return known.vcpu, known.memory_gib


@command("ps")
def _ps(call: Call) -> int:
    lines = [f"{one.user:<10}{2000 + index:6} ?  {one.command}" for index, one in enumerate(call.machine.servers())]
    call.out("USER         PID TTY COMMAND\n" + "".join(f"{line}\n" for line in lines))
    return 0


@command("ss", "netstat")
def _ss(call: Call) -> int:
    if not set("".join(call.arguments)) <= set("-tlnpua"):
        raise call.unsupported()
    rows = [(22, "0.0.0.0", "sshd")]
    rows += [(port, "127.0.0.1" if one.local else "0.0.0.0", one.command) for one in call.machine.servers()
             for port in one.ports]  # fmt: skip
    call.out("State  Local Address:Port  Process\n")
    call.out("".join(f"LISTEN {address}:{port}  {name}\n" for port, address, name in sorted(rows)))
    return 0


@command("pkill", "killall")
def _pkill(call: Call) -> int:
    given = options(call, "f9eq", valued="")
    if len(given.operands) != 1:
        raise call.unsupported()
    left = [one for one in call.machine.processes if given.operands[0] not in one.command]
    ended = len(left) < len(call.machine.processes)
    call.machine.processes[:] = left
    return 0 if ended else 1


@command("kill")
def _kill(call: Call) -> int:
    numbers = [each for each in call.arguments if each.isdigit()]
    for each in numbers:
        index = int(each) - 2000
        if not 0 <= index < len(call.machine.processes):
            raise RefusedError(f"-bash: kill: ({each}) - No such process")
        del call.machine.processes[index]
    return 0


@command("timedatectl")
def _timedatectl(call: Call) -> int:
    if call.arguments[:1] != ["set-timezone"] or len(call.arguments) != 2:
        raise call.unsupported()
    call.root_only("Failed to set time zone: Access denied")
    call.machine.disk.write("/etc/timezone", call.arguments[1] + "\n")
    return 0
