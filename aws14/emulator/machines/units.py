"""Services: what ``systemctl`` starts, from packages and from unit files."""

from __future__ import annotations

import posixpath
import re
import shlex

from aws14.emulator.machines.apacheconf import ConfigurationError, apache
from aws14.emulator.machines.machine import Machine, Server, Service
from aws14.emulator.machines.nginxconf import nginx
from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.software import Package, packages

__all__ = ["check", "http_server", "known", "open_server", "start", "stop", "unit_file"]

_FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_DESCRIPTIONS = {
    "httpd": "The Apache HTTP Server",
    "apache2": "LSB: Apache2 web server",
    "nginx": "The nginx HTTP and reverse proxy server",
    "mariadb": "MariaDB 10.5 database server",
    "docker": "Docker Application Container Engine",
    "sshd": "OpenSSH server daemon",
    "amazon-ssm-agent": "amazon-ssm-agent",
    "chronyd": "NTP client/server",
}
#: Units that every image has; they run from the start.
_ON_IMAGE = ("sshd", "amazon-ssm-agent", "chronyd")
_HTTP_SERVER = ("-m", "http.server")


def known(machine: Machine, name: str) -> Service | None:
    """Return the service of that name, None where there is no such unit.

    Parameters
    ----------
    machine : Machine
        Where; a unit that is named for the first time is entered there.
    name : str
        With ``.service`` or without.
    """
    plain = name.removesuffix(".service")
    if plain in machine.services:
        return machine.services[plain]
    if plain in _ON_IMAGE:
        machine.services[plain] = Service(plain, _DESCRIPTIONS[plain], enabled=True, active=True)
        return machine.services[plain]
    text = unit_file(machine, plain)
    if not text and _package(machine, plain) is None:
        return None
    described = re.search(r"^Description=(.*)$", text, re.MULTILINE)
    description = described[1].strip() if described else _DESCRIPTIONS.get(plain, plain)
    machine.services[plain] = Service(plain, description)
    return machine.services[plain]


def unit_file(machine: Machine, name: str) -> str:
    """Return the text of a unit file that somebody wrote; empty where there is none."""
    return next(filter(None, (machine.disk.text(f"{folder}/{name}.service") for folder in _FOLDERS)), "")


def _package(machine: Machine, service: str) -> Package | None:
    found = (one for one in packages(machine.image).values() if one.service == service)
    return next((one for one in found if one.name in machine.packages), None)


def start(machine: Machine, service: Service, now: float) -> None:
    """Start a service that does not run.

    Parameters
    ----------
    machine : Machine
        Where.
    service : Service
        Changed in place.
    now : float
        Epoch seconds of AWS time.

    Raises
    ------
    RefusedError
        It fails, as on a real machine.
    UnsupportedError
        Its configuration asks for something beyond this emulator.
    """
    service.since, service.failed = now, True
    service.server = open_server(machine, service)
    service.active, service.failed = True, False


def stop(service: Service, now: float) -> None:
    """Stop a service."""
    if service.active:
        service.since = now
    service.active, service.failed, service.server = False, False, None


def open_server(machine: Machine, service: Service) -> Server | None:
    """Return what a service opens with its configuration as it is now; None for nothing.

    Raises
    ------
    RefusedError
        The port is taken, or the configuration is wrong.
    UnsupportedError
        The configuration, or the program, is beyond this emulator.
    """
    text = unit_file(machine, service.name)
    server = _of_unit(service.name, text) if text else _of_package(machine, service.name)
    for port in server.ports if server else ():
        if machine.server_on(port) is not None:
            raise RefusedError(f"{service.name}: Address already in use: could not bind to port {port}")
    return server


def check(machine: Machine, name: str) -> None:
    """Read the configuration of a web server without starting it.

    Raises
    ------
    RefusedError
        It is wrong.
    UnsupportedError
        It asks for something beyond this emulator.
    """
    _of_package(machine, name)


def _of_package(machine: Machine, name: str) -> Server | None:
    try:
        if name in ("httpd", "apache2"):
            return apache(machine, name)
        if name == "nginx":
            return nginx(machine)
    except ConfigurationError as wrong:
        raise RefusedError(f"{name}: {wrong}") from None
    package = _package(machine, name)
    if package is None or not package.port:
        return None
    return Server("other", (package.port,), user=package.user, command=name, local=package.local)


def _of_unit(name: str, text: str) -> Server | None:
    """A unit file that somebody wrote."""
    values = dict(re.findall(r"^(\w+)=(.*?)\s*$", text, re.MULTILINE))
    words = shlex.split(values.get("ExecStart", ""))
    if not words:
        raise RefusedError(f"{name}.service: Service has no ExecStart=, refusing.")
    if not re.fullmatch(r"(/usr(/local)?/bin/)?python3?(\.\d+)?", words[0]):
        raise UnsupportedError(f"{name}.service: ExecStart={values['ExecStart']}")
    return http_server(words[1:], values.get("WorkingDirectory", "/"), values.get("User", "root"))


def http_server(arguments: list[str], folder: str, user: str) -> Server:
    """Return the server that ``python3 -m http.server`` opens.

    Parameters
    ----------
    arguments : list of str
        After ``python3``.
    folder : str
        Where it is started.
    user : str
        Who starts it.

    Raises
    ------
    RefusedError
        Only root may open a port below 1024.
    UnsupportedError
        Another use of Python.
    """
    command = " ".join(["python3", *arguments])
    left = [argument for argument in arguments if argument != "-u"]
    if tuple(left[:2]) != _HTTP_SERVER:
        raise UnsupportedError(command)
    port, root, local = 8000, folder, False
    rest = iter(left[2:])
    for argument in rest:
        if argument in ("--directory", "-d"):
            root = posixpath.join(folder, next(rest, ""))
        elif argument in ("--bind", "-b"):
            local = next(rest, "").startswith(("127.", "localhost"))
        elif argument.isdigit():
            port = int(argument)
        else:
            raise UnsupportedError(command)
    if port < 1024 and user != "root":
        raise RefusedError("PermissionError: [Errno 13] Permission denied")
    return Server("python", (port,), root, ("index.html", "index.htm"), user, command, local)
