"""The configuration files of nginx, as far as they say where pages are, on which port, and what has a fixed answer."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from aws14.emulator.machines.apacheconf import ConfigurationError, port_of
from aws14.emulator.machines.machine import Fixed, Machine, Server
from aws14.emulator.machines.shell.errors import UnsupportedError

__all__ = ["nginx"]

_TOKEN = re.compile(r"""\s*(?:#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([{};])|([^\s{};"']+))""")
_FOLDERS = ("/etc/nginx/conf.d", "/etc/nginx/sites-enabled")
_MAIN = "/etc/nginx/nginx.conf"
#: Directives that change nothing about which page is served here.
_SILENT = frozenset(
    {
        *("user", "worker_processes", "error_log", "pid", "worker_connections", "default_type", "sendfile"),
        *("keepalive_timeout", "include", "server_name", "error_page", "types", "access_log", "log_format"),
        *("tcp_nopush", "tcp_nodelay", "types_hash_max_size", "charset", "gzip", "client_max_body_size"),
        *("try_files", "expires", "add_header", "server_tokens", "multi_accept", "use", "log_not_found"),
    }
)
_CONTEXTS = frozenset({"events", "http", "server"})


@dataclass(frozen=True)
class _Directive:
    words: tuple[str, ...]
    inner: tuple[_Directive, ...] | None = None

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass
class _Found:
    """What the servers say so far."""

    ports: list[int] = field(default_factory=list)
    root: str = ""
    index: tuple[str, ...] = ()
    fixed: list[Fixed] = field(default_factory=list)

    def takes(self, name: str, arguments: list[str], path: str) -> bool:
        """Take a directive; False for one that is not known. What is said first stands."""
        if name == "listen" and arguments:
            if not arguments[0].startswith("[::]"):
                self.ports.append(port_of(arguments[0], f"{path}: listen"))
        elif name == "root" and arguments:
            self.root = self.root or posixpath.normpath(arguments[0])
        elif name == "index":
            self.index = self.index or tuple(arguments)
        else:
            return False
        return True


def nginx(machine: Machine) -> Server:
    """Return what nginx opens with the files in ``/etc/nginx``.

    A file in ``conf.d`` that has a server of its own stands before the default one.

    Raises
    ------
    ConfigurationError
        nginx would not start.
    UnsupportedError
        A directive beyond this emulator: a proxy, a rewrite, a location with a root of its own.
    """
    extra = [f"{folder}/{name}" for folder in _FOLDERS for name in machine.disk.children(folder)]
    files = [path for path in extra if path.startswith(_FOLDERS[1]) or path.endswith(".conf")]
    found = _Found()
    for path in [*files, _MAIN]:
        _take(found, _parsed(machine.disk.text(path), path), path)
    if not found.ports:
        raise ConfigurationError("no servers are listening")
    index = found.index or ("index.html", "index.htm", "index.nginx-debian.html")
    user = "www-data" if machine.image == "ubuntu" else "nginx"
    ports = tuple(dict.fromkeys(found.ports))
    root = found.root or "/usr/share/nginx/html"
    return Server("nginx", ports, root, index, user, "nginx: master process", fixed=tuple(found.fixed))


def _parsed(text: str, path: str) -> tuple[_Directive, ...]:
    stack: list[list[_Directive]] = [[]]
    heads: list[tuple[str, ...]] = []
    words: list[str] = []
    for found in _TOKEN.finditer(text):
        double, single, sign, plain = found.groups()
        if sign is None:
            words += [each for each in (double, single, plain) if each is not None]
            continue
        if sign == "{":
            heads.append(tuple(words))
            stack.append([])
        elif sign == ";":
            stack[-1].append(_Directive(tuple(words)))
        elif len(stack) == 1:
            raise ConfigurationError(f'unexpected "}}" in {path}')
        else:
            inner = tuple(stack.pop())
            stack[-1].append(_Directive(heads.pop(), inner))
        words = []
    if len(stack) > 1 or words:
        raise ConfigurationError(f'unexpected end of file, expecting ";" or "}}" in {path}')
    return tuple(stack[0])


def _take(found: _Found, directives: tuple[_Directive, ...], path: str) -> None:
    for each in directives:
        name = each.words[0] if each.words else ""
        if name in _CONTEXTS and each.inner is not None:
            _take(found, each.inner, path)
        elif name == "location":
            _take_location(found, each, path)
        elif name == "return":
            found.fixed.append(_fixed("/", each, path, exact=False))
        elif name not in _SILENT and not found.takes(name, list(each.words[1:]), path):
            raise UnsupportedError(f"{path}: {each}")


def _take_location(found: _Found, location: _Directive, path: str) -> None:
    *sign, place = location.words[1:] or ("",)
    if sign not in ([], ["="], ["^~"]) or location.inner is None:
        raise UnsupportedError(f"{path}: {location}")
    for each in location.inner:
        name = each.words[0] if each.words else ""
        if name == "return":
            found.fixed.append(_fixed(place, each, path, exact=sign == ["="]))
        elif name in ("root", "index") and place == "/":
            _take(found, (each,), path)
        elif name not in _SILENT:
            raise UnsupportedError(f"{path}: {location}: {each}")


def _fixed(place: str, directive: _Directive, path: str, *, exact: bool) -> Fixed:
    code, text = directive.words[1], " ".join(directive.words[2:])
    if not code.isdigit() or "$" in text:
        raise UnsupportedError(f"{path}: {directive}")
    return Fixed(place, exact, int(code), text.replace("\\n", "\n"))
