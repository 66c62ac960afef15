"""Small programs around the network and AWS: nc, ec2-metadata, aws --version, python3 -m http.server."""

from __future__ import annotations

from aws14.emulator.durations import typical_s
from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.outside import Request
from aws14.emulator.machines.shell.errors import ForeverError, RefusedError
from aws14.emulator.machines.shell.lookup import Call, command
from aws14.emulator.machines.units import http_server

__all__ = ["METADATA_NAMES"]

#: What ``ec2-metadata`` prints: option, title, path.
METADATA_NAMES = (
    ("ami-id", "a", "ami-id"),
    ("instance-id", "i", "instance-id"),
    ("instance-type", "t", "instance-type"),
    ("local-hostname", "h", "local-hostname"),
    ("local-ipv4", "o", "local-ipv4"),
    ("placement", "z", "placement/availability-zone"),
    ("public-hostname", "p", "public-hostname"),
    ("public-ipv4", "v", "public-ipv4"),
    ("security-groups", "s", "security-groups"),
)


@command("nc", "ncat")
def _nc(call: Call) -> int:
    given = options(call, "zv4n", valued="w")
    if "z" not in given or len(given.operands) != 2 or not given.operands[1].isdigit():
        raise call.unsupported()
    host, port = given.operands[0], int(given.operands[1])
    if host in ("localhost", "127.0.0.1"):
        problem = "" if call.machine.server_on(port) or port == 22 else "refused"
    else:
        problem = call.shell.outside.connects(host, port)
    if problem == "timed out":
        call.shell.outside.spend(float(given.get("w", typical_s("TCP connection attempt given up"))))
    texts = {"": f"Connected to {host}:{port}.", "refused": "Connection refused.", "timed out": "TIMEOUT."}
    if "v" in given or problem:
        call.shell.write(f"Ncat: {texts.get(problem, 'Could not resolve hostname.')}\n", 2)
    return int(bool(problem))


@command("ec2-metadata", "ec2metadata")
def _ec2_metadata(call: Call) -> int:
    words = [each.lstrip("-") for each in call.arguments]
    quiet = any(each in ("quiet", "q") for each in words)
    words = [each for each in words if each not in ("quiet", "q")]
    wanted = [row for row in METADATA_NAMES if not words or row[0] in words or row[1] in words or row[2] in words]
    if words and len(wanted) != len(words):
        raise call.unsupported()
    token = _ask(call, "PUT", "/latest/api/token", {"x-aws-ec2-metadata-token-ttl-seconds": "60"})
    for title, _, path in wanted:
        value = _ask(call, "GET", f"/latest/meta-data/{path}", {"x-aws-ec2-metadata-token": token})
        call.out(f"{value}\n" if quiet else f"{title}: {value or 'not available'}\n")
    return 0


def _ask(call: Call, method: str, path: str, headers: dict[str, str]) -> str:
    reply = call.shell.outside.metadata(Request(method, "http", "169.254.169.254", 80, path, headers))
    return reply.body.decode() if reply.status == 200 else ""


@command("aws")
def _aws(call: Call) -> int:
    if call.arguments != ["--version"]:
        raise call.unsupported()
    call.out("aws-cli/2.30.4 Python/3.9.23 Linux/6.1 source/x86_64.amzn.2023\n")
    return 0


@command("python3", "python")
def _python(call: Call) -> int:
    if call.arguments in (["--version"], ["-V"]):
        call.out("Python 3.9.23\n")
        return 0
    server = http_server(list(call.arguments), call.shell.folder, call.shell.user)
    if call.machine.server_on(server.ports[0]) is not None:
        raise RefusedError("OSError: [Errno 98] Address already in use")
    call.machine.processes.append(server)
    if not call.shell.background:
        raise ForeverError(server.command)
    return 0
