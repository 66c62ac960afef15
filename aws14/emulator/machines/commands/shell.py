"""The shell's own commands."""

from __future__ import annotations

import posixpath

from aws14.emulator.machines.shell.arithmetic import evaluate
from aws14.emulator.machines.shell.conditions import holds
from aws14.emulator.machines.shell.errors import ExitError, LoopError, RefusedError, ReturnError
from aws14.emulator.machines.shell.lookup import Call, command, is_there

__all__ = ["cd"]

_LONG_OPTIONS = {"errexit": "e", "nounset": "u", "xtrace": "x", "pipefail": "pipefail"}
_SILENT_OPTIONS = "hBmvafkpbC"


@command(":", "true", builtin=True)
def _true(_: Call) -> int:
    return 0


@command("false", builtin=True)
def _false(_: Call) -> int:
    return 1


@command("wait", "ulimit", "alias", "unalias", "hash", "shopt", "history", builtin=True)
def _silent(_: Call) -> int:
    return 0


@command("cd", builtin=True)
def cd(call: Call) -> int:
    """Change the working directory."""
    shell = call.shell
    target = next((each for each in call.arguments if each != "--"), shell.variables.get("HOME", shell.home))
    target = shell.variables.get("OLDPWD", shell.folder) if target == "-" else target
    node = shell.files.need(target)
    if node.kind != "folder":
        raise RefusedError(f"-bash: cd: {target}: Not a directory")
    shell.files.need(posixpath.join(target, "."), "x")
    shell.variables["OLDPWD"] = shell.folder
    shell.folder = shell.variables["PWD"] = shell.files.path(target)
    return 0


@command("pwd", builtin=True)
def _pwd(call: Call) -> int:
    call.out(call.shell.folder + "\n")
    return 0


def _status(call: Call) -> int:
    if not call.arguments:
        return call.shell.status
    text = call.arguments[0]
    if not text.lstrip("-").isdigit():
        call.err(f"{text}: numeric argument required")
        return 2
    return int(text) % 256


@command("exit", "logout", builtin=True)
def _exit(call: Call) -> int:
    raise ExitError(_status(call))


@command("return", builtin=True)
def _return(call: Call) -> int:
    raise ReturnError(_status(call))


@command("break", "continue", builtin=True)
def _leave(call: Call) -> int:
    raise LoopError(call.name, int(call.arguments[0]) if call.arguments else 1)


@command("exec", builtin=True)
def _exec(call: Call) -> int:
    raise ExitError(call.runner.words(call.shell, call.arguments))


@command("eval", builtin=True)
def _eval(call: Call) -> int:
    return call.runner.text(call.shell, " ".join(call.arguments))


@command("source", ".", builtin=True)
def _source(call: Call) -> int:
    if not call.arguments:
        raise RefusedError(f"{call.name}: filename argument required", 2)
    text = call.files.read(call.arguments[0])
    try:
        return call.runner.text(call.shell, text)
    except ReturnError as left:
        return left.status


@command("bash", "sh", "dash")
def _bash(call: Call) -> int:
    inner = call.shell.program()
    rest = list(call.arguments)
    while rest and rest[0].startswith("-") and rest[0] != "-c":
        if set(rest[0][1:]) - set("exulic") or len(rest[0]) == 1:
            raise call.unsupported()
        inner.options |= set(rest[0][1:]) & set("eux")
        if "c" in rest[0]:
            rest[0] = "-c"
        else:
            rest.pop(0)
    if rest[:1] == ["-c"]:
        inner.title, inner.arguments = (rest[2] if len(rest) > 2 else call.name), rest[3:]
        text = rest[1] if len(rest) > 1 else ""
    elif rest:
        inner.title, inner.arguments = rest[0], rest[1:]
        text = call.files.read(rest[0])
    else:
        text = call.shell.stdin.rest()
    try:
        return call.runner.text(inner, text)
    except ExitError as left:
        return left.status


@command("set", builtin=True)
def _set(call: Call) -> int:
    rest = list(call.arguments)
    while rest:
        word = rest.pop(0)
        if word == "--" or word[:1] not in "-+" or word in ("-", "+"):
            call.shell.arguments = rest if word == "--" else [word, *rest]
            break
        names = [rest.pop(0)] if word[1:] == "o" and rest else []
        names += [letter for letter in word[1:] if letter != "o"]
        names += [rest.pop(0)] if "o" in word[2:] and rest else []
        for name in names:
            _set_option(call, name, on=word[0] == "-")
    return 0


