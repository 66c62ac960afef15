"""The process: found or started once, replaced, restored, ended."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import aws14
from aws14.cloud import process
from aws14.errors import EmulatorError
from tests.conftest import client

FIND = (
    "from aws14.cloud.process import find_or_start; e = find_or_start(idle_s=300); print(e.pid, e.port, e.access_key)"
)


def wait_until(condition, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.mark.slow
def test_two_kernels_that_start_at_once_get_the_same_one(home):
    env = os.environ | {"AWS14_HOME": str(home)}
    kernels = [
        subprocess.Popen([sys.executable, "-c", FIND], env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    answers = {kernel.communicate(timeout=90)[0] for kernel in kernels}
    assert [kernel.returncode for kernel in kernels] == [0, 0, 0]
    assert len(answers) == 1
    # The kernels are gone: it was started detached, and lives on.
    running = process.find(home)
    assert running is not None
    assert f"{running.pid} {running.port} {running.access_key}\n" in answers


def test_a_stale_file_of_a_dead_process_is_not_believed(home, start):
    home.mkdir()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(30)
    told = {
        "pid": dead.pid,
        "created": 1.0,
        "port": 9,
        "access_key": "A",
        "secret_key": "S",
        "version": "0",
        "moto": "0",
    }
    (home / "emulator.json").write_text(json.dumps(told))
    assert process.find(home) is None
    assert start().pid != dead.pid


def test_a_process_that_took_over_the_pid_is_not_believed(home):
    home.mkdir()
    me = psutil.Process()
    told = {"pid": me.pid, "created": me.create_time() - 100, "port": 9, "access_key": "A", "secret_key": "S",
            "version": aws14.__version__, "moto": "0"}  # fmt: skip
    (home / "emulator.json").write_text(json.dumps(told))
    assert process.find(home) is None


@pytest.mark.slow
def test_one_of_another_version_is_asked_to_end_and_replaced(home, start):
    old = start()
    told = json.loads((home / "emulator.json").read_text())
    (home / "emulator.json").write_text(json.dumps(told | {"version": "0.0.1"}))
    new = start()
    assert new.pid != old.pid
    assert not psutil.pid_exists(old.pid) or psutil.Process(old.pid).status() == psutil.STATUS_ZOMBIE
    assert new.version == aws14.__version__


def test_a_busy_port_is_a_sentence(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EmulatorError, match=f"port {taken.getsockname()[1]} cannot be used") as caught:
            process.find_or_start(home, port=taken.getsockname()[1])
    assert "--port" in caught.value.cure


def test_an_explicit_port_is_taken(start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert start(port=port).port == port


def test_a_home_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EmulatorError, match="cannot write to its home") as caught:
        process.find_or_start(tmp_path / "file" / "home")
    assert "AWS14_HOME" in caught.value.cure


def test_the_program_says_so_itself_when_its_home_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = subprocess.run(
        [sys.executable, "-m", "aws14.emulator", "--home", str(tmp_path / "file" / "home")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "cannot write to its home" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.slow
def test_it_ends_when_unused(home, start):
    running = start(idle_s=1)
    wait_until(lambda: not (home / "emulator.json").exists())
    psutil.wait_procs([psutil.Process(running.pid)] if psutil.pid_exists(running.pid) else [], timeout=30)
    assert process.find(home) is None


@pytest.mark.slow
def test_no_setting_of_the_user_reaches_it(home, monkeypatch):
    for name, value in {
        "AWS_PROFILE": "mine", "AWS_ENDPOINT_URL": "http://example.com", "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9", "MOTO_ALLOW_NONEXISTENT_REGION": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    running = process.find_or_start(home, idle_s=300)
    running.status()  # not through the proxy
    monkeypatch.undo()
    assert client(running, "ec2").describe_vpcs()["Vpcs"]
    assert not {name for name in psutil.Process(running.pid).environ() if name.startswith(("AWS_", "MOTO_"))} - {
        "AWS14_HOME"
    }


def test_keys_are_its_owners_alone(home, start):
    start()
    if os.name == "posix":
        assert (home / "emulator.json").stat().st_mode & 0o077 == 0
        assert home.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_keys_differ_from_start_to_start_and_the_port_stays(start):
    first = start()
    first.shutdown()
    second = start()
    assert second.access_key != first.access_key
    assert second.port == first.port


def test_a_dead_one_answers_with_a_sentence(start):
    running = start()
    running.shutdown()
    with pytest.raises(EmulatorError, match="does not answer"):
        running.status()


def test_where_home_is(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS14_HOME", str(tmp_path / "x"))
    assert process.home() == tmp_path / "x"
    monkeypatch.delenv("AWS14_HOME")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert process.home() == tmp_path / "aws14"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert process.home() == Path.home() / ".local" / "share" / "aws14"


def test_advance_needs_a_sensible_number(emulator):
    for seconds in (-1, 1e12, float("nan")):
        with pytest.raises(EmulatorError, match="cannot advance"):
            emulator.advance(seconds)


def test_status_tells_time_and_counts(clean_emulator):
    before = clean_emulator.status()
    now, _ = clean_emulator.advance(86400)
    client(clean_emulator, "s3").list_buckets()
    after = clean_emulator.status()
    assert before["now"] + 86400 <= now <= after["now"]
    assert after["requests"] == before["requests"] + 1
    assert after["version"] == aws14.__version__


def test_only_the_key_holder_controls(emulator):
    with pytest.raises(EmulatorError, match="asks for the key"):
        replace(emulator, access_key="AKIAWRONGWRONGWRONG1").status()
