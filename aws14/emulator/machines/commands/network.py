"""curl and wget."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import urlsplit

from aws14.emulator.durations import typical_s
from aws14.emulator.machines.commands.options import Options, options
from aws14.emulator.machines.outside import Reply, Request
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__ = ["send"]

METADATA = ("169.254.169.254", "fd00:ec2::254")
_CURL_LONG = ("silent", "show-error", "fail", "location", "head", "include", "insecure", "verbose", "compressed",
              "max-time=", "connect-timeout=", "retry=", "retry-delay=", "request=", "header=", "output=", "data=",
              "write-out=", "user-agent=", "noproxy=", "url=", "retry-connrefused")  # fmt: skip
_CURL_PROBLEMS = {
    "unresolved": (6, "Could not resolve host: {host}"),
    "refused": (7, "Failed to connect to {host} port {port}: Connection refused"),
    "timed out": (28, "Failed to connect to {host} port {port}: Connection timed out"),
    "reset": (56, "Recv failure: Connection reset by peer"),
}


def send(call: Call, request: Request, limit_s: float) -> Reply:
    """Send a request from the machine, to itself, to the metadata service, or out; waiting takes its time.

    Parameters
    ----------
    call : Call
        Who asks.
    request : Request
        What.
    limit_s : float
        After so many seconds without a connection it gives up.
    """
    if request.host in METADATA:
        reply = call.shell.outside.metadata(request)
    elif request.host in ("localhost", "127.0.0.1", call.machine.hostname, call.machine.name, call.machine.address):
        reply = _local(call, request)
    else:
        reply = call.shell.outside.fetch(request)
    if reply.problem == "timed out":
        call.shell.outside.spend(limit_s)
    return reply


def _local(call: Call, request: Request) -> Reply:
    from aws14.emulator.machines.web import Wish, serve

    if call.machine.server_on(request.port) is None:
        return Reply(0, problem="refused")
    if call.machine.speaks_tls(request.port) != (request.scheme == "https"):
        return Reply(0, problem="reset")
    try:
        status, headers, body = serve(
            call.machine, request.port, Wish(request.method, request.path, dict(request.headers), request.body)
        )
    except ConnectionResetError:
        return Reply(0, problem="reset")
    return Reply(status, headers, body)


def _request(url: str, method: str, headers: Mapping[str, str], body: str) -> Request:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    scheme = parts.scheme or "http"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if scheme == "https" else 80)
    return Request(method, scheme, parts.hostname or "", port, path, dict(headers), body.encode())


@command("curl")
def _curl(call: Call) -> int:
    headers = _take_headers(call)
    given = options(call, "sSfLIikvO4#gNj", valued="XomdwAuH", long=_CURL_LONG)
    urls = given.operands + ([given["url"]] if "url" in given else [])
    if given.any("u", "compressed") or len(urls) != 1:
        raise call.unsupported()
    data = given.get("d", given.get("data", ""))
    method = given.get("X", given.get("request", "HEAD" if given.any("I", "head") else "POST" if data else "GET"))
    limit = given.get("connect-timeout", given.get("m", given.get("max-time", "")))
    request = _request(urls[0], method, headers, data)
    reply = send(call, request, float(limit or typical_s("TCP connection attempt given up")))
    if reply.problem:
        return _failed(call, request, reply, given)
    return _received(call, request, reply, given)


def _take_headers(call: Call) -> dict[str, str]:
    """Take the headers out of the arguments: the only option that comes more than once."""
    left, headers = list[str](), dict[str, str]()
    rest = list(call.arguments)
    while rest:
        word = rest.pop(0)
        if word in ("-H", "--header") and rest:
            name, _, value = rest.pop(0).partition(":")
            headers[name.strip().lower()] = value.strip()
        else:
            left.append(word)
    call.arguments[:] = left
    return headers


def _failed(call: Call, request: Request, reply: Reply, given: Options) -> int:
    status, text = _CURL_PROBLEMS[reply.problem]
    if not given.any("s", "silent") or given.any("S", "show-error"):
        text = text.format(host=request.host, port=request.port)
        call.shell.write(f"curl: ({status}) {text}\n", 2)
    _write_out(call, given, 0)
    return status


def _received(call: Call, request: Request, reply: Reply, given: Options) -> int:
    if reply.status >= 400 and given.any("f", "fail"):
        if not given.any("s", "silent") or given.any("S", "show-error"):
            call.shell.write(f"curl: (22) The requested URL returned error: {reply.status}\n", 2)
        return 22
    body = reply.body.decode("utf-8", "surrogateescape")
    if given.any("I", "head", "i", "include"):
        lines = [f"HTTP/1.1 {reply.status}", *(f"{name}: {value}" for name, value in reply.headers.items())]
        body = "\r\n".join(lines) + "\r\n\r\n" + ("" if given.any("I", "head") else body)
    output = given.get("o", given.get("output", posixpath.basename(request.path) if "O" in given else ""))
    if output and output != "/dev/null":
        call.files.write(output, body)
    elif not output:
        call.out(body)
    _write_out(call, given, reply.status)
    return 0


def _write_out(call: Call, given: Options, status: int) -> None:
    form = given.get("w", given.get("write-out", ""))
    call.out(form.replace("%{http_code}", f"{status:03d}").replace("\\n", "\n"))


@command("wget")
def _wget(call: Call) -> int:
    headers: dict[str, str] = {}
    for each in [each for each in call.arguments if each.startswith("--header=")]:
        call.arguments.remove(each)
        name, _, value = each.removeprefix("--header=").strip("\"'").partition(":")
        headers[name.strip().lower()] = value.strip()
    given = options(call, "qnv", valued="OTtP", long=("quiet", "no-check-certificate", "method=", "timeout=", "tries="))
    if len(given.operands) != 1:
        raise call.unsupported()
    request = _request(given.operands[0], given.get("method", "GET"), headers, "")
    limit = given.get("T", given.get("timeout", ""))
    reply = send(call, request, float(limit or typical_s("TCP connection attempt given up")))
    if reply.problem:
        raise RefusedError(f"wget: {request.host}:{request.port}: {reply.problem}", 4)
    if reply.status >= 400:
        raise RefusedError(f"ERROR {reply.status}.", 8)
    name = given.get("O", posixpath.basename(request.path) or "index.html")
    text = reply.body.decode("utf-8", "surrogateescape")
    if name == "-":
        call.out(text)
    else:
        call.files.write(posixpath.join(given.get("P", ""), name), text)
    return 0
