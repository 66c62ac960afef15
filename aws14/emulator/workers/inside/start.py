"""The start of a worker: it joins, learns what it is to be, raises its walls, and becomes it."""

# ruff: noqa: TID252, PTH109, PTH113, PTH118, PTH120, PTH123 - not of aws14 here; paths are just going up
from __future__ import annotations

import os
import queue
import runpy
import sys
import threading
from collections.abc import Mapping
from typing import Any

from .aws_time import AwsTime
from .channel import Channel, Message
from .imports import allow, by_paths_of_the_container
from .paths import Paths
from .sockets import Sockets
from .walls import limit_memory, raise_walls

__all__ = ["main"]

_ENDED = 70


def main() -> None:
    """Become the program."""
    port, _, token = os.environ.pop("AWS14_DESK").partition(":")
    orders = Channel.join(int(port), token, "orders")
    questions = Channel.join(int(port), token, "questions")
    told = orders.receive()
    if told is None:
        sys.exit(_ENDED)
    told_what = told[0]
    waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders, waiting), name="orders", daemon=True).start()
    clock, paths = _confine(told_what, questions)
    for name in [name for name in sys.modules if name == "inside" or name.startswith("inside.")]:
        del sys.modules[name]
    if told_what["inside"]:
        serving = {"orders": waiting, "answers": orders, "clock": clock, "paths": paths}
        runpy.run_path(told_what["inside"], init_globals=serving, run_name="inside")
    else:
        _run(told_what["program"], paths)


def _listen(orders: Channel, waiting: queue.SimpleQueue[Message]) -> None:
    while True:
        message = orders.receive()
        if message is None:  # the embedded AWS has ended, or has ended this
            os._exit(_ENDED)
        waiting.put(message)


def _confine(told: Mapping[str, Any], questions: Channel) -> tuple[AwsTime, Paths]:
    clock = AwsTime(told["places"])
    clock.show(told["now"])
    if told["memory_mib"]:
        limit_memory(told["memory_mib"])
    allow(told["packages"], told["places"])
    Sockets(questions, told["hostname"]).install()
    paths = Paths([tuple(each) for each in told["mounts"]], told["scratch"], (*told["places"], *told["readable"]))
    os.chdir(paths.real(told["working_directory"]))
    raise_walls((*told["own"], *paths.places), told["readable"], told["closed"])
    paths.install()
    by_paths_of_the_container(paths.real, paths.shown)
    if "tempfile" in sys.modules:
        sys.modules["tempfile"].tempdir = None  # type: ignore[attr-defined]  # asks TMPDIR again
    return clock, paths


def _run(program: list[str], paths: Paths) -> None:
    """Do what ``python <program>`` does."""
    words = [word for word in program if word not in {"-u", "-B", "-E", "-s", "-I"}]
    sys.path[:0] = [each for each in os.environ.get("PYTHONPATH", "").split(":") if each]
    if words[:1] == ["-m"]:
        sys.argv = words[1:]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[:1] == ["-c"]:
        sys.argv = ["-c", *words[2:]]
        sys.path.insert(0, os.getcwd())
        exec(compile(words[1], "<string>", "exec"), {"__name__": "__main__"})
    elif words:
        _run_file(words, paths)


def _run_file(words: list[str], paths: Paths) -> None:
    script = words[0] if words[0].startswith("/") else os.path.join(os.getcwd(), words[0])
    real = paths.real(script)
    if not os.path.isfile(real):
        sys.stderr.write(f"python: can't open file '{script}': [Errno 2] No such file or directory\n")
        sys.exit(2)
    sys.argv = list(words)
    sys.path.insert(0, os.path.dirname(script))
    with open(real, "rb") as file:
        code = compile(file.read(), script, "exec")
    module = type(sys)("__main__")
    module.__dict__.update(__file__=script, __builtins__=__builtins__)
    sys.modules["__main__"] = module
    exec(code, module.__dict__)
