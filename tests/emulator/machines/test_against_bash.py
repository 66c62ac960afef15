"""The interpreter against the real bash and the real small programs of this computer, on the same scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(
    BASH is None or os.name != "posix",
    reason="the oracle is a bash with GNU programs, which this computer does not have",
)

#: Between lines of ``=== name``.
SCRIPTS = dict(
    part.split("\n", 1) for part in (Path(__file__).with_name("against_bash.txt")).read_text().split("=== ") if part
)


def real(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it for real, from a file as cloud-init does, in an empty folder."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/root"}
    file, work = folder / "script", folder / "work"
    file.write_text(script)
    work.mkdir()
    return subprocess.run(
        [BASH or "", str(file)], cwd=work, env=environment, capture_output=True, text=True, timeout=20, check=False
    )


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_it_writes_and_ends_as_the_real_one(script: str, sh, tmp_path: Path) -> None:
    done = sh(script)
    assert "unsupported" not in done.errors, done.errors
    oracle = real(script, tmp_path)
    assert (done.output, done.status) == (oracle.stdout, oracle.returncode)


@pytest.mark.parametrize("script", ["set -x; A='x y'; echo \"$A\" b; [ a = a ]", "ls nofile; echo >&2 told"])
def test_standard_error_is_as_the_real_one(script: str, sh, tmp_path: Path) -> None:
    assert sh(script).errors == real(script, tmp_path).stderr