def _set_option(call: Call, name: str, *, on: bool) -> None:
    option = _LONG_OPTIONS.get(name, name)
    if option not in _LONG_OPTIONS.values():
        if option in _SILENT_OPTIONS or name in ("posix", "allexport", "noclobber"):
            return
        raise call.unsupported()
    (call.shell.options.add if on else call.shell.options.discard)(option)


@command("export", "declare", "typeset", "readonly", builtin=True)
def _export(call: Call) -> int:
    shell = call.shell
    for word in call.arguments:
        if word.startswith("-"):
            if set(word[1:]) - set("xrgi"):
                raise call.unsupported()
            continue
        name, equals, value = word.partition("=")
        if equals:
            shell.variables[name] = value
        if call.name == "export" or "-x" in call.arguments:
            shell.exported.add(name)
    return 0


@command("local", builtin=True)
def _local(call: Call) -> int:
    shell = call.shell
    if not shell.frames:
        raise RefusedError("local: can only be used in a function")
    for word in (each for each in call.arguments if not each.startswith("-")):
        name, _, value = word.partition("=")
        shell.frames[-1].setdefault(name, shell.variables.get(name))
        shell.variables[name] = value
    return 0


@command("unset", builtin=True)
def _unset(call: Call) -> int:
    for name in (each for each in call.arguments if not each.startswith("-")):
        call.shell.variables.pop(name, None)
        call.shell.exported.discard(name)
        call.shell.functions.pop(name, None)
    return 0


@command("shift", builtin=True)
def _shift(call: Call) -> int:
    count = int(call.arguments[0]) if call.arguments else 1
    if count > len(call.shell.arguments):
        return 1
    call.shell.arguments = call.shell.arguments[count:]
    return 0


@command("umask", builtin=True)
def _umask(call: Call) -> int:
    if call.arguments and call.arguments[0] not in ("022", "0022", "22"):
        raise call.unsupported()
    call.out("" if call.arguments else "0022\n")
    return 0


@command("read", builtin=True)
def _read(call: Call) -> int:
    names = [each for each in call.arguments if not each.startswith("-")] or ["REPLY"]
    if any(each not in ("-r",) for each in call.arguments if each.startswith("-")):
        raise call.unsupported()
    line = call.shell.stdin.line()
    text = line.rstrip("\n")
    if call.shell.variables.get("IFS", " \t\n") != "":
        pieces = text.split(None, len(names) - 1)
        pieces[-1:] = [pieces[-1].rstrip()] if pieces else []
    else:
        pieces = [text]
    for index, name in enumerate(names):
        call.shell.variables[name] = pieces[index] if index < len(pieces) else ""
    return 0 if line else 1


@command("let", builtin=True)
def _let(call: Call) -> int:
    value = 0
    for each in call.arguments:
        value = evaluate(each, call.shell.variables)
    return int(value == 0)


@command("test", "[", builtin=True)
def _test(call: Call) -> int:
    arguments = list(call.arguments)
    if call.name == "[" and (not arguments or arguments.pop() != "]"):
        raise RefusedError("[: missing `]'", 2)
    return int(not holds(call.shell, arguments))


@command("command", "type", builtin=True)
def _command(call: Call) -> int:
    arguments = list(call.arguments)
    if call.name == "command" and arguments[:1] not in (["-v"], ["-V"]):
        return call.runner.words(call.shell, arguments) if arguments else 0
    found = [name for name in arguments if not name.startswith("-") and _there(call, name)]
    call.out("".join(f"{name}\n" for name in found))
    return int(not found)


@command("which")
def _which(call: Call) -> int:
    names = [name for name in call.arguments if not name.startswith("-")]
    missing = [name for name in names if not is_there(call.machine, name)]
    call.out("".join(f"/usr/bin/{name}\n" for name in names if name not in missing))
    for name in missing:
        call.err(f"no {name} in (/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin)")
    return int(bool(missing))


def _there(call: Call, name: str) -> bool:
    return name in call.shell.functions or is_there(call.machine, name)
