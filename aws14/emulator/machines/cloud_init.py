"""User data as cloud-init takes it: what kind it is, and what a cloud-config asks for, in its order.

Sources: cloud-init documentation ("User-data formats", "Boot stages", "Module reference"), EC2 user guide ("Run
commands on your Linux instance at launch").
"""

from __future__ import annotations

import base64
import gzip
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from typing import Any

from aws14.emulator.machines.shell.errors import UnsupportedError

__all__ = ["Part", "Step", "content_of", "parts", "steps"]

_SHELLS = re.compile(r"#!\s*(?:/usr)?/bin/(?:env\s+)?(?:ba|da)?sh\b(.*)")
_SILENT = frozenset(
    {
        "output",
        "locale",
        "manage_etc_hosts",
        "preserve_hostname",
        "final_message",
        "ssh_pwauth",
        "disable_root",
        "package_reboot_if_required",
        "merge_how",
        "chpasswd",
        "resize_rootfs",
    }
)
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One part of user data.

    Parameters
    ----------
    kind : {'script', 'config', 'unhandled'}
        What cloud-init does with it.
    text : str
        The part.
    options : str
        ``e``, ``x`` and ``u`` of a script's first line.
    """

    kind: str
    text: str
    options: str = ""


@dataclass(frozen=True)
class Step:
    """Something that a cloud-config asks for, as commands.

    Parameters
    ----------
    module : str
        Of cloud-init, for the log.
    script : str
        Commands in the shell's language; empty where `file` says it all.
    file : dict or None
        An entry of ``write_files``.
    """

    module: str
    script: str = ""
    file: dict[str, Any] | None = None


def parts(data: bytes) -> list[Part]:
    """Return the parts of user data.

    Raises
    ------
    UnsupportedError
        A format beyond this emulator.
    """
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data[:_MOST_BYTES])[:_MOST_BYTES]
    text = data.decode("utf-8", "surrogateescape")
    if re.match(r"\s*(content-type|mime-version):", text, re.IGNORECASE):
        return [part for inner in _inner(text) for part in parts(inner.encode("utf-8", "surrogateescape"))]
    return [_part(text)] if text.strip() else []


def _inner(text: str) -> Iterator[str]:
    for message in message_from_string(text.lstrip()).walk():
        if not message.is_multipart():
            payload = message.get_payload(decode=True)
            yield payload.decode("utf-8", "surrogateescape") if isinstance(payload, bytes) else ""


def _part(text: str) -> Part:
    start = text.lstrip()
    if start.startswith("#!"):
        first = start.splitlines()[0]
        shell = _SHELLS.fullmatch(first)
        if shell is None:
            raise UnsupportedError(first, 1)
        return Part("script", text, shell[1].strip().lstrip("-"))
    if start.startswith("#cloud-config"):
        return Part("config", text)
    if re.match(r"#(include|cloud-boothook|upstart-job|part-handler|cloud-config-archive)|## template:", start):
        raise UnsupportedError(start.splitlines()[0], 1)
    return Part("unhandled", text)


def steps(text: str, image: str) -> Iterator[Step]:
    """Yield what a cloud-config asks for, in the order in which cloud-init does it.

    Parameters
    ----------
    text : str
        YAML.
    image : str
        Family of the image: it decides on the package manager.

    Raises
    ------
    UnsupportedError
        A key or a form beyond this emulator, or not YAML.
    """
    config = _read(text)
    handlers = {
        "bootcmd",
        "write_files",
        "hostname",
        "fqdn",
        "groups",
        "users",
        "ssh_authorized_keys",
        "timezone",
        "package_update",
        "repo_update",
        "apt_update",
        "package_upgrade",
        "repo_upgrade",
        "packages",
        "runcmd",
    }
    for key in config:
        if key not in handlers and key not in _SILENT:
            raise UnsupportedError(f"cloud-config: {key}")
    yield from _early(config)
    yield from _packages(config, "apt-get" if image == "ubuntu" else "dnf" if image == "al2023" else "yum")
    for entry in config.get("write_files") or []:
        if entry.get("defer"):
            yield Step("write_files_deferred", file=entry)
    if config.get("runcmd"):
        yield Step("runcmd", _commands(config["runcmd"]))


def _read(text: str) -> dict[str, Any]:
    import yaml

    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise UnsupportedError(f"cloud-config that is not YAML: {str(wrong).splitlines()[0]}") from None
    if config is not None and not isinstance(config, dict):
        raise UnsupportedError("cloud-config that is not a mapping")
    return config or {}


def _early(config: dict[str, Any]) -> Iterator[Step]:
    if config.get("bootcmd"):
        yield Step("bootcmd", _commands(config["bootcmd"]))
    for entry in config.get("write_files") or []:
        if not entry.get("defer"):
            yield Step("write_files", file=entry)
    name = config.get("fqdn") or config.get("hostname")
    if name:
        yield Step("set_hostname", f"hostnamectl set-hostname {shlex.quote(str(name))}")
    yield from _accounts(config)
    if config.get("timezone"):
        yield Step("timezone", f"timedatectl set-timezone {shlex.quote(str(config['timezone']))}")


def _accounts(config: dict[str, Any]) -> Iterator[Step]:
    for group in config.get("groups") or []:
        yield Step("users_groups", f"groupadd -f {shlex.quote(str(group))}")
    for user in config.get("users") or []:
        if user != "default":
            yield Step("users_groups", _user(user))
    for key in config.get("ssh_authorized_keys") or []:
        yield Step("ssh", f"echo {shlex.quote(str(key))} >> {_LOGIN_KEYS}")


_LOGIN_KEYS = "~${AWS14_LOGIN}/.ssh/authorized_keys"


def _user(user: Any) -> str:
    if not isinstance(user, dict) or "name" not in user:
        raise UnsupportedError(f"cloud-config: users: {user}")
    allowed = {"name", "groups", "shell", "sudo", "ssh_authorized_keys", "lock_passwd", "gecos", "home"}
    if set(user) - allowed:
        raise UnsupportedError(f"cloud-config: users: {sorted(set(user) - allowed)[0]}")
    name = shlex.quote(str(user["name"]))
    groups = user.get("groups") or []
    listed = groups if isinstance(groups, list) else [each.strip() for each in str(groups).split(",")]
    lines = [f"groupadd -f {shlex.quote(each)}" for each in listed]
    lines.append(f"useradd -m -s {shlex.quote(str(user.get('shell', '/bin/bash')))} {name}")
    if user.get("sudo"):
        listed = [*listed, "wheel"]
    if listed:
        lines.append(f"usermod -aG {shlex.quote(','.join(listed))} {name}")
    for key in user.get("ssh_authorized_keys") or []:
        lines.append(f"mkdir -p /home/{name}/.ssh; echo {shlex.quote(str(key))} >> /home/{name}/.ssh/authorized_keys")
        lines.append(f"chmod 700 /home/{name}/.ssh; chown -R {name}:{name} /home/{name}/.ssh")
    return "\n".join(lines)


def _packages(config: dict[str, Any], manager: str) -> Iterator[Step]:
    packages = [each[0] if isinstance(each, list) else str(each) for each in config.get("packages") or []]
    module = "package_update_upgrade_install"
    if manager == "apt-get" and (packages or config.get("package_update")):
        yield Step(module, "apt-get update")
    upgrade = config.get("package_upgrade") or config.get("repo_upgrade") in ("all", True)
    if upgrade:
        yield Step(module, f"{manager} -y upgrade")
    elif config.get("package_update") or config.get("repo_update"):
        yield Step(module, f"{manager} makecache" if manager != "apt-get" else ":")
    if packages:
        yield Step(module, f"{manager} -y install {shlex.join(packages)}")


def _commands(entries: Any) -> str:
    if not isinstance(entries, list):
        raise UnsupportedError(f"cloud-config: commands that are not a list: {entries}")
    return "\n".join(shlex.join(map(str, each)) if isinstance(each, list) else str(each) for each in entries if each)


def content_of(entry: dict[str, Any]) -> bytes:
    """Return the bytes of an entry of ``write_files``.

    Raises
    ------
    UnsupportedError
        An encoding beyond this emulator.
    """
    encoding = str(entry.get("encoding", "text/plain")).lower()
    raw = str(entry.get("content") or "").encode("utf-8", "surrogateescape")
    if encoding in ("b64", "base64"):
        return base64.b64decode(raw)
    if encoding in ("gz+b64", "gzip+base64", "gz+base64"):
        return gzip.decompress(base64.b64decode(raw))
    if encoding != "text/plain":
        raise UnsupportedError(f"cloud-config: write_files: encoding {encoding}")
    return raw
