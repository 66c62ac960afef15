"""The locks: hashed, without hosts, in line with pyproject.toml; and how they are written."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ["requirements.lock", "requirements-dev.lock"]


def pins(path: Path) -> dict[str, tuple[str, int]]:
    """Name -> version and number of hashes."""
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    found = {}
    for entry in entries:
        pin = re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry)
        assert pin, entry.splitlines()[0]
        found[canonicalize_name(pin[1])] = (pin[2], entry.count("--hash=sha256:"))
    return found


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, list[Requirement]]:
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        "requirements.lock": [Requirement(line) for line in declared["project"]["dependencies"]],
        "requirements-dev.lock": [Requirement(line) for line in declared["dependency-groups"]["dev"]],
    }


@pytest.fixture(scope="module")
def lock_tool(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock_tool", root / "tools" / "lock.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_no_folder(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert re.findall(r"\S*://\S*|^--?(?!-hash)\S+|file:\S*", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(root: Path, name: str) -> None:
    assert [package for package, (_, hashes) in pins(root / name).items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_what_pyproject_asks_for_is_pinned_within_its_bounds(
    root: Path, project: dict[str, list[Requirement]], name: str
) -> None:
    locked = pins(root / name)
    for requirement in project[name]:
        version, _ = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"


def test_the_tests_run_on_what_learners_get(root: Path) -> None:
    course, tests = (pins(root / name) for name in LOCKS)
    assert {name: pin for name, pin in course.items() if tests.get(name) != pin} == {}


def test_locking_leaves_the_machine_out(lock_tool: ModuleType) -> None:
    kept = lock_tool.clean({"UV_INDEX": "https://x", "UV_FIND_LINKS": "/y", "UV_INDEX_URL": "z", "PATH": "p"})
    assert kept == {"PATH": "p"}
    for command in lock_tool.commands("uv", upgrade=False):
        assert {"--universal", "--generate-hashes", "--no-emit-index-url", "--no-header"} <= set(command)
        assert "--upgrade" not in command
    assert all("--upgrade" in command for command in lock_tool.commands("uv", upgrade=True))
