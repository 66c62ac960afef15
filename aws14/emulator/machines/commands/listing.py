"""Commands that show files: ls, readlink, basename, dirname."""

from __future__ import annotations

import posixpath
import stat
from datetime import UTC, datetime

from aws14.emulator.machines.commands.options import Options, options
from aws14.emulator.machines.disk import FOLDER, LINK, FileProblem, Node
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__: list[str] = []

_KINDS = {FOLDER: stat.S_IFDIR, LINK: stat.S_IFLNK}


@command("ls", "ll")
def _ls(call: Call) -> int:
    given = options(call, "lahdA1trRFS", long=("color", "color=", "all"))
    if given.any("R"):
        raise call.unsupported()
    given |= {"l": ""} if call.name == "ll" else {}
    names, status = given.operands or ["."], 0
    for index, name in enumerate(names):
        try:
            node = call.files.need(name)
            call.out("\n" if index and node.kind == FOLDER and "d" not in given else "")
            if node.kind == FOLDER and "d" not in given:
                call.files.need(name, "r")
                _list(call, name, given, titled=len(names) > 1)
            else:
                call.out(_entry(name, call.files.find(name, last=False) or node, long="l" in given) + "\n")
        except FileProblem as problem:
            call.err(f"cannot access '{problem.path}': {problem.reason}")
            status = 2
    return status


def _list(call: Call, name: str, given: Options, *, titled: bool) -> None:
    place = call.files.path(name)
    names = [each for each in call.machine.disk.children(place) if given.any("a", "A", "all") or each[0] != "."]
    if given.any("a", "all"):
        names = [".", "..", *names]
    entries = [(each, call.machine.disk.find(posixpath.join(place, each), last=False)) for each in names]
    nodes = [(each, node or call.machine.disk.nodes["/"]) for each, node in entries]
    if "t" in given:
        nodes.sort(key=lambda pair: -pair[1].changed)
    if "r" in given:
        nodes.reverse()
    lines = [_entry(each, node, long="l" in given) for each, node in nodes]
    head = ([f"{name}:"] if titled else []) + (["total 0"] if "l" in given else [])
    call.out("".join(f"{line}\n" for line in head + lines))


def _entry(name: str, node: Node, *, long: bool) -> str:
    if not long:
        return name
    mode = stat.filemode(_KINDS.get(node.kind, stat.S_IFREG) | node.mode)
    when = datetime.fromtimestamp(node.changed, UTC).strftime("%b %e %H:%M")
    arrow = f" -> {node.target}" if node.kind == LINK else ""
    return f"{mode} 1 {node.owner} {node.group} {len(node.data):6d} {when} {name}{arrow}"


@command("readlink", "realpath")
def _readlink(call: Call) -> int:
    given = options(call, "fe")
    for name in given.operands:
        node = call.files.find(name, last=False)
        if given.any("f", "e") or call.name == "realpath":
            call.out(call.machine.disk.real(call.files.path(name)) + "\n")
        elif node is None or node.kind != LINK:
            return 1
        else:
            call.out(node.target + "\n")
    return 0


@command("basename", "dirname")
def _part(call: Call) -> int:
    if not call.arguments:
        raise RefusedError(f"{call.name}: missing operand")
    path = call.arguments[0].rstrip("/") or "/"
    if call.name == "dirname":
        call.out((posixpath.dirname(path) or ".") + "\n")
        return 0
    name = posixpath.basename(path) or "/"
    suffix = call.arguments[1] if len(call.arguments) > 1 else ""
    call.out((name.removesuffix(suffix) or name) + "\n")
    return 0
