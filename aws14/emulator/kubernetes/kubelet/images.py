"""Images: which there are, what starts in them here, and what the registry says of all others.

The table ``container_images.csv`` stands for Docker Hub and its copies: python, nginx, busybox; images of the
cluster's own programs are there, but have no process. Whatever a repository of the account's own ECR has under a
tag runs as the python image.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aws14.catalog import container_images
from aws14.emulator.kubernetes.kubelet.shell import shell_words

__all__ = ["PROGRAMS", "Image", "NotStartedError", "find", "full_name", "program"]

#: Where the programs of this folder show in a container.
PROGRAMS = "/.aws14"
_OF_ACCOUNT = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)(?::([^@]+))?(?:@(.+))?")

#: The account of EKS's own images.
_OF_EKS = "602401143452"


class NotStartedError(Exception):
    """A container cannot start: its program is not in its image."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is there, or the registry's refusal.

    Parameters
    ----------
    name : str
        In full: ``docker.io/library/python:3.13-slim``.
    kind : {'python', 'nginx', 'busybox', 'none', ''}
        What runs in it; ``none``: nothing here; empty: there is no such image.
    refusal : str
        What the container runtime says then.
    """

    name: str
    kind: Literal["python", "nginx", "busybox", "none", ""]
    refusal: str = ""


def full_name(written: str) -> str:
    """An image's name with registry and tag, as the runtime completes it."""
    rest, at, digest = written.partition("@")
    place, slash, path = rest.partition("/")
    if not slash or ("." not in place and ":" not in place and place != "localhost"):
        place, path = "docker.io", rest if slash else f"library/{rest}"
    named = f"{place}/{path}"
    if at:
        return f"{named}@{digest}"
    return named if ":" in path else f"{named}:latest"


def find(written: str) -> Image:
    """The image of a name as a pod has it."""
    name = full_name(written)
    own = _OF_ACCOUNT.fullmatch(name)
    if own is not None and own[1] != _OF_EKS:
        return _in_account(name, own)
    place, _, rest = name.partition("/")
    path, _, tag = rest.partition(":")
    known = container_images().get(("eks" if own is not None else place, path))
    if known is None:
        return Image(name, "", _denied(name) if place == "docker.io" else _missing(name))
    if re.fullmatch(known.tags, tag) is None:
        return Image(name, "", _missing(name))
    return Image(name, known.program)  # type: ignore[arg-type]  # the table's own words


def _in_account(name: str, parts: re.Match[str]) -> Image:
    account, region, repository, tag, digest = parts.groups()
    if "moto.ecr.models" not in sys.modules:
        return Image(name, "", _missing(name))
    from moto.ecr.models import ecr_backends

    held = ecr_backends[account][region].repositories.get(repository)
    images = held.images if held is not None else ()
    there = any((tag and tag in (each.image_tags or ())) or (digest and each.image_digest == digest) for each in images)
    return Image(name, "python") if there else Image(name, "", _missing(name))


def _missing(name: str) -> str:
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{name}": failed to resolve reference '
        f'"{name}": {name}: not found'
    )


def _denied(name: str) -> str:
    return (
        f'rpc error: code = Unknown desc = failed to pull and unpack image "{name}": failed to resolve reference '
        f'"{name}": pull access denied, repository does not exist or may require authorization: server message: '
        "insufficient_scope: authorization failed"
    )


def program(image: Image, command: Sequence[str], args: Sequence[str]) -> tuple[str, ...]:
    """What follows ``python`` to do what the container does; empty: nothing runs here.

    Parameters
    ----------
    image : Image
        One that is there.
    command, args : sequence of str
        As the container has them.

    Raises
    ------
    NotStartedError
        The image does not have that program here.
    """
    words = [*command, *args] if command else [*_own_words(image.kind), *args]
    if image.kind == "none":
        return ()
    if image.kind == "nginx" and not command:
        return (f"{PROGRAMS}/nginx.py",)
    if not words:
        raise NotStartedError("no command specified")
    first = words[0].rpartition("/")[2]
    if image.kind == "python" and re.fullmatch(r"python(3(\.\d+)?)?", first):
        return tuple(words[1:]) or ("-c", "pass")
    if first == "nginx" and image.kind == "nginx":
        return (f"{PROGRAMS}/nginx.py",)
    if shell_words(words):
        return (f"{PROGRAMS}/shell.py", *words)
    raise NotStartedError(
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        f'unable to start container process: error during container init: exec: "{words[0]}": executable file not '
        "found in $PATH: unknown"
    )


def _own_words(kind: str) -> tuple[str, ...]:
    return {"python": ("python3",), "busybox": ("sh",)}.get(kind, ())
