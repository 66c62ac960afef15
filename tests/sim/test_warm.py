"""Kernels are compiled at set-up, kept in a folder that can be written, and not touched by a plain import."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from aws14.kernels import compiled
from aws14.sim import __all__ as public


def python(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


def test_importing_the_engines_imports_no_compiler():
    loaded = python(
        "-c", "import sys, aws14.sim; print(*(m for m in ('numba', 'pandas', 'matplotlib') if m in sys.modules))"
    )
    assert loaded.strip() == ""


def test_public_names_are_sorted():
    assert public == sorted(public)


@pytest.fixture
def no_fixed_folder(monkeypatch):
    monkeypatch.setattr(compiled._config, "CACHE_DIR", "")


def test_kernels_are_kept_beside_their_source(no_fixed_folder):
    assert compiled.cache_folder().parts[-2:] == ("kernels", "__pycache__")


def test_a_read_only_installation_keeps_them_in_the_home_of_the_course(no_fixed_folder, monkeypatch, tmp_path):
    writable = compiled._writable
    monkeypatch.setattr(compiled, "_writable", lambda folder: folder.name != "__pycache__" and writable(folder))
    monkeypatch.setenv("AWS14_HOME", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / "numba"


def test_without_a_home_they_go_to_the_temporary_files(no_fixed_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(compiled, "_writable", lambda folder: folder.name == "aws14-numba")
    monkeypatch.setenv("AWS14_HOME", str(tmp_path))
    assert compiled.cache_folder().name == "aws14-numba"


def test_a_folder_that_cannot_be_made_is_not_writable(tmp_path):
    (tmp_path / "file").write_text("")
    assert compiled._writable(tmp_path / "new" / "folder")
    assert not compiled._writable(tmp_path / "file" / "folder")


@pytest.mark.slow
def test_warming_fills_the_folder_named_by_numba(tmp_path):
    said = python("-m", "aws14.sim.warm", NUMBA_CACHE_DIR=str(tmp_path))
    kept = {path.name.split(".")[0] for path in tmp_path.rglob("*.nbi")}
    assert str(tmp_path) in said
    assert kept >= {"arrivals", "histogram", "merging", "tally", "worker_pool"}
