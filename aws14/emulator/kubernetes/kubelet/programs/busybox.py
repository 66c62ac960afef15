# Commands share one signature, and a program of a container writes to its terminal.
# ruff: noqa: ARG001, PTH103, PTH105, PTH107, PTH110, PTH112, PTH119, PTH123, PTH202, PTH208, T201
# mypy: disable-error-code="return, no-untyped-call"
"""The commands of a small busybox for pods: those that probes and jobs use.

Runs inside a worker, which may not start programs; standard library only.
"""

import http.server
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from typing import TextIO


def _sleep(args: list[str], out: TextIO) -> int | None:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    text = args[0]
    if text in ("infinity", "inf"):
        while True:
            time.sleep(3600)
    time.sleep(float(text.rstrip("smhd")) * units.get(text[-1], 1))


def _echo(args: list[str], out: TextIO) -> int | None:
    end = "\n"
    if args[:1] == ["-n"]:
        args, end = args[1:], ""
    print(*args, end=end, file=out)


def _printf(args: list[str], out: TextIO) -> int | None:
    form = args[0].encode().decode("unicode_escape")
    given = iter(args[1:])
    out.write(re.sub(r"%[sdi%]", lambda found: "%" if found[0] == "%%" else next(given, ""), form))


def _cat(args: list[str], out: TextIO) -> int | None:
    for each in args:
        with open(each, encoding="utf-8") as file:
            out.write(file.read())


def _true(args: list[str], out: TextIO) -> int | None:
    return 0


def _false(args: list[str], out: TextIO) -> int | None:
    return 1


def _test(args: list[str], out: TextIO) -> int | None:
    args = [each for each in args if each != "]"]
    if args[:1] == ["!"]:
        return int(not _test(args[1:], out))
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


def _date(args: list[str], out: TextIO) -> int | None:
    print(time.strftime(args[0][1:] if args else "%a %b %e %H:%M:%S UTC %Y", time.gmtime()), file=out)


def _env(args: list[str], out: TextIO) -> int | None:
    for name, text in sorted(os.environ.items()):
        print(f"{name}={text}", file=out)


def _ls(args: list[str], out: TextIO) -> int | None:
    for each in [one for one in args if not one.startswith("-")] or ["."]:
        for name in sorted(os.listdir(each)):
            print(name, file=out)


def _mkdir(args: list[str], out: TextIO) -> int | None:
    for each in [one for one in args if not one.startswith("-")]:
        os.makedirs(each, exist_ok="-p" in args)


def _rm(args: list[str], out: TextIO) -> int | None:
    for each in [one for one in args if not one.startswith("-")]:
        if os.path.isdir(each):
            shutil.rmtree(each)
        elif os.path.exists(each) or "-f" not in args:
            os.remove(each)


def _touch(args: list[str], out: TextIO) -> int | None:
    for each in args:
        with open(each, "a", encoding="utf-8"):
            pass


def _cp(args: list[str], out: TextIO) -> int | None:
    with open(args[0], "rb") as source, open(args[1], "wb") as target:
        target.write(source.read())


def _mv(args: list[str], out: TextIO) -> int | None:
    os.replace(args[0], args[1])


def _wget(args: list[str], out: TextIO) -> int | None:
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


def _httpd(args: list[str], out: TextIO) -> int | None:
    port = int(args[args.index("-p") + 1]) if "-p" in args else 80
    home = args[args.index("-h") + 1] if "-h" in args else "/"

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return home.rstrip("/") + os.path.normpath("/" + path.partition("?")[0])

    http.server.ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()


COMMANDS = {
    "[": _test,
    "sleep": _sleep,
    "echo": _echo,
    "printf": _printf,
    "cat": _cat,
    "true": _true,
    "false": _false,
    "test": _test,
    "date": _date,
    "env": _env,
    "ls": _ls,
    "mkdir": _mkdir,
    "rm": _rm,
    "touch": _touch,
    "cp": _cp,
    "mv": _mv,
    "wget": _wget,
    "httpd": _httpd,
}
"""What busybox does here: arguments and where to write -> exit code, None for 0."""
