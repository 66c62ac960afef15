"""The runner sees what it is there to see: errors, requests that leave, writes into the tree, silent pictures."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import watch
from runs import Run, Runner


def run(runner: Runner, tmp_path: Path, *sources: str, times: int = 1, seconds: float = 60.0) -> Run:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    path = tmp_path / "some.ipynb"
    nbformat.write(notebook, path)
    tree = tmp_path / "tree"
    tree.mkdir()
    return runner.run(path, tmp_path / "run", times=times, tree=tree, seconds=seconds)


def test_cells_run_in_one_namespace_and_in_a_folder_of_their_own(runner: Runner, tmp_path: Path) -> None:
    result = run(runner, tmp_path, "x = 20", "import os; print(os.getcwd(), x + 1)")
    assert result.complete
    assert [cell.error for cell in result.cells] == ["", ""]
    assert str(tmp_path / "run" / "cwd") in result.cells[1].text
    assert "21" in result.cells[1].text


def test_an_error_is_told_and_the_rest_still_runs(runner: Runner, tmp_path: Path) -> None:
    result = run(runner, tmp_path, "1 / 0", "def broken(:", "print('here')")
    assert result.cells[0].error == "ZeroDivisionError: division by zero"
    assert result.cells[1].error.startswith("SyntaxError")
    assert result.cells[2].text == "here\n"


def test_an_error_after_a_cell_counts_too(runner: Runner, tmp_path: Path) -> None:
    hook = "get_ipython().events.register('post_run_cell', lambda _: {}['meter'])"
    assert "KeyError('meter')" in run(runner, tmp_path, hook, "x = 1").cells[1].error


def test_each_cell_twice_in_a_row(runner: Runner, tmp_path: Path) -> None:
    result = run(runner, tmp_path, "x = 0", "x += 1; print(x)", times=2)
    assert [(cell.index, cell.turn, cell.text) for cell in result.cells] == [
        (0, 1, ""),
        (0, 2, ""),
        (1, 1, "1\n"),
        (1, 2, "2\n"),
    ]


def test_runs_know_nothing_of_each_other(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    run(runner, tmp_path / "a", "import builtins; builtins.leak = 1")
    assert run(runner, tmp_path / "b", "leak").cells[0].error.startswith("NameError")


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', CHILD])".replace(
            "CHILD", repr("import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)")
        ),
    ],
)
def test_a_request_that_leaves_is_seen_even_when_its_error_is_swallowed(
    runner: Runner, tmp_path: Path, code: str
) -> None:
    indented = code.replace("; ", "\n    ", 1)
    result = run(runner, tmp_path, f"try:\n    {indented}\nexcept OSError:\n    pass")
    assert result.cells[0].error == ""
    assert result.watched == ("request to 192.0.2.1",)


def test_loopback_is_free(runner: Runner, tmp_path: Path) -> None:
    code = (
        "import socket\ns = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(s.getsockname()).close()"
    )
    result = run(runner, tmp_path, code)
    assert (result.cells[0].error, result.watched) == ("", ())


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("x.localhost", True),
        (b"localhost", True),
        (None, True),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("ec2.amazonaws.com", False),
        ("localhost.example.com", False),
    ],
)
def test_what_counts_as_this_computer(host: object, local: bool) -> None:
    assert watch.is_loopback(host) is local


@pytest.mark.parametrize(
    "code",
    ["open(tree + '/new.txt', 'w').close()", "import os; os.mkdir(tree + '/new')", "open(tree + '/__init__.py', 'a')"],
)
def test_a_write_into_the_tree_is_seen(runner: Runner, tmp_path: Path, code: str) -> None:
    result = run(runner, tmp_path, f"tree = {str(tmp_path / 'tree')!r}\n{code}")
    assert len(result.watched) == 1
    assert str(tmp_path / "tree") in result.watched[0]


def test_reading_the_tree_and_its_caches_are_free(runner: Runner, tmp_path: Path) -> None:
    code = "import os; os.listdir(tree); os.mkdir(tree + '/__pycache__'); open(tree + '/__pycache__/a', 'w').close()"
    assert run(runner, tmp_path, f"tree = {str(tmp_path / 'tree')!r}\n{code}").watched == ()


def test_pictures_tell_their_words(runner: Runner, tmp_path: Path) -> None:
    words = 'from IPython.display import HTML\nHTML(\'<figure><img alt="A &amp; B" src="data:,"></figure>\')'
    silent = "display(HTML('<img src=\"data:,\">'))"
    bare = "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n\\x1a\\n' + bytes(16))"
    result = run(runner, tmp_path, words, silent, bare)
    assert [cell.alts for cell in result.cells] == [("A & B",), ("",), ()]
    assert [cell.bare for cell in result.cells] == [(), (), ("image/png",)]


def test_checks_are_told_with_the_cell_that_made_them(runner: Runner, tmp_path: Path) -> None:
    check = (
        "import json, os\nwith open(os.environ['AWS14_CHECK_LOG'], 'a') as log:\n"
        "    print(json.dumps({'exercise': 'e1', 'ok': False, 'verdict': 'not yet'}), file=log)"
    )
    result = run(runner, tmp_path, "x = 1", check)
    assert [cell.checks for cell in result.cells] == [(), ({"exercise": "e1", "ok": False, "verdict": "not yet"},)]


def test_a_run_without_end_is_ended(runner: Runner, tmp_path: Path) -> None:
    result = run(runner, tmp_path, "x = 1", "while True: pass", seconds=2.0)
    assert not result.complete
    assert [cell.index for cell in result.cells] == [0]
