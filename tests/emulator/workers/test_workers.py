"""Workers: what they see, what they cannot touch, how they end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from aws14.emulator.workers import Closed, Loopback, Mount, Way, Worker, WorkerSpec, start
from aws14.emulator.workers.inside.paths import Paths

SOON = 30.0


def run(folder: Path, code: str, **more: Any) -> tuple[list[str], Worker]:
    """Run some code in a worker to its end; return what it wrote."""
    lines: list[str] = []
    worker = start(WorkerSpec(name="one", folder=folder, program=("-c", code), on_line=lines.append, **more))
    assert worker.wait(SOON) is not None, lines
    return lines, worker


def test_it_writes_lines_and_ends_with_its_status(tmp_path: Path) -> None:
    lines, worker = run(tmp_path / "w", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert lines == ["out", "err"]
    assert worker.exit is not None and (worker.exit.code, worker.exit.reason) == (3, "exited")


def test_its_environment_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the learner's")
    code = "import os; print(sorted(os.environ)); print(os.environ['HOME'])"
    lines, _ = run(tmp_path / "w", code, env={"TABLE": "members"})
    assert lines[0] == str(sorted(["HOME", "LANG", "PATH", "TABLE", "TMPDIR"]))
    assert lines[1] == str((tmp_path / "w").resolve())


def test_only_the_packages_of_its_image_are_there(tmp_path: Path) -> None:
    code = (
        "for name in ('six', 'psutil', 'aws14', 'inside'):\n"
        " try: __import__(name); print(name)\n except ImportError: pass"
    )
    lines, _ = run(tmp_path / "w", code, packages=("six",))
    assert lines == ["six"]


def test_paths_of_the_container_are_folders_of_the_machine(tmp_path: Path) -> None:
    app, data = tmp_path / "config", tmp_path / "data"
    app.mkdir()
    data.mkdir()
    (app / "greeting.txt").write_text("hello")
    code = (
        "import os, pathlib\n"
        "print(open('/app/greeting.txt').read(), os.listdir('/app'), os.getcwd())\n"
        "pathlib.Path('/data/a').mkdir(); pathlib.Path('/data/a/b.txt').write_text('x')\n"
        "try: open('/app/new', 'w')\n"
        "except OSError as error: print(error.strerror, error.filename)\n"
        "open('/var/log/mine.log', 'w').write('y'); print(open('/var/log/mine.log').read())\n"
    )
    mounts = (Mount(at="/app", source=app), Mount(at="/data", source=data, writable=True))
    lines, _ = run(tmp_path / "w", code, mounts=mounts, scratch=True, working_directory="/app")
    assert lines == ["hello ['greeting.txt'] /app", "Read-only file system /app/new", "y"]
    assert (data / "a" / "b.txt").read_text() == "x"


def test_the_learners_home_is_closed_and_the_machine_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    secret = home / ".aws" / "credentials"
    secret.write_text("secret")
    monkeypatch.setenv("HOME", str(home))
    outside = tmp_path / "outside"
    code = (
        f"import os, subprocess\nfor act in (lambda: open({str(secret)!r}), lambda: open({str(outside)!r}, 'w'),\n"
        f"            lambda: os.mkdir({str(outside)!r}), lambda: subprocess.run(['true'])):\n"
        " try: act(); print('done')\n except OSError as error: print(type(error).__name__, error.errno)\n"
    )
    lines, _ = run(tmp_path / "w", code)
    assert [line.split()[0] for line in lines] == ["PermissionError", "OSError", "OSError", "PermissionError"]
    assert not outside.exists()


def test_two_workers_share_a_localhost_and_others_do_not(tmp_path: Path) -> None:
    pod = Loopback()
    server = start(
        WorkerSpec(name="web", folder=tmp_path / "a", program=("-m", "http.server", "8080"), loopback=pod, scratch=True)
    )
    try:
        until = time.monotonic() + SOON
        while not pod.real(8080) and time.monotonic() < until:
            time.sleep(0.02)
        assert pod.listening() == (8080,)
        with urllib.request.urlopen(f"http://127.0.0.1:{pod.real(8080)}/", timeout=SOON) as answer:
            assert answer.status == 200
        ask = "import urllib.request as u\nprint(u.urlopen('http://localhost:8080/').status)"
        assert run(tmp_path / "b", ask, loopback=pod)[0] == ["200"]
        lines, _ = run(tmp_path / "c", ask)
        assert "Connection refused" in lines[-1]
        taken, _ = run(tmp_path / "d", "import socket; socket.create_server(('', 8080))", loopback=pod)
        assert "Address already in use" in taken[-1]
    finally:
        server.kill()
    assert server.wait(SOON) is not None
    assert pod.listening() == ()


class Shop(Closed):
    """A network with one name, one address that answers nothing, one that refuses."""

    def resolve(self, name: str) -> tuple[str, ...]:
        return ("10.0.0.7",) if name == "orders.shop" else ()

    def connect(self, host: str, port: int) -> Way:
        return Way(outcome="timed_out") if port == 81 else Way(outcome="refused", explanation="nothing listens")


def test_names_and_ways_are_asked_of_the_network(tmp_path: Path) -> None:
    code = (
        "import socket\nprint(socket.gethostbyname('orders.shop'))\n"
        "for host, port in (('orders.shop', 80), ('orders.shop', 81), ('example.com', 80)):\n"
        " try: socket.create_connection((host, port), timeout=0.2)\n"
        " except OSError as error: print(type(error).__name__)\n"
    )
    lines, _ = run(tmp_path / "w", code, network=Shop())
    assert lines == ["10.0.0.7", "ConnectionRefusedError", "TimeoutError", "gaierror"]


def test_beyond_its_memory_it_is_killed(tmp_path: Path) -> None:
    code = "import time\nkept = []\nwhile True: kept.append(bytearray(4_000_000)); time.sleep(0.01)"
    _, worker = run(tmp_path / "w", code, memory_mib=96)
    assert worker.exit is not None and (worker.exit.code, worker.exit.reason) == (137, "out_of_memory")


def test_aws_time_is_shown(tmp_path: Path) -> None:
    lines, _ = run(tmp_path / "w", "import datetime as d; print(d.datetime.now(d.UTC).year)", now=4_070_908_800.0)
    assert lines == ["2099"]


def test_a_worker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, os, time, pathlib\nfrom aws14.emulator.workers import WorkerSpec, start\n"
        f"w = start(WorkerSpec(name='w', folder=pathlib.Path({str(tmp_path / 'w')!r}),"
        " program=('-c', 'import time; time.sleep(600)')))\n"
        "print(w.pid, flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait(SOON)
    parent.stdout.close()
    gone, alive = psutil.wait_procs([child], timeout=SOON)
    assert gone and not alive


def test_its_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    run(tmp_path / "w", "pass")
    if os.name == "posix":
        assert (tmp_path / "w").stat().st_mode & 0o777 == 0o700


def test_python_and_its_packages_are_found_also_below_a_place_of_the_container() -> None:
    packages = "/tmp/checkout/.venv/lib/site-packages"
    paths = Paths([("/tmp", "/worker/tmp", True)], "", (packages,))
    assert paths.real(f"{packages}/botocore/data") == f"{packages}/botocore/data"
    assert paths.real("/tmp/checkout/notes.txt") == "/worker/tmp/checkout/notes.txt"
