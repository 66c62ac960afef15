"""The embedded AWS from a shell: in the foreground, pointed at, emptied."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aws14.cloud import process
from aws14.cloud.process import Emulator
from aws14.command import env, main, place, ports

FOUND = Emulator(port=4711, access_key="AKIAEXAMPLE", secret_key="s3cret", pid=1, version="0")


def test_the_ports_of_the_data_plane_are_told_where_they_are_known() -> None:
    known = replace(FOUND, http_port=4712, tls_port=4713, ca_file="/course/ca.pem")
    told = [line for line in env.lines(known, "bash", {}) if "AWS14" in line]
    assert told == [
        "export AWS14_HTTP_PORT='4712'",
        "export AWS14_TLS_PORT='4713'",
        "export AWS14_CA_FILE='/course/ca.pem'",
    ]
    assert not [line for line in env.lines(FOUND, "bash", {}) if "AWS14" in line]


def test_bash_reads_the_lines_and_loses_what_would_lead_past_the_embedded_aws() -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not on this machine")
    before = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com", "AWS_SESSION_TOKEN": "x",
              "HTTP_PROXY": "http://proxy", "PATH": os.environ["PATH"]}  # fmt: skip
    script = "\n".join([*env.lines(FOUND, "bash", before), "env"])
    after = subprocess.run(
        ["bash", "-c", script], env=before, capture_output=True, text=True, check=True, timeout=30
    ).stdout
    variables = dict(line.split("=", 1) for line in after.splitlines() if "=" in line)
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4711"
    assert (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) == ("AKIAEXAMPLE", "s3cret")
    assert variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert variables["NO_PROXY"] == "127.0.0.1,localhost"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"} & set(variables)


@pytest.mark.parametrize(
    ("shell", "line", "gone"),
    [
        (
            "powershell",
            "$Env:AWS_ACCESS_KEY_ID = 'AKIAEXAMPLE'",
            "Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue",
        ),
        ("cmd", "set AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "set AWS_PROFILE="),
    ],
)
def test_other_shells(shell: str, line: str, gone: str) -> None:
    found = env.lines(FOUND, shell, {"AWS_PROFILE": "work"})
    assert line in found
    assert gone in found
    assert found.index(gone) < found.index(line)


def test_a_shell_without_leaks_or_proxies_only_gets_what_it_needs() -> None:
    found = env.lines(FOUND, "bash", {})
    assert not [line for line in found if line.startswith("unset") or "PROXY" in line]


def test_env_without_an_embedded_aws_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS14_HOME", str(tmp_path))
    assert main.main(["env"]) == 1
    assert "course.py emulator" in capsys.readouterr().err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWS14_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def foreground(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``emulator --port N``, once it has said that it listens."""
    port = ports.free_port()
    command = [sys.executable, "-m", "aws14.command", "emulator", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: said.put(running.stdout.readline()), daemon=True).start()  # type: ignore[union-attr]
        try:
            assert f"127.0.0.1:{port}" in said.get(timeout=60)
            yield running, port
        finally:
            running.terminate()
            running.wait(timeout=30)


def test_the_embedded_aws_in_the_foreground(
    foreground: tuple[subprocess.Popen[str], int], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running, port = foreground
    found = process.find(home)
    assert found is not None
    assert (found.pid, found.port) == (running.pid, port), "it has become the embedded AWS: Ctrl-C is its own"
    assert main.main(["env"]) == 0
    assert f"export AWS_ENDPOINT_URL='http://127.0.0.1:{port}'" in capsys.readouterr().out
    assert main.main(["emulator"]) == 1
    assert "runs already" in capsys.readouterr().err


def test_a_busy_port_is_a_sentence_with_a_free_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        assert main.main(["emulator", "--port", str(taken.getsockname()[1])]) == 1
    said = capsys.readouterr().err
    assert "taken by another program" in said
    assert "course.py emulator --port" in said


class Emptied:
    def __init__(self) -> None:
        self.times = 0

    def reset(self) -> None:
        self.times += 1


@pytest.fixture
def emptied(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emptied:
    found = Emptied()
    monkeypatch.setattr(process, "find_or_start", lambda: found)
    monkeypatch.setattr(place, "work_folder", lambda: tmp_path / "work")
    return found


def test_reset_keeps_the_learners_copies_beside(emptied: Emptied, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "00_start_here.ipynb").write_text("my notes")
    assert main.main(["reset", "--yes"]) == 0
    kept = list(work.glob("00_start_here (before *).ipynb"))
    assert [path.read_text() for path in kept] == ["my notes"]
    assert (work / "00_start_here.ipynb").read_text() != "my notes"
    assert emptied.times == 1


@pytest.mark.parametrize(("answer", "status"), [("n", 1), ("", 1), ("y", 0), (" YES ", 0)])
def test_reset_asks_first(
    emptied: Emptied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert main.main(["reset"]) == status
    assert emptied.times == 1 - status
    assert (tmp_path / "work").exists() is (status == 0)


def test_reset_without_anybody_to_ask_does_nothing(
    emptied: Emptied, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main.main(["reset"]) == 1
    assert emptied.times == 0
    assert "--yes" in capsys.readouterr().out
