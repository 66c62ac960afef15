"""What the doctor looks at in the installation: Python, lock, packages, drawing, the embedded AWS, credentials."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aws14.command import place
from aws14.command.diagnosis import Diagnosis

OLDEST = (3, 11)
SIX = ("jupyterlab", "boto3", "diagrams", "pandas", "matplotlib", "ipywidgets")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$", re.MULTILINE)
_SHOWN = 5

KEY_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""Variables that lead a client to keys; the last two also stand for the role of a container or of SageMaker."""


def reinstall() -> str:
    """The command that makes the installation anew."""
    if place.checkout() is None:
        return "python -m pip install --force-reinstall aws14"
    delete = "rmdir /s /q .venv" if os.name == "nt" else "rm -r .venv"
    return f"{delete} && python3 course.py doctor"


def python() -> Diagnosis:
    """Whether this Python is new enough."""
    seen = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info < OLDEST:
        return Diagnosis(ok=False, seen=seen, fix="install Python 3.12, then: python3.12 course.py")
    return Diagnosis(ok=True, seen=seen)


def lock() -> Diagnosis:
    """Whether what is installed is what was locked."""
    root = place.checkout()
    if root is None:
        return Diagnosis(ok=True, seen="installed as a package; the lock belongs to a checkout")
    wanted = dict(pinned((root / "requirements.lock").read_text(encoding="utf-8")))
    other = [
        f"{name} {found or 'is missing'}, locked {version}"
        for name, version in wanted.items()
        if (found := installed(name)) != version
    ]
    if other:
        more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
        return Diagnosis(ok=False, seen="; ".join(other[:_SHOWN]) + more, fix=reinstall())
    return Diagnosis(ok=True, seen=f"{len(wanted)} packages as in requirements.lock")


def pinned(text: str) -> Iterator[tuple[str, str]]:
    """Name and version of each package that a lock asks for on this machine.

    Parameters
    ----------
    text : str
        A requirements file with exact versions.
    """
    from packaging.markers import Marker

    for name, version, marker in _PIN.findall(text):
        if not marker or Marker(marker).evaluate():
            yield name, version


def installed(name: str) -> str | None:
    """The installed version of a package, or None.

    Parameters
    ----------
    name : str
        As in a requirements file.
    """
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def packages() -> Diagnosis:
    """Whether the six packages of the course are there, and are the real ones."""
    # A folder of the same name imports silently: only a package has an origin.
    missing = [name for name in SIX if not (spec := importlib.util.find_spec(name)) or not spec.origin]
    if missing:
        return Diagnosis(ok=False, seen=f"missing: {', '.join(missing)}", fix=reinstall())
    return Diagnosis(ok=True, seen=", ".join(f"{name} {installed(name)}" for name in SIX))


def drawing() -> Diagnosis:
    """Whether an architecture can be drawn: two nodes and a link, from data to SVG."""
    from aws14 import design
    from aws14.model import Link, Node, Topology

    started = time.monotonic()
    picture = design.draw(
        Topology(
            name="doctor",
            origin="drawn",
            nodes=(Node(id="internet", kind="internet"), Node(id="web", kind="instance")),
            links=(Link(source="internet", target="web", kind="allows", label="tcp/80"),),
        )
    )
    if b"<svg" not in picture.image:
        return Diagnosis(ok=False, seen="what was drawn is no picture", fix=reinstall())
    return Diagnosis(ok=True, seen=f"a drawing took {time.monotonic() - started:.1f} s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """What a first visit to a new embedded AWS showed.

    Parameters
    ----------
    seconds : float
        From nothing to the first answers.
    account : str
        The account it says the client's key belongs to.
    endpoint : str
        Where the client spoke to.
    """

    seconds: float
    account: str
    endpoint: str


@cache
def visit() -> Visit:
    """Start an embedded AWS in a home of its own, ask it a few things, end it; the learner's is left alone."""
    from aws14 import cloud
    from aws14.cloud import process

    before = os.environ.get("AWS14_HOME")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="a14", ignore_cleanup_errors=True) as folder:
        os.environ["AWS14_HOME"] = folder
        try:
            session = cloud.connect(say=lambda _: None)
            session.client("s3").list_buckets()
            session.client("ec2").describe_vpcs()
            seconds = time.monotonic() - started
            client = session.client("sts")
            account = client.get_caller_identity()["Account"]
            return Visit(seconds=seconds, account=account, endpoint=client.meta.endpoint_url)
        finally:
            os.environ.pop("AWS14_HOME")
            os.environ.update({} if before is None else {"AWS14_HOME": before})
            if found := process.find(Path(folder)):
                found.shutdown()


def embedded_aws() -> Diagnosis:
    """How long the embedded AWS takes from nothing to its first answers."""
    return Diagnosis(ok=True, seen=f"started and answered for S3 and EC2 in {visit().seconds:.1f} s")


def credentials() -> Diagnosis:
    """Which AWS credentials lie around, and that the course's own clients use none of them."""
    lying = credentials_lying_around(os.environ)
    found = f"{', '.join(lying)}: not used" if lying else "none lie around"
    # The embedded AWS refuses every key but its own: that it named an account shows whose key was used.
    return Diagnosis(ok=True, seen=f"{found}; clients speak to {visit().endpoint} as account {visit().account}")


def credentials_lying_around(environment: Mapping[str, str]) -> list[str]:
    """Where a careless client would find AWS credentials on this machine (instance roles are not asked for).

    Parameters
    ----------
    environment : mapping
        Environment variables.
    """
    found = [name for name in KEY_VARIABLES if environment.get(name)]
    for variable, usual in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")):
        path = Path(environment.get(variable) or f"~/.aws/{usual}").expanduser()
        if path.is_file():
            found.append(str(path))
    return found
