# A program of a container reads files and writes to its terminal.
# ruff: noqa: PTH123, SIM115, T201
"""A small shell for pods: ``sh -c`` with ``;``, ``&&``, ``||``, loops and conditions, and the commands of ``busybox``.

Runs inside a worker, which may not start programs; standard library only. A word it does not know is ``not found``.
"""

import os
import re
import runpy
import shlex
import sys
from typing import TextIO

# Inside the container this folder is the first place where modules are looked for.
from busybox import COMMANDS  # type: ignore[import-not-found]


class _ExitError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _expanded(word: str) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: os.environ.get(found[1], ""), word)


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text.replace("\n", " ; "), posix=False, punctuation_chars=";&|<>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    return list(lexer)


def _plain(token: str) -> str:
    if token[:1] == token[-1:] == "'" and len(token) > 1:
        return token[1:-1]
    if token[:1] == token[-1:] == '"' and len(token) > 1:
        return _expanded(token[1:-1])
    return _expanded(token)


def _run(tokens: list[str]) -> int:
    code, at = 0, 0
    while at < len(tokens):
        if tokens[at] in (";", ";;"):
            at += 1
            continue
        if tokens[at] in ("while", "until", "for"):
            code, at = _loop(tokens, at)
        elif tokens[at] == "if":
            code, at = _if(tokens, at)
        else:
            code, at = _chain(tokens, at)
    return code


def _until(tokens: list[str], at: int, word: str) -> tuple[list[str], int]:
    depth, begin = 0, at
    while at < len(tokens):
        if tokens[at] in ("while", "until", "for", "if"):
            depth += 1
        if tokens[at] == word and depth == 0:
            return tokens[begin:at], at + 1
        if tokens[at] in ("done", "fi"):
            depth -= 1
        at += 1
    raise _ExitError(2)


def _loop(tokens: list[str], at: int) -> tuple[int, int]:
    kind = tokens[at]
    head, at = _until(tokens, at + 1, "do")
    body, at = _until(tokens, at, "done")
    code = 0
    if kind == "for":
        for word in [_plain(each) for each in head[2:] if each != ";"]:
            os.environ[head[0]] = word
            code = _run(body)
        return code, at
    while (_run(head) == 0) == (kind == "while"):
        code = _run(body)
    return code, at


def _if(tokens: list[str], at: int) -> tuple[int, int]:
    head, at = _until(tokens, at + 1, "then")
    body, at = _until(tokens, at, "fi")
    otherwise = []
    if "else" in body:
        body, otherwise = body[: body.index("else")], body[body.index("else") + 1 :]
    return _run(body) if _run(head) == 0 else _run(otherwise), at


def _chain(tokens: list[str], at: int) -> tuple[int, int]:
    code, going = 0, True
    while at < len(tokens):
        end = at
        while end < len(tokens) and tokens[end] not in (";", "&&", "||"):
            end += 1
        if going:
            code = _simple(tokens[at:end])
        if end >= len(tokens) or tokens[end] == ";":
            return code, end + 1
        going = (code == 0) == (tokens[end] == "&&")
        at = end + 1
    return code, at


def _simple(tokens: list[str]) -> int:
    out, words, at = sys.stdout, [], 0
    while at < len(tokens):
        if tokens[at] in (">", ">>"):
            name = _plain(tokens[at + 1])
            if name in ("&2", "/dev/stderr"):
                out = sys.stderr
            elif name not in ("/dev/stdout", "&1"):
                out = open(name, "w" if tokens[at] == ">" else "a", encoding="utf-8")
            at += 2
        else:
            words.append(_plain(tokens[at]))
            at += 1
    while words and re.fullmatch(r"\w+=.*", words[0]):
        name, _, value = words.pop(0).partition("=")
        os.environ[name] = value
    if not words:
        return 0
    try:
        return call(words, out)
    finally:
        out.flush()
        if out not in (sys.stdout, sys.stderr):
            out.close()


def call(words: list[str], out: TextIO = sys.stdout) -> int:
    """Do what a command says; its exit code."""
    name = words[0].rpartition("/")[2]
    if re.fullmatch(r"python(3(\.\d+)?)?", name):
        return _python(words)
    if name == "exit":
        raise _ExitError(int(words[1]) if words[1:] else 0)
    if name in ("sh", "ash", "bash"):
        return _sh(words[1:])
    if name not in COMMANDS:
        print(f"sh: {words[0]}: not found", file=sys.stderr)
        return 127
    try:
        return COMMANDS[name](words[1:], out) or 0
    except OSError as error:
        print(f"{name}: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 1


def _python(words: list[str]) -> int:
    sys.argv = words[2:] if words[1] in ("-c", "-m") else words[1:]
    try:
        if words[1] == "-c":
            exec(words[2], {"__name__": "__main__"})
        elif words[1] == "-m":
            runpy.run_module(words[2], run_name="__main__", alter_sys=True)
        else:
            # Not runpy: it opens files past the mounts of the pod.
            with open(words[1], encoding="utf-8") as file:
                code = compile(file.read(), words[1], "exec")
            exec(code, {"__name__": "__main__", "__file__": words[1]})
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _sh(args: list[str]) -> int:
    if args[:1] == ["-c"]:
        return _run(_tokens(args[1]))
    if args:
        with open(args[0], encoding="utf-8") as file:
            return _run(_tokens(file.read()))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(call(sys.argv[1:]))
    except _ExitError as ended:
        sys.exit(ended.code)
