# Commands share one signature, and a program of a container writes to its terminal.
# ruff: noqa: ARG001, PTH103, PTH105, PTH107, PTH110, PTH112, PTH119, PTH123, PTH202, PTH208, SIM115, T201
# mypy: disable-error-code="return, no-untyped-call"
"""A small busybox for pods: ``sh -c`` with ``;``, ``&&``, ``||``, loops, and the programs that probes and jobs use.

Runs inside a worker, which may not start programs; standard library only. A word it does not know is ``not found``.
"""

import http.server
import os
import re
import runpy
import shlex
import shutil
import sys
import time
import urllib.error
import urllib.request
from typing import TextIO


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
    found = globals().get("_do_" + {"[": "test"}.get(name, name))
    if found is None:
        print(f"sh: {words[0]}: not found", file=sys.stderr)
        return 127
    try:
        return found(words[1:], out) or 0
    except OSError as error:
        print(f"{name}: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 1


def _python(words: list[str]) -> int:
    sys.argv = words[1:]
    try:
        if words[1] == "-c":
            exec(words[2], {"__name__": "__main__"})
        elif words[1] == "-m":
            runpy.run_module(words[2], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(words[1], run_name="__main__")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _do_sh(args: list[str], out: TextIO) -> int | None:
    if args[:1] == ["-c"]:
        return _run(_tokens(args[1]))
    if args:
        with open(args[0], encoding="utf-8") as file:
            return _run(_tokens(file.read()))
    return 0


_do_ash, _do_bash = _do_sh, _do_sh


def _do_sleep(args: list[str], out: TextIO) -> int | None:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    text = args[0]
    if text in ("infinity", "inf"):
        while True:
            time.sleep(3600)
    time.sleep(float(text.rstrip("smhd")) * units.get(text[-1], 1))


def _do_echo(args: list[str], out: TextIO) -> int | None:
    end = "\n"
    if args[:1] == ["-n"]:
        args, end = args[1:], ""
    print(*args, end=end, file=out)


def _do_cat(args: list[str], out: TextIO) -> int | None:
    for each in args:
        with open(each, encoding="utf-8") as file:
            out.write(file.read())


def _do_true(args: list[str], out: TextIO) -> int | None:
    return 0


def _do_false(args: list[str], out: TextIO) -> int | None:
    return 1


def _do_exit(args: list[str], out: TextIO) -> int | None:
    raise _ExitError(int(args[0]) if args else 0)


def _do_test(args: list[str], out: TextIO) -> int | None:
    args = [each for each in args if each != "]"]
    if args[:1] == ["!"]:
        return int(not _do_test(args[1:], out))
    if len(args) == 2:
        checks = {
            "-f": os.path.isfile,
            "-d": os.path.isdir,
            "-e": os.path.exists,
            "-s": lambda path: os.path.getsize(path) > 0,
        }
        checks |= {"-n": bool, "-z": lambda text: not text}
        return int(not checks[args[0]](args[1]))
    if len(args) == 3:
        if args[1] in ("=", "==", "!="):
            return int((args[0] == args[2]) == (args[1] == "!="))
        left, right = int(args[0]), int(args[2])
        truths = {
            "-eq": left == right,
            "-ne": left != right,
            "-gt": left > right,
            "-lt": left < right,
            "-ge": left >= right,
            "-le": left <= right,
        }
        return int(not truths[args[1]])
    return int(not args or not args[0])


def _do_date(args: list[str], out: TextIO) -> int | None:
    print(time.strftime(args[0][1:] if args else "%a %b %e %H:%M:%S UTC %Y", time.gmtime()), file=out)


def _do_env(args: list[str], out: TextIO) -> int | None:
    for name, text in sorted(os.environ.items()):
        print(f"{name}={text}", file=out)


def _do_ls(args: list[str], out: TextIO) -> int | None:
    for each in [one for one in args if not one.startswith("-")] or ["."]:
        for name in sorted(os.listdir(each)):
            print(name, file=out)


def _do_mkdir(args: list[str], out: TextIO) -> int | None:
    for each in [one for one in args if not one.startswith("-")]:
        os.makedirs(each, exist_ok="-p" in args)


def _do_rm(args: list[str], out: TextIO) -> int | None:
    for each in [one for one in args if not one.startswith("-")]:
        if os.path.isdir(each):
            shutil.rmtree(each)
        elif os.path.exists(each) or "-f" not in args:
            os.remove(each)


def _do_touch(args: list[str], out: TextIO) -> int | None:
    for each in args:
        with open(each, "a", encoding="utf-8"):
            pass


def _do_cp(args: list[str], out: TextIO) -> int | None:
    with open(args[0], "rb") as source, open(args[1], "wb") as target:
        target.write(source.read())


def _do_mv(args: list[str], out: TextIO) -> int | None:
    os.replace(args[0], args[1])


def _do_wget(args: list[str], out: TextIO) -> int | None:
    url = next(each for each in args if not each.startswith("-"))
    target = next((args[at + 1] for at, each in enumerate(args) if each in ("-O", "-qO")), "")
    try:
        with urllib.request.urlopen(url if "://" in url else f"http://{url}", timeout=30) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        print(f"wget: server returned error: HTTP/1.1 {error.code} {error.reason}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"wget: can't connect to remote host: {error}", file=sys.stderr)
        return 1
    if "-qO-" in args or "-O-" in args or target == "-":
        out.write(body.decode(errors="replace"))
    elif target not in ("/dev/null",):
        with open(target or os.path.basename(url) or "index.html", "wb") as file:
            file.write(body)
    return 0


def _do_httpd(args: list[str], out: TextIO) -> int | None:
    port = int(args[args.index("-p") + 1]) if "-p" in args else 80
    home = args[args.index("-h") + 1] if "-h" in args else "/"

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return home.rstrip("/") + os.path.normpath("/" + path.partition("?")[0])

    http.server.ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()


if __name__ == "__main__":
    try:
        sys.exit(call(sys.argv[1:]))
    except _ExitError as ended:
        sys.exit(ended.code)
