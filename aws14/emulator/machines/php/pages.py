"""A request in, an answer out: what the web server does with a file in PHP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.php import functions, mysql
from aws14.emulator.machines.php.reading import read
from aws14.emulator.machines.php.running import Page, Response, Runner, ThrownError
from aws14.emulator.machines.php.sessions import Visit
from aws14.emulator.machines.php.tokens import PageError
from aws14.emulator.machines.php.values import number, text

__all__ = ["Asked", "answer"]

_LOG = "/var/log/httpd/error_log"
_MOST_LOG = 262_144


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a page.

    Parameters
    ----------
    method, path : str
        ``GET``, ``/index.php?x=1``.
    script : str
        Absolute path of the file on the machine.
    headers : dict
        As they came.
    body : bytes
        Whole.
    port : int
        On which it came.
    now : float
        Epoch seconds of AWS time.
    source : str
        The client's IPv4 address.
    patience_s : float or None
        For how long the client waits, AWS time; None: as long as it takes.
    """

    method: str
    path: str
    script: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: int = 80
    now: float = 0.0
    source: str = ""
    patience_s: float | None = None


def answer(machine: Machine, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    """Run a page: status, headers, body. A page that fails is answered with 500, and the error log says why.

    Raises
    ------
    TimeoutError
        It has slept for longer than the client waits; what it did is done.
    """
    page = Page(functions={}, classes={}, globals={})
    said = page.response
    visit = Visit(machine, _cookies(asked), lambda name, value: said.headers.append((name, value)), now=asked.now)
    page.globals.update(_superglobals(machine, asked, visit))
    page.functions = {**functions.plain, **functions.moments(asked.now), **_of_request(machine, page, visit)}
    databases = mysql.Databases(machine.instance_id)
    page.functions = {**page.functions, **databases.functions()}
    page.classes = {**_exceptions(), **databases.classes()}
    try:
        Runner(page).run(read(machine.disk.text(asked.script)))
    except ThrownError as thrown:
        _fail(said, f"PHP Fatal error:  Uncaught {thrown.kind}: {thrown.message} in {asked.script}")
    except PageError as problem:
        _fail(said, str(problem))
    except (TypeError, AttributeError, KeyError, ValueError) as problem:
        _fail(said, f"PHP Fatal error:  Uncaught TypeError: {problem} in {asked.script}")
    finally:
        databases.close()
    visit.keep()
    _log(machine, said, asked.now)
    if asked.patience_s is not None and said.slept_s > asked.patience_s:
        raise TimeoutError(f"{asked.script} sleeps for {said.slept_s:g} s")
    return said.status, _headers(said), "".join(said.body).encode("utf-8", "surrogateescape")


def _cookies(asked: Asked) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(_header(asked, "cookie"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _header(asked: Asked, name: str) -> str:
    return next((value for key, value in asked.headers.items() if key.lower() == name), "")


def _superglobals(machine: Machine, asked: Asked, visit: Visit) -> dict[str, Any]:
    url = urlsplit(asked.path)
    get = dict(parse_qsl(url.query, keep_blank_values=True))
    form = "x-www-form-urlencoded" in _header(asked, "content-type")
    post = dict(parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True)) if form else {}
    server: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "REQUEST_URI": asked.path,
        "QUERY_STRING": url.query,
        "SCRIPT_FILENAME": asked.script,
        "REMOTE_ADDR": asked.source,
        "SERVER_ADDR": machine.address,
        "SERVER_NAME": _header(asked, "host").partition(":")[0],
        "SERVER_PORT": str(asked.port),
        "REQUEST_TIME": int(asked.now),
    }
    server |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in asked.headers.items()}
    cookies = _cookies(asked)
    return {
        "_GET": get,
        "_POST": post,
        "_REQUEST": {**get, **post},
        "_COOKIE": cookies,
        "_SERVER": server,
        "_SESSION": visit.data,
    }


def _of_request(machine: Machine, page: Page, visit: Visit) -> dict[str, Callable[..., Any]]:
    def header(line: Any, *_: Any) -> None:
        name, value = (part.strip() for part in (*text(line).split(":", 1), "")[:2])
        if name.upper().startswith("HTTP/"):
            page.response.status = int(number(name.partition(" ")[2]))
        elif name:
            page.response.headers.append((name, value))
            if name.lower() == "location" and page.response.status == 200:
                page.response.status = 302

    def status(code: Any = None) -> int:
        if code is not None:
            page.response.status = int(number(code))
        return page.response.status

    def cookie(name: Any, value: Any = "", *_: Any) -> bool:
        page.response.headers.append(("Set-Cookie", f"{text(name)}={text(value)}; path=/"))
        return True

    return {
        "sleep": lambda seconds: _sleep(page, float(number(seconds))),
        "usleep": lambda microseconds: _sleep(page, float(number(microseconds)) / 1e6),
        "gethostname": lambda: machine.hostname,
        "php_uname": lambda *_: f"Linux {machine.hostname}",
        "header": header,
        "http_response_code": status,
        "setcookie": cookie,
        "session_start": lambda *_: visit.start(),
        "session_id": lambda *_: visit.name,
        "session_destroy": visit.destroy,
        "session_regenerate_id": lambda *_: True,
        "error_log": lambda line, *_: page.response.log.append(text(line)),
        "printf": lambda *given: page.response.body.append(functions.printed(*given)),
        "var_dump": lambda *given: page.response.body.extend(f"{value!r}\n" for value in given),
        "print_r": lambda given, *_: page.response.body.append(text(given)),
        "file_get_contents": lambda path, *_: machine.disk.text(text(path)),
    }


def _sleep(page: Page, seconds: float) -> int:
    page.response.slept_s += seconds
    return 0


def _exceptions() -> dict[str, Callable[..., Any]]:
    def maker(kind: str) -> Callable[..., Any]:
        return lambda message="", code=0, *_: ThrownError(kind, text(message), int(number(code)))

    return {
        kind.lower(): maker(kind) for kind in ("Exception", "RuntimeException", "InvalidArgumentException", "Error")
    }


def _fail(said: Response, line: str) -> None:
    said.log.append(line)
    said.status = 500
    said.headers = [pair for pair in said.headers if pair[0].lower() != "set-cookie"]


def _log(machine: Machine, said: Response, now: float) -> None:
    if not said.log:
        return
    before = machine.disk.text(_LOG)[-_MOST_LOG:]
    lines = "".join(f"[php:error] {line}\n" for line in said.log)
    machine.disk.write(_LOG, before + lines, now=now)


def _headers(said: Response) -> dict[str, str]:
    """Headers by name; several of one name on lines of their own, as HTTP/1.1 writes them."""
    found: dict[str, str] = {"X-Powered-By": "PHP/8.4.0", "Content-Type": "text/html; charset=UTF-8"}
    for name, value in said.headers:
        title = next((key for key in found if key.lower() == name.lower()), name)
        found[title] = f"{found[title]}\n{value}" if title == "Set-Cookie" and title in found else value
    return found
