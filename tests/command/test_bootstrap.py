"""Set-up does what is needed, once, and takes up what was interrupted."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest

from aws14.command import bootstrap
from aws14.command.bootstrap import Place, activated, program, set_up
from aws14.errors import NotAvailable

_FAKE_UV = """#!{python}
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
with open(here / "calls.jsonl", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
fails = here / "fails"
if fails.exists() and fails.read_text() in " ".join(sys.argv):
    sys.exit("error: " + (here / "says").read_text())
if sys.argv[1] == "venv":
    folder = pathlib.Path(sys.argv[-1]) / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text("#!/bin/sh\\nexit 0\\n")
    (folder / "python").chmod(0o755)
"""


@dataclass(frozen=True)
class FakeUv:
    """An installer on the path that records its calls and fails on demand."""

    folder: Path

    @property
    def calls(self) -> list[list[str]]:
        log = self.folder / "calls.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def verbs(self) -> list[str]:
        """``venv``, and what each ``pip install`` installs."""
        return [call[0] if call[0] == "venv" else Path(call[-1]).name for call in self.calls]

    def forget(self) -> None:
        (self.folder / "calls.jsonl").unlink(missing_ok=True)

    def fail(self, at: str, saying: str) -> None:
        (self.folder / "fails").write_text(at)
        (self.folder / "says").write_text(saying)

    def work_again(self) -> None:
        (self.folder / "fails").unlink()


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeUv:
    if os.name == "nt":
        pytest.skip("the stand-in for uv is a script with a shebang line")
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "uv"
    program.write_text(_FAKE_UV.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("AWS14_WHEELHOUSE", raising=False)
    return FakeUv(folder)


FIRST = ["venv", "pip", "requirements.lock", "my course"]


def test_the_first_start_makes_the_environment_and_installs_the_lock_and_the_course(place: Place, uv: FakeUv) -> None:
    set_up(place, for_tests=False)
    assert uv.verbs == FIRST
    lock = uv.calls[2]
    assert "--require-hashes" in lock
    assert "--no-deps" in lock
    assert lock[lock.index("--python") + 1] == str(place.python)


def test_the_second_start_does_nothing(place: Place, uv: FakeUv) -> None:
    set_up(place, for_tests=False)
    uv.forget()
    set_up(place, for_tests=False)
    assert uv.verbs == []


@pytest.mark.parametrize("at", ["venv", "requirements.lock", "-e"])
def test_an_interrupted_set_up_is_made_anew(place: Place, uv: FakeUv, at: str) -> None:
    uv.fail(at, "killed")
    with pytest.raises(NotAvailable):
        set_up(place, for_tests=False)
    uv.work_again()
    uv.forget()
    (place.root / ".venv").mkdir(exist_ok=True)
    (place.root / ".venv" / "left over").touch()
    set_up(place, for_tests=False)
    assert uv.verbs == FIRST
    assert not (place.root / ".venv" / "left over").exists()


def test_an_interrupted_update_is_made_anew(place: Place, uv: FakeUv) -> None:
    set_up(place, for_tests=False)
    place.lock(for_tests=False).write_text("other==1 --hash=sha256:0\n")
    uv.fail("requirements.lock", "killed")
    with pytest.raises(NotAvailable):
        set_up(place, for_tests=False)
    uv.work_again()
    uv.forget()
    set_up(place, for_tests=False)
    assert uv.verbs == FIRST


def test_a_new_lock_is_installed_into_the_same_environment(place: Place, uv: FakeUv) -> None:
    set_up(place, for_tests=False)
    uv.forget()
    place.lock(for_tests=False).write_text("other==1 --hash=sha256:0\n")
    set_up(place, for_tests=False)
    assert uv.verbs == ["requirements.lock", "my course"]


def test_a_moved_course_is_set_up_anew(place: Place, uv: FakeUv) -> None:
    """The paths inside the environment lead to where it was made."""
    set_up(place, for_tests=False)
    uv.forget()
    moved = shutil.move(place.root, place.root.with_name("moved"))
    set_up(Place(Path(moved), place.interpreter), for_tests=False)
    assert uv.verbs == ["venv", "pip", "requirements.lock", "moved"]


def test_an_environment_whose_python_is_gone_is_made_anew(place: Place, uv: FakeUv) -> None:
    set_up(place, for_tests=False)
    uv.forget()
    place.python.unlink()
    set_up(place, for_tests=False)
    assert uv.verbs == FIRST


def test_the_tests_add_their_packages_once_and_keep_them(place: Place, uv: FakeUv) -> None:
    set_up(place, for_tests=False)
    uv.forget()
    set_up(place, for_tests=True)
    assert uv.verbs == ["requirements-dev.lock", "my course"]
    uv.forget()
    set_up(place, for_tests=False)
    set_up(place, for_tests=True)
    assert uv.verbs == []
    place.lock(for_tests=False).write_text("other==1 --hash=sha256:0\n")
    set_up(place, for_tests=False)
    assert uv.verbs == ["requirements-dev.lock", "my course"]


def test_a_wheelhouse_takes_the_place_of_the_index(
    place: Place, uv: FakeUv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("AWS14_WHEELHOUSE", str(wheels))
    set_up(place, for_tests=False)
    for call in uv.calls[1:]:
        assert call[call.index("--find-links") + 1] == str(wheels)
        assert "--no-index" in call


def test_a_wheelhouse_that_is_not_there_is_named(
    place: Place, uv: FakeUv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS14_WHEELHOUSE", str(tmp_path / "nowhere"))
    with pytest.raises(NotAvailable, match="nowhere"):
        set_up(place, for_tests=False)


def test_without_uv_on_the_path_the_one_in_tools_is_taken(
    place: Place, uv: FakeUv, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = program(place.root / ".tools", "uv")
    own.parent.mkdir(parents=True)
    shutil.copy(uv.folder / "uv", own)
    monkeypatch.setenv("PATH", "")
    assert bootstrap.find_uv(place) == str(own)


def test_programs_lie_in_scripts_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "os", SimpleNamespace(name="nt"))
    found = program(PureWindowsPath("C:/course/.venv"), "uv")  # type: ignore[arg-type]
    assert str(found) == r"C:\course\.venv\Scripts\uv.exe"


def test_an_activated_environment_comes_first(tmp_path: Path) -> None:
    changed = activated(tmp_path, {"PATH": "/usr/bin", "PYTHONHOME": "/other", "HOME": "/me"})
    assert changed["PATH"].split(os.pathsep) == [str(program(tmp_path, "x").parent), "/usr/bin"]
    assert "PYTHONHOME" not in changed
    assert changed["HOME"] == "/me"
