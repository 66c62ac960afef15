"""The command line: verbs, options that are passed on, errors as sentences."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from aws14.command import handover, main, place, ports, start
from aws14.command import test as test_verb
from aws14.errors import EmulatorError, NotAvailable


@pytest.mark.parametrize("name", main.VERBS)
def test_every_verb_has_a_module_that_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = import_module(f"aws14.command.{name}")
    assert module.__doc__.startswith(f"``{name}``")
    with pytest.raises(SystemExit) as ended:
        main.main([name, "--help"])
    assert ended.value.code == 0
    assert main.VERBS[name].split()[0] in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("typed", "rest"),
    [([], []), (["start"], []), (["--no-browser"], ["--no-browser"]), (["start", "--ip=0.0.0.0"], ["--ip=0.0.0.0"])],
)
def test_no_verb_means_start_and_its_options_go_on(
    typed: list[str], rest: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(start, "run", lambda options, rest: seen.append(list(rest)) or 0)
    assert main.main(typed) == 0
    assert seen == [rest]


def test_an_option_that_nobody_takes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["env", "--colour"])
    assert ended.value.code == 2
    assert "--colour" in capsys.readouterr().err


def test_an_unknown_verb_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["explode"])
    said = capsys.readouterr().err
    assert all(name in said for name in main.VERBS)


def test_an_error_of_the_course_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: argparse.Namespace, rest: list[str]) -> int:
        raise EmulatorError("it does not start", cure="the doctor")

    monkeypatch.setattr(start, "run", fail)
    assert main.main(["start"]) == 1
    assert capsys.readouterr().err == "it does not start. Try: the doctor.\n"


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(options: argparse.Namespace, rest: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "run", interrupted)
    assert main.main(["start"]) == 130
    assert "Stopped" in capsys.readouterr().err


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What JupyterLab would be started with."""
    commands: list[list[str]] = []
    monkeypatch.setattr(place, "work_folder", lambda: tmp_path / "work")
    monkeypatch.setattr(start, "hand_over", lambda command, *, folder: commands.append([*command, str(folder)]) or 0)
    return commands


def test_start_opens_the_learners_copy_of_the_start_page(started: list[list[str]], tmp_path: Path) -> None:
    assert main.main(["start", "--no-browser"]) == 0
    (command,) = started
    assert command[1:4] == ["-m", "jupyterlab", "00_start_here.ipynb"]
    assert "--no-browser" in command
    assert command[-1] == str(tmp_path / "work")
    assert (tmp_path / "work" / "00_start_here.ipynb").is_file()


def test_start_on_a_busy_port_names_a_free_one(started: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        assert main.main(["start", "--port", str(taken.getsockname()[1])]) == 1
    assert started == []
    said = capsys.readouterr().err
    assert "taken by another program" in said
    assert ports.is_free(int(said.rstrip(".\n").rsplit(" ", 1)[1]))


@pytest.mark.parametrize("number", [-1, 70000])
def test_a_port_that_cannot_be_is_not_free(number: int) -> None:
    assert not ports.is_free(number)


def test_root_may_start_jupyter(started: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    main.main(["start"])
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    main.main(["start"])
    assert ["--allow-root" in command for command in started] == [True, False]


def test_all_adds_the_slow_tests_and_own_options_come_last() -> None:
    quick = test_verb.pytest_options(["tests/house", "-n", "0"], everything=False)
    assert quick[-3:] == ["tests/house", "-n", "0"]
    assert "--all" not in quick
    assert "--all" in test_verb.pytest_options([], everything=True)


def test_a_wheel_has_no_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "checkout", lambda: None)
    with pytest.raises(NotAvailable, match="checkout"):
        test_verb.run(argparse.Namespace(all=False), [])


def test_the_learner_is_told_what_works_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert place.verb("doctor") == "python3 course.py doctor"
    monkeypatch.setattr(place, "checkout", lambda: None)
    assert place.verb("doctor") == "aws14 doctor"


def test_a_wheel_works_in_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "checkout", lambda: None)
    monkeypatch.chdir(tmp_path)
    assert place.work_folder() == tmp_path / "work"


def test_handing_over_gives_the_programs_own_status(tmp_path: Path) -> None:
    program = "import sys, pathlib; pathlib.Path('here').touch(); sys.exit(7)"
    code = (
        "import sys, pathlib; from aws14.command.handover import hand_over\n"
        f"hand_over([sys.executable, '-c', {program!r}], folder=pathlib.Path({str(tmp_path)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 7
    assert (tmp_path / "here").exists()


def test_handing_over_where_a_process_cannot_become_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(handover, "os", SimpleNamespace(name="nt", environ=os.environ))
    assert handover.hand_over([sys.executable, "-c", "import sys; sys.exit(7)"], folder=tmp_path) == 7
