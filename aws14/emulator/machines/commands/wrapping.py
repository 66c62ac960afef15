"""Commands around commands: nohup, env, timeout, xargs."""

from __future__ import annotations

import shlex

from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.shell.lookup import Call, command
from aws14.emulator.machines.shell.streams import Source

__all__: list[str] = []


@command("nohup", "setsid", "nice", "stdbuf")
def _nohup(call: Call) -> int:
    words = list(call.arguments)
    while words and words[0].startswith("-"):
        words.pop(0)
    return call.runner.words(call.shell, words) if words else 0


@command("env", "printenv")
def _env(call: Call) -> int:
    words = list(call.arguments)
    inner = call.shell.copy()
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        inner.variables[name] = value
        inner.exported.add(name)
    if words and call.name == "env":
        if words[0].startswith("-"):
            raise call.unsupported()
        return call.runner.words(inner, words)
    if words:
        call.out("".join(f"{inner.variables[name]}\n" for name in words if name in inner.exported))
        return int(any(name not in inner.exported for name in words))
    call.out("".join(f"{name}={inner.variables.get(name, '')}\n" for name in sorted(inner.exported)))
    return 0


@command("timeout")
def _timeout(call: Call) -> int:
    given = options(call, "", valued="ks", stops=True)
    if len(given.operands) < 2:
        raise call.unsupported()
    units = {"s": 1, "m": 60, "h": 3600}
    text = given.operands[0]
    limit = float(text.rstrip("smh")) * units.get(text[-1], 1)
    began = call.shell.outside.now
    status = call.runner.words(call.shell, given.operands[1:])
    if call.shell.outside.now - began <= limit:
        return status
    call.shell.outside.spend(began + limit - call.shell.outside.now)
    return 124


@command("xargs")
def _xargs(call: Call) -> int:
    given = options(call, "rt", valued="nI", stops=True)
    words, found = given.operands or ["echo"], shlex.split(call.shell.stdin.rest())
    inner = call.shell.copy(stdin=Source())
    if "I" in given:
        commands = [[word.replace(given["I"], each) for word in words] for each in found]
    else:
        size = int(given.get("n", str(max(1, len(found)))))
        groups = [found[at : at + size] for at in range(0, len(found), size)] or ([] if "r" in given else [[]])
        commands = [[*words, *group] for group in groups]
    statuses = [call.runner.words(inner, each) for each in commands]
    return 123 if any(statuses) else 0
