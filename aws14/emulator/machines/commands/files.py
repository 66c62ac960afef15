"""Commands on files: mkdir, cp, mv, rm, chmod, chown, ln, touch, find, mktemp."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.disk import FOLDER, LINK, FileProblem, Node
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command
from aws14.emulator.machines.shell.patterns import matches

__all__: list[str] = []


def _each(call: Call, names: list[str], act: Callable[[str], None], verb: str) -> int:
    """Do `act` to every name; what fails is said and does not stop the others."""
    if not names:
        raise RefusedError(f"{call.name}: missing operand")
    status = 0
    for name in names:
        try:
            act(name)
        except FileProblem as problem:
            call.err(f"cannot {verb} '{problem.path}': {problem.reason}")
            status = 1
    return status


@command("mkdir")
def _mkdir(call: Call) -> int:
    given = options(call, "pv", valued="m", long=("parents", "mode="))
    mode = given.get("m", given.get("mode", ""))

    def make(name: str) -> None:
        if given.any("p", "parents"):
            place = "/" if name.startswith("/") else ""
            for part in (part for part in name.split("/") if part):
                place = posixpath.join(place, part)
                if not call.files.is_folder(place):
                    call.files.make_folder(place)
        else:
            call.files.make_folder(name)
        if mode:
            node = call.files.need(name)
            node.mode = _mode(call, mode, node)

    return _each(call, given.operands, make, "create directory")


def _target(call: Call, name: str, target: str) -> str:
    return posixpath.join(target, posixpath.basename(name.rstrip("/"))) if call.files.is_folder(target) else target


@command("cp")
def _cp(call: Call) -> int:
    given = options(call, "rRfapvnT", long=("recursive", "force"))
    if len(given.operands) < 2:
        raise RefusedError("cp: missing file operand")
    *names, target = given.operands

    def copy(name: str) -> None:
        if call.files.is_folder(name) and not given.any("r", "R", "a", "recursive"):
            raise RefusedError(f"cp: -r not specified; omitting directory '{name}'")
        call.files.copy(name, _target(call, name, target))

    return _each(call, names, copy, "copy")


@command("mv")
def _mv(call: Call) -> int:
    given = options(call, "fvn", long=("force",))
    if len(given.operands) < 2:
        raise RefusedError("mv: missing file operand")
    *names, target = given.operands

    def move(name: str) -> None:
        call.files.need(name)
        source, place = call.files.path(name), call.files.path(_target(call, name, target))
        call.files.may_change_folder_of(name)
        call.files.may_change_folder_of(place)
        disk = call.machine.disk
        moved = {path: disk.nodes[path] for path in disk.below(source)}
        disk.remove(source)
        disk.remove(place)
        start = disk.real(source, last=False)
        disk.nodes |= {disk.real(place, last=False) + path[len(start) :]: node for path, node in moved.items()}

    return _each(call, names, move, "move")


@command("rm")
def _rm(call: Call) -> int:
    given = options(call, "rRfvd", long=("recursive", "force"))
    force = given.any("f", "force")

    def remove(name: str) -> None:
        node = call.files.find(name, last=False)
        if node is None:
            if not force:
                raise FileProblem(name, "No such file or directory")
            return
        if node.kind == FOLDER and not given.any("r", "R", "recursive"):
            raise FileProblem(name, "Is a directory")
        if call.files.path(name) == "/":
            raise call.unsupported()
        call.files.remove(name)

    return 0 if force and not given.operands else _each(call, given.operands, remove, "remove")


@command("rmdir")
def _rmdir(call: Call) -> int:
    def remove(name: str) -> None:
        call.files.need(name)
        if call.machine.disk.children(call.files.path(name)):
            raise FileProblem(name, "Directory not empty")
        call.files.remove(name)

    return _each(call, options(call).operands, remove, "remove")


@command("touch")
def _touch(call: Call) -> int:
    return _each(call, options(call, "c").operands, lambda name: void(call.files.open(name, append=True)), "touch")


def void(_: object) -> None:
    """Drop a value."""


@command("ln")
def _ln(call: Call) -> int:
    given = options(call, "sfnTr", long=("symbolic", "force"))
    if not given.any("s", "symbolic") or not 1 <= len(given.operands) <= 2:
        raise call.unsupported()
    target = given.operands[0]
    name = _target(call, target, given.operands[1] if len(given.operands) > 1 else ".")
    if given.any("f", "force") and call.files.find(name, last=False) is not None:
        call.files.remove(name)
    return _each(call, [name], lambda place: call.files.link(target, place), "create symbolic link")


def _below(call: Call, name: str, *, recursive: bool) -> Iterator[Node]:
    node = call.files.need(name)
    if not recursive:
        yield node
        return
    for path in call.machine.disk.below(call.files.path(name)):
        found = call.machine.disk.nodes[path]
        if found.kind != LINK:
            yield found


def _own(call: Call, node: Node) -> None:
    if call.shell.user not in ("root", node.owner):
        raise RefusedError(f"{call.name}: changing permissions: Operation not permitted")


@command("chmod")
def _chmod(call: Call) -> int:
    symbolic = [each for each in call.arguments if re.fullmatch(r"-[rwx]+", each)]
    call.arguments[:] = [each for each in call.arguments if each not in symbolic]
    given = options(call, "Rfv", long=("recursive",))
    mode, *names = [*symbolic, *given.operands] or [""]

    def change(name: str) -> None:
        for node in _below(call, name, recursive=given.any("R", "recursive")):
            _own(call, node)
            node.mode = _mode(call, mode, node)

    return _each(call, names, change, "access")


def _mode(call: Call, text: str, node: Node) -> int:
    if re.fullmatch(r"[0-7]{3,4}", text):
        return int(text, 8)
    mode = node.mode
    for each in text.split(","):
        found = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*)", each)
        if found is None or set(found[3]) & set("t"):
            raise call.unsupported()
        mode = _symbolic(mode, (found[1] or "a", found[2], found[3]), folder=node.kind == FOLDER)
    return mode


def _symbolic(mode: int, parts: tuple[str, str, str], *, folder: bool) -> int:
    who, sign, letters = parts
    bits = 4 * ("r" in letters) | 2 * ("w" in letters)
    bits |= int("x" in letters or ("X" in letters and (folder or bool(mode & 0o111))))
    for shift in {"u": (6,), "g": (3,), "o": (0,), "a": (6, 3, 0)}[who[0]] if len(who) == 1 else _shifts(who):
        if sign == "=":
            mode &= ~(7 << shift)
        mode = mode & ~(bits << shift) if sign == "-" else mode | bits << shift
    special = 0o2000 if "s" in letters and who[0] in "ga" else 0o4000 if "s" in letters else 0
    return mode & ~special if sign == "-" else mode | special


def _shifts(who: str) -> tuple[int, ...]:
    return (6, 3, 0) if "a" in who else tuple({"u": 6, "g": 3, "o": 0}[one] for one in who)


@command("chown", "chgrp")
def _chown(call: Call) -> int:
    given = options(call, "Rfvh", long=("recursive",))
    who, *names = given.operands or [""]
    owner, _, group = who.partition(":") if call.name == "chown" else ("", "", who)
    for name, known in ((owner, call.machine.users), (group, call.machine.groups)):
        if name and name not in known:
            raise RefusedError(f"{call.name}: invalid {'user' if known is call.machine.users else 'group'}: '{who}'")

    def change(name: str) -> None:
        for node in _below(call, name, recursive=given.any("R", "recursive")):
            if call.shell.user != "root":
                raise FileProblem(name, "Operation not permitted")
            node.owner, node.group = owner or node.owner, group or node.group

    return _each(call, names, change, "access")


@command("find")
def _find(call: Call) -> int:
    rest = list(call.arguments)
    starts: list[str] = []
    while rest and not rest[0].startswith("-"):
        starts.append(rest.pop(0))
    tests, action = _find_tests(call, rest)
    status = 0
    for start in starts or ["."]:
        call.files.need(start)
        base = call.machine.disk.real(call.files.path(start), last=False)
        for path in list(call.machine.disk.below(base)):
            shown = start.rstrip("/") + path[len(base.rstrip("/")) :] if path != base else start
            node = call.machine.disk.nodes.get(path)
            if node is not None and all(test(shown, node, path[len(base) :].count("/")) for test in tests):
                status |= _act(call, action, shown)
    return status


_Test = Callable[[str, Node, int], bool]


def _find_tests(call: Call, rest: list[str]) -> tuple[list[_Test], list[str]]:
    tests: list[_Test] = []
    while rest:
        word = rest.pop(0)
        if word in ("-exec", "-execdir"):
            end = next((at for at, each in enumerate(rest) if each in (";", "+")), -1)
            if end < 0:
                raise RefusedError(f"find: missing argument to `{word}'")
            if rest[end + 1 :]:
                raise call.unsupported()
            return tests, rest[:end]
        if word == "-print" and not rest:
            break
        if word not in ("-type", "-name", "-maxdepth", "-mindepth") or not rest:
            raise call.unsupported()
        tests.append(_find_test(word, rest.pop(0)))
    return tests, []


def _find_test(word: str, value: str) -> _Test:
    match word:
        case "-type":
            kinds = {"f": "file", "d": "folder", "l": "link"}
            return lambda _path, node, _depth: node.kind == kinds.get(value)
        case "-name":
            return lambda path, _node, _depth: matches(value, posixpath.basename(path))
        case "-maxdepth":
            return lambda _path, _node, depth: depth <= int(value)
        case _:
            return lambda _path, _node, depth: depth >= int(value)


def _act(call: Call, action: list[str], path: str) -> int:
    if not action:
        call.out(path + "\n")
        return 0
    return call.runner.words(call.shell, [word.replace("{}", path) for word in action])


@command("mktemp")
def _mktemp(call: Call) -> int:
    given = options(call, "d")
    count = len(call.machine.disk.children("/tmp"))
    name = f"/tmp/tmp.{count:010d}"
    if "d" in given:
        call.files.make_folder(name)
    else:
        call.files.open(name)
    call.files.need(name).mode = 0o700 if "d" in given else 0o600
    call.out(name + "\n")
    return 0
