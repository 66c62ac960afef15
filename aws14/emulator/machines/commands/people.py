"""Users and groups: whoami, id, sudo, su, useradd, usermod, groupadd."""

from __future__ import annotations

from aws14.emulator.machines.commands.options import Options, options
from aws14.emulator.machines.disk import FOLDER, Node
from aws14.emulator.machines.images import write_accounts
from aws14.emulator.machines.machine import User
from aws14.emulator.machines.shell.errors import ExitError, RefusedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__: list[str] = []


@command("whoami")
def _whoami(call: Call) -> int:
    call.out(call.shell.user + "\n")
    return 0


def _known(call: Call, name: str) -> User:
    known = call.machine.users.get(name)
    if known is None:
        raise RefusedError(f"{call.name}: '{name}': no such user")
    return known


@command("id", "groups")
def _id(call: Call) -> int:
    given = options(call, "ungG")
    user = _known(call, given.operands[0] if given.operands else call.shell.user)
    groups = [user.name, *sorted(user.groups - {user.name})]
    numbers = {name: call.machine.groups.get(name, user.uid) for name in groups}
    if call.name == "groups":
        call.out(" ".join(groups) + "\n")
    elif "u" in given:
        call.out(f"{user.name if 'n' in given else user.uid}\n")
    elif given.any("g", "G"):
        shown = groups if "G" in given else groups[:1]
        call.out(" ".join(name if "n" in given else str(numbers[name]) for name in shown) + "\n")
    else:
        listed = ",".join(f"{number}({name})" for name, number in numbers.items())
        call.out(f"uid={user.uid}({user.name}) gid={numbers[user.name]}({user.name}) groups={listed}\n")
    return 0


@command("sudo")
def _sudo(call: Call) -> int:
    given = options(call, "EHniSsbk", valued="ug", long=("user=", "preserve-env", "non-interactive"), stops=True)
    user = _known(call, given.get("u", given.get("user", "root")))
    sudoers = {"root", "wheel", "sudo", "adm"}
    if call.shell.user != "root" and not sudoers & call.machine.groups_of(call.shell.user):
        raise RefusedError(f"sudo: {call.shell.user} is not in the sudoers file.")
    words = list(given.operands)
    inner = call.shell.program(user.name)
    inner.background = call.shell.background
    if "i" in given:
        inner.folder = user.home
    if not given.any("E", "preserve-env"):
        inner = inner.copy(variables={}).log_in()
    while words and "=" in words[0] and words[0].partition("=")[0].isidentifier():
        name, _, value = words.pop(0).partition("=")
        inner.variables[name] = value
        inner.exported.add(name)
    if not words:
        return _interactive(call, given)
    return call.runner.words(inner, words)


def _interactive(call: Call, given: Options) -> int:
    """A shell for somebody at a keyboard: here it reads standard input, and ends where that ends."""
    if not given.any("i", "s", "k"):
        raise RefusedError("usage: sudo -h | -K | -k | -V")
    inner = call.shell.program(given.get("u", "root")).log_in()
    try:
        return call.runner.text(inner, call.shell.stdin.rest())
    except ExitError as left:
        return left.status


@command("su")
def _su(call: Call) -> int:
    login = call.arguments[:1] in (["-"], ["-l"], ["--login"])
    rest = call.arguments[1:] if login else list(call.arguments)
    user = _known(call, rest.pop(0) if rest and not rest[0].startswith("-") else "root")
    if call.shell.user != "root":
        raise RefusedError("su: Authentication failure")
    inner = call.shell.program(user.name).log_in()
    inner.folder = user.home if login else inner.folder
    if rest and (rest[0] != "-c" or len(rest) != 2):
        raise call.unsupported()
    try:
        return call.runner.text(inner, rest[1] if rest else call.shell.stdin.rest())
    except ExitError as left:
        return left.status


@command("useradd", "adduser")
def _useradd(call: Call) -> int:
    given = options(call, "mMrNU", valued="sgGdcpu", long=("system", "no-create-home", "shell=", "create-home"))
    call.root_only(f"{call.name}: Permission denied.")
    if len(given.operands) != 1:
        raise RefusedError("Usage: useradd [options] LOGIN", 2)
    name = given.operands[0]
    if name in call.machine.users:
        raise RefusedError(f"useradd: user '{name}' already exists", 9)
    system = given.any("r", "system")
    uid = max((user.uid for user in call.machine.users.values() if (user.uid < 1000) == system), default=1000) + 1
    home = given.get("d", f"/home/{name}")
    groups = {*filter(None, given.get("G", "").split(",")), *filter(None, [given.get("g", "")])}
    _need_groups(call, groups)
    call.machine.users[name] = User(name, uid, home, given.get("s", given.get("shell", "/bin/bash")), groups)
    call.machine.groups.setdefault(name, uid)
    if not (system and "m" not in given) and not given.any("M", "no-create-home"):
        call.machine.disk.make_folders("/home")
        call.machine.disk.put(home, Node(FOLDER, 0o700, name, name))
    write_accounts(call.machine)
    return 0


def _need_groups(call: Call, groups: set[str]) -> None:
    for each in groups:
        if each not in call.machine.groups:
            raise RefusedError(f"{call.name}: group '{each}' does not exist", 6)


@command("usermod", "gpasswd")
def _usermod(call: Call) -> int:
    given = options(call, "a", valued="Gsdg", long=("append", "groups="))
    call.root_only(f"{call.name}: Permission denied.")
    if call.name == "gpasswd" or len(given.operands) != 1:
        raise call.unsupported()
    user = _known(call, given.operands[0])
    groups = set(filter(None, given.get("G", given.get("groups", "")).split(",")))
    _need_groups(call, groups)
    user.groups = user.groups | groups if given.any("a", "append") or not groups else groups
    user.shell = given.get("s", user.shell)
    write_accounts(call.machine)
    return 0


@command("groupadd")
def _groupadd(call: Call) -> int:
    given = options(call, "rf", valued="g", long=("system",))
    call.root_only("groupadd: Permission denied.")
    for name in given.operands:
        if name in call.machine.groups:
            if "f" in given:
                continue
            raise RefusedError(f"groupadd: group '{name}' already exists", 9)
        call.machine.groups[name] = int(given.get("g", str(max(call.machine.groups.values(), default=1000) + 1)))
    write_accounts(call.machine)
    return 0
