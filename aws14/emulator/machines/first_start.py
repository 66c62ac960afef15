"""The first start of a machine: its user data is run, from begin to end or until AWS time has to go on."""

from __future__ import annotations

import logging

from aws14.emulator.machines import console
from aws14.emulator.machines.cloud_init import Part, Step, content_of, parts, steps
from aws14.emulator.machines.disk import FILE, FileProblem, Node
from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.shell.errors import ForeverError, SuspendedError, UnsupportedError
from aws14.emulator.machines.shell.running import Runner
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.streams import Source

__all__ = ["initialise"]

_log = logging.getLogger(__name__)
_FAILED = "Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)"


def initialise(machine: Machine, data: bytes, outside: Outside) -> None:
    """Run user data on a machine.

    Parameters
    ----------
    machine : Machine
        Changed in place: files, packages, services, console, `Machine.exit_status`, `Machine.refusal`.
    data : bytes
        User data as it was given.
    outside : Outside
        The world beyond, and the time.

    Raises
    ------
    SuspendedError
        AWS time has to go on first; what happened to `machine` until then is a preview.
    """
    output = console.Output(machine)
    machine.initialised = True
    machine.disk.write("/var/lib/cloud/instance/user-data.txt", data, mode=0o600)
    console.final(machine, outside.now)
    try:
        for number, part in enumerate(parts(data), start=1):
            _run_part(machine, part, f"part-{number:03d}", outside)
    except UnsupportedError as refused:
        machine.refusal = str(refused)
        machine.exit_status = machine.exit_status or 1
        machine.say(outside.now, f"cloud-init: {refused}")
        output.line(outside.now, f"cloud-init: {refused}")
    except ForeverError as server:
        output.line(outside.now, f"scripts-user does not end: {server.command} runs in the foreground")
        return
    console.ends(machine, outside.now)
    machine.disk.write("/var/lib/cloud/instance/boot-finished", f"{outside.now:.2f}\n")


def _run_part(machine: Machine, part: Part, name: str, outside: Outside) -> None:
    output = console.Output(machine)
    if part.kind == "unhandled":
        first = part.text.strip().splitlines()[0][:60]
        output.line(
            outside.now, f"__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata: '{first}...'"
        )
    elif part.kind == "config":
        for step in steps(part.text, machine.image):
            _run_step(machine, step, outside)
    elif machine.image == "other":
        raise UnsupportedError("user data on this image")
    elif not part.text.startswith("#!"):
        machine.exit_status = 1
        output.line(outside.now, f"{_FAILED}: Exec format error. Missing #! in script?")
    else:
        path = f"/var/lib/cloud/instance/scripts/{name}"
        machine.disk.write(path, part.text, mode=0o700)
        _finish(machine, _run(machine, part.text, outside, title=path, options=part.options), outside)


def _run_step(machine: Machine, step: Step, outside: Outside) -> None:
    if machine.image == "other":
        raise UnsupportedError("user data on this image")
    if step.file is not None:
        _write_file(machine, step.file, outside.now)
    elif step.module == "runcmd":
        _finish(machine, _run(machine, step.script, outside, title="runcmd"), outside)
    else:
        status = _run(machine, step.script, outside, title=step.module)
        if status:
            console.Output(machine).line(outside.now, f"util.py[WARNING]: Running module {step.module} failed")


def _finish(machine: Machine, status: int, outside: Outside) -> None:
    machine.exit_status = status
    if status:
        text = f"cc_scripts_user.py[WARNING]: {_FAILED}: exit status {status}"
        console.Output(machine).line(outside.now, text)


def _run(machine: Machine, text: str, outside: Outside, *, title: str, options: str = "") -> int:
    output = console.Output(machine)
    sink = output.sink(outside)
    shell = Shell(machine, outside, stdin=Source(), sinks={1: sink, 2: sink}, title=title).log_in()
    shell.variables["AWS14_LOGIN"] = machine.login
    shell.options |= set(options) & set("eux")
    try:
        return Runner().whole(shell, text)
    except (UnsupportedError, ForeverError, SuspendedError):
        raise
    except Exception:  # a defect of this emulator: nothing is served, and its log has it
        _log.exception("user data of %s", machine.instance_id)
        raise UnsupportedError("what stands there made the embedded AWS fail", shell.line) from None
    finally:
        output.rest(outside.now)


def _write_file(machine: Machine, entry: dict[str, object], now: float) -> None:
    path = str(entry.get("path", ""))
    if not path.startswith("/"):
        raise UnsupportedError(f"cloud-config: write_files: path {path}")
    owner, _, group = str(entry.get("owner", "root:root")).partition(":")
    mode = entry.get("permissions", 0o644)
    mode = int(mode, 8) if isinstance(mode, str) else mode
    data = content_of(entry)
    node = machine.disk.find(path)
    before = node.data if node is not None and entry.get("append") else b""
    if owner not in machine.users or (group and group not in machine.groups):
        console.Output(machine).line(now, f"util.py[WARNING]: Unknown user or group: {entry.get('owner')}")
        owner, group = "root", "root"
    folder = path.rpartition("/")[0]
    try:
        machine.disk.make_folders(folder or "/")
        bits = mode if isinstance(mode, int) else 0o644
        machine.disk.put(path, Node(FILE, bits, owner, group or owner, now, before + data))
    except FileProblem as problem:
        console.Output(machine).line(now, f"util.py[WARNING]: write_files: {problem}")
