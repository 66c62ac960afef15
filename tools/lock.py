"""Write requirements.lock and requirements-dev.lock from pyproject.toml: universal, with hashes, without index hosts.

    python tools/lock.py [--upgrade]

A version that is locked stays unless ``pyproject.toml`` rules it out or ``--upgrade`` is given. The locks name no
index: whoever installs uses their own, and the hashes say whether the same files arrived.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST_PYTHON = "3.11"
# These would write this machine's index or folders into the result.
LEAKS = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")


def commands(uv: str, *, upgrade: bool) -> tuple[list[str], list[str]]:
    """The two commands: the course's own packages first, then those of its tests in line with them.

    Parameters
    ----------
    uv : str
        The program.
    upgrade : bool
        Whether to take the newest versions that fit.
    """
    switches = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"]
    compile_lock = [uv, "pip", "compile", "-q", *switches, "--python-version", OLDEST_PYTHON, "pyproject.toml"]
    newest = ["--upgrade"] if upgrade else []
    return (
        [*compile_lock, *newest, "-o", "requirements.lock"],
        [*compile_lock, *newest, "--group", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"],
    )


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Environment variables without those that leak into a lock."""
    return {name: value for name, value in environment.items() if name not in LEAKS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both locks; returns the exit status of uv."""
    parser = argparse.ArgumentParser(description="Write the two locks.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit pyproject.toml")
    options = parser.parse_args(arguments)
    folder = ROOT / ".tools" / ("Scripts" if os.name == "nt" else "bin")
    uv = shutil.which("uv") or shutil.which("uv", path=str(folder))
    if uv is None:
        print("uv is not here: python3 course.py doctor fetches it", file=sys.stderr)
        return 1
    for command in commands(uv, upgrade=options.upgrade):
        status = subprocess.run(command, cwd=ROOT, env=clean(os.environ), check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
