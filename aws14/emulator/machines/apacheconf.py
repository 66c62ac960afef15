"""The configuration files of Apache, as far as they say where pages are and on which port."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from aws14.emulator.machines.machine import Machine, Server
from aws14.emulator.machines.shell.errors import UnsupportedError

__all__ = ["ConfigurationError", "apache", "port_of"]


class ConfigurationError(Exception):
    """The server itself refuses its configuration."""


#: Directives of Apache that change nothing about which page is served here.
_APACHE_SILENT = frozenset(
    [
        "serverroot",
        "include",
        "user",
        "group",
        "serveradmin",
        "servername",
        "serveralias",
        "errorlog",
        "customlog",
        "loglevel",
        "logformat",
        "adddefaultcharset",
        "enablesendfile",
        "includeoptional",
        "allowoverride",
        "require",
        "options",
        "timeout",
        "keepalive",
        "maxkeepaliverequests",
        "keepalivetimeout",
        "serversignature",
        "addtype",
        "typesconfig",
        "hostnamelookups",
        "order",
        "allow",
        "deny",
        "loadmodule",
        "mimemagicfile",
        "addicon",
        "indexoptions",
        "accessfilename",
        "pidfile",
        "enablemmap",
    ]
)
_APACHE_SECTIONS = frozenset({"directory", "ifmodule", "files", "filesmatch", "virtualhost"})


def apache(machine: Machine, name: str) -> Server:
    """Return what Apache opens with the files in ``/etc/httpd`` or ``/etc/apache2``.

    Raises
    ------
    ConfigurationError
        Apache would not start.
    UnsupportedError
        A directive beyond this emulator.
    """
    found = _Apache()
    for path in _apache_files(machine, name):
        for directive, arguments in _apache_directives(machine, path):
            found.take(path, directive, arguments)
    if not found.ports:
        raise ConfigurationError("no listening sockets available, shutting down")
    if machine.disk.find(found.root) is None:
        raise ConfigurationError(f"AH00526: Syntax error: DocumentRoot '{found.root}' is not a directory")
    index = (*found.index, "index.php") if "php" in machine.packages else tuple(found.index)
    tls = (443,) if "mod_ssl" in machine.packages else ()
    ports = tuple(dict.fromkeys((*found.ports, *tls)))
    user = "apache" if name == "httpd" else "www-data"
    return Server("httpd", ports, found.root, index, user, f"/usr/sbin/{name} -DFOREGROUND", tls=tls)


@dataclass
class _Apache:
    """What the directives say so far."""

    ports: list[int] = field(default_factory=list)
    root: str = "/var/www/html"
    index: list[str] = field(default_factory=lambda: ["index.html"])

    def take(self, path: str, directive: str, arguments: list[str]) -> None:
        if directive == "listen":
            self.ports.append(port_of(arguments[0] if arguments else "", f"{path}: Listen"))
        elif directive == "documentroot" and arguments:
            self.root = arguments[0]
        elif directive == "directoryindex":
            self.index = arguments
        elif directive not in _APACHE_SILENT:
            raise UnsupportedError(f"{path}: {directive} {' '.join(arguments)}".strip())


def _apache_files(machine: Machine, name: str) -> list[str]:
    main = "/etc/httpd/conf/httpd.conf" if name == "httpd" else "/etc/apache2/apache2.conf"
    parts = "/etc/httpd/conf.d" if name == "httpd" else "/etc/apache2/conf-enabled"
    return [main, *(f"{parts}/{each}" for each in machine.disk.children(parts) if each.endswith(".conf"))]


def _apache_directives(machine: Machine, path: str) -> Iterator[tuple[str, list[str]]]:
    for line in machine.disk.text(path).replace("\\\n", " ").splitlines():
        text = line.strip()
        section = re.match(r"</?([A-Za-z]+)", text)
        if section is not None:
            if section[1].lower() not in _APACHE_SECTIONS:
                raise UnsupportedError(f"{path}: {text}")
        elif text and not text.startswith("#"):
            words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', text)]
            yield words[0].lower(), words[1:]


def port_of(text: str, where: str) -> int:
    """Return the port of ``80``, ``*:80`` or ``127.0.0.1:80``.

    Raises
    ------
    ConfigurationError
        It is none.
    """
    number = text.rpartition(":")[2]
    if not number.isdigit() or not 0 < int(number) < 65536:
        raise ConfigurationError(f"{where} {text}: invalid port")
    return int(number)
