"""What a newcomer reads when the first start cannot work: a sentence that says what to do. No network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aws14.command.installing import CAUSES, explain

ROOT = Path(__file__).resolve().parents[2]
CLOSED = "http://127.0.0.1:9/simple"  # the discard port: nothing listens there


def start(course: Path, *, prefix: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "AWS14_"))}
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": CLOSED, "PIP_RETRIES": "0", "UV_DEFAULT_INDEX": CLOSED,
               "UV_HTTP_RETRIES": "0", "UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(course / "cache")}  # fmt: skip
    return subprocess.run(
        [*prefix, sys.executable, str(course / "course.py"), "doctor"],
        env=kept | offline | variables, cwd=course, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def assert_a_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in result.stderr


def test_no_network_for_the_installer(course: Path, tmp_path: Path) -> None:
    result = start(course, PATH=str(tmp_path))
    assert_a_sentence(result, "Could not fetch uv", "no network", "AWS14_WHEELHOUSE")


def test_no_network_for_the_packages(course: Path) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".tools" / ("Scripts" if os.name == "nt" else "bin")))
    if uv is None:
        pytest.skip("uv is not on this machine")
    result = start(course, PATH=str(Path(uv).parent))
    assert_a_sentence(result, "no network", "HTTPS_PROXY")


def test_no_venv_module(course: Path, tmp_path: Path) -> None:
    """Debian splits it off its Python; these are the words that are left there."""
    said = "The virtual environment was not created successfully because ensurepip is not\\navailable."
    (tmp_path / "venv.py").write_text(f"print('{said}')\nraise SystemExit(1)\n")
    result = start(course, PATH=str(tmp_path), PYTHONPATH=str(tmp_path))
    assert_a_sentence(result, "module venv is missing", "apt-get install python3-venv")


def test_a_read_only_folder(course: Path, tmp_path: Path) -> None:
    prefix: tuple[str, ...] = ()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # root writes everywhere, unless it gives up the right to
        if shutil.which("setpriv") is None:
            pytest.skip("root can write to every folder, and setpriv is not here to stop it")
        prefix = (shutil.which("setpriv") or "", "--inh-caps=-dac_override", "--bounding-set=-dac_override")
    course.chmod(0o555)
    try:
        result = start(course, prefix=prefix, PATH=str(tmp_path))
    finally:
        course.chmod(0o755)
    assert_a_sentence(result, f"{course} cannot be written to", "folder of your own")


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 10), (3, 10, 14)])
def test_an_old_python(course: Path, version: tuple[int, int, int]) -> None:
    code = (
        "import runpy, sys\n"
        f"sys.version_info, sys.version = {version!r} + ('final', 0), '{'.'.join(map(str, version))} (old)'\n"
        f"runpy.run_path({str(course / 'course.py')!r}, run_name='__main__')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert_a_sentence(result, "needs Python 3.11 or newer", ".".join(map(str, version)), "python3.12 course.py")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("/usr/bin/python3: No module named venv", "venv is missing"),
        ("The virtual environment was not created successfully because ensurepip is not available.", "venv is missing"),
        ("Error: Command '['/x/python', '-m', 'ensurepip', '--upgrade']' returned non-zero exit status 1.", "venv"),
        ("error: failed to create file `/x/.venv/bin`: Read-only file system (os error 30)", "cannot be written"),
        ("[Errno 13] Permission denied: '/x/.tools'", "cannot be written"),
        ("[WinError 5] Access is denied: 'C:\\x'", "cannot be written"),
        ("error: failed to write to file: No space left on device (os error 28)", "disk is full"),
        ("error: Failed to fetch: `https://x/numpy/`\n  Caused by: dns error: failed to lookup address", "no network"),
        ("error: Failed to fetch: `https://x`\n  Caused by: operation timed out", "no network"),
        ("ERROR: Could not find a version that satisfies the requirement uv (from versions: none)", "no network"),
        ("ProxyError('Cannot connect to proxy.')", "no network"),
        ("error: Hash mismatch for `numpy==2.4.6`", "not the one that was locked"),
    ],
)
def test_what_programs_say_is_understood(said: str, problem: str) -> None:
    error = explain(said, what="do it", folder=Path("/x"))
    assert problem in error.problem
    assert error.cure


def test_what_is_not_understood_is_passed_on() -> None:
    error = explain("first\nthe compiler has hiccups\n\n", what="do it", folder=Path("/x"))
    assert error.problem == "Could not do it: the compiler has hiccups"
    assert "start again" in error.cure


def test_each_cause_says_what_to_do() -> None:
    assert all(cause.problem and cause.cure for cause in CAUSES)
