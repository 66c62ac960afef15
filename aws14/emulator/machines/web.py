"""The HTTP servers of a machine: files by path, as Apache, nginx and Python's own server answer them."""

from __future__ import annotations

import posixpath
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from html import escape
from urllib.parse import quote, unquote, urlsplit

from aws14.emulator.machines import php
from aws14.emulator.machines.disk import FILE, FOLDER, Node, clean
from aws14.emulator.machines.machine import Fixed, Machine, Server
from aws14.emulator.machines.software import package

__all__ = ["Answer", "Wish", "serve"]

Answer = tuple[int, dict[str, str], bytes]
_TYPES = {
    ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "text/javascript", ".txt": "text/plain",
    ".json": "application/json", ".xml": "text/xml", ".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif",
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".ico": "image/vnd.microsoft.icon", ".webp": "image/webp",
    ".pdf": "application/pdf", ".md": "text/markdown", ".csv": "text/csv",
}  # fmt: skip
_REASONS = {
    301: "Moved Permanently",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    501: "Unsupported method",
}
_SENTENCES = {
    403: "You don't have permission to access this resource.",
    404: "The requested URL was not found on this server.",
    405: "The requested method is not allowed for this URL.",
    500: "The page failed: its error log, /var/log/httpd/error_log, says why.",
}
_TEST_PAGE = (
    "<!DOCTYPE html><html><head><title>Test Page for the Apache HTTP Server</title></head><body>"
    "<h1>Test Page</h1><p>The web server is installed and working; there is no page of its own yet.</p></body></html>"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A request.

    Parameters
    ----------
    method, path : str
        ``GET``, ``/index.html?x=1``.
    headers : dict
        As they came.
    body : bytes
        Whole.
    source : str
        The client's IPv4 address; by default the machine's own.
    patience_s : float or None
        For how long the client waits, AWS time; None: as long as it takes.
    """

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    source: str = "127.0.0.1"
    patience_s: float | None = None


def serve(machine: Machine, port: int, wish: Wish) -> Answer:
    """Answer a request from the files of the machine.

    Parameters
    ----------
    machine : Machine
        Whose server.
    port : int
        On which something listens.
    wish : Wish
        The request.

    Raises
    ------
    ConnectionResetError
        What listens there does not speak HTTP.
    TimeoutError
        The answer takes longer than the client waits.
    """
    server = machine.server_on(port)
    if server is None or server.kind == "other":
        raise ConnectionResetError(f"{machine.instance_id} does not speak HTTP on port {port}")
    status, headers, body = _answer(machine, server, wish, port)
    headers = {"Server": _banner(machine, server), "Content-Length": str(len(body)), **headers}
    return status, headers, b"" if wish.method == "HEAD" else body


def _banner(machine: Machine, server: Server) -> str:
    if server.kind == "python":
        return "SimpleHTTP/0.6 Python/3.9.23"
    ubuntu = machine.image == "ubuntu"
    name = {"httpd": "apache2" if ubuntu else "httpd"}.get(server.kind, server.kind)
    known = package(machine.image, name)
    version = known.version.partition(":")[2] or known.version if known else ""
    version = version.partition("-")[0]
    if server.kind == "nginx":
        return f"nginx/{version}"
    return f"Apache/{version} ({'Ubuntu' if ubuntu else 'Amazon Linux'})"


def _answer(machine: Machine, server: Server, wish: Wish, port: int) -> Answer:
    asked = unquote(urlsplit(wish.path).path, errors="surrogateescape") or "/"
    script = _script(machine, server, asked)
    if script:
        return _page(machine, server, wish, port=port, script=script)
    if wish.method not in ("GET", "HEAD"):
        return _problem(server, 501 if server.kind == "python" else 405)
    return _unmoving(machine, server, asked)


def _unmoving(machine: Machine, server: Server, asked: str) -> Answer:
    """What stands in the configuration or in a file."""
    fixed = [each for each in server.fixed if each.fits(asked)]
    if fixed:
        return _said(max(fixed, key=lambda each: (each.exact, len(each.place))))
    place = clean(server.root + "/" + clean(asked).lstrip("/"))
    node = machine.disk.find(place)
    if node is None:
        return _problem(server, 404)
    if not _reaches(machine, server, place):
        return _problem(server, 403 if server.kind != "python" else 404)
    if node.kind == FOLDER:
        return _folder(machine, server, asked, place)
    return _file(machine, server, place, node)


def _script(machine: Machine, server: Server, asked: str) -> str:
    """The file in PHP that answers a path; empty where none does."""
    if server.kind != "httpd" or "php" not in machine.packages:
        return ""
    place = clean(server.root + "/" + clean(asked).lstrip("/"))
    node = machine.disk.find(place)
    if node is not None and node.kind == FOLDER and asked.endswith("/"):
        names = (name for name in server.index if machine.disk.find(f"{place}/{name}") is not None)
        place = clean(f"{place}/{next(names, '')}")
        node = machine.disk.find(place)
    return place if node is not None and node.kind == FILE and place.endswith(".php") else ""


def _page(machine: Machine, server: Server, wish: Wish, *, port: int, script: str) -> Answer:
    if not _reaches(machine, server, script):
        return _problem(server, 403)
    asked = php.Asked(
        method=wish.method,
        path=wish.path,
        script=script,
        headers=wish.headers,
        body=wish.body,
        port=port,
        now=time.time(),
        source=wish.source,
        patience_s=wish.patience_s,
    )
    status, headers, body = php.answer(machine, asked)
    return (status, headers, body) if body or status < 500 else _problem(server, 500)


def _said(fixed: Fixed) -> Answer:
    if 300 <= fixed.status < 400:
        return fixed.status, {"Location": fixed.text, "Content-Type": "text/html"}, b""
    return fixed.status, {"Content-Type": "text/plain"}, fixed.text.encode()


def _reaches(machine: Machine, server: Server, place: str) -> bool:
    """Whether the server's user may read the file and pass through all folders above it."""
    groups = machine.groups_of(server.user)
    real = machine.disk.real(place)
    node = machine.disk.nodes[real]
    above, ways = posixpath.dirname(real), []
    while above != "/":
        ways.append(machine.disk.nodes[above])
        above = posixpath.dirname(above)
    return node.allows("r", server.user, groups) and all(way.allows("x", server.user, groups) for way in ways)


def _folder(machine: Machine, server: Server, asked: str, place: str) -> Answer:
    if not asked.endswith("/"):
        status, headers, body = _problem(server, 301)
        return status, {**headers, "Location": quote(asked) + "/"}, body
    for name in server.index:
        node = machine.disk.find(f"{place}/{name}")
        if node is not None and node.kind == FILE:
            return _file(machine, server, clean(f"{place}/{name}"), node)
    if server.kind == "python":
        return _listing(machine, asked, place)
    if server.kind == "httpd" and asked == "/" and machine.image != "ubuntu":
        return 403, {"Content-Type": "text/html; charset=UTF-8"}, _TEST_PAGE.encode()
    return _problem(server, 403)


def _listing(machine: Machine, asked: str, place: str) -> Answer:
    rows = []
    for name in machine.disk.children(place):
        node = machine.disk.find(f"{place}/{name}")
        shown = name + ("/" if node is not None and node.kind == FOLDER else "")
        rows.append(f'<li><a href="{quote(shown)}">{escape(shown)}</a></li>')
    title = f"Directory listing for {escape(asked)}"
    body = f"<!DOCTYPE HTML><html><head><title>{title}</title></head><body><h1>{title}</h1><hr><ul>"
    return (
        200,
        {"Content-Type": "text/html; charset=utf-8"},
        (body + "".join(rows) + "</ul><hr></body></html>").encode(),
    )


def _file(machine: Machine, server: Server, place: str, node: Node) -> Answer:
    if not _reaches(machine, server, place):
        return _problem(server, 403)
    extension = posixpath.splitext(place)[1].lower()
    headers = {"Last-Modified": formatdate(node.changed, usegmt=True)}
    kind = _TYPES.get(extension, "application/octet-stream" if server.kind != "httpd" else "")
    if kind:
        charset = "; charset=UTF-8" if server.kind == "httpd" and kind.startswith("text/") else ""
        headers["Content-Type"] = kind + charset
    return 200, headers, node.data


def _problem(server: Server, status: int) -> Answer:
    reason, sentence = _REASONS[status], _SENTENCES.get(status, "")
    title = f"{status} {reason}"
    head, shown = {
        "nginx": (title, f"<center><h1>{title}</h1></center>"),
        "python": ("Error response", f"<h1>Error response</h1><p>{title}</p>"),
    }.get(server.kind, (title, f"<h1>{reason}</h1><p>{sentence}</p>"))
    body = f"<html><head><title>{head}</title></head><body>{shown}</body></html>\n"
    return status, {"Content-Type": "text/html; charset=iso-8859-1"}, body.encode()
