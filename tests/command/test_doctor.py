"""The doctor: what it finds, and the command it gives."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from aws14.command import doctor, machine, main, place, ports, software
from aws14.command.diagnosis import Diagnosis
from aws14.errors import EmulatorError

OK = Diagnosis(ok=True, seen="fine")
ILL = Diagnosis(ok=False, seen="broken", fix="mend it")


@pytest.mark.parametrize(("found", "status"), [([OK, OK], 0), ([OK, ILL], 1)])
def test_a_line_for_each_and_the_command_below(
    found: list[Diagnosis], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        doctor, "EXAMINATIONS", tuple((f"thing {n}", lambda one=one: one) for n, one in enumerate(found))
    )
    assert main.main(["doctor"]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("OK   thing 0")
    assert (lines[1].split()[0], "       -> mend it" in lines) == (("FIX", True) if status else ("OK", False))


def _raising(error: Exception) -> Callable[[], Diagnosis]:
    def examination() -> Diagnosis:
        raise error

    return examination


def test_what_goes_wrong_in_an_examination_is_its_finding() -> None:
    known = doctor.examine(_raising(EmulatorError("no answer", cure="wait")))
    assert known == Diagnosis(ok=False, seen="no answer", fix="wait")
    unknown = doctor.examine(_raising(ImportError("libx.so is missing")))
    assert "libx.so is missing" in unknown.seen
    assert unknown.fix == software.reinstall()


def test_an_old_python_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert software.python().ok
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert "python3.12 course.py" in software.python().fix


def test_the_lock_is_held_against_what_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    version = importlib.metadata.version("tabulate")
    monkeypatch.setattr(place, "checkout", lambda: tmp_path)
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        f"tabulate=={version} \\\n    --hash=sha256:0\nnumpy==0.1 ; sys_platform == 'never' \\\n    --hash=sha256:1\n"
    )
    assert software.lock() == Diagnosis(ok=True, seen="1 packages as in requirements.lock")
    lock.write_text("tabulate==0.0.1 \\\n    --hash=sha256:0\nno-such-thing==2.0 \\\n    --hash=sha256:1\n")
    found = software.lock()
    assert found.seen == f"tabulate {version}, locked 0.0.1; no-such-thing is missing, locked 2.0"
    assert found.fix.endswith("python3 course.py doctor")


def test_every_line_of_the_real_lock_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    root = place.checkout()
    assert root
    text = (root / "requirements.lock").read_text()
    everywhere = len([line for line in text.splitlines() if line[:1].isalnum()])
    elsewhere = len([line for line in text.splitlines() if line[:1].isalnum() and ";" in line])
    read = len(list(software.pinned(text)))
    assert everywhere - elsewhere <= read <= everywhere


def test_a_folder_in_the_place_of_a_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """``diagrams/`` imports silently when the package is not installed: it has no origin."""
    found = {name: SimpleNamespace(origin="/x") for name in software.SIX} | {"diagrams": SimpleNamespace(origin=None)}
    monkeypatch.setattr(software.importlib.util, "find_spec", found.get)
    assert software.packages() == Diagnosis(ok=False, seen="missing: diagrams", fix=software.reinstall())


def test_a_drawing_is_drawn() -> None:
    assert doctor.examine(software.drawing).ok


def test_credentials_that_lie_around_are_named(tmp_path: Path) -> None:
    (tmp_path / "credentials").touch()
    lying = {
        "AWS_PROFILE": "work",
        "AWS_ACCESS_KEY_ID": "",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/role",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
    }
    assert software.credentials_lying_around(lying) == [
        "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", str(tmp_path / "credentials"),
    ]  # fmt: skip


def test_credentials_that_lie_around_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://sts.amazonaws.com")
    monkeypatch.setenv("AWS14_HOME", str(tmp_path))
    software.visit.cache_clear()
    found = doctor.examine(software.credentials)
    assert found.ok, found
    assert "AWS_ACCESS_KEY_ID" in found.seen
    assert "not used" in found.seen
    assert "http://127.0.0.1:" in found.seen
    assert list(tmp_path.iterdir()) == [], "the learner's own cloud is left alone"
    assert doctor.examine(software.embedded_aws).ok


def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS14_HOME", str(tmp_path / "not" / "yet"))
    assert machine.disk().ok
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10**7))
    found = machine.disk()
    assert not found.ok
    assert "AWS14_HOME" in found.fix


def test_a_machine_without_fonts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "font_files", lambda: iter([Path("DejaVuSans.ttf")]))
    assert machine.fonts().ok
    monkeypatch.setattr(machine, "font_files", lambda: iter([]))
    assert not machine.fonts().ok
    assert machine.fonts().fix


def test_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: True)
    assert "8888 is free" in machine.port().seen
    monkeypatch.setattr(ports, "is_free", lambda port: port == 8890)
    assert machine.port() == Diagnosis(ok=True, seen="8888 is taken; JupyterLab will take 8890")
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    assert "start --port" in machine.port().fix
